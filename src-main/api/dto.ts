import { z } from 'zod'
import { RefusedLogin } from './access.ts'
import { BootChoices, BootMenu } from './boot.ts'
import { DhcpMode } from './dhcp.ts'
import { Problem } from './problem.ts'
import { Settings } from './settings.ts'
import { EnrolmentView, SetupDraft } from './setup.ts'
import { WakeScheduleView } from './wake.ts'

export { Problem }

/** What crosses the border between engine and people's programs: shapes, units in the names. */

export const Health = z.enum(['ok', 'warning', 'broken'])

export const ServiceId = z.enum(['iscsi', 'dhcp', 'tftp', 'http', 'admin'])
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

export const RestorePointView = z.object({
  id: z.number(),
  note: z.string(),
  createdMs: z.number(),
  /** What its file takes on this host. */
  realBytes: z.number(),
  /** The disk's present state holds only what differs from this point. */
  current: z.boolean(),
  /** The point below it, if it stands on one. */
  basePoint: z.number().optional(),
  /** The image below it, if any. */
  parent: z.string().optional(),
})

/** Who is given a version of an image: everybody, or the PCs that try versions first. */
export const Channel = z.enum(['production', 'test'])

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
  /** What version of which image a sealed disk is. */
  image: z
    .object({
      family: z.string(),
      version: z.number(),
      channel: Channel.optional(),
      note: z.string().optional(),
    })
    .optional(),
  /** Oldest first. */
  restorePoints: z.array(RestorePointView),
  /** Disks made from it, restore points included. */
  children: z.array(z.string()),
  /** How many files it stands on; at most 8. */
  depth: z.number(),
  /** What its own file may take on this host. */
  quotaBytes: z.number().optional(),
  /** It goes back to its image at the next start of its PC. */
  resetAtBoot: z.boolean(),
  /** Why it cannot be used just now, e.g. `it is being sealed`. */
  busy: z.string().optional(),
  health: Health,
  problem: Problem.optional(),
  /** Names of the clients whose system disk or second disk it is. */
  clients: z.array(z.string()),
  /** Sessions open on it. */
  sessions: z.number(),
  createdMs: z.number(),
})

export const BootStage = z.enum(['install', 'run', 'local', 'menu', 'maintenance'])
export const LoaderChoice = z.enum([
  'auto',
  'undionly.kpxe',
  'ipxe.pxe',
  'ipxe.efi',
  'snponly.efi',
  'snponly-shim.efi',
  'ipxe-shim.efi',
  'snponly-arm64.efi',
  'ipxe-arm64.efi',
  'snponly-ia32.efi',
  'ipxe-ia32.efi',
  'snponly-arm32.efi',
  'ipxe-arm32.efi',
])
export const LiveStage = z.enum(['off', 'seen', 'offered', 'loader', 'script', 'sanLogin', 'running', 'gone', 'failed'])

/** What a PC finds at its next start: all it wrote; its image, untouched; or all it wrote until a date, and from then on
 *  its image. */
export const Keep = z.enum(['always', 'never', 'until'])
/** Which version of its image a PC is given when it is reset: the one for everybody, the newest to be tried, or always the
 *  one it has. */
export const Follows = z.enum(['production', 'test', 'pinned'])

