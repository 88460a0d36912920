import { join } from 'node:path'
import { KITS } from '../../../src-main/guests/linux/kit/all.ts'
import type { GuestImages } from './guest.ts'
import { built } from './recipe.ts'

/** Disks of systems with another initramfs than Debian's, each made ready by its kit and by nothing else. */
export interface DistroDisks {
  /** Debian with dracut. */
  readonly dracut: string
  /** Debian's kernel and programs with an initramfs of the kit's hooks, run as mkinitcpio runs them. */
  readonly arch: string
}

const GUEST = join(import.meta.dirname, 'guest')
const RECIPE = join(import.meta.dirname, 'distros')

/** The disks; building them takes about a minute. */
export async function distroDisks(images: GuestImages): Promise<DistroDisks> {
  const dir = await built({
    name: 'distros',
    script: join(RECIPE, 'build-disks.sh'),
    folders: [GUEST, RECIPE],
    texts: { 'guest-disk': images.disk, 'kit-dracut': KITS.get('dracut')!, 'kit-arch': KITS.get('arch')! },
  })
  return { dracut: join(dir, 'dracut.raw'), arch: join(dir, 'arch.raw') }
}
