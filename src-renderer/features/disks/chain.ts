import type { DiskView } from '../../../src-main/api/dto.ts'
import { find, imageName, imageOf } from '../../state/images.ts'
import { dayAndTime, size } from '../../state/words.ts'

/** One thing that a disk stands on, or the disk itself. */
export interface Link {
  readonly key: string
  readonly kind: 'image' | 'point' | 'disk'
  /** Of a disk or an image its own name; of a restore point its note. */
  readonly name: string
  readonly facts: string
  /** The restore point's id. */
  readonly point?: number
  readonly mark?: 'production' | 'test' | undefined
  /** Beside the way to the present state. */
  readonly aside: boolean
}

/** From the lowest image to the present state. Restore points that it does not stand on follow those that it stands on, by
 *  their age. */
export function chainOf(disk: DiskView, disks: readonly DiskView[]): Link[] {
  const images: Link[] = []
  const below = lowestParent(disk)
  for (let at = find(disks, below); at && images.length < disks.length; at = find(disks, lowestParent(at)))
    images.unshift(imageLink(at))
  const onWay = pointsBelow(disk)
  const points = [...disk.restorePoints]
    .sort((a, b) => a.createdMs - b.createdMs || a.id - b.id)
    .map((point): Link => ({
      key: `point ${point.id}`,
      kind: 'point',
      name: point.note,
      facts: `${dayAndTime(point.createdMs)} · ${size(point.realBytes)}`,
      point: point.id,
      aside: !onWay.has(point.id),
    }))
  return [
    ...images,
    ...points.filter((link) => !link.aside),
    {
      key: 'now',
      kind: 'disk',
      name: disk.name,
      facts: size(disk.realBytes),
      mark: imageOf(disk)?.channel,
      aside: false,
    },
    ...points.filter((link) => link.aside),
  ]
}

/** Restore points that the present state stands on. */
function pointsBelow(disk: DiskView): ReadonlySet<number> {
  const byId = new Map(disk.restorePoints.map((point) => [point.id, point]))
  const found = new Set<number>()
  let at = disk.restorePoints.find((point) => point.current)
  while (at && !found.has(at.id)) {
    found.add(at.id)
    at = at.basePoint === undefined ? undefined : byId.get(at.basePoint)
  }
  return found
}

/** The image that the lowest file of a disk's own stands on. */
function lowestParent(disk: DiskView): string | undefined {
  const onWay = pointsBelow(disk)
  return disk.restorePoints.find((point) => onWay.has(point.id) && point.parent !== undefined)?.parent ?? disk.parent
}

const imageLink = (image: DiskView): Link => ({
  key: `image ${image.name}`,
  kind: 'image',
  name: image.name,
  facts: `${imageName(image)} · ${size(image.realBytes)}`,
  mark: imageOf(image)?.channel,
  aside: false,
})