/** Whether a PC must give a password (CHAP) to reach its disks: not, it to us, or each to the other. */
export const Chap = z.enum(['off', 'on', 'mutual'])

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
  mediumDrive: z.string().optional(),
  keep: Keep,
  /** With `until`: UTC. */
  keepUntilMs: z.number().optional(),
  channel: Follows,
  /** A further disk, e.g. for games; the PC sees it as a second drive. */
  secondDisk: z.string().optional(),
  /** The room or purpose it is shown under. */
  group: z.string().optional(),
  chap: Chap,
  /** Its disks are for its own initiator name only; a password has the same effect. */
  exclusive: z.boolean(),
  /** Initiator names that are let in as this PC, besides the one that Bootlace gives it. */
  initiators: z.array(z.string()).optional(),
  /** Its next start only; then `stage` holds again. */
  next: BootStage.optional(),
  /** What its menu has of its own. */
  menu: BootMenu.optional(),
  /** Its system is told of no gateway. */
  gateway: z.literal('clear').optional(),
  /** The user's own scripts do not count for it. */
  ownScripts: z.literal('ignore').optional(),
  createdMs: z.number(),
  /** How its firmware is sent on its way; absent until it asked for a boot. */
  bootPath: z
    .object({
      platform: z.string(),
      /** Maker and product, as its loader told. */
      model: z.string().optional(),
      /** Given at its next start. */
      loader: z.string().optional(),
      /** Whether it was seen to get further with it. */
      loaderWorked: z.boolean(),
      offer: z.enum(['binl', 'pxe10']),
      offerWorked: z.boolean(),
    })
    .optional(),
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
  kind: z.enum(['import', 'seal', 'merge', 'export', 'check', 'removePoint']),
  title: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  doneBytes: z.number(),
  totalBytes: z.number(),
  startedMs: z.number(),
  endedMs: z.number().optional(),
  /** What came of it, one sentence. */
  result: z.string().optional(),
  problem: Problem.optional(),
})

export const Space = z.object({
  /** What all PCs see together. */
  logicalBytes: z.number(),
  /** What all disks take on this host. */
  realBytes: z.number(),
  /** What they would take more if every clone were a whole copy of its image. */
  savedBytes: z.number(),
  totalBytes: z.number(),
  freeBytes: z.number(),
  /** Absent until there is enough to go by. Negative when the disks became smaller. */
  growthBytesPerDay: z.number().optional(),
  /** When the host's disk is full if it goes on like this. */
  fullInDays: z.number().optional(),
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
    dhcpMode: DhcpMode,
  }),
  services: z.array(ServiceView),
  /** Logins that were turned away lately and could be let in, the newest first. */
  refused: z.array(RefusedLogin).optional(),
  clients: z.array(ClientView),
  unknown: z.array(UnknownClient),
  disks: z.array(DiskView),
  sessions: z.array(SessionDto),
  jobs: z.array(JobView),
  warnings: z.array(Problem),
  space: Space,
  settings: Settings,
  /** Menu and maintenance of all PCs. */
  bootChoices: BootChoices.optional(),
  /** PCs that are switched on at fixed times. */
  wakeSchedules: z.array(WakeScheduleView).optional(),
  /** The window in which new PCs are named; it stays here after its end until somebody takes it away. */
  enrolment: EnrolmentView.optional(),
  setup: SetupDraft.optional(),
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
  mediumDrive: z.string().optional(),
  keep: Keep.optional(),
  keepUntilMs: z.number().optional(),
  channel: Follows.optional(),
  secondDisk: z.string().optional(),
  /** Its second disk is to be one of its own, made from the image named in `secondDisk`. */
  secondOwn: z.boolean().optional(),
  group: z.string().optional(),
  chap: Chap.optional(),
  exclusive: z.boolean().optional(),
  next: BootStage.optional(),
  menu: BootMenu.optional(),
  gateway: z.literal('clear').optional(),
  ownScripts: z.literal('ignore').optional(),
  /** Takes a medium although a finding of level `stop` speaks against it. */
  knowingly: z.boolean().optional(),
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
  mediumDrive: z.string().nullable().optional(),
  keep: Keep.optional(),
  keepUntilMs: z.number().nullable().optional(),
  channel: Follows.optional(),
  secondDisk: z.string().nullable().optional(),
  group: z.string().nullable().optional(),
  secondOwn: z.boolean().optional(),
  chap: Chap.optional(),
  exclusive: z.boolean().optional(),
  /** `null`: no start of another kind. */
  next: BootStage.nullable().optional(),
  /** All that its menu has of its own; `null`: as for all PCs. */
  menu: BootMenu.nullable().optional(),
  gateway: z.literal('clear').nullable().optional(),
  ownScripts: z.literal('ignore').nullable().optional(),
  knowingly: z.boolean().optional(),
})
export const NewRestorePoint = z.object({ name: z.string(), note: z.string().max(200).optional() })
/** Back to a restore point; without one, to the one the disk stands on. What the disk holds is kept as a further point
 *  unless `discard` is set. */
