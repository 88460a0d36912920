import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, watch, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LabLock, takeLabLock } from './lock.ts'
import { type IscsiRecorder, recordIscsi } from './iscsi-recorder.ts'
import { cacheDir } from './paths.ts'
import { captureSync, pauseSync, run, startOfProcess } from './process.ts'

/** Addresses of the lab. They exist in its namespaces only, so they may be in use elsewhere. */
export const LAB = { server: '10.77.0.2', router: '10.77.0.1', first: '10.77.0.100', last: '10.77.0.199' } as const

/** Namespaces: `hub` holds the bridge, the taps and the virtual PCs' processes; `srv` the product; `router` a plain
 *  DHCP server; `plain` an ordinary computer. */
const ROOMS = ['hub', 'srv', 'router', 'plain'] as const
export type Room = (typeof ROOMS)[number]

/** A lab is called by its process: PID and start. Its namespaces add their room. */
const NAME = /^bootlace-lab-\d+-\d+/

/** A private network with a router that gives addresses and knows nothing of PXE. */
export interface Network {
  /** For sockets and logs: short, because a socket's path has at most 107 bytes. */
  readonly dir: string
  /** For disks. */
  readonly bulkDir: string
  /** A capture of everything but bulk TCP that crossed the bridge until now: the file's path. */
  capture(): Promise<string>
  /** Everything between the engine's iSCSI target and the PCs, judged as it passes. */
  readonly iscsi: IscsiRecorder
  /** A command line that runs `command` in a namespace. */
  inside(room: Room, command: readonly string[]): string[]
  /** Starts a program in a namespace; ended with the network at the latest. Output goes to `dir/<name>.log`. */
  start(room: Room, name: string, command: readonly string[]): ChildProcess
  /** A new port of the bridge for a virtual PC; returns the tap's name in `hub`. */
  addTap(): Promise<string>
  close(): Promise<void>
}

/** Builds the network. One lab at a time on a machine: waits for another one's end.
 *  @param routerSays further words for the router's dnsmasq. */
export async function openNetwork(routerSays: readonly string[] = []): Promise<Network> {
  const lock = await takeLabLock()
  clearLeftovers()
  const name = `bootlace-lab-${process.pid}-${startOfProcess(process.pid)}`
  const clearAtExit = () => clear(name)
  process.once('exit', clearAtExit)
  try {
    return await build(name, lock, routerSays, () => process.removeListener('exit', clearAtExit))
  } catch (error) {
    clear(name)
    await lock.release()
    throw error
  }
}

