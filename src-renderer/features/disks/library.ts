import type { DiskView } from '../../../src-main/api/dto.ts'
import { find, imageOf } from '../../state/images.ts'

/** All disks in the order in which people look for them: images with their versions and what was made from each, then disks
 *  that stand alone. */

export interface Version {
  readonly image: DiskView
  readonly version: number
  /** What was made from it and is no image itself. */
  readonly disks: readonly DiskView[]
  /** Disks that stand on another version now, but have restore points on this one. */
  readonly keptFor: readonly string[]
  /** What it was built on. */
  readonly builtOn: DiskView | undefined
}
export interface Family {
  readonly name: string
  /** Newest first. */
  readonly versions: readonly Version[]
  readonly diskCount: number
  /** Its versions, its disks and their restore points, on this computer. */
  readonly realBytes: number
  readonly broken: boolean
}
export interface Library {
  readonly families: readonly Family[]
  readonly alone: readonly DiskView[]
  /** How many disks match what was searched for, images included. */
  readonly found: number
}

const { compare } = new Intl.Collator('en', { numeric: true })

/** What a disk and its restore points take on this computer. */
export const bytesHere = (disk: DiskView): number =>
  disk.restorePoints.reduce((sum, point) => sum + point.realBytes, disk.realBytes)

/** @param search matches names of disks and of their PCs, families and notes; of an image that matches all disks are shown. */
export function libraryOf(disks: readonly DiskView[], search = ''): Library {
  const wanted = search.trim().toLowerCase()
  const matches = (disk: DiskView): boolean =>
    [disk.name, ...disk.clients, imageOf(disk)?.family ?? '', disk.image?.note ?? ''].some((text) =>
      text.toLowerCase().includes(wanted),
    )
  // What is broken must not be the one that is folded away.
  const broken = (disk: DiskView) => Number(disk.health === 'broken')
  const sorted = [...disks].sort((a, b) => broken(b) - broken(a) || compare(a.name, b.name))
  const images = sorted.filter((disk) => disk.sealed)
  const names = new Set(images.map((image) => imageOf(image)!.family))
  const shown = [...names]
    .map((name) => {
      const members = images.filter((image) => imageOf(image)!.family === name)
      return familyOf(name, members, sorted, matches)
    })
    .filter((family) => family !== undefined)
  const alone = sorted.filter((disk) => !disk.sealed && !find(images, disk.parent) && matches(disk))
  const found = shown.reduce((sum, f) => sum + f.diskCount + f.versions.length, alone.length)
  return { families: shown, alone, found }
}

function familyOf(
  name: string,
  images: readonly DiskView[],
  all: readonly DiskView[],
  matches: (disk: DiskView) => boolean,
): Family | undefined {
  const versions = images
    .map((image): Version => {
      const own = all.filter((disk) => !disk.sealed && disk.parent === image.name)
      return {
        image,
        version: imageOf(image)!.version,
        disks: matches(image) ? own : own.filter(matches),
        keptFor: image.children.filter((child) => find(all, child)?.parent !== image.name),
        builtOn: find(all, image.parent),
      }
    })
    .filter((version) => matches(version.image) || version.disks.length > 0)
    .sort((a, b) => b.version - a.version)
  if (versions.length === 0) return undefined
  const members = versions.flatMap((version) => [version.image, ...version.disks])
  return {
    name,
    versions,
    diskCount: members.length - versions.length,
    realBytes: members.reduce((sum, disk) => sum + bytesHere(disk), 0),
    broken: members.some((disk) => disk.health === 'broken'),
  }
}