export const RevertDisk = z.object({
  name: z.string(),
  point: z.number().int().optional(),
  discard: z.boolean().optional(),
})
/** Back to the image; to `image` if given, else to the version its PC is to have. What the disk holds is kept as a
 *  restore point unless `discard` is set. `atNextBoot`: when its PC starts the next time;
 *  `false` takes that back. */
export const ResetDisk = z.object({
  name: z.string(),
  image: z.string().optional(),
  discard: z.boolean().optional(),
  atNextBoot: z.boolean().optional(),
})
export const Kept = z.object({ disk: DiskView, kept: RestorePointView.optional() })
/** A clone becomes the next version of its image. */
export const MergeDisk = z.object({
  name: z.string(),
  as: z.string().optional(),
  note: z.string().max(200).optional(),
  channel: Channel.optional(),
})
/** `none`: nobody is given it any more. `everyone`: PCs that keep what they write go over to it, too, at their next start;
 *  what they wrote stays as a restore point. */
export const PromoteImage = z.object({
  name: z.string(),
  channel: z.enum(['production', 'test', 'none']),
  everyone: z.boolean().optional(),
})
export const Promoted = z.object({
  disk: DiskView,
  /** PCs that go over to it at their next start. */
  moving: z.array(z.string()),
  /** PCs that stay with what they have, since they keep what they write. */
  staying: z.array(z.string()),
})
export const ExportDisk = z.object({
  name: z.string(),
  file: z.string(),
  format: z.enum(['vhdx', 'vhd', 'raw', 'qcow2']).optional(),
})
export const RestorePointId = z.object({ name: z.string(), point: z.number().int() })
/** `null` takes the limit away. */
export const DiskChange = z.object({ name: z.string(), quotaBytes: z.number().int().positive().nullable() })
/** A disk of this program by `name`, or a disk image on its computer by `file`. */
export const InspectDisk = z.object({
  name: z.string().optional(),
  file: z.string().optional(),
  /** What PCs made from it would have alike counts, too. */
  asImage: z.boolean().optional(),
})
/** What a disk holds, as far as it concerns starting a PC from it over the network; read offline, nothing is changed. */
export const OfflineReport = z.object({
  partitions: z.array(
    z.object({
      number: z.number(),
      startBytes: z.number(),
      sizeBytes: z.number(),
      typeName: z.string(),
      name: z.string(),
      active: z.boolean(),
      content: z.string(),
      label: z.string(),
      note: z.string().optional(),
    }),
  ),
  system: z
    .object({
      kind: z.enum(['windows', 'linux']),
      name: z.string(),
      version: z.string(),
      build: z.string().optional(),
      /** Number of the partition it lies on. */
      partition: z.number(),
    })
    .optional(),
  /** Most important first. */
  findings: z.array(
    z.object({
      id: z.string(),
      severity: z.enum(['ok', 'warning', 'problem', 'unknown']),
      title: z.string(),
      detail: z.string().optional(),
      /** What to do in the PC before it becomes an image. */
      remedy: z.string().optional(),
    }),
  ),
})
export const Named = z.object({ name: z.string() })
export const ClientId = z.object({ id: z.string() })
/** The password of a PC and, for both directions, ours. Told by the calls that are asked for it, and by nothing else. */
export const ClientSecret = z.object({
  /** The PC's name. */
  id: z.string(),
  chap: z.enum(['on', 'mutual']),
  username: z.string(),
  password: z.string(),
  reverseUsername: z.string().optional(),
  reversePassword: z.string().optional(),
})
export const TimelineQuery = z.object({
  /** Name or MAC; absent: all. */
  client: z.string().optional(),
  afterId: z.number().int().nonnegative().optional(),
  limit: z.number().int().positive().optional(),
})

export type ServiceId = z.infer<typeof ServiceId>
export type ServiceView = z.infer<typeof ServiceView>
export type DiskView = z.infer<typeof DiskView>
export type RestorePointView = z.infer<typeof RestorePointView>
export type Channel = z.infer<typeof Channel>
export type Keep = z.infer<typeof Keep>
export type Follows = z.infer<typeof Follows>
export type OfflineReport = z.infer<typeof OfflineReport>
export type Space = z.infer<typeof Space>
export type ClientView = z.infer<typeof ClientView>
export type ClientSecret = z.infer<typeof ClientSecret>
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
