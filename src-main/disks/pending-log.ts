import * as fs from 'node:fs'
import { crc32c } from '../base/crc32c.ts'
import type { Logger } from '../base/log.ts'
import { sameBootSession } from '../platform/boot-session.ts'

/** A change of a format's tables that is in memory only: `kind` and the numbers mean what the format wants. */
export interface PendingChange {
  readonly kind: number
  /** 0 to 255. */
  readonly state: number
  /** Below 2^53. */
  readonly a: number
  /** Below 2^32. */
  readonly b: number
}

const MAGIC = 'BLPEND01'
const HEADER_LENGTH = 4096
/** Where the number of the last generation lies that is in the disk's own file. */
const DONE_AT = 2048
const RECORD_LENGTH = 28
/** Records of one generation. */
const AREA_RECORDS = 20_000

/** What a crash of this program would lose and a crash of the computer may: table entries and bitmap bits of writes that were
 *  answered and not flushed. Their data is in the page cache of the system, which outlives the program; without the tables nobody would find
 *  it, and a PC that asks for a flush after it has come back would be told that all is safe.
 *
 *  A file beside the disk takes one record for each change before the write is answered, and is never flushed: it is worth as much as the page
 *  cache it lies in. It names the run of the operating system, and is of no use in another. Records are of generations; a commit of the format
 *  begins the next one and, once durable, marks the one before as done. The two generations that can matter have an area each.
 *
 *  File: header (magic, boot session, identity of the disk, CRC32C), at DONE_AT the number of the last generation that is done with its CRC32C,
 *  two areas of records (generation, kind, state, a, b, CRC32C; little-endian). */
export class PendingLog {
  readonly path: string
  readonly #boot: string
  readonly #logger: Logger
  #fd: number | undefined
  #identity = ''
  /** Of the records that are written now. */
  #generation = 1
  #done = 0
  #used = 0
  /** A record of this generation could not be written: until it is done no write may be answered before a flush. */
  #lost = false
  /** How many records were written, and how many could not be. */
  #appended = 0
  #dropped = 0
  /** How it stood at the last `turn`, and whether that freed an area. */
  #turned = { turns: false, appended: 0, dropped: 0 }
  readonly #record = new Uint8Array(RECORD_LENGTH)
  readonly #view = new DataView(this.#record.buffer)

  readonly #areaLength: number

  /** @param boot the present run of the operating system. */
  constructor(path: string, boot: string, logger: Logger, areaRecords = AREA_RECORDS) {
    this.#areaLength = areaRecords * RECORD_LENGTH
    this.path = path
    this.#boot = boot
    this.#logger = logger
  }

