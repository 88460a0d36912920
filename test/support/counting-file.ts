import type { DiskFile, FileExtent } from '../../src-main/disks/disk-file.ts'

const PAGE = 4096

export interface FileCounts {
  reads: number
  readBytes: number
  writes: number
  writtenBytes: number
  /** Pages of 4 KiB that were changed between two flushes, summed up: what a host writes to its medium. */
  flushedPages: number
  flushes: number
  zeroedBytes: number
  resizes: number
}
const none = (): FileCounts => ({
  reads: 0,
  readBytes: 0,
  writes: 0,
  writtenBytes: 0,
  flushedPages: 0,
  flushes: 0,
  zeroedBytes: 0,
  resizes: 0,
})

/** Counts what a format does with its file: the same on every machine, whatever else it does. */
export class CountingFile implements DiskFile {
  readonly path: string
  readonly readOnly: boolean
  readonly canPunch: boolean
  /** Every read waits for a turn of the loop. */
  slow = false
  /** Whether `readTwice` is to know what was read. */
  remembers = false
  counts: FileCounts = none()
  readonly extent?: (position: number) => FileExtent
  readonly #file: DiskFile
  readonly #changedPages = new Set<number>()
  #read: { from: number; to: number }[] = []

  constructor(file: DiskFile) {
    this.#file = file
    this.path = file.path
    this.readOnly = file.readOnly
    this.canPunch = file.canPunch
    if (file.extent) this.extent = (position) => file.extent!(position)
  }
  get sizeBytes(): number {
    return this.#file.sizeBytes
  }
  reset(): void {
    this.counts = none()
    this.#changedPages.clear()
    this.#read = []
  }
  /** With `remembers`: ranges that were read more than once, by start. */
  readTwice(): { from: number; to: number }[] {
    const sorted = [...this.#read].sort((a, b) => a.from - b.from)
    let end = 0
    const twice: { from: number; to: number }[] = []
    for (const { from, to } of sorted) {
      if (from < end) twice.push({ from, to: Math.min(to, end) })
      end = Math.max(end, to)
    }
    return twice
  }
  read(position: number, into: Uint8Array): void | Promise<void> {
    this.counts.reads++
    this.counts.readBytes += into.length
    if (this.remembers) this.#read.push({ from: position, to: position + into.length })
    if (!this.slow) return this.#file.read(position, into)
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#file.read(position, into))
  }
  write(position: number, pieces: readonly Uint8Array[]): void | Promise<void> {
    this.counts.writes++
    let length = 0
    for (const piece of pieces) length += piece.length
    this.counts.writtenBytes += length
    for (let page = Math.floor(position / PAGE); page * PAGE < position + length; page++) this.#changedPages.add(page)
    return this.#file.write(position, pieces)
  }
  flush(): Promise<void> {
    this.counts.flushes++
    this.counts.flushedPages += this.#changedPages.size
    this.#changedPages.clear()
    return this.#file.flush()
  }
  zero(position: number, length: number): void | Promise<void> {
    this.counts.zeroedBytes += length
    return this.#file.zero(position, length)
  }
  resize(sizeBytes: number): Promise<void> {
    this.counts.resizes++
    return this.#file.resize(sizeBytes)
  }
  close(): Promise<void> {
    return this.#file.close()
  }
}
