import type { MemoryDisk } from '../memory-disk.ts'
import { TestInitiator, TestPortal } from '../test-initiator.ts'
import { Conversation, type Side } from './conversation.ts'
import { u24 } from './fields.ts'
import { listen } from './listen.ts'

/** One PDU of a conversation with its digests and padding. */
export interface Step {
  readonly from: Side
  pdu: Uint8Array
}

/** What an initiator and the target say to each other while `run` acts, PDU by PDU. */
export async function record(
  disk: MemoryDisk,
  run: (pc: TestInitiator, portal: TestPortal) => void | Promise<void>,
): Promise<Step[]> {
  const portal = new TestPortal(disk)
  const pc = new TestInitiator(portal)
  const steps: Step[] = []
  listen(pc, (from, bytes) => {
    for (const pdu of pdusOf(bytes, pc.headerDigest, pc.dataDigest)) steps.push({ from, pdu })
  })
  await run(pc, portal)
  return steps
}

function* pdusOf(bytes: Uint8Array, headerDigest: boolean, dataDigest: boolean): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const length = u24(bytes, at + 5)
    const header = 48 + bytes[at + 4]! * 4 + (headerDigest ? 4 : 0)
    const end = at + header + ((length + 3) & ~3) + (dataDigest && length > 0 ? 4 : 0)
    yield bytes.slice(at, end)
    at = end
  }
}

/** What the auditor says to a conversation. */
export function judged(steps: readonly Step[]): Conversation {
  const conversation = new Conversation()
  for (const { from, pdu } of steps) conversation.feed(from, pdu)
  return conversation
}
