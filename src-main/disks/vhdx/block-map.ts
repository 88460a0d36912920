import { toAppError } from '../../base/errors.ts'
import type { DiskFile } from '../disk-file.ts'
import type { PendingChange, PendingLog } from '../pending-log.ts'
import { PAGES_PER_CHUNK, PAGE_BYTES, SectorBitmaps } from './bitmaps.ts'
import { damaged } from './errors.ts'
import {
  BAT_ENTRY_BYTES,
  BITMAP_STATE,
  BLOCK_STATE,
  encodeBatEntry,
  type Guid,
  MIB,
  viewOf,
  ZERO_GUID,
} from './format.ts'
import type { HeaderStore } from './headers.ts'
import type { BlockTable, VhdxLayout } from './layout.ts'
import type { LogUpdate } from './log-format.ts'
import { LogWriter } from './log.ts'
import type { Space } from './space.ts'

const ENTRIES_PER_PAGE = PAGE_BYTES / BAT_ENTRY_BYTES
/** Freed runs that one commit gives back to the host. */
const CLEANED_AT_ONCE = 256

/** Kinds of PendingChange. `table`: entry a gets `state` and offset b (MiB). `present`: b sectors from a on are in this file.
 *  `clear`: no sector of block a is. */
const PENDING = { table: 1, present: 2, clear: 3 } as const

interface Extent {
  readonly startMib: number
  readonly lengthMib: number
}

/** Where each block is, in memory and, by `commit`, in the file. The order that makes a crash harmless:
 *
 *  1. Data goes straight to its place. A new block is taken from space that nothing durable points to.
 *  2. `commit` copies what changed in the table and the bitmaps, makes the file long enough, and flushes: all data that
 *     these changes tell of is durable, and so are the updates of the entry before, in their places.
 *  3. The copies go into the log as one entry, which is flushed. Now the changes are durable; whoever asked is answered.
 *  4. They are written to their places. Nothing waits for that: step 2 of the next commit makes it durable before the
 *     entry after overwrites a log entry that is still needed.
 *  5. Space that the changes freed may be used again only now.
 *
 *  Changes too many for one entry take several, bitmaps first and the table from its end to its start: at each point a
 *  partly present block has a bitmap block, because a bitmap's table entry follows those of its blocks. */
export class BlockMap {
  readonly file: DiskFile
  readonly states: Uint8Array
  readonly offsets: Uint32Array
  readonly bitmaps: SectorBitmaps
  readonly #space: Space
  readonly #layout: VhdxLayout
  readonly #headers: HeaderStore
  readonly #newGuid: () => Guid
  /** Set once nothing of an earlier run is pending any more. */
  #pending: PendingLog | undefined
  readonly #blockMib: number
  /** Pages of 512 table entries. */
  readonly #changed = new Set<number>()
  /** Chunks whose bitmap block the log does not know yet. */
  readonly #newChunks = new Set<number>()
  /** Places of bitmap blocks, in MiB, whose content is not there yet. What is not in memory reads as zeros. */
  readonly #unreadable = new Set<number>()
  #freed: Extent[] = []
  /** In the log, but not written to its place. */
  #unapplied: LogUpdate[] = []
  #log: LogWriter | undefined
  #session: Promise<void> | undefined
  #started = false
  #growing: Promise<void> | undefined

  constructor(file: DiskFile, layout: VhdxLayout, headers: HeaderStore, table: BlockTable, newGuid: () => Guid) {
    this.file = file
    this.states = table.states
    this.offsets = table.offsets
    this.#space = table.space
    this.#layout = layout
    this.#headers = headers
    this.#newGuid = newGuid
    this.#blockMib = layout.parameters.blockSize / MIB
    const place = {
      positionOf: (chunk: number) => {
        const index = this.#bitmapIndex(chunk)
        const mib = this.offsets[index]!
        return this.states[index] !== BITMAP_STATE.present || this.#unreadable.has(mib) ? undefined : mib * MIB
      },
    }
    const sectors = (bytes: number): number => bytes / layout.logicalSectorSize
    this.bitmaps = new SectorBitmaps(file, place, sectors(layout.parameters.blockSize), sectors(layout.sizeBytes))
  }

