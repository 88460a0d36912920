import type { WindowsMedium } from '../windows/media/medium.ts'
import type { BootsOn } from './el-torito.ts'

/** What an ISO is, and how a PC installs from it over the network. */

export type MediumKind =
  | 'debian'
  | 'debian-netboot'
  | 'debian-live'
  | 'ubuntu'
  | 'fedora'
  | 'fedora-live'
  | 'arch'
  | 'opensuse'
  | 'windows'
  | 'unknown'

/** How sure it is that a plan works: seen on a PC with that very system; said by its makers; put together from what they
 *  say, and tried by nobody here. */
export type Evidence = 'booted' | 'documented' | 'untried'

/** What the loader starts. */
export interface InstallPlan {
  /** Paths inside the ISO. */
  readonly kernel: string
  readonly initrd: string
  /** `{files}` stands for the address of the files inside (no slash at its end), `{iso}` for that of the whole ISO. */
  readonly args: string
  readonly evidence: Evidence
  /** What the PC should have, where its system is loaded into memory whole. */
  readonly memoryBytes?: number
}

export interface Recognised {
  readonly kind: MediumKind
  /** As people call it, with its version where it says one. */
  readonly title: string
  /** Absent: it cannot be started over the network as it is. */
  readonly plan?: InstallPlan
  /** What is on it, when it is a Windows. */
  readonly windows?: WindowsMedium
  /** Sentences for people: what to expect, what to do. */
  readonly notes: readonly string[]
}

export interface MediumDescription extends Recognised {
  readonly label: string
  readonly sizeBytes: number
  readonly fileSystem: string
  /** Firmware that it can be started by from a drive. */
  readonly bootsOn: readonly BootsOn[]
}
