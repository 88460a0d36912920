import { join } from 'node:path'
import { built } from './recipe.ts'

/** A medium that installs Debian on the disk that the iBFT names. */
export interface DebianMedium {
  /** A CD with the system to install: for PCs with BIOS that keep the disk and go on to it, and for a drive beside the disk. */
  readonly cd: string
  /** The same installer for a loader that starts it over HTTP; it needs the CD in a drive. */
  readonly kernel: string
  readonly initrd: string
}

const GUEST = join(import.meta.dirname, 'guest')
const RECIPE = join(import.meta.dirname, 'medium')

/** The medium; building it takes about a minute. */
export async function debianMedium(): Promise<DebianMedium> {
  const dir = await built({ name: 'medium', script: join(RECIPE, 'build-medium.sh'), folders: [GUEST, RECIPE] })
  return { cd: join(dir, 'debian.iso'), kernel: join(dir, 'vmlinuz'), initrd: join(dir, 'initrd.img') }
}
