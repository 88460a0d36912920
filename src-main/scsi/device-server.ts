import type { Logger } from '../base/log.ts'
import type { BlockDevice } from '../disks/block-device.ts'
import type { ModeState } from './mode-pages.ts'
import type { Reservations } from './reservation.ts'
import type { Sense } from './sense.ts'
import type { Nexus, ScsiTask } from './task.ts'
import type { VpdFacts } from './vpd.ts'

/** The logical unit as its commands see it. Source: SAM-5 §4.6 (device server). */
export interface DeviceServer {
  readonly device: BlockDevice
  readonly blockSize: number
  readonly blockCount: number
  readonly logger: Logger
  readonly facts: VpdFacts
  /** log2 of logical blocks per physical block. */
  readonly physicalExponent: number
  readonly reservations: Reservations
  readonly writeProtected: boolean
  mode: ModeState
  /** What a write runs once its data is here. */
  readonly runWrite: (task: ScsiTask, pieces: readonly Uint8Array[]) => void | Promise<void>
  /** A write that keeps out of the way of read-modify-write commands. */
  write(lba: number, pieces: readonly Uint8Array[]): void | Promise<void>
  /** `zero`, in the same way. */
  zero(lba: number, blocks: number): void | Promise<void>
  /** Everything written is durable when it resolves. */
  flush(): Promise<void>
  /** Runs `work` while no other write is under way. */
  exclusively(work: () => Promise<void>): Promise<void>
  /** Tells the nexuses of these initiator ports; `abort` ends their tasks too. */
  attentionTo(portNames: readonly string[], sense: Sense, abort?: boolean): void
  attentionToOthers(by: Nexus, sense: Sense): void
}