  /** Changes of an earlier run of this program, oldest first; empty when they are of no use any more.
   *  @param identity of the disk as its own file says it. */
  read(identity: string): PendingChange[] {
    let bytes: Uint8Array
    try {
      bytes = fs.readFileSync(this.path)
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#logger.error({ err: e, path: this.path }, 'changes that a crash left in memory cannot be read')
      }
      return []
    }
    const of = readHeader(bytes)
    if (of?.identity !== identity || !sameBootSession(of.boot, this.#boot)) return []
    return [0, 1]
      .map((area) => readArea(bytes, HEADER_LENGTH + area * this.#areaLength, this.#areaLength))
      .filter((area) => area.generation > of.done)
      .sort((x, y) => x.generation - y.generation)
      .flatMap((area) => area.changes)
  }

  /** What was read does not fit the disk, and is left out. */
  refused(why: string): void {
    this.#logger.error({ path: this.path }, `what was answered before the last crash cannot be brought back: ${why}`)
  }

  /** To be called before the first change, and whenever the disk's identity has changed. */
  begin(identity: string): void {
    this.#identity = identity
    this.remove()
    this.#generation = 1
    this.#done = this.#used = 0
    this.#lost = false
  }

  /** Ends a write: what could not be noted must be durable before anybody is told. */
  noted(work: void | Promise<void>, device: { flush(): Promise<void> }): void | Promise<void> {
    if (work) return work.then(() => (this.#lost ? device.flush() : undefined))
    if (this.#lost) return device.flush()
  }

  append(kind: number, state: number, a: number, b: number): void {
    if (this.#lost || this.#used + RECORD_LENGTH > this.#areaLength) return this.#drop()
    const v = this.#view
    v.setUint32(0, this.#generation, true)
    v.setUint8(4, kind)
    v.setUint8(5, state)
    v.setUint32(8, a % 2 ** 32, true)
    v.setUint32(12, Math.floor(a / 2 ** 32), true)
    v.setUint32(16, b, true)
    v.setUint32(24, crc32c(this.#record.subarray(0, 24)), true)
    const at = HEADER_LENGTH + (this.#generation & 1) * this.#areaLength + this.#used
    try {
      this.#fd ??= this.#create()
      if (fs.writeSync(this.#fd, this.#record, 0, RECORD_LENGTH, at) < RECORD_LENGTH) return this.#drop()
      this.#used += RECORD_LENGTH
      this.#appended++
    } catch (e) {
      this.#drop()
      this.#logger.warn({ err: e, path: this.path }, 'changes cannot be noted: writes are slower until the next flush')
    }
  }
  #drop(): void {
    this.#lost = true
    this.#dropped++
  }

  /** A commit takes all changes up to now; one at a time. Later ones go into the other area if that is free. */
  turn(): void {
    const turns = this.#done === this.#generation - 1 && this.#used > 0
    this.#turned = { turns, appended: this.#appended, dropped: this.#dropped }
    if (turns) this.#next()
  }
  #next(): void {
    this.#generation++
    this.#used = 0
  }

  /** What the last `turn` took is durable. A commit that failed is not told of: the next one takes its changes, too. */
  done(): void {
    const { turns, appended, dropped } = this.#turned
    if (this.#dropped === dropped) this.#lost = false
    if (!turns) {
      // What came since lies in the same area: it must stay, and older records with it.
      if (this.#used === 0 || this.#appended !== appended) return
      this.#next()
    }
    this.#done = this.#generation - 1
    if (this.#fd === undefined) return
    const mark = new Uint8Array(8)
    const v = new DataView(mark.buffer)
    v.setUint32(0, this.#done, true)
    v.setUint32(4, crc32c(mark.subarray(0, 4)), true)
    fs.writeSync(this.#fd, mark, 0, 8, DONE_AT)
  }

  /** Everything is in the disk's own file. */
  remove(): void {
    if (this.#fd !== undefined) fs.closeSync(this.#fd)
    this.#fd = undefined
    fs.rmSync(this.path, { force: true })
  }

  /** The disk is closed although not everything is in its file. */
  abandon(): void {
    if (this.#fd !== undefined) fs.closeSync(this.#fd)
    this.#fd = undefined
  }

  #create(): number {
    const header = new Uint8Array(HEADER_LENGTH)
    const text = new TextEncoder().encode(`${MAGIC}\n${this.#boot}\n${this.#identity}\n`)
    header.set(text, 8)
    const v = new DataView(header.buffer)
    v.setUint32(0, text.length, true)
    v.setUint32(4, crc32c(text), true)
    v.setUint32(DONE_AT, this.#done, true)
    v.setUint32(DONE_AT + 4, crc32c(header.subarray(DONE_AT, DONE_AT + 4)), true)
    const fd = fs.openSync(this.path, 'w', 0o600)
    fs.writeSync(fd, header, 0, HEADER_LENGTH, 0)
    return fd
  }
}

function readHeader(bytes: Uint8Array): { boot: string; identity: string; done: number } | undefined {
  if (bytes.length < HEADER_LENGTH) return undefined
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const length = v.getUint32(0, true)
  if (length > DONE_AT - 8) return undefined
  const text = bytes.subarray(8, 8 + length)
  if (crc32c(text) !== v.getUint32(4, true)) return undefined
  const [magic, boot, identity] = new TextDecoder().decode(text).split('\n')
  if (magic !== MAGIC || boot === undefined || identity === undefined) return undefined
  if (crc32c(bytes.subarray(DONE_AT, DONE_AT + 4)) !== v.getUint32(DONE_AT + 4, true)) return undefined
  return { boot, identity, done: v.getUint32(DONE_AT, true) }
}

/** The records of the generation that an area begins with; older ones may lie behind them. */
function readArea(bytes: Uint8Array, start: number, length: number): { generation: number; changes: PendingChange[] } {
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const changes: PendingChange[] = []
  let generation = 0
  for (let at = start; at + RECORD_LENGTH <= Math.min(bytes.length, start + length); at += RECORD_LENGTH) {
    const whole = crc32c(bytes.subarray(at, at + 24)) === v.getUint32(at + 24, true)
    const its = v.getUint32(at, true)
    if (!whole || its === 0 || (generation !== 0 && its !== generation)) break
    generation = its
    const a = v.getUint32(at + 8, true) + v.getUint32(at + 12, true) * 2 ** 32
    changes.push({ kind: v.getUint8(at + 4), state: v.getUint8(at + 5), a, b: v.getUint32(at + 16, true) })
  }
  return { generation, changes }
}
