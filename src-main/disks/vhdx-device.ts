import { randomUUID } from 'node:crypto'
import { AppError } from '../base/errors.ts'
import { afterBytes, firstBytes } from '../base/pieces.ts'
import type { BlockDevice, Extent } from './block-device.ts'
import type { DiskFile } from './disk-file.ts'
import { extentInDevice, extentInFile } from './extents.ts'
import { type Generation, type Generations, generationsOf, PIECE_BYTES, PRESENCE } from './generations.ts'
import type { PendingLog } from './pending-log.ts'
import { BlockMap } from './vhdx/block-map.ts'
import { damaged, parentChanged, unsupported } from './vhdx/errors.ts'
import { BLOCK_STATE, type Guid, MIB, type VhdxHeader, ZERO_GUID } from './vhdx/format.ts'
import { writeNewVhdx, type NewVhdx } from './vhdx/create.ts'
import { openHeaders } from './vhdx/headers.ts'
import { infoOf, readOnlyView, type VhdxInfo } from './vhdx/info.ts'
import { readBlockTable, readLayout, type VhdxLayout } from './vhdx/layout.ts'
import { replayLog } from './vhdx/replay.ts'
import { Waits } from './vhdx/waits.ts'

export type { VhdxInfo, VhdxParentInfo } from './vhdx/info.ts'

const ZERO_CHUNK = 1024 * 1024

export interface VhdxDevice extends BlockDevice {
  /** Changes with the first write after opening. */
  readonly dataWriteGuid: Guid
}

/** The parent of a differencing disk: any device with the same content as when the child was made. It is not closed
 *  with its child, since several children may share it. */
export interface OpenParent {
  readonly device: BlockDevice
  /** dataWriteGuid of a VHDX; for another format what was given to `createVhdx`. */
  readonly dataWriteGuid: Guid
}

/** The piece of a command that lies in one block. Positions are bytes. */
type OnBlock = (block: number, within: number, from: number, length: number) => void | Promise<void>

class OpenVhdx implements VhdxDevice, Generation {
  readonly blockSize: 512 | 4096
  readonly blockCount: number
  readonly readOnly: boolean
  readonly canPunch: boolean
  readonly erase: (() => Promise<void>) | undefined
  readonly parent: BlockDevice | undefined
  readonly #generations: Generations | undefined
  readonly #file: DiskFile
  readonly #map: BlockMap
  readonly #layout: VhdxLayout
  readonly #payload: number
  readonly #fixed: boolean
  /** What leaves the turn of the loop. A commit waits for it before space is used again. */
  readonly #inFlight = new Set<Promise<void>>()
  #closed = false
  #flushing: Promise<void> | undefined
  #nextFlush: Promise<void> | undefined

  constructor(map: BlockMap, layout: VhdxLayout, parent: BlockDevice | undefined) {
    this.#file = map.file
    this.#map = map
    this.#layout = layout
    this.parent = parent
    this.#payload = layout.parameters.blockSize
    this.#fixed = layout.parameters.leaveBlockAllocated && !layout.parameters.hasParent
    this.blockSize = layout.logicalSectorSize
    this.blockCount = layout.sizeBytes / layout.logicalSectorSize
    this.readOnly = map.file.readOnly
    this.canPunch = map.file.canPunch && !this.#fixed
    this.#generations = generationsOf(this, (lba, into) => this.#readHereOrBelow(lba * this.blockSize, into))
    if (this.canPunch && !this.readOnly && !parent) this.erase = () => this.#erase()
  }

  get dataWriteGuid(): Guid {
    return this.#map.dataWriteGuid
  }

