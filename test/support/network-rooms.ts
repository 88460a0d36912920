import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { captureSync, pauseSync, run } from '../lab/support/process.ts'

/** Computers on one switch: a network namespace for each, and one with the bridge between them. Unlike the lab there is
 *  nothing in it but what a test puts there. */
export interface Rooms {
  /** For files and logs. */
  readonly dir: string
  inside(room: string, command: readonly string[]): string[]
  run(room: string, command: readonly string[]): Promise<string>
  /** Starts a program and resolves when it has said `ready`; its output goes on into the returned list. */
  start(room: string, command: readonly string[], ready?: RegExp): Promise<Running>
  /** Gives a room's card an address; several stay beside each other. */
  address(room: string, cidr: string): Promise<void>
  close(): void
}

export interface Running {
  readonly process: ChildProcess
  output(): string
  /** Resolves when the output, past output included, fits. */
  says(what: RegExp, ms?: number): Promise<void>
  end(): Promise<void>
}

/** What keeps network namespaces from being used here, in words; undefined when they can be. */
export function roomsGap(programs: Readonly<Record<string, string>> = {}): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces need Linux'
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const path = SYSTEM_PATH.split(':')
  const missing = Object.entries({ ip: 'iproute2', ...programs })
    .filter(([program]) => !path.some((dir) => existsSync(join(dir, program))))
    .map(([, name]) => name)
  if (missing.length > 0) return `these Debian packages are missing: ${[...new Set(missing)].join(' ')}`
  const name = `bootlace-room-probe-${process.pid}`
  const works = captureSync(['ip', 'netns', 'add', name]).code === 0
  captureSync(['ip', 'netns', 'del', name])
  return works ? undefined : 'network namespaces cannot be made here'
}

/** Programs of the system: npm packages have a dhcpd of their own. */
const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin'
const ofSystem = (command: readonly string[]) => ['env', `PATH=${SYSTEM_PATH}`, ...command]

let made = 0

export async function openRooms(names: readonly string[]): Promise<Rooms> {
  const prefix = `bootlace-rooms-${process.pid}-${made++}`
  const dir = mkdtempSync(join(tmpdir(), 'bootlace-rooms-'))
  const space = (room: string) => `${prefix}-${room}`
  const close = () => {
    for (const room of ['hub', ...names]) clear(space(room))
    rmSync(dir, { recursive: true, force: true })
    process.removeListener('exit', close)
  }
  process.once('exit', close)
  const inside = (room: string, command: readonly string[]) => ['ip', 'netns', 'exec', space(room), ...command]
  try {
    for (const room of ['hub', ...names]) {
      await run(['ip', 'netns', 'add', space(room)])
      await run(['ip', '-n', space(room), 'link', 'set', 'lo', 'up'])
    }
    const hub = space('hub')
    await run(['ip', '-n', hub, 'link', 'add', 'br0', 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0'])
    await run(['ip', '-n', hub, 'link', 'set', 'br0', 'up'])
    for (const [i, room] of names.entries()) {
      const mac = `52:54:00:0d:c0:${(i + 1).toString(16).padStart(2, '0')}`
      const peer = ['peer', 'name', 'eth0', 'address', mac, 'netns', space(room)]
      await run(['ip', '-n', hub, 'link', 'add', `p-${room}`, 'type', 'veth', ...peer])
      await run(['ip', '-n', hub, 'link', 'set', `p-${room}`, 'master', 'br0', 'up'])
      await run(['ip', '-n', space(room), 'link', 'set', 'eth0', 'up'])
    }
  } catch (error) {
    close()
    throw error
  }
  return {
    dir,
    inside,
    run: (room, command) => run(inside(room, ofSystem(command))),
    start: (room, command, ready) => start(inside(room, ofSystem(command)), ready),
    async address(room, cidr) {
      await run(['ip', '-n', space(room), 'address', 'add', cidr, 'broadcast', '+', 'dev', 'eth0'])
    },
    close,
  }
}

async function start(command: readonly string[], ready?: RegExp): Promise<Running> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
      for (const listener of [...listeners]) listener()
    })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const running: Running = {
    process: child,
    output: () => text,
    says: (what, ms = 20_000) =>
      new Promise((resolve, reject) => {
        const stop = (work: () => void) => {
          clearTimeout(timer)
          listeners.delete(look)
          work()
        }
        const look = () => void (what.test(text) && stop(resolve))
        const timer = setTimeout(() => stop(() => reject(new Error(`${program} did not say ${what}: ${text}`))), ms)
        listeners.add(look)
        look()
      }),
    async end() {
      child.kill('SIGTERM')
      await ended
    },
  }
  if (ready) await running.says(ready)
  return running
}

/** Ends what runs in a namespace, which only its test can have started, and removes it. */
function clear(space: string): void {
  for (let tries = 0; tries < 100; tries++) {
    const pids = captureSync(['ip', 'netns', 'pids', space]).stdout.split('\n').filter(Boolean).map(Number)
    if (pids.length === 0) break
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended by itself between the listing and here.
      }
    }
    pauseSync(50)
  }
  captureSync(['ip', 'netns', 'del', space])
}
