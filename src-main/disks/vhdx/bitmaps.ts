import type { DiskFile } from '../disk-file.ts'
import { Waits } from './waits.ts'

/** The sector bitmaps of a differencing file, as far as they were needed, in pages of 4 KiB. A bit is set when the
 *  sector is in this file, clear when it is the parent's. Source: MS-VHDX §2.4. */

export const PAGE_BYTES = 4096
const PAGE_SECTORS = PAGE_BYTES * 8
/** A sector bitmap block is 1 MiB. */
export const PAGES_PER_CHUNK = 256
/** Pages that are kept when nothing needs writing. */
const KEPT_PAGES = 1024

const POPULATION = Uint8Array.from({ length: 256 }, (_, i) => {
  let n = 0
  for (let bits = i; bits > 0; bits >>= 1) n += bits & 1
  return n
})

export interface BitmapPlace {
  /** Byte position of the bitmap block of a chunk; undefined when it is not in the file yet: it reads as zeros. */
  positionOf(chunk: number): number | undefined
}

export class SectorBitmaps {
  readonly #file: DiskFile
  readonly #place: BitmapPlace
  readonly #blockSectors: number
  readonly #diskSectors: number
  readonly #pages = new Map<number, Uint8Array>()
  /** Set bits of the blocks whose pages are all here. */
  readonly #counts = new Map<number, number>()
  readonly #dirty = new Set<number>()

  constructor(file: DiskFile, place: BitmapPlace, blockSectors: number, diskSectors: number) {
    this.#file = file
    this.#place = place
    this.#blockSectors = blockSectors
    this.#diskSectors = diskSectors
  }

  /** Whether `with` would do at once. */
  has(block: number): boolean {
    return this.#counts.has(block)
  }

  /** Calls `use` as soon as the bits of the block are in memory: usually at once. They may be gone again later. */
  with(block: number, use: () => void | Promise<void>): void | Promise<void> {
    if (this.#counts.has(block)) return use()
    const waits = new Waits()
    const [first, last] = this.#pagesOf(block)
    const loaded: [number, Uint8Array][] = []
    for (let page = first; page <= last; page++) {
      if (this.#pages.has(page)) continue
      const bytes = new Uint8Array(PAGE_BYTES)
      loaded.push([page, bytes])
      const position = this.#place.positionOf(Math.floor(page / PAGES_PER_CHUNK))
      if (position === undefined) continue
      if (!waits.add(() => this.#file.read(position + (page % PAGES_PER_CHUNK) * PAGE_BYTES, bytes))) break
    }
    const take = (): void | Promise<void> => {
      // Somebody else may have loaded the page meanwhile, and changed it.
      for (const [page, bytes] of loaded) if (!this.#pages.has(page)) this.#pages.set(page, bytes)
      for (let page = first; page <= last; page++) if (!this.#pages.has(page)) return this.with(block, use)
      if (!this.#counts.has(block)) this.#counts.set(block, this.#count(block))
      return use()
    }
    const waiting = waits.done()
    return waiting ? waiting.then(take) : take()
  }

  #pagesOf(block: number): [number, number] {
    const from = block * this.#blockSectors
    return [Math.floor(from / PAGE_SECTORS), Math.floor((this.#endOf(block) - 1) / PAGE_SECTORS)]
  }
  #endOf(block: number): number {
    return Math.min((block + 1) * this.#blockSectors, this.#diskSectors)
  }
  #count(block: number): number {
    let count = 0
    const end = this.#endOf(block)
    for (let sector = block * this.#blockSectors; sector < end;) {
      const byte = this.#pages.get(Math.floor(sector / PAGE_SECTORS))![(sector % PAGE_SECTORS) >> 3]!
      if (end - sector >= 8) {
        count += POPULATION[byte]!
        sector += 8
      } else {
        count += (byte >> (sector & 7)) & 1
        sector++
      }
    }
    return count
  }

  /** Inside `with` only. How many sectors from `sector` on are in the same file, at most `limit`. */
  run(sector: number, limit: number): { here: boolean; length: number } {
    const bit = (s: number): number => {
      const page = this.#pages.get(Math.floor(s / PAGE_SECTORS))!
      return (page[(s % PAGE_SECTORS) >> 3]! >> (s & 7)) & 1
    }
    const first = bit(sector)
    const whole = first === 1 ? 0xff : 0
    let length = 1
    while (length < limit) {
      const s = sector + length
      if ((s & 7) === 0 && limit - length >= 8) {
        const page = this.#pages.get(Math.floor(s / PAGE_SECTORS))!
        if (page[(s % PAGE_SECTORS) >> 3] === whole) {
          length += 8
          continue
        }
      }
      if (bit(s) !== first) break
      length++
    }
    return { here: first === 1, length }
  }

  /** Inside `with` only. No sector of the block is here any more. */
  clear(block: number): void {
    const end = this.#endOf(block)
    for (let sector = block * this.#blockSectors; sector < end;) {
      const page = Math.floor(sector / PAGE_SECTORS)
      const pageEnd = Math.min(end, (page + 1) * PAGE_SECTORS)
      const from = (sector % PAGE_SECTORS) >> 3
      this.#pages.get(page)!.fill(0, from, from + Math.ceil((pageEnd - sector) / 8))
      this.#dirty.add(page)
      sector = pageEnd
    }
    this.#counts.set(block, 0)
  }

  /** Inside `with` only. The sectors are here now. Returns how many were not before. */
  set(block: number, sector: number, sectors: number): number {
    const end = sector + sectors
    let added = 0
    for (let s = sector; s < end;) {
      const page = Math.floor(s / PAGE_SECTORS)
      const bytes = this.#pages.get(page)!
      const at = (s % PAGE_SECTORS) >> 3
      const whole = (s & 7) === 0 && end - s >= 8
      const mask = whole ? 0xff : 1 << (s & 7)
      const before = bytes[at]!
      if ((before & mask) !== mask) {
        added += POPULATION[mask & ~before]!
        bytes[at] = before | mask
        this.#dirty.add(page)
      }
      s += whole ? 8 : 1
    }
    if (added > 0) this.#counts.set(block, this.#counts.get(block)! + added)
    return added
  }
  /** Inside `with` only. Whether all sectors of the block are here. */
  isFull(block: number): boolean {
    return this.#counts.get(block) === this.#endOf(block) - block * this.#blockSectors
  }

  get changed(): boolean {
    return this.#dirty.size > 0
  }
  /** Copies of the changed pages, which count as unchanged from now on. */
  takeChanged(): Map<number, Uint8Array> {
    const taken = new Map<number, Uint8Array>()
    for (const page of [...this.#dirty].sort((a, b) => a - b)) taken.set(page, this.#pages.get(page)!.slice())
    this.#dirty.clear()
    return taken
  }
  /** The pages were not written after all. */
  giveBack(pages: Iterable<number>): void {
    for (const page of pages) this.#dirty.add(page)
  }
  /** Lets go of what can be read again. Everything that is not changed must be in its place in the file. */
  trim(): void {
    if (this.#pages.size <= KEPT_PAGES) return
    for (const page of this.#pages.keys()) if (!this.#dirty.has(page)) this.#pages.delete(page)
    this.#counts.clear()
  }
}
