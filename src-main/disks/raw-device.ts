import { afterBytes } from '../base/pieces.ts'
import * as fs from 'node:fs'
import { AppError } from '../base/errors.ts'
import { nativeCalls } from '../platform/native.ts'
import type { BlockDevice } from './block-device.ts'

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
const BLOCK = 512

function diskError(e: unknown, what: string): AppError {
  const code = (e as NodeJS.ErrnoException).code
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk.full', `${what}: the host's disk is full`, {
      hint: 'Free some space on the host; the client can go on afterwards.',
      cause: e,
    })
  }
  return new AppError('disk.io', `${what}: ${(e as Error).message}`, { cause: e, data: { errno: code ?? '' } })
}

/** A raw image: block n is at byte n × 512. Sparse files stay sparse. Writes go to the page cache; `flush` is
 *  fdatasync. */
class RawDevice implements BlockDevice {
  readonly blockSize = BLOCK
  readonly blockCount: number
  readonly readOnly: boolean
  readonly canPunch: boolean
  readonly #fd: number
  readonly #path: string
  #slowUntil = 0
  /** Calls in the pool; close waits for them. */
  readonly #inFlight = new Set<Promise<void>>()
  #closed = false
  /** The first failure of fdatasync. What the kernel then dropped is unknown, so nothing may be acknowledged again. */
  #broken: AppError | undefined
  #syncing: Promise<void> | undefined
  #nextSync: Promise<void> | undefined

  constructor(path: string, fd: number, bytes: number, readOnly: boolean) {
    this.#path = path
    this.#fd = fd
    this.blockCount = Math.floor(bytes / BLOCK)
    this.readOnly = readOnly
    this.canPunch = !readOnly && nativeCalls().available
  }

  read(lba: number, into: Uint8Array): void | Promise<void> {
    if (this.#closed) throw this.#closedError()
    const position = lba * BLOCK
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
      throw diskError(e, `reading ${this.#path}`)
    }
    const took = performance.now() - started
    if (took > SLOW_MS) this.#slowUntil = started + took * SLOW_FACTOR
    // The file is shorter than it was when opened: the rest reads as a hole would.
    if (got < length) into.fill(0, got)
  }

  #readInPool(position: number, into: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.read(this.#fd, into, 0, into.length, position, (e, got) => {
        if (e) return reject(diskError(e, `reading ${this.#path}`))
        if (got < into.length) into.fill(0, got)
        resolve()
      })
    })
  }

  write(lba: number, from: readonly Uint8Array[]): void | Promise<void> {
    this.#writable()
    const position = lba * BLOCK
    let length = 0
    for (const piece of from) length += piece.length
    if (length > SYNC_LIMIT || this.#slowUntil !== 0) {
      if (length > SYNC_LIMIT || performance.now() < this.#slowUntil) {
        return this.#track(this.#writeInPool(position, from, length))
      }
      this.#slowUntil = 0
    }
    const started = performance.now()
    let put: number
    try {
      put =
        from.length === 1
          ? fs.writeSync(this.#fd, from[0]!, 0, length, position)
          : fs.writevSync(this.#fd, from as Uint8Array[], position)
    } catch (e) {
      throw diskError(e, `writing ${this.#path}`)
    }
    const took = performance.now() - started
    if (took > SLOW_MS) this.#slowUntil = started + took * SLOW_FACTOR
    if (put < length) return this.#track(this.#writeInPool(position + put, afterBytes(from, put), length - put))
  }

  async #writeInPool(position: number, from: readonly Uint8Array[], length: number): Promise<void> {
    let pieces = from
    let at = position
    let left = length
    while (left > 0) {
      const batch = pieces
      const put = await new Promise<number>((resolve, reject) => {
        fs.writev(this.#fd, batch as Uint8Array[], at, (e, n) =>
          e ? reject(diskError(e, `writing ${this.#path}`)) : resolve(n),
        )
      })
      if (put === 0) throw new AppError('disk.io', `writing ${this.#path}: nothing was written`)
      at += put
      left -= put
      if (left > 0) pieces = afterBytes(pieces, put)
    }
  }

  /** A call that comes while fdatasync runs waits for the next one: what it must cover may be newer. */
  flush(): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken)
    if (this.#closed) return Promise.reject(this.#closedError())
    if (this.readOnly) return Promise.resolve()
    if (!this.#syncing) return this.#sync()
    this.#nextSync ??= this.#syncing
      .catch(() => {
        // Its own caller hears of it; the call below finds the device broken.
      })
      .then(() => {
        this.#nextSync = undefined
        return this.#sync()
      })
    return this.#nextSync
  }

  #sync(): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken)
    const sync = new Promise<void>((resolve, reject) => {
      fs.fdatasync(this.#fd, (e) => {
        this.#syncing = undefined
        if (!e) return resolve()
        this.#broken = diskError(e, `flushing ${this.#path}`)
        reject(this.#broken)
      })
    })
    this.#syncing = sync
    return this.#track(sync)
  }

  zero(lba: number, blocks: number): void | Promise<void> {
    this.#writable()
    return this.#track(this.#zero(lba * BLOCK, blocks * BLOCK))
  }

  async #zero(position: number, length: number): Promise<void> {
    if (this.canPunch) {
      try {
        if (nativeCalls().punchHole(this.#fd, position, length)) return
      } catch (e) {
        throw diskError(e, `giving space of ${this.#path} back`)
      }
    }
    const zeros = new Uint8Array(Math.min(length, ZERO_CHUNK))
    for (let at = 0; at < length; at += zeros.length) {
      const now = Math.min(zeros.length, length - at)
      await this.#writeInPool(position + at, [zeros.subarray(0, now)], now)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    const flushed = this.readOnly || this.#broken ? undefined : this.flush()
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
    if (this.readOnly) throw new AppError('disk.readOnly', `${this.#path} is read-only`)
  }
  #closedError(): AppError {
    return new AppError('disk.closed', `${this.#path} is closed`)
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

/** Makes an empty image, sparse unless `fixed`. @param sizeBytes a multiple of 512.
 *  Errors: disk.exists when there is such a file, disk.size, disk.full, disk.io. */
export async function createRawDisk(path: string, sizeBytes: number, o: { fixed?: boolean } = {}): Promise<void> {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < BLOCK || sizeBytes % BLOCK !== 0) {
    throw new AppError('disk.size', `a disk of ${sizeBytes} bytes cannot be made`, {
      hint: `The size must be a multiple of ${BLOCK} bytes.`,
    })
  }
  let file: fs.promises.FileHandle
  try {
    file = await fs.promises.open(path, 'wx')
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new AppError('disk.exists', `${path} exists already`, { cause: e })
    }
    throw diskError(e, `creating ${path}`)
  }
  try {
    await file.truncate(sizeBytes)
    if (o.fixed && !nativeCalls().allocate(file.fd, sizeBytes)) await fillWithZeros(file, sizeBytes)
    await file.sync()
  } catch (e) {
    await fs.promises.rm(path, { force: true })
    throw e instanceof AppError ? e : diskError(e, `creating ${path}`)
  } finally {
    await file.close()
  }
}

async function fillWithZeros(file: fs.promises.FileHandle, sizeBytes: number): Promise<void> {
  const zeros = new Uint8Array(ZERO_CHUNK)
  for (let at = 0; at < sizeBytes;) {
    const { bytesWritten } = await file.write(zeros, 0, Math.min(ZERO_CHUNK, sizeBytes - at), at)
    at += bytesWritten
  }
}

/** Opens a raw image, or a block device of the host. Errors: disk.notFound, disk.io, disk.size. */
export async function openRawDevice(path: string, o: { readOnly?: boolean } = {}): Promise<BlockDevice> {
  const readOnly = o.readOnly ?? false
  let fd: number
  try {
    fd = fs.openSync(path, readOnly ? 'r' : 'r+')
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new AppError('disk.notFound', `${path} does not exist`, { cause: e })
    }
    throw diskError(e, `opening ${path}`)
  }
  const size = fs.fstatSync(fd).size
  if (size < BLOCK) {
    fs.closeSync(fd)
    throw new AppError('disk.size', `${path} has no whole block of ${BLOCK} bytes`)
  }
  return new RawDevice(path, fd, size, readOnly)
}
