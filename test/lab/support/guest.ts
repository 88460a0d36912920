import { join } from 'node:path'
import { built } from './recipe.ts'

/** Files that the virtual PCs run. */
export interface GuestImages {
  /** Raw disk with Debian, 1.25 GiB, sparse: root=LABEL=lab-root, starts on BIOS and UEFI. */
  readonly disk: string
  /** A CD that starts the installer-like system. */
  readonly installerCd: string
  /** The same system, for a loader that starts it over HTTP. */
  readonly kernel: string
  readonly initrd: string
}

const RECIPE = join(import.meta.dirname, 'guest')

/** The images; building them takes about a minute. */
export async function guestImages(): Promise<GuestImages> {
  const dir = await built({ name: 'guest', script: join(RECIPE, 'build-image.sh'), folders: [RECIPE] })
  return {
    disk: join(dir, 'disk.raw'),
    installerCd: join(dir, 'installer.iso'),
    kernel: join(dir, 'vmlinuz'),
    initrd: join(dir, 'installer.img'),
  }
}
