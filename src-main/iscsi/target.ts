import type { LogicalUnit } from '../scsi/logical-unit.ts'
import type { ChapCredentials } from './chap.ts'

/** A name initiators log in to, with its logical units by number. */
export interface Target {
  readonly name: string
  readonly alias?: string
  readonly luns: ReadonlyMap<number, LogicalUnit>
}

/** Who asks. */
export interface LoginIdentity {
  readonly initiatorName: string
  /** 12 hex digits. */
  readonly isid: string
  readonly remoteAddress: string
}

/** `text` is for logs and people: one sentence. */
export type TargetLookup =
  | { ok: true; target: Target }
  | { ok: false; reason: 'notFound' | 'notAllowed' | 'unavailable'; text: string }
  /** The disk is being prepared for this login: ask again when the promise, which never rejects, is done. */
  | { ok: false; reason: 'wait'; ready: Promise<void> }
  /** It is served elsewhere: `address` is host or host:port, IPv6 in brackets. */
  | { ok: false; reason: 'moved'; address: string; forGood: boolean }

/** Asked at every login and discovery; must be cheap. */
export interface TargetDirectory {
  /** What this initiator must prove to know before anything is looked up for it. Absent or undefined: nothing. */
  credentials?(who: LoginIdentity): ChapCredentials | undefined
  find(targetName: string, who: LoginIdentity): TargetLookup
  /** Names this initiator may see. */
  list(who: { initiatorName: string; remoteAddress: string }): readonly string[]
}

/** `loader`: iPXE or gPXE, known by its ISID; `system`: everybody else. */
export type SessionKind = 'loader' | 'system'

export interface SessionView {
  readonly id: number
  readonly initiatorName: string
  readonly targetName: string
  readonly isid: string
  readonly remoteAddress: string
  readonly kind: SessionKind
  readonly startedMs: number
  /** When its last PDU came. */
  readonly lastHeardMs: number
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly commands: number
}

export type SessionEnd = 'logout' | 'closed' | 'reinstated' | 'shutdown' | 'error'

export interface IscsiObserver {
  login(s: SessionView): void
  ended(s: SessionView, why: SessionEnd): void
  refused(who: LoginIdentity & { targetName: string }, statusClass: number, statusDetail: number, why: string): void
}

/** iPXE and gPXE use the enterprise-number form with 10019 (Fen Systems): 40 00 27 23.
 *  Source: RFC 7143 §11.12.5; observed: every loader login of the captures. */
export const kindOfIsid = (isid: string): SessionKind => (isid.startsWith('40002723') ? 'loader' : 'system')