  read(lba: number, into: Uint8Array): void | Promise<void> {
    const position = lba * this.blockSize
    this.#check(position, into.length)
    if (this.#generations) return this.#generations.read(lba, into)
    return this.#readHereOrBelow(position, into)
  }

  #readHereOrBelow(position: number, into: Uint8Array): void | Promise<void> {
    const block = Math.floor(position / this.#payload)
    const within = position - block * this.#payload
    if (within + into.length <= this.#payload) return this.#readBlock(block, within, into)
    return this.#eachBlock(position, into.length, (b, w, from, length) =>
      this.#readBlock(b, w, into.subarray(from, from + length)),
    )
  }

  #readBlock(block: number, within: number, into: Uint8Array): void | Promise<void> {
    const map = this.#map
    const index = map.indexOf(block)
    switch (map.states[index]) {
      case BLOCK_STATE.full:
        return this.#track(this.#file.read(map.offsets[index]! * MIB + within, into))
      case BLOCK_STATE.partial:
        if (map.bitmaps.has(block)) return this.#track(this.#readPartial(block, index, within, into))
        return this.#track(map.bitmaps.with(block, () => this.#readPartial(block, index, within, into)))
      case BLOCK_STATE.notPresent:
        if (this.parent) return this.#readParent(block * this.#payload + within, into)
    }
    into.fill(0)
  }

  #readPartial(block: number, index: number, within: number, into: Uint8Array): void | Promise<void> {
    // The bits may have come later than the command: the block can be another by now.
    if (this.#map.states[index] !== BLOCK_STATE.partial) return this.#readBlock(block, within, into)
    const place = this.#map.offsets[index]! * MIB
    const first = (block * this.#payload) / this.blockSize
    const sectors = into.length / this.blockSize
    const all = this.#map.bitmaps.run(first + within / this.blockSize, sectors)
    if (all.length === sectors)
      return all.here ? this.#file.read(place + within, into) : this.#readParent(block * this.#payload + within, into)
    const waits = new Waits()
    for (let at = 0; at < into.length;) {
      const from = at
      const sector = first + (within + from) / this.blockSize
      const run = this.#map.bitmaps.run(sector, (into.length - from) / this.blockSize)
      const part = into.subarray(from, from + run.length * this.blockSize)
      const started = waits.add(() =>
        run.here ? this.#file.read(place + within + from, part) : this.#readParent(sector * this.blockSize, part),
      )
      if (!started) break
      at += part.length
    }
    return waits.done()
  }

  /** What lies behind the parent's end is zeros: the child may be larger. */
  #readParent(position: number, into: Uint8Array): void | Promise<void> {
    const parent = this.parent!
    const inside = Math.min(into.length, Math.max(0, parent.blockCount * parent.blockSize - position))
    if (inside === into.length) return parent.read(position / this.blockSize, into)
    into.fill(0, inside)
    if (inside > 0) return parent.read(position / this.blockSize, into.subarray(0, inside))
  }

