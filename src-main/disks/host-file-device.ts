import * as fs from 'node:fs'
import { AppError } from '../base/errors.ts'
import { afterBytes } from '../base/pieces.ts'
import { nativeCalls } from '../platform/native.ts'
import type { FileExtent } from './disk-file.ts'
import type { MeasuredFile } from './limited-file.ts'

/** Up to this size a call from the page cache is quicker than a hop to the thread pool and back. Measured on tmpfs with
 *  a libiscsi client on the same two cores, best of three, GB/s at once against pool: 32 KiB reads 2.7 : 1.1, 64 KiB
 *  2.1 : 2.1, 256 KiB 1.9 : 2.8, 1 MiB 2.6 : 3.4 (in the pool the copy overlaps with the socket). Bytes. */
const SYNC_LIMIT = 64 * 1024
/** A synchronous call that took longer came from a medium, not from memory. Milliseconds. */
const SLOW_MS = 1
/** After a slow call everything goes to the pool for this many times as long as it took: a cold disk then blocks the
 *  loop for at most one hundredth of the time. */
const SLOW_FACTOR = 100
const ZERO_CHUNK = 1024 * 1024

/** What an error of the operating system means for a disk: disk.full or disk.io. */
export function diskError(e: unknown, what: string): AppError {
  const code = (e as NodeJS.ErrnoException).code
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk.full', `${what}: the host's disk is full`, {
      hint: 'Free some space on the host; the client can go on afterwards.',
      cause: e,
    })
  }
  return new AppError('disk.io', `${what}: ${(e as Error).message}`, { cause: e, data: { errno: code ?? '' } })
}

/** A DiskFile of the host's file system, which can also take its space at once. */
export type HostFile = MeasuredFile

/** Small calls are done at once, from or to the page cache; large ones, and all of them while the medium is slow, go
 *  through the thread pool. Sparse files stay sparse. `flush` is fdatasync. */
class OpenHostFile implements HostFile {
  readonly path: string
  readonly readOnly: boolean
  readonly canPunch: boolean
  readonly #fd: number
  #size: number
  #slowUntil = 0
  /** Calls in the pool; close waits for them. */
  readonly #inFlight = new Set<Promise<void>>()
  #closed = false
  /** Whether anything was changed that no flush covers. */
  #changed = false
  /** The first failure of fdatasync. What the kernel then dropped is unknown, so nothing may be acknowledged again. */
  #broken: AppError | undefined
  #syncing: Promise<void> | undefined
  #nextSync: Promise<void> | undefined

  constructor(path: string, fd: number, bytes: number, readOnly: boolean) {
    this.path = path
    this.#fd = fd
    this.#size = bytes
    this.readOnly = readOnly
    this.canPunch = !readOnly && nativeCalls().available
  }

  get sizeBytes(): number {
    return this.#size
  }

  read(position: number, into: Uint8Array): void | Promise<void> {
    if (this.#closed) throw this.#closedError()
    const length = into.length
    if (length > SYNC_LIMIT || this.#slowUntil !== 0) {
      if (length > SYNC_LIMIT || performance.now() < this.#slowUntil)
        return this.#track(this.#readInPool(position, into))
      this.#slowUntil = 0
    }
    const started = performance.now()
    let got: number
    try {
      got = fs.readSync(this.#fd, into, 0, length, position)
    } catch (e) {
      throw diskError(e, `reading ${this.path}`)
    }
    const took = performance.now() - started
    if (took > SLOW_MS) this.#slowUntil = started + took * SLOW_FACTOR
    // Beyond the end of the file: the rest reads as a hole would.
    if (got < length) into.fill(0, got)
  }

  #readInPool(position: number, into: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.read(this.#fd, into, 0, into.length, position, (e, got) => {
        if (e) return reject(diskError(e, `reading ${this.path}`))
        if (got < into.length) into.fill(0, got)
        resolve()
      })
    })
  }

  write(position: number, pieces: readonly Uint8Array[]): void | Promise<void> {
    this.#writable()
    this.#changed = true
    let length = 0
    for (const piece of pieces) length += piece.length
    if (position + length > this.#size) this.#size = position + length
    if (length > SYNC_LIMIT || this.#slowUntil !== 0) {
      if (length > SYNC_LIMIT || performance.now() < this.#slowUntil) {
        return this.#track(this.#writeInPool(position, pieces, length))
      }
      this.#slowUntil = 0
    }
    const started = performance.now()
    let put: number
    try {
      put =
        pieces.length === 1
          ? fs.writeSync(this.#fd, pieces[0]!, 0, length, position)
          : fs.writevSync(this.#fd, pieces as Uint8Array[], position)
    } catch (e) {
      throw this.#writeFailed(e)
    }
    const took = performance.now() - started
    if (took > SLOW_MS) this.#slowUntil = started + took * SLOW_FACTOR
    if (put < length) return this.#track(this.#writeInPool(position + put, afterBytes(pieces, put), length - put))
  }

  async #writeInPool(position: number, from: readonly Uint8Array[], length: number): Promise<void> {
    let pieces = from
    let at = position
    let left = length
    while (left > 0) {
      const batch = pieces
      const put = await new Promise<number>((resolve, reject) => {
        fs.writev(this.#fd, batch as Uint8Array[], at, (e, n) => (e ? reject(this.#writeFailed(e)) : resolve(n)))
      })
      if (put === 0) throw new AppError('disk.io', `writing ${this.path}: nothing was written`)
      at += put
      left -= put
      if (left > 0) pieces = afterBytes(pieces, put)
    }
    if (at > this.#size) this.#size = at
  }

  /** A write that failed may have left the file shorter than the size counted for it. */
  #writeFailed(e: unknown): AppError {
    this.#size = fs.fstatSync(this.#fd).size
    return diskError(e, `writing ${this.path}`)
  }

  /** A call that comes while fdatasync runs waits for the next one: what it must cover may be newer. */
  flush(): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken)
    if (this.#closed) return Promise.reject(this.#closedError())
    if (this.readOnly) return Promise.resolve()
    if (!this.#syncing) return this.#sync()
    this.#nextSync ??= this.#syncing
      .catch(() => {
        // Its own caller hears of it; the call below finds the file broken.
      })
      .then(() => {
        this.#nextSync = undefined
        return this.#sync()
      })
    return this.#nextSync
  }

  #sync(): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken)
    // What is still in the pool is not covered.
    this.#changed = this.#inFlight.size > 0
    const sync = new Promise<void>((resolve, reject) => {
      fs.fdatasync(this.#fd, (e) => {
        this.#syncing = undefined
        if (!e) return resolve()
        this.#broken = diskError(e, `flushing ${this.path}`)
        reject(this.#broken)
      })
    })
    this.#syncing = sync
    return this.#track(sync)
  }

  zero(position: number, length: number): void | Promise<void> {
    this.#writable()
    this.#changed = true
    // What lies beyond the end reads as zeros anyway, and must not make the file longer.
    const inside = Math.min(length, this.#size - position)
    if (inside > 0) return this.#track(this.#zero(position, inside))
  }

  async #zero(position: number, length: number): Promise<void> {
    if (this.canPunch) {
      try {
        if (nativeCalls().punchHole(this.#fd, position, length)) return
      } catch (e) {
        throw diskError(e, `giving space of ${this.path} back`)
      }
    }
    await this.#writeZeros(position, length)
  }

  async #writeZeros(position: number, length: number): Promise<void> {
    const zeros = new Uint8Array(Math.min(length, ZERO_CHUNK))
    for (let at = 0; at < length; at += zeros.length) {
      const now = Math.min(zeros.length, length - at)
      await this.#writeInPool(position + at, [zeros.subarray(0, now)], now)
    }
  }

  resize(sizeBytes: number): Promise<void> {
    this.#writable()
    this.#changed = true
    return this.#track(
      new Promise((resolve, reject) => {
        fs.ftruncate(this.#fd, sizeBytes, (e) => {
          if (e) return reject(diskError(e, `changing the size of ${this.path}`))
          this.#size = sizeBytes
          resolve()
        })
      }),
    )
  }

  async allocate(length: number, position = 0): Promise<void> {
    if (this.#size < position + length) await this.resize(position + length)
    this.#writable()
    this.#changed = true
    if (!nativeCalls().allocate(this.#fd, position, length)) await this.#track(this.#writeZeros(position, length))
  }

  extent(position: number): FileExtent {
    if (this.#closed) throw this.#closedError()
    if (position >= this.#size) return { bytes: Infinity, zero: true }
    const data = nativeCalls().seek(this.#fd, position, 'data')
    if (data === -1) return { bytes: this.#size - position, zero: true }
    if (data !== undefined && data > position) return { bytes: data - position, zero: true }
    const hole = data === undefined ? undefined : nativeCalls().seek(this.#fd, position, 'hole')
    return { bytes: (hole !== undefined && hole > position ? hole : this.#size) - position, zero: false }
  }

  realBytes(): number {
    return fs.fstatSync(this.#fd).blocks * 512
  }

  holeBytes(position: number, length: number): number {
    const end = position + length
    let holes = 0
    for (let at = position; at < end;) {
      const data = nativeCalls().seek(this.#fd, at, 'data')
      if (data === undefined) return length
      // Behind the last data there is nothing but a hole.
      if (data < 0 || data >= end) return holes + end - at
      holes += data - at
      at = nativeCalls().seek(this.#fd, data, 'hole') ?? end
    }
    return holes
  }

  async close(): Promise<void> {
    if (this.#closed) return
    // A second fdatasync of many unchanged files would cost a flush of the host's disk for each.
    const clean = !this.#changed && this.#inFlight.size === 0
    const flushed = this.readOnly || this.#broken || clean ? undefined : this.flush()
    this.#closed = true
    try {
      await flushed
    } finally {
      await Promise.allSettled([...this.#inFlight])
      fs.closeSync(this.#fd)
    }
  }

  #writable(): void {
    if (this.#closed) throw this.#closedError()
    if (this.#broken) throw this.#broken
    if (this.readOnly) throw new AppError('disk.readOnly', `${this.path} is read-only`)
  }
  #closedError(): AppError {
    return new AppError('disk.closed', `${this.path} is closed`)
  }
  #track(work: Promise<void>): Promise<void> {
    const forget = (): void => {
      this.#inFlight.delete(work)
    }
    this.#inFlight.add(work)
    work.then(forget, forget)
    return work
  }
}

/** Opens a file that holds a disk. @param o `create` makes it, empty, and fails where there is one already.
 *  Errors: disk.notFound, disk.exists, disk.io. */
export async function openHostFile(
  path: string,
  o: { readonly readOnly?: boolean; readonly create?: boolean } = {},
): Promise<HostFile> {
  const readOnly = o.readOnly ?? false
  let fd: number
  try {
    fd = fs.openSync(path, o.create ? 'wx+' : readOnly ? 'r' : 'r+')
  } catch (e) {
    const code = (e as NodeJS.ErrnoException).code
    if (code === 'ENOENT' && !o.create) throw new AppError('disk.notFound', `${path} does not exist`, { cause: e })
    if (code === 'EEXIST') throw new AppError('disk.exists', `${path} exists already`, { cause: e })
    throw diskError(e, `${o.create ? 'creating' : 'opening'} ${path}`)
  }
  return new OpenHostFile(path, fd, fs.fstatSync(fd).size, readOnly)
}

/** Makes new names in a folder durable. Errors: disk.io. Source: fsync(2): syncing a file does not cover its entry in
 *  the folder. Windows has no such call. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const handle = await fs.promises.open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (e) {
    throw diskError(e, `flushing ${folder}`)
  }
}
