import type { DiskView, RestorePointView } from '../../../src-main/api/dto.ts'
import { t, tn } from '../../i18n/i18n.svelte.ts'
import { dayAndTime, size, some } from '../../state/words.ts'
import { bytesHere } from './library.ts'
import { pointsWords } from './disk-actions.ts'

/** What is asked before something is done that needs nothing but a yes. */
export interface Question {
  readonly title: string
  readonly action: string
  readonly danger: boolean
  readonly text: readonly string[]
  /** What somebody who reads only one line must read. */
  readonly warning?: string
}

export function sealQuestion(disk: DiskView): Question {
  const users = disk.clients
  return {
    title: t('Seal {disk} as a golden image?', { disk: disk.name }),
    action: t('Seal it'),
    danger: false,
    text: [
      t(
        'It becomes read-only for ever, so that everything made from it stays the same. Finish the system on it first: shut its PC down, with Windows by sysprep.',
      ),
    ],
    ...(users.length > 0 && {
      warning: tn(
        users.length,
        '{names} cannot save anything any more until you give it another disk.',
        '{names} cannot save anything any more until you give each another disk.',
        { names: some(users) },
      ),
    }),
  }
}

export function checkQuestion(disk: DiskView): Question {
  return {
    title: t('Check {disk}?', { disk: disk.name }),
    action: t('Check it'),
    danger: false,
    text: [
      disk.sealed
        ? t('All of it is read and compared with what was sealed. Nothing is changed, and PCs go on meanwhile.')
        : t(
            'All of it is read, to see whether this computer can still read every part. Nothing is changed. Its PC cannot start until the check is over.',
          ),
    ],
  }
}

export function deleteQuestion(disk: DiskView): Question {
  const freed = size(bytesHere(disk))
  return {
    title: t('Delete {disk}?', { disk: disk.name }),
    action: disk.sealed ? t('Delete the image') : t('Delete the disk'),
    danger: true,
    text: [
      disk.restorePoints.length === 0
        ? t('{disk} is removed from this computer, which frees {size}.', { disk: disk.name, size: freed })
        : t('{disk} and its {points} are removed from this computer, which frees {size}.', {
            disk: disk.name,
            points: pointsWords(disk),
            size: freed,
          }),
    ],
    warning: t('All that was written to it is lost for good. There is no way back.'),
  }
}

export function deletePointQuestion(disk: DiskView, point: RestorePointView): Question {
  return {
    title: t('Delete the restore point “{note}”?', { note: point.note }),
    action: t('Delete the restore point'),
    danger: true,
    text: [
      t('What {disk} holds now stays exactly as it is.', { disk: disk.name }),
      point.current
        ? t(
            'The disk stands on this point, so both are brought together first. That takes a while, and its PC cannot start meanwhile.',
          )
        : t('That frees {size}.', { size: size(point.realBytes) }),
    ],
    warning: t('You cannot go back to {date} any more.', { date: dayAndTime(point.createdMs) }),
  }
}
