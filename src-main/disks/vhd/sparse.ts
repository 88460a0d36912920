import { AppError } from '../../base/errors.ts'
import { afterBytes, firstBytes } from '../../base/pieces.ts'
import type { BlockDevice, Extent } from '../block-device.ts'
import { after, Calls } from '../calls.ts'
import type { DiskFile } from '../disk-file.ts'
import { extentInDevice, extentInFile } from '../extents.ts'
import type { PendingChange, PendingLog } from '../pending-log.ts'
import { type Generation, type Generations, generationsOf, PIECE_BYTES, PRESENCE } from '../generations.ts'
import {
  ABSENT,
  bitmapLength,
  DISK_TYPE,
  encodeTable,
  formatUniqueId,
  isSectorPresent,
  markSectorsPresent,
  runOfSectors,
  SECTOR,
  type SparseHeader,
} from './format.ts'
import type { VhdInfo } from './layout.ts'

/** Data of a block starts at a multiple of this; its bitmap lies before it. Bytes. */
const ALIGNMENT = 4096
/** Bitmaps kept in memory; each describes a block of usually 2 MiB. */
const CACHED_BITMAPS = 4096
/** With so many bitmaps changed since the last flush a write flushes first, so that memory stays bounded. */
const MOST_DIRTY_BITMAPS = 8192
/** Blocks that one step of `zero` may touch: a child must make a place for each. */
const MOST_BLOCKS_ZEROED = 1024
const SECTORS_PER_PIECE = PIECE_BYTES / SECTOR
/** Kinds of PendingChange. `table`: block a begins at sector b. `present`: b sectors from a on are in this file. */
export const PENDING = { table: 1, present: 2 } as const
/** Entries of the block table in one sector, which a disk writes whole or not at all. */
const ENTRIES_PER_SECTOR = SECTOR / 4

/** A dynamic or differencing disk.
 *
 *  What was acknowledged before a flush survives any crash, and the file always opens. The order that gives this:
 *  1. data, and the bitmaps of new blocks, which nothing points to yet; flush
 *  2. the bitmap bits of blocks that were there before, and the table entries of new ones; flush
 *  Between flushes step 2 waits in memory. A bit must not come before its data: a crash between them would show neither
 *  the old block (the parent's) nor the new one. The footer may be lost at any time: its copy at byte 0 never moves.
 *
 *  New blocks always lie beyond the old end of the file, so they read as zeros before they are written. */
export class SparseVhd implements Generation {
  readonly blockSize = SECTOR
  readonly blockCount: number
  readonly readOnly: boolean
  readonly canPunch: boolean
  readonly erase: (() => Promise<void>) | undefined
  readonly info: VhdInfo & { header: SparseHeader }
  readonly parent: BlockDevice | undefined
  readonly #generations: Generations | undefined
  readonly #file: DiskFile
  /** Set once nothing of an earlier run is pending any more. */
  #pending: PendingLog | undefined
  readonly #differencing: boolean
  readonly #sectorsPerBlock: number
  readonly #bitmapLength: number
  /** A bitmap of a block that holds everything; shared and never changed. */
  readonly #full: Uint8Array
  readonly #table: Uint32Array
  /** Blocks whose table entry is not in the file yet. */
  #newBlocks = new Set<number>()
  readonly #allocating = new Map<number, Promise<void>>()
  /** Oldest first. */
  readonly #bitmaps = new Map<number, Uint8Array>()
  readonly #loading = new Map<number, Promise<void>>()
  #dirtyBitmaps = new Set<number>()
  /** Bitmaps on their way into the file: read back from there they would be old. */
  #flushingBitmaps: ReadonlyMap<number, Uint8Array> = new Map()
  /** First byte behind everything that is in use. */
  #end: number
  #flushing: Promise<void> | undefined
  #nextFlush: Promise<void> | undefined
  #broken: AppError | undefined
  #closed = false

  constructor(
    file: DiskFile,
    info: VhdInfo & { header: SparseHeader },
    map: { table: Uint32Array; end: number },
    parent: BlockDevice | undefined,
  ) {
    this.#file = file
    this.info = info
    this.parent = parent
    this.#differencing = info.footer.diskType === DISK_TYPE.differencing
    this.#table = map.table
    this.#end = map.end
    this.blockCount = info.sizeBytes / SECTOR
    this.readOnly = file.readOnly
    this.canPunch = file.canPunch && !file.readOnly
    this.#sectorsPerBlock = info.header.blockSize / SECTOR
    this.#bitmapLength = bitmapLength(info.header.blockSize)
    this.#full = new Uint8Array(this.#bitmapLength).fill(0xff)
    this.#generations = generationsOf(this, (lba, into) => this.#readHereOrBelow(lba, into))
    if (this.canPunch && !parent) {
      this.erase = async () => {
        await this.zero(0, this.blockCount)
        await this.flush()
      }
    }
  }

