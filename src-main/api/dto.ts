import { z } from 'zod'

/** What crosses the border between engine and people's programs: shapes, units in the names. */

export const Health = z.enum(['ok', 'warning', 'broken'])

export const ServiceId = z.enum(['iscsi', 'dhcp', 'tftp', 'http', 'admin'])
export const Problem = z.object({
  code: z.string(),
  message: z.string(),
  /** What the reader can do. */
  hint: z.string().optional(),
})
export const ServiceView = z.object({
  id: ServiceId,
  title: z.string(),
  /** What it does, in a user's words. */
  purpose: z.string(),
  state: z.enum(['starting', 'running', 'off', 'failed']),
  /** Where it listens, e.g. `192.168.1.10:3260`. */
  address: z.string().optional(),
  problem: Problem.optional(),
})

export const DiskView = z.object({
  name: z.string(),
  format: z.enum(['raw', 'vhd', 'vhdx']),
  /** What the client sees. */
  sizeBytes: z.number(),
  /** What it takes on this host. */
  realBytes: z.number(),
  file: z.string(),
  targetName: z.string(),
  serial: z.string(),
  parent: z.string().optional(),
  /** A golden image: read-only for ever. */
  sealed: z.boolean(),
  /** SHA-256 of all blocks when it was sealed, hex. */
  contentHash: z.string().optional(),
  health: Health,
  problem: Problem.optional(),
  /** Names of the clients whose system disk it is. */
  clients: z.array(z.string()),
  /** Sessions open on it. */
  sessions: z.number(),
  createdMs: z.number(),
})

export const BootStage = z.enum(['install', 'run', 'local', 'menu'])
export const LoaderChoice = z.enum(['auto', 'undionly.kpxe', 'ipxe.pxe', 'ipxe.efi', 'snponly.efi'])
export const LiveStage = z.enum(['off', 'seen', 'offered', 'loader', 'script', 'sanLogin', 'running', 'gone', 'failed'])

export const ClientView = z.object({
  mac: z.string(),
  name: z.string(),
  disk: z.string().optional(),
  stage: BootStage,
  loader: LoaderChoice,
  medium: z.string().optional(),
  kernel: z.string().optional(),
  initrd: z.string().optional(),
  kernelArgs: z.string().optional(),
  createdMs: z.number(),
  live: z.object({
    stage: LiveStage,
    /** One sentence for people: what is happening, or what went wrong. */
    text: z.string(),
    sinceMs: z.number(),
    ip: z.string().optional(),
    /** `BIOS` or `UEFI`, once it asked. */
    firmware: z.string().optional(),
    sessions: z.number(),
    readBytesPerSecond: z.number(),
    writeBytesPerSecond: z.number(),
    bytesRead: z.number(),
    bytesWritten: z.number(),
  }),
})

/** A machine that asked for a boot and that nobody has named yet. */
export const UnknownClient = z.object({
  mac: z.string(),
  firmware: z.string().optional(),
  ip: z.string().optional(),
  firstSeenMs: z.number(),
  lastSeenMs: z.number(),
})

export const SessionDto = z.object({
  id: z.number(),
  initiatorName: z.string(),
  targetName: z.string(),
  remoteAddress: z.string(),
  kind: z.enum(['loader', 'system']),
  startedMs: z.number(),
  bytesRead: z.number(),
  bytesWritten: z.number(),
  commands: z.number(),
})

export const JobView = z.object({
  id: z.string(),
  kind: z.enum(['import', 'seal']),
  title: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  doneBytes: z.number(),
  totalBytes: z.number(),
  startedMs: z.number(),
  endedMs: z.number().optional(),
  problem: Problem.optional(),
})

export const TimelineEntry = z.object({
  id: z.number(),
  atMs: z.number(),
  mac: z.string(),
  client: z.string().optional(),
  type: z.string(),
  text: z.string(),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})

export const Snapshot = z.object({
  engine: z.object({
    version: z.string(),
    startedMs: z.number(),
    dataDir: z.string(),
    interfaceName: z.string(),
    address: z.string(),
    /** Address of the UI for a browser, without its token. */
    adminUrl: z.string().optional(),
    dhcpMode: z.enum(['proxy', 'server', 'off']),
  }),
  services: z.array(ServiceView),
  clients: z.array(ClientView),
  unknown: z.array(UnknownClient),
  disks: z.array(DiskView),
  sessions: z.array(SessionDto),
  jobs: z.array(JobView),
  warnings: z.array(Problem),
  hostDisk: z.object({ totalBytes: z.number(), freeBytes: z.number() }),
})

export const NewDisk = z.object({
  name: z.string(),
  sizeBytes: z.number().int(),
  format: z.enum(['raw', 'vhd', 'vhdx']).optional(),
  fixed: z.boolean().optional(),
})
/** Names, or how many and how they begin: `pc-` gives pc-01, pc-02 … */
export const CloneDisk = z.object({
  image: z.string(),
  names: z.array(z.string()).max(1000).optional(),
  count: z.number().int().min(1).max(1000).optional(),
  prefix: z.string().optional(),
})
export const ImportDisk = z.object({
  file: z.string(),
  name: z.string(),
  format: z.enum(['raw', 'vhd', 'vhdx']).optional(),
})
export const NewClient = z.object({
  mac: z.string(),
  name: z.string().optional(),
  disk: z.string().optional(),
  stage: BootStage.optional(),
  loader: LoaderChoice.optional(),
  medium: z.string().optional(),
  kernel: z.string().optional(),
  initrd: z.string().optional(),
  kernelArgs: z.string().optional(),
})
/** Fields left out stay as they are; `null` takes a value away. `id` is the name or the MAC. */
export const ClientChange = z.object({
  id: z.string(),
  name: z.string().optional(),
  disk: z.string().nullable().optional(),
  stage: BootStage.optional(),
  loader: LoaderChoice.optional(),
  medium: z.string().nullable().optional(),
  kernel: z.string().nullable().optional(),
  initrd: z.string().nullable().optional(),
  kernelArgs: z.string().nullable().optional(),
})
export const Named = z.object({ name: z.string() })
export const ClientId = z.object({ id: z.string() })
export const TimelineQuery = z.object({
  /** Name or MAC; absent: all. */
  client: z.string().optional(),
  afterId: z.number().int().nonnegative().optional(),
  limit: z.number().int().positive().optional(),
})

export type Problem = z.infer<typeof Problem>
export type ServiceId = z.infer<typeof ServiceId>
export type ServiceView = z.infer<typeof ServiceView>
export type DiskView = z.infer<typeof DiskView>
export type ClientView = z.infer<typeof ClientView>
export type LiveStage = z.infer<typeof LiveStage>
export type UnknownClient = z.infer<typeof UnknownClient>
export type SessionDto = z.infer<typeof SessionDto>
export type JobView = z.infer<typeof JobView>
export type TimelineEntry = z.infer<typeof TimelineEntry>
export type Snapshot = z.infer<typeof Snapshot>
export type NewDisk = z.infer<typeof NewDisk>
export type ImportDisk = z.infer<typeof ImportDisk>
export type NewClient = z.infer<typeof NewClient>
export type ClientChange = z.infer<typeof ClientChange>
export type TimelineQuery = z.infer<typeof TimelineQuery>
