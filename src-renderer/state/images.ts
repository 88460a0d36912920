import type { ClientView, DiskView, Follows } from '../../src-main/api/dto.ts'
import { t } from '../i18n/i18n.svelte.ts'

/** Which version of which image a disk is, stands on, or is to have: the engine's rules, for showing beforehand. */

export interface ImageOf {
  readonly family: string
  readonly version: number
  readonly channel?: 'production' | 'test' | undefined
  readonly note?: string | undefined
}

/** What a golden image is; undefined for other disks. */
export function imageOf(disk: DiskView): ImageOf | undefined {
  if (!disk.sealed) return undefined
  return disk.image ?? { family: disk.name, version: 1 }
}

/** `debian, version 2`. */
export function imageName(disk: DiskView): string {
  const image = imageOf(disk)
  return image ? t('{family}, version {n}', { family: image.family, n: image.version }) : disk.name
}

/** Who is given a version, in words. */
export function givenTo(disk: DiskView): string {
  const channel = imageOf(disk)?.channel
  if (channel === 'production') return t('for everybody')
  return channel === 'test' ? t('being tried') : t('kept')
}

export const find = (disks: readonly DiskView[], name: string | undefined): DiskView | undefined =>
  name === undefined ? undefined : disks.find((disk) => disk.name === name)

/** The version that a PC on this channel is given: who tries versions first gets the newer of both. */
export function versionFor(
  family: string,
  follows: Exclude<Follows, 'pinned'>,
  disks: readonly DiskView[],
): DiskView | undefined {
  const on = (channel: string) => disks.find((d) => d.image?.family === family && d.image.channel === channel)
  const production = on('production')
  const test = follows === 'test' ? on('test') : undefined
  if (!test || !production) return test ?? production
  return test.image!.version > production.image!.version ? test : production
}

/** The version that a reset gives a disk; undefined when it was not made from an image. */
export function targetVersion(
  disk: DiskView,
  clients: readonly ClientView[],
  disks: readonly DiskView[],
): DiskView | undefined {
  const parent = find(disks, disk.parent)
  const follows = clients.find((c) => c.disk === disk.name)?.channel ?? 'production'
  if (!parent?.image || follows === 'pinned') return parent
  return versionFor(parent.image.family, follows, disks) ?? parent
}

/** Whether a PC finds its image untouched at its next start. */
export function startsFresh(client: ClientView, disk: DiskView, nowMs: number): boolean {
  if (disk.parent === undefined || disk.sealed) return false
  if (disk.resetAtBoot) return true
  if (client.keep === 'until') return client.keepUntilMs !== undefined && nowMs >= client.keepUntilMs
  return client.keep === 'never'
}

/** The disks as they would be if a version were given to others. */
function promoted(
  disks: readonly DiskView[],
  name: string,
  channel: 'production' | 'test' | 'none',
): readonly DiskView[] {
  const family = find(disks, name)?.image?.family
  return disks.map((disk) => {
    if (!disk.image || disk.image.family !== family) return disk
    const { channel: had, ...image } = disk.image
    if (disk.name === name) return { ...disk, image: channel === 'none' ? image : { ...image, channel } }
    return had === channel ? { ...disk, image } : disk
  })
}

/** PCs that go over to a version at their next start if it is given to `channel`, and those that stay because they keep
 *  what they write. */
export function whoMoves(
  image: DiskView,
  channel: 'production' | 'test' | 'none',
  clients: readonly ClientView[],
  disks: readonly DiskView[],
  nowMs: number,
): { readonly moving: string[]; readonly staying: string[] } {
  const after = promoted(disks, image.name, channel)
  const moving: string[] = []
  const staying: string[] = []
  for (const client of clients) {
    const disk = find(after, client.disk)
    if (disk?.parent === undefined || disk.parent === image.name) continue
    if (targetVersion(disk, clients, after)?.name !== image.name) continue
    ;(startsFresh(client, disk, nowMs) ? moving : staying).push(client.name)
  }
  return { moving, staying }
}
