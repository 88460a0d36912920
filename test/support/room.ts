import { Settings } from '../../src-main/api/settings.ts'
import type { EngineEvent, Handlers, MethodName } from '../../src-main/api/contract.ts'
import type { ClientView, DiskView, Snapshot } from '../../src-main/api/dto.ts'
import type { MetricsPoint } from '../../src-main/api/metrics.ts'
import { AppError } from '../../src-main/base/errors.ts'
import type { EngineFace } from '../../src-main/engine/rpc.ts'

/** A room full of PCs that are all busy, as the engine would tell of it; nothing is behind it. */
export interface Room {
  readonly face: EngineFace
  /** Everything moves on a little, and whoever listens is told. */
  turn(): void
}

const GIB = 2 ** 30
/** Snapshots a second, as the engine sends them for a room of 256. */
export const TURNS_A_SECOND = 2

export function createRoom(pcs: number): Room {
  const listeners = new Set<(event: EngineEvent) => void>()
  const startMs = Date.now()
  let turns = 0
  const name = (i: number) => `pc-${String(i + 1).padStart(3, '0')}`
  /** Different for each PC and each second, as the engine measures rates, and the same in each run. */
  const wave = (i: number, most: number) =>
    Math.round(most * (0.5 + 0.5 * Math.sin(i * 1.7 + Math.floor(turns / TURNS_A_SECOND) * 1.3)))

  const clientOf = (i: number): ClientView => ({
    mac: `52:54:00:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`,
    name: name(i),
    disk: name(i),
    stage: 'run',
    loader: 'auto',
    keep: i % 4 === 0 ? 'never' : 'always',
    channel: i % 9 === 0 ? 'test' : 'production',
    ...(i % 3 !== 0 && { group: `Room ${(i % 3) + 1}` }),
    chap: 'off',
    exclusive: false,
    createdMs: startMs,
    live: {
      stage: i % 16 === 5 ? 'loader' : i % 16 === 9 ? 'failed' : 'running',
      text: 'The operating system took its disk over: it is running.',
      sinceMs: startMs - 1000 * i,
      ip: `10.0.${i >> 8}.${i & 255}`,
      firmware: 'UEFI',
      sessions: i % 16 === 9 ? 0 : 1,
      readBytesPerSecond: wave(i, 90_000_000),
      writeBytesPerSecond: wave(i + 7, 20_000_000),
      bytesRead: turns * 1e6 + i,
      bytesWritten: turns * 1e5 + i,
    },
  })
  const diskOf = (i: number): DiskView => ({
    name: name(i),
    format: 'vhdx',
    sizeBytes: 64 * GIB,
    realBytes: GIB + turns * 3_000_000 + i * 1_000_000,
    file: `/data/disks/${name(i)}.vhdx`,
    targetName: `iqn.2026-11.app.bootlace:${name(i)}`,
    serial: String(i),
    parent: 'win11-v1',
    sealed: false,
    restorePoints: [],
    children: [],
    depth: 2,
    resetAtBoot: false,
    health: 'ok',
    clients: [name(i)],
    sessions: 1,
    createdMs: startMs,
  })
  const image = (version: number, channel?: 'production'): DiskView => ({
    ...diskOf(pcs + version),
    name: `win11-v${version}`,
    sealed: true,
    image: { family: 'win11', version, ...(channel && { channel }) },
    clients: [],
    sessions: 0,
  })
  const snapshot = (): Snapshot => ({
    engine: {
      version: '0',
      startedMs: startMs,
      dataDir: '/data',
      interfaceName: 'eth0',
      address: '10.0.0.1',
      dhcpMode: 'proxy',
    },
    services: [],
    clients: Array.from({ length: pcs }, (_, i) => clientOf(i)),
    unknown: [],
    disks: [image(1), image(2, 'production'), ...Array.from({ length: pcs }, (_, i) => diskOf(i))],
    sessions: [],
    jobs: [],
    warnings: [],
    settings: Settings.parse({}),
    space: { logicalBytes: 1, realBytes: 1, savedBytes: 1, totalBytes: 100, freeBytes: 60 },
  })
  const point = (): MetricsPoint => ({
    atMs: Date.now(),
    readBytesPerSecond: wave(1, 900_000_000),
    writeBytesPerSecond: wave(2, 100_000_000),
    commandsPerSecond: wave(3, 60_000),
    reads: { p50: 20 + wave(1, 30), p95: 150 + wave(2, 90), p99: 700 + wave(3, 900), samples: 900 },
    writes: { p50: 30 + wave(4, 30), p95: 250 + wave(5, 90), p99: 1900 + wave(6, 900), samples: 300 },
    cacheHits: 900 + wave(1, 90),
    cacheMisses: wave(2, 60),
  })
  const cache = { hits: 9000, misses: 300, heldBytes: 400 * 2 ** 20, maximumBytes: GIB }
  const played: Partial<Record<MethodName, () => unknown>> = {
    snapshot,
    timeline: () => [],
    metrics: () => ({ points: [point()], cache }),
  }
  const handlers = new Proxy({} as Handlers, {
    get: (_, method: MethodName) =>
      played[method] ??
      (() => {
        throw new AppError('bug', `the room cannot do ${method}`)
      }),
  })
  return {
    face: {
      handlers,
      subscribe(listener) {
        listeners.add(listener)
        listener({ event: 'snapshot', snapshot: snapshot() })
        return () => void listeners.delete(listener)
      },
    },
    turn() {
      turns++
      const told = snapshot()
      for (const listener of listeners) {
        listener({ event: 'snapshot', snapshot: told })
        if (turns % TURNS_A_SECOND === 0) listener({ event: 'metrics', point: point() })
      }
    },
  }
}
