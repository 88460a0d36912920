import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { userInfo } from 'node:os'
import { AppError } from '../base/errors.ts'

/** Who holds a port, so that "address in use" can name a program. Source: proc(5), /proc/net/udp and /proc/net/tcp. */

export type PortProtocol = 'udp' | 'tcp'

export interface PortOwner {
  readonly pid: number
  /** The program's short name, as /proc/PID/comm has it. */
  readonly name: string
}

/** The program bound to the port on any address, `undefined` where it cannot be known: another OS, or a socket of
 *  another user when we are not root. */
export function findPortOwner(protocol: PortProtocol, port: number): PortOwner | undefined {
  if (process.platform !== 'linux') return undefined
  const inodes = socketInodes(protocol, port)
  if (inodes.size === 0) return undefined
  for (const pid of readFolder('/proc').filter((name) => /^\d+$/.test(name))) {
    if (findDescriptor(pid, inodes) === undefined) continue
    const name = readText(`/proc/${pid}/comm`).trim()
    return { pid: Number(pid), name: name || 'unknown' }
  }
  return undefined
}

/** The descriptor of this process' own socket on a port; Node gives no public way to it. Linux only. */
export function ownSocketDescriptor(protocol: PortProtocol, port: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  return findDescriptor('self', socketInodes(protocol, port))
}

/** The error of a failed bind as one of ours: net.portTaken with the owner, net.permission, or net.bind.
 *  Shape: `service` is what wanted the port, in words. */
export function bindError(
  thrown: unknown,
  o: { protocol: PortProtocol; host: string; port: number; service: string },
): AppError {
  const errno = (thrown as NodeJS.ErrnoException).code ?? 'unknown error'
  const where = `${o.protocol.toUpperCase()} port ${o.port}`
  const data = { protocol: o.protocol, host: o.host, port: o.port, errno }
  if (errno === 'EADDRINUSE') {
    const owner = findPortOwner(o.protocol, o.port)
    const holder = owner ? `${owner.name} (process ${owner.pid})` : 'another program'
    return new AppError('net.portTaken', `${o.service} cannot use ${where}: ${holder} holds it`, {
      hint: owner
        ? `Stop ${owner.name}, then start again.`
        : 'Stop the program that holds this port, then start again.',
      data: owner ? { ...data, pid: owner.pid, owner: owner.name } : data,
      cause: thrown,
    })
  }
  if (errno === 'EACCES' || errno === 'EPERM') {
    return new AppError('net.permission', `${o.service} may not use ${where}`, {
      hint: process.platform === 'linux' ? linuxRights() : 'Ports below 1024 need rights: run it as administrator.',
      data,
      cause: thrown,
    })
  }
  if (errno === 'EADDRNOTAVAIL') {
    return new AppError('net.address', `${o.service} cannot use ${o.host}: this computer does not have that address`, {
      hint: 'Choose an interface that is up and has an IPv4 address.',
      data,
      cause: thrown,
    })
  }
  return new AppError('net.bind', `${o.service} cannot use ${where}: ${errno}`, { data, cause: thrown })
}

/** Put there by the Debian package: serves the folder of one user with the right to these ports. */
const USER_SERVICE = '/usr/lib/systemd/system/bootlace@.service'

function linuxRights(): string {
  const remedy = existsSync(USER_SERVICE)
    ? `serve in the background with: sudo systemctl enable --now bootlace@${userInfo().username}`
    : 'run it as root'
  return `Ports below 1024 need rights: ${remedy}, or allow them until the next restart with: sudo sysctl net.ipv4.ip_unprivileged_port_start=67`
}

/** Inodes of the sockets bound to a local port; TCP ones only while listening. */
function socketInodes(protocol: PortProtocol, port: number): ReadonlySet<string> {
  const inodes = new Set<string>()
  for (const file of [`/proc/net/${protocol}`, `/proc/net/${protocol}6`]) {
    for (const line of readText(file).split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/)
      const local = columns[1]
      const inode = columns[9]
      if (!local || !inode || inode === '0') continue
      if (protocol === 'tcp' && columns[3] !== LISTENING) continue
      if (parseInt(local.slice(local.indexOf(':') + 1), 16) === port) inodes.add(inode)
    }
  }
  return inodes
}

/** TCP_LISTEN of the kernel, as /proc/net/tcp prints it. */
const LISTENING = '0A'

function findDescriptor(pid: string, inodes: ReadonlySet<string>): number | undefined {
  if (inodes.size === 0) return undefined
  for (const fd of readFolder(`/proc/${pid}/fd`)) {
    const match = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${fd}`))
    if (match && inodes.has(match[1]!)) return Number(fd)
  }
  return undefined
}

/** What is under /proc comes and goes, and other users' parts may not be read: both mean "nothing here". */
function readFolder(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
function readLink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
