import { AppError } from '../../base/errors.ts'
import type { DiskFile } from '../disk-file.ts'
import { type Guid, MIB } from './format.ts'
import type { HeaderStore } from './headers.ts'
import { encodeLogEntry, LOG_SECTOR, type LogUpdate, logEntryBytes } from './log-format.ts'

/** More than this of a log is never needed: an entry is read back as a whole. Bytes. */
const MOST_USED = 4 * MIB

/** Writes entries into the two halves of the log in turn. Each entry is a sequence of its own (its tail is itself),
 *  because the updates of the one before are durable in their places by then: the owner sees to that. So a torn
 *  entry leaves its predecessor as the active sequence, and replaying that once more changes nothing. */
export class LogWriter {
  readonly #file: DiskFile
  readonly #headers: HeaderStore
  readonly #logGuid: Guid
  readonly #offset: number
  readonly #length: number
  readonly #half: number
  #sequenceNumber = 0n
  #active = false

  constructor(file: DiskFile, headers: HeaderStore, logGuid: Guid) {
    this.#file = file
    this.#headers = headers
    this.#logGuid = logGuid
    this.#offset = headers.current.logOffset
    this.#length = Math.min(headers.current.logLength, MOST_USED)
    this.#half = Math.floor(this.#length / 2 / LOG_SECTOR) * LOG_SECTOR
  }

  /** Whether the header tells of a log that must be replayed. */
  get active(): boolean {
    return this.#active
  }

  /** How many of the updates, from the first on, fit into one entry. */
  fitting(updates: readonly LogUpdate[]): number {
    let count = Math.min(updates.length, this.#half / LOG_SECTOR)
    while (count > 0 && logEntryBytes(updates.slice(0, count)) > this.#half) count--
    if (count === 0) throw new AppError('bug', `${this.#file.path} was opened for writing without a log`)
    return count
  }

  /** Durable when done: from then on a power cut cannot lose the updates. They are not in their places yet.
   *  @param sizes bytes, see LogEntryHeader. Errors: disk.full (nothing has changed then), disk.io. */
  async append(
    updates: readonly LogUpdate[],
    sizes: { readonly flushedFileOffset: number; readonly lastFileOffset: number },
  ): Promise<void> {
    const sequenceNumber = this.#sequenceNumber + 1n
    const tail = Number(sequenceNumber % 2n) * this.#half
    const entry = encodeLogEntry({ tail, sequenceNumber, logGuid: this.#logGuid, ...sizes, updates })
    await this.#file.write(this.#offset + tail, [entry])
    await this.#file.flush()
    // The header may point to the log only when there is a valid entry in it. Until then the log was empty, so that it
    // may change its length too.
    if (!this.#active) await this.#headers.update({ logGuid: this.#logGuid, logVersion: 0, logLength: this.#length })
    this.#active = true
    this.#sequenceNumber = sequenceNumber
  }
}
