import { createRequire } from 'node:module'
import { AppError } from '../base/errors.ts'

/** The few operating-system calls Node has no name for, through a foreign function library. Where they cannot be had
 *  (another OS, another libc) `available` is false and callers take their slower or narrower way. */
export interface NativeCalls {
  readonly available: boolean
  /** Gives the byte range of a file back to the file system; it reads as zeros afterwards. False: not supported there.
   *  Errors: disk.io with the errno. Source: fallocate(2), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE. */
  punchHole(fd: number, offset: number, length: number): boolean
  /** Takes the byte range of a file from the file system's free space now. False: not supported there.
   *  Errors: disk.full, disk.io. Source: fallocate(2), mode 0. */
  allocate(fd: number, offset: number, length: number): boolean
  /** Where the next data, or the next hole, at or behind `offset` begins; the end of the file counts as a hole. -1: there
   *  is no data behind. Undefined: not supported there. What a hole covers reads as zeros; not every zero is a hole.
   *  Source: lseek(2), SEEK_DATA and SEEK_HOLE. */
  seek(fd: number, offset: number, to: 'data' | 'hole'): number | undefined
  /** Ends a TCP connection whose peer leaves sent bytes unacknowledged for so long; without it that takes a quarter of an
   *  hour. False: not supported there. Source: tcp(7), TCP_USER_TIMEOUT. */
  limitUnacknowledged(fd: number, milliseconds: number): boolean
  /** Lets a socket hear and speak on one interface only. False: refused. Source: socket(7), SO_BINDTODEVICE. */
  bindToDevice(fd: number, interfaceName: string): boolean
  /** Forgets which machine an address belongs to, so that the network is asked anew. `fd`: any socket. False: not allowed, or
   *  nothing was known. Source: arp(7), SIOCDARP. */
  forgetNeighbour(fd: number, address: string, interfaceName: string): boolean
}

const FALLOC_FL_KEEP_SIZE = 1
const FALLOC_FL_PUNCH_HOLE = 2
const SOL_SOCKET = 1
const SO_BINDTODEVICE = 25
const IPPROTO_TCP = 6
const TCP_USER_TIMEOUT = 18
const SIOCDARP = 0x8953
const AF_INET = 2
/** struct arpreq: four bytes of flags between three socket addresses of 16, then the device's name of 16. */
const ARPREQ = { length: 68, family: 0, address: 4, device: 52 } as const
const SEEK_DATA = 3
const SEEK_HOLE = 4
const ENXIO = 6
const EOPNOTSUPP = 95
const ENOSYS = 38
const ENOSPC = 28

const none: NativeCalls = {
  available: false,
  punchHole: () => false,
  allocate: () => false,
  seek: () => undefined,
  limitUnacknowledged: () => false,
  bindToDevice: () => false,
  forgetNeighbour: () => false,
}

let cached: NativeCalls | undefined

/** Loaded once, on first use. */
export function nativeCalls(): NativeCalls {
  cached ??= process.platform === 'linux' ? loadLinux() : none
  return cached
}

function loadLinux(): NativeCalls {
  let koffi: typeof import('koffi')
  let fallocate: (fd: number, mode: number, offset: number, length: number) => number
  let lseek: (fd: number, offset: number, whence: number) => number
  let ioctl: (fd: number, request: number, argument: Buffer) => number
  let setsockopt: (fd: number, level: number, name: number, value: Buffer, length: number) => number
  try {
    koffi = createRequire(import.meta.url ?? __filename)('koffi') as typeof import('koffi')
    const libc = koffi.load('libc.so.6')
    fallocate = libc.func('int fallocate(int fd, int mode, int64_t offset, int64_t length)')
    lseek = libc.func('int64_t lseek(int fd, int64_t offset, int whence)')
    ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)')
    setsockopt = libc.func('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)')
  } catch {
    // A libc under another name (musl) or no prebuilt library for this processor: the program works without.
    return none
  }
  return {
    available: true,
    punchHole(fd, offset, length) {
      if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length) === 0) return true
      const errno = koffi.errno()
      if (errno === EOPNOTSUPP || errno === ENOSYS) return false
      throw new AppError('disk.io', `giving space back failed with errno ${errno}`, { data: { errno } })
    },
    allocate(fd, offset, length) {
      if (fallocate(fd, 0, offset, length) === 0) return true
      const errno = koffi.errno()
      if (errno === EOPNOTSUPP || errno === ENOSYS) return false
      throw new AppError(
        errno === ENOSPC ? 'disk.full' : 'disk.io',
        `taking ${length} bytes from the host's disk failed with errno ${errno}`,
        {
          hint: 'Free some space, or make a smaller disk.',
          data: { errno },
        },
      )
    },
    seek(fd, offset, to) {
      const found = lseek(fd, offset, to === 'data' ? SEEK_DATA : SEEK_HOLE)
      if (found >= 0) return found
      return koffi.errno() === ENXIO ? -1 : undefined
    },
    limitUnacknowledged(fd, milliseconds) {
      const value = Buffer.alloc(4)
      value.writeUInt32LE(milliseconds)
      return setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, value, value.length) === 0
    },
    bindToDevice(fd, interfaceName) {
      const name = Buffer.from(interfaceName + '\0', 'ascii')
      return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, name.length) === 0
    },
    forgetNeighbour(fd, address, interfaceName) {
      const request = Buffer.alloc(ARPREQ.length)
      request.writeUInt16LE(AF_INET, ARPREQ.family)
      for (const [i, part] of address.split('.').entries()) request.writeUInt8(Number(part), ARPREQ.address + i)
      request.write(interfaceName.slice(0, 15), ARPREQ.device, 'ascii')
      return ioctl(fd, SIOCDARP, request) === 0
    },
  }
}
