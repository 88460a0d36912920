import type { MediumDescription, Recognised } from './description.ts'
import type { IsoMedium } from './medium.ts'
import { anaconda, archiso, casper, debianInstaller, debianNetboot, liveBoot, opensuse, windows } from './systems.ts'

/** Tried in this order: the more particular first. */
const SYSTEMS: readonly ((medium: IsoMedium) => Promise<Recognised | undefined>)[] = [
  windows,
  casper,
  archiso,
  anaconda,
  opensuse,
  liveBoot,
  debianInstaller,
  debianNetboot,
]

/** Errors: medium.unreadable; disk.io. */
export async function describeMedium(medium: IsoMedium): Promise<MediumDescription> {
  const { label, sizeBytes, fileSystem, bootsOn } = medium
  return { ...(await recognise(medium)), label, sizeBytes, fileSystem, bootsOn }
}

async function recognise(medium: IsoMedium): Promise<Recognised> {
  for (const system of SYSTEMS) {
    const found = await system(medium)
    if (found) return found
  }
  return {
    kind: 'unknown',
    title: medium.label || 'unknown system',
    notes: [
      'Bootlace does not know this system.',
      'A BIOS PC can be started from the ISO itself; whether its installer finds its medium then is up to the installer.',
      'A UEFI PC needs a kernel and an initrd of it, as two files.',
    ],
  }
}