  /** Set while the file is made longer. A block that were placed and written behind the new end now would be cut off
   *  when that end is set: wait. */
  get growing(): Promise<void> | undefined {
    return this.#growing
  }
  get started(): boolean {
    return this.#started
  }
  get dataWriteGuid(): Guid {
    return this.#headers.current.dataWriteGuid
  }
  /** Must be done before the first change: others see by the new identities that the file is not what it was.
   *  Source: MS-VHDX §2.2.2, §2.2.2.1. */
  start(): Promise<void> {
    this.#session ??= this.#headers
      .update({ fileWriteGuid: this.#newGuid(), dataWriteGuid: this.#newGuid() })
      .then(() => {
        this.#pending?.begin(this.dataWriteGuid)
        this.#started = true
      })
      .catch((e: unknown) => {
        this.#session = undefined
        throw e
      })
    return this.#session
  }

  #bitmapIndex(chunk: number): number {
    return chunk * (this.#layout.chunkRatio + 1) + this.#layout.chunkRatio
  }
  /** Table index of a payload block. */
  indexOf(block: number): number {
    return block + Math.floor(block / this.#layout.chunkRatio)
  }

  setState(index: number, state: number): void {
    this.states[index] = state
    this.#changed.add(Math.floor(index / ENTRIES_PER_PAGE))
    this.#pending?.append(PENDING.table, state, index, this.offsets[index]!)
  }
  /** The block leaves its place, which becomes free with the next commit. */
  drop(index: number, state: number): void {
    this.#leave(index)
    this.setState(index, state)
  }
  #leave(index: number): void {
    const startMib = this.offsets[index]!
    if (startMib > 0) this.#freed.push({ startMib, lengthMib: this.#blockMib })
    this.offsets[index] = 0
  }
  /** The block gets a place. @param zeros whether it must read as zeros there. */
  place(index: number, state: number, zeros: boolean): void {
    this.#leave(index)
    this.offsets[index] = this.#space.allocate(this.#blockMib, zeros)
    this.setState(index, state)
  }
  /** Inside `bitmaps.with` only. No sector of the block is here. */
  clear(block: number): void {
    this.bitmaps.clear(block)
    this.#pending?.append(PENDING.clear, 0, block, 0)
  }
  /** Inside `bitmaps.with` only. The sectors, which are written, are here. */
  present(block: number, sector: number, sectors: number): void {
    if (this.bitmaps.set(block, sector, sectors) === 0) return
    this.#pending?.append(PENDING.present, 0, sector, sectors)
    if (this.bitmaps.isFull(block)) this.setState(this.indexOf(block), BLOCK_STATE.full)
  }
  /** The chunk of this block has a bitmap block afterwards. */
  needBitmap(block: number): void {
    const chunk = Math.floor(block / this.#layout.chunkRatio)
    const index = this.#bitmapIndex(chunk)
    if (this.states[index] === BITMAP_STATE.present) return
    this.#takeBitmap(chunk, this.#space.allocate(1, false))
  }
  #takeBitmap(chunk: number, mib: number): void {
    const index = this.#bitmapIndex(chunk)
    this.offsets[index] = mib
    this.#newChunks.add(chunk)
    this.#unreadable.add(mib)
    this.setState(index, BITMAP_STATE.present)
  }

  /** Where answered changes are noted; absent until nothing of an earlier run is pending any more. */
  get pending(): PendingLog | undefined {
    return this.#pending
  }

  /** Makes durable what the last run of this program had answered and not flushed; notes there what this one answers. The identities
   *  stay: it was that run that changed the disk. To be called before anything else. Errors: disk.damaged, disk.full, disk.io. */
  async recover(pending: PendingLog): Promise<void> {
    const changes = pending.read(this.dataWriteGuid)
    for (const change of changes) await this.#redo(change)
    if (changes.length > 0) {
      await this.#commitChanges()
      for (const { startMib, lengthMib } of this.#freed.splice(0)) this.#space.release(startMib, lengthMib)
    }
    pending.remove()
    this.#pending = pending
  }
  async #redo({ kind, state, a, b }: PendingChange): Promise<void> {
    const sectorsPerBlock = this.#layout.parameters.blockSize / this.#layout.logicalSectorSize
    if (kind === PENDING.table) {
      const stride = this.#layout.chunkRatio + 1
      const isBitmap = a % stride === this.#layout.chunkRatio
      if (b !== this.offsets[a]) {
        if (b > 0 && !this.#space.claim(b, isBitmap ? 1 : this.#blockMib))
          throw damaged(this.file.path, `block table entry ${a} was noted where another block is`)
        if (isBitmap) return this.#takeBitmap(Math.floor(a / stride), b)
        this.#leave(a)
        this.offsets[a] = b
      }
      this.setState(a, state)
    } else {
      const block = kind === PENDING.clear ? a : Math.floor(a / sectorsPerBlock)
      await this.bitmaps.with(block, () => {
        if (kind === PENDING.clear) this.bitmaps.clear(block)
        else this.bitmaps.set(block, a, b)
      })
    }
  }

  /** Everything that was done before the call is durable afterwards. One at a time.
   *  @param settled resolves when the reads and writes that run now have ended.
   *  Errors: disk.full (nothing is lost; it can be tried again), disk.io. */
  async commit(settled: Promise<unknown>): Promise<void> {
    const freed = this.#freed
    this.#freed = []
    try {
      await settled
      if (!this.#started) return
      await this.#commitChanges()
      this.#pending?.done()
    } catch (e) {
      this.#freed.push(...freed)
      throw e
    }
    for (const { startMib, lengthMib } of freed) this.#space.release(startMib, lengthMib)
    if (this.#unapplied.length === 0) this.bitmaps.trim()
    if (this.#started && this.file.canPunch) await this.#clean(CLEANED_AT_ONCE)
  }

  async #commitChanges(): Promise<void> {
    if (this.#unapplied.length > 0) await this.#apply()
    const tablePages = [...this.#changed].sort((a, b) => b - a)
    this.#changed.clear()
    const newChunks = [...this.#newChunks]
    this.#newChunks.clear()
    const bitmapPages = this.bitmaps.takeChanged()
    this.#pending?.turn()
    const updates = this.#updatesFor(tablePages, newChunks, bitmapPages)
    const lastFileOffset = this.#space.end * MIB
    try {
      if (this.file.sizeBytes < lastFileOffset) await this.#grow(lastFileOffset)
      // What makes the file longer from here on need not be durable with the flush.
      const flushedFileOffset = Math.floor(this.file.sizeBytes / MIB) * MIB
      await this.file.flush()
      for (let done = 0; done < updates.length;) {
        if (done > 0) {
          // The entry before must be of no more use before another is written.
          if (this.#unapplied.length > 0) await this.#apply()
          await this.file.flush()
        }
        this.#log ??= new LogWriter(this.file, this.#headers, this.#newGuid())
        const batch = updates.slice(done, done + this.#log.fitting(updates.slice(done)))
        await this.#log.append(batch, { flushedFileOffset, lastFileOffset })
        this.#unapplied = batch
        done += batch.length
        await this.#apply().catch((e: unknown) => {
          // The log has them, so they are safe. Before the next entry they are tried again.
          if (toAppError(e).code !== 'disk.full') throw e
        })
      }
    } catch (e) {
      // Some may be in the log already; to write them again is harmless.
      for (const page of tablePages) this.#changed.add(page)
      for (const chunk of newChunks) this.#newChunks.add(chunk)
      this.bitmaps.giveBack(bitmapPages.keys())
      throw e
    }
  }

  async #grow(sizeBytes: number): Promise<void> {
    const growing = this.file.resize(sizeBytes)
    this.#growing = growing.catch(() => {
      // The commit hears of it.
    })
    try {
      await growing
    } finally {
      this.#growing = undefined
    }
  }

  #updatesFor(
    tablePages: readonly number[],
    newChunks: readonly number[],
    bitmapPages: ReadonlyMap<number, Uint8Array>,
  ): LogUpdate[] {
    const updates: LogUpdate[] = []
    const chunkOffset = (chunk: number): number => this.offsets[this.#bitmapIndex(chunk)]! * MIB
    for (const chunk of newChunks) updates.push({ is: 'zero', fileOffset: chunkOffset(chunk), length: MIB })
    for (const [page, data] of bitmapPages) {
      const fileOffset = chunkOffset(Math.floor(page / PAGES_PER_CHUNK)) + (page % PAGES_PER_CHUNK) * PAGE_BYTES
      updates.push({ is: 'data', fileOffset, data })
    }
    for (const page of tablePages) {
      const data = new Uint8Array(PAGE_BYTES)
      const view = viewOf(data)
      const first = page * ENTRIES_PER_PAGE
      const end = Math.min(first + ENTRIES_PER_PAGE, this.states.length)
      for (let index = first; index < end; index++) {
        encodeBatEntry(view, (index - first) * BAT_ENTRY_BYTES, this.states[index]!, this.offsets[index]!)
      }
      updates.push({ is: 'data', fileOffset: this.#layout.bat.fileOffset + page * PAGE_BYTES, data })
    }
    return updates
  }

  async #apply(): Promise<void> {
    for (const u of this.#unapplied) {
      if (u.is === 'data') await this.file.write(u.fileOffset, [u.data])
      else {
        await this.file.zero(u.fileOffset, u.length)
        this.#unreadable.delete(u.fileOffset / MIB)
      }
    }
    this.#unapplied = []
  }

  /** Gives freed space back to the host, so that it reads as zeros when it is used again. */
  async #clean(most: number): Promise<void> {
    for (let i = 0; i < most; i++) {
      const run = this.#space.takeDirty()
      if (!run) return
      try {
        await this.file.zero(run.start * MIB, run.length * MIB)
      } catch (e) {
        this.#space.release(run.start, run.length)
        if (toAppError(e).code === 'disk.full') return
        throw e
      }
      this.#space.cleaned(run)
    }
  }

  /** No free space of the file holds old data afterwards. To be called after a commit. Errors: disk.io. */
  async cleanAll(): Promise<void> {
    await this.#clean(Infinity)
    await this.file.flush()
  }

  /** The log is of no use afterwards, so other programs need not replay it. */
  async close(settled: Promise<unknown>): Promise<void> {
    try {
      await this.commit(settled)
    } catch (e) {
      this.#pending?.abandon()
      throw e
    }
    this.#pending?.remove()
    if (!this.#log?.active) return
    if (this.#unapplied.length > 0) await this.#apply()
    await this.file.flush()
    await this.#headers.update({ logGuid: ZERO_GUID })
  }
}
