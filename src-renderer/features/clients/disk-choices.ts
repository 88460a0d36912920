import type { ClientView, DiskView } from '../../../src-main/api/dto.ts'
import { find, imageName, startsFresh, targetVersion } from '../../state/images.ts'
import { day, some } from '../../state/words.ts'

/** What a PC keeps and which version it has, in words. */

/** Undefined when it simply keeps all it writes. */
export function keepWords(client: ClientView, disks: readonly DiskView[], nowMs: number): string | undefined {
  const disk = find(disks, client.disk)
  if (disk?.resetAtBoot) return 'Its image again at the next start; what it holds becomes a restore point'
  if (client.keep === 'always' || (disk && disk.parent === undefined)) return undefined
  if (client.keep === 'never') return 'Nothing: its image again at every start'
  const date = day(client.keepUntilMs ?? 0)
  return nowMs < (client.keepUntilMs ?? 0)
    ? `What it writes, until the end of ${date}`
    : `Nothing since ${date}: its image again at every start`
}

/** The version of its image that a PC has, and the one it goes to. */
export function versionWords(
  client: ClientView,
  clients: readonly ClientView[],
  disks: readonly DiskView[],
  nowMs: number,
): string | undefined {
  const disk = find(disks, client.disk)
  const image = disk?.sealed ? disk : find(disks, disk?.parent)
  if (!disk || !image) return undefined
  const target = disk.sealed ? image : (targetVersion(disk, clients, disks) ?? image)
  if (target.name === image.name) return imageName(image)
  const next = `version ${target.image?.version ?? 1}`
  return startsFresh(client, disk, nowMs)
    ? `${imageName(image)}; ${next} from its next start`
    : `${imageName(image)}; ${next} is there, but it keeps what it writes`
}

/** Disks that may be the second drive of a PC, and why some may not. */
export function secondChoices(
  form: { readonly originalName: string | undefined; readonly disk: string; readonly secondDisk: string },
  disks: readonly DiskView[],
): { readonly name: string; readonly label: string; readonly disabled: boolean }[] {
  return disks
    .filter((disk) => disk.name !== form.disk)
    .map((disk) => {
      if (disk.sealed) return { name: disk.name, label: `${disk.name} (image: ${imageName(disk)})`, disabled: false }
      const others = disk.clients.filter((name) => name !== form.originalName)
      const note = others.length > 0 ? ` (used by ${some(others)})` : ''
      return { name: disk.name, label: disk.name + note, disabled: others.length > 0 && disk.name !== form.secondDisk }
    })
}
