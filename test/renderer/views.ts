import type { ClientView, DiskView, JobView, RestorePointView } from '../../src-main/api/dto.ts'

/** Views as the engine gives them, with what a test is about. */

const GIB = 2 ** 30

export function disk(name: string, o: Partial<DiskView> = {}): DiskView {
  return {
    name,
    format: 'vhdx',
    sizeBytes: 64 * GIB,
    realBytes: GIB,
    file: `/data/disks/${name}.vhdx`,
    targetName: `iqn.2025-01.org.bootlace:${name}`,
    serial: 'S',
    sealed: false,
    restorePoints: [],
    children: [],
    depth: 0,
    resetAtBoot: false,
    health: 'ok',
    clients: [],
    sessions: 0,
    createdMs: 0,
    ...o,
  }
}

export const image = (
  name: string,
  family: string,
  version: number,
  channel?: 'production' | 'test',
  o: Partial<DiskView> = {},
): DiskView => disk(name, { sealed: true, image: { family, version, ...(channel && { channel }) }, ...o })

export const point = (id: number, note: string, o: Partial<RestorePointView> = {}): RestorePointView => ({
  id,
  note,
  createdMs: 0,
  realBytes: GIB,
  current: false,
  ...o,
})

export function client(name: string, o: Partial<ClientView> & { readonly running?: boolean } = {}): ClientView {
  const { running, ...rest } = o
  return {
    mac: `mac of ${name}`,
    name,
    stage: 'run',
    loader: 'auto',
    keep: 'always',
    channel: 'production',
    chap: 'off',
    exclusive: false,
    createdMs: 0,
    live: {
      stage: running ? 'running' : 'off',
      text: '',
      sinceMs: 0,
      sessions: running ? 1 : 0,
      readBytesPerSecond: 0,
      writeBytesPerSecond: 0,
      bytesRead: 0,
      bytesWritten: 0,
    },
    ...rest,
  }
}

export const job = (id: string, o: Partial<JobView> = {}): JobView => ({
  id,
  kind: 'check',
  title: `Checking ${id}`,
  state: 'running',
  doneBytes: 0,
  totalBytes: 100,
  startedMs: 0,
  ...o,
})