  read(lba: number, into: Uint8Array): void | Promise<void> {
    this.#inRange(lba, into.length / SECTOR)
    if (this.#generations) return this.#generations.read(lba, into)
    return this.#readHereOrBelow(lba, into)
  }

  #readHereOrBelow(lba: number, into: Uint8Array): void | Promise<void> {
    const first = Math.floor(lba / this.#sectorsPerBlock)
    const within = lba - first * this.#sectorsPerBlock
    if (within + into.length / SECTOR <= this.#sectorsPerBlock)
      return this.#table[first] === ABSENT ? this.#readBelow(lba, into) : this.#readBlock(first, within, into)
    const calls = new Calls()
    this.#eachBlock(lba, into.length / SECTOR, (block, sector, count, done) => {
      const part = into.subarray(done * SECTOR, (done + count) * SECTOR)
      calls.add(() =>
        this.#table[block] === ABSENT ? this.#readBelow(lba + done, part) : this.#readBlock(block, sector, part),
      )
    })
    return calls.done()
  }

  #readBlock(block: number, sector: number, into: Uint8Array): void | Promise<void> {
    const bitmap = this.#bitmapOf(block)
    if (bitmap instanceof Promise) return bitmap.then(() => this.#readBlock(block, sector, into))
    const data = this.#dataOf(block)
    const sectors = into.length / SECTOR
    if (runOfSectors(bitmap, sector, sectors) === sectors)
      return isSectorPresent(bitmap, sector)
        ? this.#file.read(data + sector * SECTOR, into)
        : this.#readBelow(block * this.#sectorsPerBlock + sector, into)
    const calls = new Calls()
    for (let done = 0; done < into.length / SECTOR;) {
      const run = runOfSectors(bitmap, sector + done, into.length / SECTOR - done)
      const part = into.subarray(done * SECTOR, (done + run) * SECTOR)
      calls.add(() =>
        isSectorPresent(bitmap, sector + done)
          ? this.#file.read(data + (sector + done) * SECTOR, part)
          : this.#readBelow(block * this.#sectorsPerBlock + sector + done, part),
      )
      done += run
    }
    return calls.done()
  }

