import type { BootMenu } from './boot-menu.ts'

/** A client is a PC that boots from us. */

export const BOOT_STAGES = ['install', 'run', 'local', 'menu', 'maintenance'] as const
/** What the next boot is for: `install` keeps the drive and goes on to a medium, `run` boots the disk, `local` leaves to
 *  the PC's own disk, `menu` asks at the PC, `maintenance` starts what was set for looking after PCs. */
export type BootStage = (typeof BOOT_STAGES)[number]

export const LOADER_CHOICES = [
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
] as const
export type LoaderChoice = (typeof LOADER_CHOICES)[number]

/** What a client finds at its next boot: all it wrote (`always`), its image (`never`), or all it wrote until a date and its
 *  image from then on. */
export type Keep = 'always' | 'never' | 'until'
/** Which version of its image a reset gives it. */
export type Follows = 'production' | 'test' | 'pinned'

/** Whether the PC must give a password (CHAP) to reach its disks: it to us, or each to the other. */
export type Chap = 'on' | 'mutual'

export interface Client {
  /** Lower-case colon text; the identity. */
  readonly mac: string
  /** Host-name-like, unique. */
  readonly name: string
  /** Name of its system disk. */
  readonly disk?: string
  readonly stage: BootStage
  readonly loader: LoaderChoice
  /** Install stage: an ISO, or a kernel with its initrd and arguments, by file path on this host. */
  readonly medium?: string
  readonly kernel?: string
  readonly initrd?: string
  readonly kernelArgs?: string
  /** Install stage: an ISO that it sees as a CD drive, LUN 2 beside its disk, by file path on this host. */
  readonly mediumDrive?: string
  readonly keep: Keep
  /** With `until`: UTC. */
  readonly keepUntilMs?: number
  readonly channel: Follows
  /** Name of a further disk, LUN 1 beside its system disk. */
  readonly secondDisk?: string
  /** The room or purpose it is shown under. */
  readonly group?: string
  /** Absent: no password. */
  readonly chap?: Chap
  /** Its disks are for its own initiator name only. A password has the same effect. */
  readonly exclusive?: true
  /** Its next start only; then `stage` holds again. */
  readonly next?: BootStage
  /** What its menu has of its own. */
  readonly menu?: BootMenu
  /** Its system is told of no gateway. Absent: of that of the router. */
  readonly gateway?: 'clear'
  /** The user's own scripts do not count for it. */
  readonly ownScripts?: 'ignore'
  readonly createdMs: number
}

/** Where a boot is, as seen from our sockets. Names are shown to people. */
export const LIVE_STAGES = [
  'off',
  'seen',
  'offered',
  'loader',
  'script',
  'sanLogin',
  'running',
  'gone',
  'failed',
] as const
export type LiveStage = (typeof LIVE_STAGES)[number]

/** One typed fact of a client's boot; the timeline is made of these only. */
export const TIMELINE_TYPES = [
  'seen',
  'notServed',
  'offered',
  'nextTry',
  'loader',
  'script',
  'sanLogin',
  'systemLogin',
  'running',
  'gone',
  'loginRefused',
  'report',
  'transferFailed',
  'media',
  'diskReset',
  'enrolled',
  'installed',
  'nextBoot',
  'passwordWithheld',
  'woken',
] as const
export type TimelineType = (typeof TIMELINE_TYPES)[number]

export interface TimelineEvent {
  readonly id: number
  readonly atMs: number
  readonly mac: string
  /** The client's name at that time, if it had one. */
  readonly client?: string
  readonly type: TimelineType
  /** One sentence for people. */
  readonly text: string
  readonly data: Readonly<Record<string, string | number | boolean>>
}
