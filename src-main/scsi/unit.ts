import type { Logger } from '../base/log.ts'
import type { BlockDevice } from '../disks/block-device.ts'
import type { ModeState } from './mode-pages.ts'
import type { Reservations } from './reservation.ts'
import type { Sense } from './sense.ts'
import type { Nexus, Runner } from './task.ts'
import type { VpdFacts } from './vpd.ts'

/** `failed`: what is left of the data is unknown. */
export type Sanitizing = 'no' | 'running' | 'failed'

/** A disk as its commands see it. */
export interface Unit {
  readonly device: BlockDevice
  readonly blockSize: number
  readonly blockCount: number
  readonly logger: Logger
  readonly facts: VpdFacts
  /** log2 of logical blocks per physical block. */
  readonly physicalExponent: number
  readonly reservations: Reservations
  mode: ModeState
  readonly writeProtected: boolean
  /** The runner of plain writes, made once: a closure per write would cost the hot path. */
  readonly runWrite: Runner
  /** A write to the device that keeps out of the way of read-modify-write commands. */
  write(lba: number, pieces: readonly Uint8Array[]): void | Promise<void>
  /** `zero`, in the same way. */
  zero(lba: number, blocks: number): void | Promise<void>
  /** Runs `work` while no other write is under way. */
  exclusively(work: () => Promise<void>): Promise<void>
  /** Everything written is durable when it resolves. */
  flush(): Promise<void>
  readonly sanitizing: Sanitizing
  /** Erases the device while media commands are refused; when it fails they stay refused until EXIT FAILURE MODE. */
  sanitize(): Promise<void>
  exitSanitizeFailure(): void
  /** Tells the nexuses of these initiator ports. @param abort their tasks end, too. */
  attentionTo(portNames: readonly string[], sense: Sense): void
  /** Ends their tasks. Returns what the device still works on. */
  endTasksOf(portNames: readonly string[]): Promise<void> | undefined
  /** Tells everybody but `by`. */
  attentionToOthers(by: Nexus, sense: Sense): void
}