  /** What this file does not hold: the parent's, or zeros. */
  #readBelow(lba: number, into: Uint8Array): void | Promise<void> {
    const inParent = this.parent ? Math.min(Math.max(this.parent.blockCount - lba, 0) * SECTOR, into.length) : 0
    if (inParent < into.length) into.fill(0, inParent)
    if (inParent === into.length) return this.parent!.read(lba, into)
    if (inParent > 0) return this.parent!.read(lba, into.subarray(0, inParent))
  }

  /** See Generation. One byte of a bitmap tells of 4 KiB. */
  presence(lba: number, into: Uint8Array): void | Promise<void> {
    const calls = new Calls()
    for (let piece = 0; piece < into.length;) {
      const sector = lba + piece * SECTORS_PER_PIECE
      const block = Math.floor(sector / this.#sectorsPerBlock)
      const first = (sector - block * this.#sectorsPerBlock) / SECTORS_PER_PIECE
      const from = piece
      piece += Math.min(this.#sectorsPerBlock / SECTORS_PER_PIECE - first, into.length - piece)
      const part = into.subarray(from, piece)
      if (this.#table[block] === ABSENT) part.fill(PRESENCE.none)
      else calls.add(() => this.#presenceIn(block, first, part))
    }
    return calls.done()
  }
  #presenceIn(block: number, first: number, into: Uint8Array): void | Promise<void> {
    const bitmap = this.#bitmapOf(block)
    if (bitmap instanceof Promise) return bitmap.then(() => this.#presenceIn(block, first, into))
    for (let i = 0; i < into.length; i++) {
      const byte = bitmap[first + i]
      into[i] = byte === 0 ? PRESENCE.none : byte === 0xff ? PRESENCE.all : PRESENCE.some
    }
  }
  readHere(lba: number, into: Uint8Array): void | Promise<void> {
    const block = Math.floor(lba / this.#sectorsPerBlock)
    const within = lba - block * this.#sectorsPerBlock
    if (within + into.length / SECTOR <= this.#sectorsPerBlock)
      return this.#file.read(this.#dataOf(block) + within * SECTOR, into)
    return this.#readHereOrBelow(lba, into)
  }

  extent(lba: number): Extent | Promise<Extent> {
    this.#inRange(lba, 1)
    const block = Math.floor(lba / this.#sectorsPerBlock)
    if (this.#table[block] !== ABSENT) return this.#extentIn(block, lba)
    let end = block + 1
    while (this.#table[end] === ABSENT) end++
    return extentInDevice(this.parent, lba, Math.min(end * this.#sectorsPerBlock, this.blockCount) - lba)
  }
  #extentIn(block: number, lba: number): Extent | Promise<Extent> {
    const bitmap = this.#bitmapOf(block)
    if (bitmap instanceof Promise) return bitmap.then(() => this.#extentIn(block, lba))
    const sector = lba - block * this.#sectorsPerBlock
    const run = runOfSectors(bitmap, sector, Math.min(this.#sectorsPerBlock - sector, this.blockCount - lba))
    return isSectorPresent(bitmap, sector)
      ? extentInFile(this.#file, this.#dataOf(block) + sector * SECTOR, SECTOR, run)
      : extentInDevice(this.parent, lba, run)
  }

  write(lba: number, from: readonly Uint8Array[]): void | Promise<void> {
    return this.#noted(this.#write(lba, from))
  }
  #noted(work: void | Promise<void>): void | Promise<void> {
    return this.#pending ? this.#pending.noted(work, this) : work
  }
  #write(lba: number, from: readonly Uint8Array[]): void | Promise<void> {
    this.#writable()
    const count = from.reduce((n, piece) => n + piece.length, 0) / SECTOR
    this.#inRange(lba, count)
    if (this.#dirtyBitmaps.size >= MOST_DIRTY_BITMAPS) return this.flush().then(() => this.write(lba, from))
    const first = Math.floor(lba / this.#sectorsPerBlock)
    const within = lba - first * this.#sectorsPerBlock
    if (within + count <= this.#sectorsPerBlock)
      return this.#putIntoBlock(first, within, count, () =>
        this.#file.write(this.#dataOf(first) + within * SECTOR, from),
      )
    const calls = new Calls()
    let left = from
    this.#eachBlock(lba, count, (block, sector, sectors) => {
      const part = firstBytes(left, sectors * SECTOR)
      left = afterBytes(left, sectors * SECTOR)
      calls.add(() =>
        this.#putIntoBlock(block, sector, sectors, () =>
          this.#file.write(this.#dataOf(block) + sector * SECTOR, part, true),
        ),
      )
    })
    return calls.done()
  }

  /** Blocks that a dynamic disk does not hold stay absent. Those it holds keep their place and are punched: to drop the
   *  entry would gain nothing, and their space could not be used again before a flush. A child must hold the zeros,
   *  because the format has no other way to hide what the parent has. */
  zero(lba: number, blocks: number): void | Promise<void> {
    return this.#noted(this.#zero(lba, blocks))
  }
  #zero(lba: number, blocks: number): void | Promise<void> {
    this.#writable()
    this.#inRange(lba, blocks)
    if (this.#dirtyBitmaps.size >= MOST_DIRTY_BITMAPS) return this.flush().then(() => this.zero(lba, blocks))
    const most = MOST_BLOCKS_ZEROED * this.#sectorsPerBlock
    if (blocks > most) return this.#zeroInSteps(lba, blocks, most)
    const calls = new Calls()
    this.#eachBlock(lba, blocks, (block, sector, sectors, done) => {
      const absent = this.#table[block] === ABSENT && !this.#allocating.has(block)
      const hides = this.#differencing && lba + done < (this.parent?.blockCount ?? 0)
      if (absent && !hides) return
      calls.add(() =>
        this.#putIntoBlock(block, sector, sectors, () =>
          this.#file.zero(this.#dataOf(block) + sector * SECTOR, sectors * SECTOR),
        ),
      )
    })
    return calls.done()
  }

  async #zeroInSteps(lba: number, blocks: number, most: number): Promise<void> {
    for (let done = 0; done < blocks; done += most) await this.zero(lba + done, Math.min(most, blocks - done))
  }

  /** Gives the block a place if it has none, lets `put` write, then marks the sectors: a flush in between must not find
   *  a bit whose data is still on its way. */
  #putIntoBlock(block: number, sector: number, count: number, put: () => void | Promise<void>): void | Promise<void> {
    return after(this.#allocate(block), () => after(put(), () => this.#markPresent(block, sector, count)))
  }

  #markPresent(block: number, sector: number, count: number): void | Promise<void> {
    const bitmap = this.#bitmapOf(block)
    if (bitmap instanceof Promise) return bitmap.then(() => this.#markPresent(block, sector, count))
    if (bitmap === this.#full || !markSectorsPresent(bitmap, sector, count)) return
    this.#dirtyBitmaps.add(block)
    this.#pending?.append(PENDING.present, 0, block * this.#sectorsPerBlock + sector, count)
  }

  /** Puts a new block behind the end of the file, in memory; the table follows at the next flush. Bitmap and footer are
   *  written now so that a full host is noticed here, where nothing is lost, and not in a flush. */
  #allocate(block: number): void | Promise<void> {
    if (this.#table[block] !== ABSENT) return
    const running = this.#allocating.get(block)
    if (running) return running
    const data = Math.ceil((this.#end + this.#bitmapLength) / ALIGNMENT) * ALIGNMENT
    const start = data - this.#bitmapLength
    if (start / SECTOR >= ABSENT) {
      throw new AppError('disk.full', `${this.#file.path}: a VHD file cannot grow beyond 2 TiB`, {
        hint: 'Convert the disk to VHDX.',
      })
    }
    const end = data + this.info.header.blockSize
    this.#end = end
    // A dynamic block counts as present from the start: QEMU reads without looking at bits, and it reads as zeros.
    const bitmap = this.#differencing ? new Uint8Array(this.#bitmapLength) : this.#full
    const calls = new Calls()
    const settle = (): void => {
      this.#table[block] = start / SECTOR
      this.#newBlocks.add(block)
      this.#remember(block, bitmap)
      this.#dirtyBitmaps.add(block)
      this.#pending?.append(PENDING.table, 0, block, start / SECTOR)
    }
    calls.add(() => this.#file.write(start, [bitmap]))
    calls.add(() => this.#file.write(end, [this.info.footerBytes]))
    const waiting = calls.done()
    if (!waiting) return settle()
    const allocated = waiting.then(settle).finally(() => this.#allocating.delete(block))
    this.#allocating.set(block, allocated)
    return allocated
  }

  /** Makes durable what the last run of this program had answered and not flushed; notes there what this one answers. To be called
   *  before anything else; `map.end` lies behind all of it. Errors: disk.io. */
  async recover(changes: readonly PendingChange[], pending: PendingLog): Promise<void> {
    for (const { kind, a, b } of changes) {
      if (kind !== PENDING.table) {
        await this.#markPresent(Math.floor(a / this.#sectorsPerBlock), a % this.#sectorsPerBlock, b)
      } else if (this.#table[a] !== b) {
        this.#table[a] = b
        this.#newBlocks.add(a)
        this.#remember(a, this.#differencing ? new Uint8Array(this.#bitmapLength) : this.#full)
        this.#dirtyBitmaps.add(a)
      }
    }
    if (changes.length > 0) await this.flush()
    pending.begin(formatUniqueId(this.info.footer.uniqueId))
    this.#pending = pending
  }

  /** A call that comes while a flush runs waits for the next one: what it must cover may be newer. */
  flush(): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closedError())
    return this.#flush()
  }
  #flush(): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken)
    if (this.readOnly) return Promise.resolve()
    if (!this.#flushing) return this.#startFlush()
    this.#nextFlush ??= this.#flushing
      .catch(() => {
        // Its own caller hears of it; the call below finds the device broken.
      })
      .then(() => {
        this.#nextFlush = undefined
        // Not at once: another call may have come first, and two flushes side by side would not know of each other.
        return this.#flush()
      })
    return this.#nextFlush
  }

  #startFlush(): Promise<void> {
    this.#flushing = this.#flushOnce().then(
      () => {
        this.#flushing = undefined
      },
      (e: unknown) => {
        this.#flushing = undefined
        this.#broken = new AppError('disk.io', `flushing ${this.#file.path} failed: ${(e as Error).message}`, {
          hint: 'Free some space or check the disk of this computer, then open the disk again.',
          cause: e,
        })
        throw this.#broken
      },
    )
    return this.#flushing
  }

  async #flushOnce(): Promise<void> {
    const fresh = this.#newBlocks
    const bitmaps = new Map<number, Uint8Array>()
    for (const block of this.#dirtyBitmaps) {
      const bitmap = this.#bitmaps.get(block)!
      bitmaps.set(block, bitmap === this.#full ? bitmap : bitmap.slice())
    }
    this.#newBlocks = new Set()
    this.#dirtyBitmaps = new Set()
    this.#flushingBitmaps = bitmaps
    this.#pending?.turn()
    for (const block of fresh) {
      await this.#file.write(this.#table[block]! * SECTOR, [bitmaps.get(block)!])
      bitmaps.delete(block)
    }
    await this.#file.flush()
    if (fresh.size > 0 || bitmaps.size > 0) {
      for (const [block, bitmap] of bitmaps) await this.#file.write(this.#table[block]! * SECTOR, [bitmap])
      await this.#writeTable(fresh)
      await this.#file.flush()
    }
    this.#flushingBitmaps = new Map()
    this.#pending?.done()
  }

  /** Writes the sectors of the table that hold these entries. Entries of blocks that came later stay absent: their data
   *  is not durable yet. */
  async #writeTable(fresh: ReadonlySet<number>): Promise<void> {
    const sectors = new Set([...fresh].map((block) => Math.floor(block / ENTRIES_PER_SECTOR)))
    for (const sector of sectors) {
      const from = sector * ENTRIES_PER_SECTOR
      const to = Math.min(from + ENTRIES_PER_SECTOR, this.#table.length)
      const entries = this.#table.slice(from, to)
      for (let i = 0; i < entries.length; i++) if (this.#newBlocks.has(from + i)) entries[i] = ABSENT
      const position = this.info.header.tableOffset + from * 4
      await this.#file.write(position, [encodeTable(entries, 0, entries.length)])
    }
  }

  /** Flushes and lets go of this file; the parent belongs to who opened it. */
  async close(): Promise<void> {
    if (this.#closed) return
    try {
      if (!this.#broken) await this.flush()
      if (!this.#broken) this.#pending?.remove()
    } finally {
      this.#pending?.abandon()
      this.#closed = true
      await this.#file.close()
    }
  }

  #bitmapOf(block: number): Uint8Array | Promise<void> {
    const known = this.#bitmaps.get(block)
    if (known) return known
    const running = this.#loading.get(block)
    if (running) return running
    const bitmap = new Uint8Array(this.#bitmapLength)
    const reading = this.#file.read(this.#table[block]! * SECTOR, bitmap)
    if (!reading) return this.#remember(block, bitmap)
    const loaded = reading.then(() => void this.#remember(block, bitmap)).finally(() => this.#loading.delete(block))
    this.#loading.set(block, loaded)
    return loaded
  }

  #remember(block: number, bitmap: Uint8Array): Uint8Array {
    const kept = bitmap === this.#full || bitmap.every((v) => v === 0xff) ? this.#full : bitmap
    if (this.#bitmaps.size >= CACHED_BITMAPS) this.#forgetOne()
    this.#bitmaps.set(block, kept)
    return kept
  }

  /** Lets go of an old bitmap that the file has, too. Those that it lacks go to the end of the row; when the next few are
   *  all like that, the row grows, which MOST_DIRTY_BITMAPS bounds. */
  #forgetOne(): void {
    let tries = 8
    for (const [block, bitmap] of this.#bitmaps) {
      this.#bitmaps.delete(block)
      if (!this.#dirtyBitmaps.has(block) && !this.#flushingBitmaps.has(block)) return
      this.#bitmaps.set(block, bitmap)
      if (--tries === 0) return
    }
  }

  /** Where a block's data starts. Bytes. */
  #dataOf(block: number): number {
    return this.#table[block]! * SECTOR + this.#bitmapLength
  }

  #eachBlock(
    lba: number,
    count: number,
    visit: (block: number, sector: number, sectors: number, done: number) => void,
  ): void {
    for (let done = 0; done < count;) {
      const block = Math.floor((lba + done) / this.#sectorsPerBlock)
      const sector = (lba + done) % this.#sectorsPerBlock
      const sectors = Math.min(this.#sectorsPerBlock - sector, count - done)
      visit(block, sector, sectors, done)
      done += sectors
    }
  }

  #inRange(lba: number, count: number): void {
    if (this.#closed) throw this.#closedError()
    if (lba < 0 || lba + count > this.blockCount)
      throw new AppError('bug', `blocks ${lba}+${count} are not on the disk`)
  }
  #writable(): void {
    if (this.#closed) throw this.#closedError()
    if (this.#broken) throw this.#broken
    if (this.readOnly) throw new AppError('disk.readOnly', `${this.#file.path} is read-only`)
  }
  #closedError(): AppError {
    return new AppError('disk.closed', `${this.#file.path} is closed`)
  }
}
