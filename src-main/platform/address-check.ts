import { execFile } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { readFile } from 'node:fs/promises'
import { nativeCalls } from './native.ts'
import { ownSocketDescriptor } from './port-owner.ts'

/** Who answers at an address of the own network. Nothing here waits for the event loop's other work, and all of it ends
 *  within `timeoutMs`. */

export interface AddressCheck {
  readonly interfaceName: string
  /** Ours on that interface. */
  readonly ownAddress: string
  readonly timeoutMs: number
}

/** RFC 863: whatever arrives there is dropped. The kernel asks for the hardware address before it sends. */
const DISCARD_PORT = 9
const LOOK_EVERY_MS = 40

/** Who was found. */
export interface Holder {
  /** Lower-case; absent where one answers whose hardware address cannot be seen. */
  readonly mac?: string
  /** It answered just now; false: the system's table may be old, and could not be cleared. */
  readonly isFresh: boolean
}

/** Undefined: nobody answers. Errors: those of sockets. */
export function whoHas(address: string, o: AddressCheck): Promise<Holder | undefined> {
  return process.platform === 'linux' ? byNeighbourTable(address, o) : byPing(address, o.timeoutMs)
}

/** Linux asks every machine of the network for the address (ARP), which none can leave unanswered, unlike a ping. An entry of
 *  earlier is removed first, as it may be of a machine that is gone. Source: arp(7); proc(5), /proc/net/arp. */
async function byNeighbourTable(address: string, o: AddressCheck): Promise<Holder | undefined> {
  const socket = await bound(o.ownAddress)
  try {
    const fd = ownSocketDescriptor('udp', socket.address().port)
    const before = await neighbour(address, o.interfaceName)
    if (before !== undefined && fd !== undefined) nativeCalls().forgetNeighbour(fd, address, o.interfaceName)
    const isFresh = before === undefined || (await neighbour(address, o.interfaceName)) === undefined
    await new Promise<void>((resolve) => socket.send(new Uint8Array(1), DISCARD_PORT, address, () => resolve()))
    const end = Date.now() + o.timeoutMs
    for (;;) {
      const found = await neighbour(address, o.interfaceName)
      if (found !== undefined) return { mac: found, isFresh: isFresh || found !== before }
      if (Date.now() >= end) return undefined
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
  } finally {
    socket.close()
  }
}

function bound(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.once('error', reject)
    socket.bind(0, address, () => {
      socket.removeAllListeners('error')
      socket.on('error', () => {
        // A refusal of port 9 is an answer of its machine, and stands in the table as well.
      })
      resolve(socket)
    })
  })
}

/** Bit of the flags column: the hardware address is known. Source: linux/if_arp.h, ATF_COM. */
const COMPLETE = 2

async function neighbour(address: string, interfaceName: string): Promise<string | undefined> {
  return parseNeighbours(await readFile('/proc/net/arp', 'utf8'), interfaceName).get(address)
}

/** Known machines of an interface, hardware address by address. */
export function parseNeighbours(table: string, interfaceName: string): ReadonlyMap<string, string> {
  const known = new Map<string, string>()
  for (const line of table.split('\n').slice(1)) {
    const [ip, , flags, mac, , device] = line.trim().split(/\s+/)
    if (ip === undefined || mac === undefined || device !== interfaceName) continue
    if (Number(flags) & COMPLETE) known.set(ip, mac.toLowerCase())
  }
  return known
}

/** Windows and macOS come with `ping`; its exit code is 0 also for "unreachable" on Windows, so the answer itself counts. */
function byPing(address: string, timeoutMs: number): Promise<Holder | undefined> {
  const args = process.platform === 'win32' ? ['-n', '1', '-w', String(timeoutMs), address] : ['-c', '1', address]
  return new Promise((resolve) => {
    execFile('ping', args, { timeout: timeoutMs, windowsHide: true }, (_error, stdout) => {
      resolve(/ttl[=:]/i.test(stdout) ? { isFresh: true } : undefined)
    })
  })
}