  /** See Generation. A block that reads as zeros is here as a whole: nothing of the parent shows through. */
  presence(lba: number, into: Uint8Array): void | Promise<void> {
    const map = this.#map
    const waits = new Waits()
    const perPiece = PIECE_BYTES / this.blockSize
    for (let piece = 0; piece < into.length;) {
      const position = lba * this.blockSize + piece * PIECE_BYTES
      const block = Math.floor(position / this.#payload)
      const part = into.subarray(piece, piece + ((block + 1) * this.#payload - position) / PIECE_BYTES)
      piece += part.length
      const state = map.states[map.indexOf(block)]
      if (state !== BLOCK_STATE.partial)
        part.fill(state === BLOCK_STATE.notPresent && this.parent ? PRESENCE.none : PRESENCE.all)
      else
        waits.add(() =>
          map.bitmaps.with(block, () => {
            for (let i = 0; i < part.length; i++) {
              const sector = position / this.blockSize + i * perPiece
              const run = map.bitmaps.run(sector, Math.min(perPiece, this.blockCount - sector))
              part[i] = run.length < perPiece ? PRESENCE.some : run.here ? PRESENCE.all : PRESENCE.none
            }
          }),
        )
    }
    return waits.done()
  }
  readHere(lba: number, into: Uint8Array): void | Promise<void> {
    const position = lba * this.blockSize
    const block = Math.floor(position / this.#payload)
    const within = position - block * this.#payload
    const index = this.#map.indexOf(block)
    const state = this.#map.states[index]
    if (within + into.length > this.#payload || (state !== BLOCK_STATE.full && state !== BLOCK_STATE.partial))
      return this.#readHereOrBelow(position, into)
    return this.#track(this.#file.read(this.#map.offsets[index]! * MIB + within, into))
  }

  extent(lba: number): Extent | Promise<Extent> {
    const position = lba * this.blockSize
    this.#check(position, this.blockSize)
    const map = this.#map
    const block = Math.floor(position / this.#payload)
    const state = map.states[map.indexOf(block)]
    const blocksTo = (end: number): number => Math.min((end * this.#payload) / this.blockSize, this.blockCount) - lba
    if (state === BLOCK_STATE.partial) return this.#extentInPartial(block, lba, blocksTo(block + 1))
    if (state === BLOCK_STATE.full) return this.#extentInFile(block, lba, blocksTo(block + 1))
    let end = block + 1
    while (end < this.#layout.payloadBlocks && map.states[map.indexOf(end)] === state) end++
    const below = state === BLOCK_STATE.notPresent ? this.parent : undefined
    return extentInDevice(below, lba, blocksTo(end))
  }
  #extentInFile(block: number, lba: number, limit: number): Extent {
    const within = lba * this.blockSize - block * this.#payload
    const place = this.#map.offsets[this.#map.indexOf(block)]! * MIB
    return extentInFile(this.#file, place + within, this.blockSize, limit)
  }
  #extentInPartial(block: number, lba: number, limit: number): Extent | Promise<Extent> {
    const { bitmaps } = this.#map
    if (!bitmaps.has(block)) return Promise.resolve(bitmaps.with(block, () => {})).then(() => this.extent(lba))
    const run = bitmaps.run(lba, limit)
    return run.here ? this.#extentInFile(block, lba, run.length) : extentInDevice(this.parent, lba, run.length)
  }

  write(lba: number, from: readonly Uint8Array[]): void | Promise<void> {
    return this.#noted(this.#write(lba, from))
  }
  #noted(work: void | Promise<void>): void | Promise<void> {
    const { pending } = this.#map
    return pending ? pending.noted(work, this) : work
  }
  #write(lba: number, from: readonly Uint8Array[]): void | Promise<void> {
    let length = 0
    for (const piece of from) length += piece.length
    const position = lba * this.blockSize
    this.#check(position, length)
    if (!this.#map.started) return this.#afterStart(() => this.#write(lba, from))
    const block = Math.floor(position / this.#payload)
    const within = position - block * this.#payload
    if (within + length <= this.#payload) return this.#writeBlock(block, within, from, length)
    return this.#eachBlock(position, length, (b, w, at, n) =>
      this.#writeBlock(b, w, firstBytes(afterBytes(from, at), n), n),
    )
  }

  #writeBlock(block: number, within: number, from: readonly Uint8Array[], length: number): void | Promise<void> {
    const map = this.#map
    const index = map.indexOf(block)
    const state = map.states[index]
    if (state === BLOCK_STATE.partial || (state === BLOCK_STATE.notPresent && this.parent)) {
      return this.#track(
        this.#onPartial(block, index, {
          withPlace: (place) => this.#file.write(place + within, from, true),
          otherwise: () => this.#writeBlock(block, within, from, length),
          within,
          length,
        }),
      )
    }
    if (state !== BLOCK_STATE.full) {
      if (map.growing) return this.#track(map.growing.then(() => this.#writeBlock(block, within, from, length)))
      map.place(index, BLOCK_STATE.full, true)
    }
    return this.#track(this.#file.write(map.offsets[index]! * MIB + within, from, true))
  }

  /** Changes a part of a block whose other sectors may be the parent's. Its bits are set when the data are there. */
  #onPartial(
    block: number,
    index: number,
    o: {
      readonly withPlace: (place: number) => void | Promise<void>
      readonly otherwise: () => void | Promise<void>
      readonly within: number
      readonly length: number
    },
  ): void | Promise<void> {
    const map = this.#map
    return map.bitmaps.with(block, () => {
      if (map.states[index] === BLOCK_STATE.notPresent) {
        if (map.growing) return map.growing.then(o.otherwise)
        map.needBitmap(block)
        map.clear(block)
        map.place(index, BLOCK_STATE.partial, false)
      } else if (map.states[index] !== BLOCK_STATE.partial) return o.otherwise()
      const mib = map.offsets[index]!
      const sector = (block * this.#payload + o.within) / this.blockSize
      const mark = (): void | Promise<void> =>
        map.bitmaps.with(block, () => {
          // Zeroed as a whole meanwhile: the commands overlapped, and the other one came last.
          if (map.states[index] !== BLOCK_STATE.partial || map.offsets[index] !== mib) return
          map.present(block, sector, o.length / this.blockSize)
        })
      const waiting = o.withPlace(mib * MIB)
      return waiting ? waiting.then(mark) : mark()
    })
  }

  zero(lba: number, blocks: number): void | Promise<void> {
    return this.#noted(this.#zero(lba, blocks))
  }
  #zero(lba: number, blocks: number): void | Promise<void> {
    const position = lba * this.blockSize
    this.#check(position, blocks * this.blockSize)
    if (!this.#map.started) return this.#afterStart(() => this.#zero(lba, blocks))
    return this.#eachBlock(position, blocks * this.blockSize, (block, within, _from, length) =>
      this.#zeroBlock(block, within, length),
    )
  }

  #zeroBlock(block: number, within: number, length: number): void | Promise<void> {
    const map = this.#map
    const index = map.indexOf(block)
    const state = map.states[index]!
    if (this.#fixed) {
      if (state === BLOCK_STATE.full) return this.#track(this.#writeZeros(map.offsets[index]! * MIB + within, length))
      return
    }
    const whole = within === 0 && length === Math.min(this.#payload, this.#layout.sizeBytes - block * this.#payload)
    // Where no hole can be made, a place that was given up would be lost to blocks that must read as zeros.
    if (whole && (state !== BLOCK_STATE.full || this.#file.canPunch)) {
      // Without a parent a block that is nowhere reads as zeros already.
      if (state !== BLOCK_STATE.zero && (state !== BLOCK_STATE.notPresent || this.parent)) {
        map.drop(index, BLOCK_STATE.zero)
      }
      return
    }
    if (state === BLOCK_STATE.full) return this.#track(this.#file.zero(map.offsets[index]! * MIB + within, length))
    if (state === BLOCK_STATE.partial || (state === BLOCK_STATE.notPresent && this.parent)) {
      // The sectors must be here, as zeros, to hide the parent's.
      return this.#track(
        this.#onPartial(block, index, {
          withPlace: (place) => this.#file.zero(place + within, length),
          otherwise: () => this.#zeroBlock(block, within, length),
          within,
          length,
        }),
      )
    }
  }

  /** Places that are only given up keep their data until they are used again: all are emptied first. */
  async #erase(): Promise<void> {
    const map = this.#map
    for (let block = 0; block < this.#layout.payloadBlocks; block++) {
      const index = map.indexOf(block)
      const place = map.offsets[index]! * MIB
      if (map.states[index] === BLOCK_STATE.full) await this.#track(this.#file.zero(place, this.#payload))
    }
    await this.zero(0, this.blockCount)
    await this.flush()
    await this.#map.cleanAll()
  }

