import type { ClientView, DiskView } from '../../../src-main/api/dto.ts'
import { t } from '../../i18n/i18n.svelte.ts'
import { find, imageName } from '../../state/images.ts'
import { day, some } from '../../state/words.ts'

/** What a PC keeps, and what its second drive may be, in words. */

/** Undefined when it simply keeps all it writes. */
export function keepWords(client: ClientView, disks: readonly DiskView[], nowMs: number): string | undefined {
  const disk = find(disks, client.disk)
  if (disk?.resetAtBoot) return t('Its image again at the next start; what it holds becomes a restore point')
  if (client.keep === 'always' || (disk && disk.parent === undefined)) return undefined
  if (client.keep === 'never') return t('Nothing: its image again at every start')
  const date = day(client.keepUntilMs ?? 0)
  return nowMs < (client.keepUntilMs ?? 0)
    ? t('What it writes, until the end of {date}', { date })
    : t('Nothing since {date}: its image again at every start', { date })
}

/** Disks that may be the second drive of a PC, and why some may not. */
export function secondChoices(
  form: { readonly originalName: string | undefined; readonly disk: string; readonly secondDisk: string },
  disks: readonly DiskView[],
): { readonly name: string; readonly label: string; readonly disabled: boolean }[] {
  return disks
    .filter((disk) => disk.name !== form.disk)
    .map((disk) => {
      if (disk.sealed)
        return {
          name: disk.name,
          label: t('{disk} (image: {image})', { disk: disk.name, image: imageName(disk) }),
          disabled: false,
        }
      const others = disk.clients.filter((name) => name !== form.originalName)
      const label =
        others.length > 0 ? t('{disk} (used by {names})', { disk: disk.name, names: some(others) }) : disk.name
      return { name: disk.name, label, disabled: others.length > 0 && disk.name !== form.secondDisk }
    })
}
