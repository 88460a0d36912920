import { Conversation, type Side } from './conversation.ts'
import type { Violation } from './violation.ts'

interface Followed {
  readonly name: string
  readonly conversation: Conversation
  /** Why not everything of it was seen. */
  incomplete?: string
}

/** All connections to one target, under the names that whoever sees their bytes gives them. */
export class IscsiAuditor {
  readonly #followed: Followed[] = []

  /** A new connection. */
  begin(name: string): {
    feed(from: Side, bytes: Uint8Array): void
    /** Bytes were missed: nothing that follows can be judged. */
    incomplete(why: string): void
  } {
    const followed: Followed = { name, conversation: new Conversation() }
    this.#followed.push(followed)
    return {
      feed: (from, bytes) => {
        if (followed.incomplete === undefined) followed.conversation.feed(from, bytes)
      },
      incomplete: (why) => {
        followed.incomplete ??= why
      },
    }
  }

  get connections(): number {
    return this.#followed.length
  }
  /** PDUs of the target that were checked. */
  get checked(): number {
    return this.#followed.reduce((n, f) => n + f.conversation.checked, 0)
  }
  /** What was not seen, one sentence a connection. */
  get gaps(): string[] {
    return this.#followed.flatMap((f) => (f.incomplete ? [`${f.name}: ${f.incomplete}`] : []))
  }
  /** Sentences for people, with connection and PDU. */
  get violations(): string[] {
    const say = (f: Followed) => (v: Violation) => `${f.name}, PDU ${v.pdu}: [${v.rule}] ${v.sentence}`
    return this.#followed.flatMap((f) => f.conversation.violations.map(say(f)))
  }
}