  /** A fixed disk keeps its space. */
  async #writeZeros(position: number, length: number): Promise<void> {
    const zeros = new Uint8Array(Math.min(length, ZERO_CHUNK))
    for (let at = 0; at < length; at += zeros.length) {
      await this.#file.write(position + at, [zeros.subarray(0, Math.min(zeros.length, length - at))])
    }
  }

  #eachBlock(position: number, length: number, act: OnBlock): void | Promise<void> {
    const waits = new Waits()
    for (let from = 0; from < length;) {
      const at = from
      const block = Math.floor((position + at) / this.#payload)
      const within = position + at - block * this.#payload
      const now = Math.min(length - at, this.#payload - within)
      if (!waits.add(() => act(block, within, at, now))) break
      from += now
    }
    return waits.done()
  }

  #afterStart(act: () => void | Promise<void>): Promise<void> {
    if (this.readOnly) throw new AppError('disk.readOnly', `${this.#file.path} is read-only`)
    return this.#track(this.#map.start().then(act))
  }

  /** A call that comes while one runs waits for the next: what it must cover may be newer. */
  flush(): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closedError())
    return this.#flush()
  }
  #flush(): Promise<void> {
    if (this.readOnly) return Promise.resolve()
    if (!this.#flushing) {
      this.#flushing = this.#map.commit(Promise.allSettled([...this.#inFlight])).finally(() => {
        this.#flushing = undefined
      })
      return this.#flushing
    }
    this.#nextFlush ??= this.#flushing
      .catch(() => {
        // Its own caller hears of it.
      })
      .then(() => {
        this.#nextFlush = undefined
        return this.#flush()
      })
    return this.#nextFlush
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    try {
      await (this.#nextFlush ?? this.#flushing)?.catch(() => {
        // Its own caller hears of it; closing tries once more.
      })
      if (!this.readOnly) await this.#map.close(Promise.allSettled([...this.#inFlight]))
    } finally {
      await Promise.allSettled([...this.#inFlight])
      await this.#file.close()
    }
  }

  #check(position: number, length: number): void {
    if (this.#closed) throw this.#closedError()
    if (position < 0 || position + length > this.#layout.sizeBytes)
      throw new AppError('bug', `${this.#file.path} has no byte ${position + length - 1}`)
  }
  #closedError(): AppError {
    return new AppError('disk.closed', `${this.#file.path} is closed`)
  }
  #track(work: Promise<void>): Promise<void>
  #track(work: void | Promise<void>): void | Promise<void>
  #track(work: void | Promise<void>): void | Promise<void> {
    if (!work) return
    const forget = (): void => {
      this.#inFlight.delete(work)
    }
    this.#inFlight.add(work)
    work.then(forget, forget)
    return work
  }
}