async function build(name: string, lock: LabLock, routerSays: readonly string[], forget: () => void): Promise<Network> {
  const dir = join(tmpdir(), name)
  const bulkDir = join(cacheDir, 'runs', name)
  mkdirSync(dir, { recursive: true })
  mkdirSync(bulkDir, { recursive: true })
  const space = (room: Room) => `${name}-${room}`
  const inside = (room: Room, command: readonly string[]) => ['ip', 'netns', 'exec', space(room), ...command]

  for (const room of ROOMS) {
    await run(['ip', 'netns', 'add', space(room)])
    await run(['ip', '-n', space(room), 'link', 'set', 'lo', 'up'])
  }
  const hub = space('hub')
  // Without this a router advertisement or a neighbour probe of ours would be in every capture.
  await run(
    inside('hub', ['sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1']),
  )
  await run(['ip', '-n', hub, 'link', 'add', 'br0', 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0'])
  await run(['ip', '-n', hub, 'link', 'set', 'br0', 'up'])
  for (const room of ['srv', 'router', 'plain'] as const) {
    const there = space(room)
    const port = `p-${room}`
    await run(['ip', '-n', hub, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', there])
    // A veth leaves checksums to a hardware that is not there, and captures show them unfinished.
    await run(inside('hub', ['ethtool', '-K', port, 'tx', 'off']))
    await run(inside(room, ['ethtool', '-K', 'eth0', 'tx', 'off']))
    await run(['ip', '-n', hub, 'link', 'set', port, 'master', 'br0', 'up'])
    await run(['ip', '-n', there, 'link', 'set', 'eth0', 'up'])
  }
  await run(['ip', '-n', space('srv'), 'address', 'add', `${LAB.server}/24`, 'broadcast', '+', 'dev', 'eth0'])
  await run(['ip', '-n', space('srv'), 'route', 'add', 'default', 'via', LAB.router])
  await run(['ip', '-n', space('router'), 'address', 'add', `${LAB.router}/24`, 'broadcast', '+', 'dev', 'eth0'])

  const iscsi = await recordIscsi((command) => inside('srv', command))
  let taps = 0
  const pcap = join(dir, 'wire.pcap')
  const network: Network = {
    dir,
    bulkDir,
    async capture() {
      await recorded(pcap, (text) => run(inside('srv', ['bash', '-c', `echo ${text} >/dev/udp/${LAB.router}/9`])))
      return pcap
    },
    iscsi,
    inside,
    start(room, program, command) {
      const [first = '', ...rest] = inside(room, command)
      return startLogged(join(dir, `${program}.log`), first, rest)
    },
    async addTap() {
      const tap = `tap${taps++}`
      await run(['ip', '-n', hub, 'tuntap', 'add', tap, 'mode', 'tap'])
      await run(['ip', '-n', hub, 'link', 'set', tap, 'master', 'br0', 'up'])
      return tap
    },
    async close() {
      await iscsi.stop()
      clear(name)
      forget()
      await lock.release()
    },
  }

  const router = network.start('router', 'router', [
    ...['dnsmasq', '--keep-in-foreground', '--log-facility=-', '--conf-file=/dev/null', '--user=root', '--port=0'],
    ...['--log-dhcp', '--no-ping', '--dhcp-authoritative', '--bind-interfaces', '--interface=eth0', '--pid-file='],
    ...[`--dhcp-range=${LAB.first},${LAB.last},255.255.255.0,12h`, `--dhcp-leasefile=${join(dir, 'leases')}`],
    ...[`--dhcp-option=option:router,${LAB.router}`, `--dhcp-option=option:dns-server,${LAB.router}`],
    ...['--dhcp-option=option:domain-name,lab.test', '--dhcp-option=option:ntp-server,10.77.0.1'],
    ...routerSays,
  ])
  await firstOutput(router, /DHCP, IP range|started/)
  // Bulk TCP would be gigabytes; its connections' beginnings and ends are kept.
  const recorder = network.start('hub', 'tcpdump', [
    ...['tcpdump', '-i', 'br0', '--immediate-mode', '-U', '-n', '-s', '0', '-w', pcap],
    'udp or arp or (tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0)',
  ])
  await firstOutput(recorder, /listening on/)
  return network
}

function startLogged(log: string, program: string, args: readonly string[]): ChildProcess {
  const file = openSync(log, 'a')
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => writeSync(file, bytes))
  child.once('close', () => closeSync(file))
  return child
}

/** Sends a packet of its own across the bridge and waits until the recorder has written it: then everything before it
 *  is in the file as well. */
async function recorded(pcap: string, sendLast: (text: string) => Promise<unknown>): Promise<void> {
  const last = `bootlace-lab-${process.hrtime.bigint()}`
  const [watching, cancel] = [watch(pcap), new AbortController()]
  const written = new Promise<void>((resolve, reject) => {
    const look = () => readFileSync(pcap).includes(last) && resolve()
    watching.on('change', look)
    cancel.signal.addEventListener('abort', () => reject(new Error('the recorder does not write')))
  })
  const timer = setTimeout(() => cancel.abort(), 20_000)
  try {
    await sendLast(last)
    await written
  } finally {
    clearTimeout(timer)
    watching.close()
  }
}

/** Resolves when a program has said that it is ready. */
export function firstOutput(child: ChildProcess, ready: RegExp, deadlineMs = 20_000): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => reject(new Error(`${child.spawnfile} is not ready: ${text}`)), deadlineMs)
    const look = (bytes: Buffer) => {
      text += bytes.toString()
      if (!ready.test(text)) return
      clearTimeout(timer)
      resolve()
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`${child.spawnfile} ended with ${code}: ${text}`))
    })
  })
}

/** Removes what labs of ended processes left. Whoever holds the lock is the only lab, so every other one is over, even
 *  where its process is still being taken down. */
function clearLeftovers(): void {
  const names = new Set<string>()
  const spaces = captureSync(['ip', 'netns', 'list']).stdout.split('\n')
  const files = [tmpdir(), join(cacheDir, 'runs')].flatMap((dir) => entries(dir))
  for (const entry of [...spaces, ...files]) {
    const name = NAME.exec(entry)?.[0]
    if (name !== undefined) names.add(name)
  }
  for (const name of names) clear(name)
}

function entries(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch {
    // Never made: nothing was left in it.
    return []
  }
}

/** Ends every process inside the lab's namespaces, then removes them and the lab's files. Only processes that a lab
 *  started can be in its namespaces. */
function clear(name: string): void {
  for (const room of ROOMS) {
    const space = `${name}-${room}`
    for (let tries = 0; tries < 100; tries++) {
      const pids = captureSync(['ip', 'netns', 'pids', space]).stdout.split('\n').filter(Boolean).map(Number)
      if (pids.length === 0) break
      for (const pid of pids) endProcess(pid)
      pauseSync(50)
    }
    captureSync(['ip', 'netns', 'del', space])
  }
  rmSync(join(tmpdir(), name), { recursive: true, force: true })
  rmSync(join(cacheDir, 'runs', name), { recursive: true, force: true })
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself between the listing and here.
  }
}