/** Looks at a file and changes nothing; the file stays open. Errors: codec.* when it is no VHDX, disk.damaged,
 *  disk.unsupported, disk.io. */
export async function inspectVhdx(file: DiskFile): Promise<VhdxInfo> {
  const view = readOnlyView(file)
  const headers = await openHeaders(view)
  const replayed = await replayLog(view, headers, randomUUID)
  return infoOf(await readLayout(replayed), headers.current, headers.current.logGuid !== ZERO_GUID)
}

/** Opens a disk; its log is replayed first, in memory when the file is read-only. The device owns the file.
 *  @param o `parent` for a differencing disk; `pending` where answered writes are noted until they are flushed. Errors: codec.* when it is no VHDX, disk.damaged, disk.unsupported,
 *  disk.parentMissing, disk.parentChanged, disk.io. The file stays open when this fails. */
export async function openVhdx(
  file: DiskFile,
  o: { readonly parent?: OpenParent; readonly pending?: PendingLog } = {},
): Promise<VhdxDevice> {
  const headers = await openHeaders(file)
  const replayed = await replayLog(file, headers, randomUUID)
  const layout = await readLayout(replayed)
  if (!file.readOnly && headers.current.logLength < MIB)
    throw unsupported(file.path, 'has no log, so it cannot be written safely')
  const parent = layout.parameters.hasParent ? checkParent(file, layout, headers.current, o.parent) : undefined
  const table = await readBlockTable(replayed, layout, headers.current)
  const map = new BlockMap(replayed, layout, headers, table, randomUUID)
  if (o.pending && !file.readOnly) await map.recover(o.pending)
  return new OpenVhdx(map, layout, parent)
}

/** Source: MS-VHDX §2.6.2.6.3. */
function checkParent(
  file: DiskFile,
  layout: VhdxLayout,
  header: VhdxHeader,
  parent: OpenParent | undefined,
): BlockDevice {
  if (!parent) {
    throw new AppError('disk.parentMissing', `${file.path} needs its parent, which is not there`, {
      hint: 'Put the parent back where it was.',
    })
  }
  const { linkages } = infoOf(layout, header, false).parent!
  if (linkages.includes(header.dataWriteGuid)) throw damaged(file.path, 'it names itself as its parent')
  if (!linkages.includes(parent.dataWriteGuid)) throw parentChanged(file.path)
  if (parent.device.blockSize !== layout.logicalSectorSize)
    throw damaged(
      file.path,
      `it has sectors of ${layout.logicalSectorSize} bytes, its parent of ${parent.device.blockSize}`,
    )
  return parent.device
}

/** Writes a new disk into an empty file, which stays open: open it with `openVhdx`. Until this is done the file cannot
 *  be opened, so a half-made one is never taken for a disk. Errors: disk.size, disk.full, disk.io. */
export async function createVhdx(o: NewVhdx): Promise<{ dataWriteGuid: Guid }> {
  return writeNewVhdx(o, randomUUID)
}
