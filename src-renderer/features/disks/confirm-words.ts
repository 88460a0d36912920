import type { DiskView, RestorePointView } from '../../../src-main/api/dto.ts'
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
    title: `Seal ${disk.name} as a golden image?`,
    action: 'Seal it',
    danger: false,
    text: [
      'It becomes read-only for ever, so that everything made from it stays the same. Finish the system on it first: shut its PC down, with Windows by sysprep.',
    ],
    ...(users.length > 0 && {
      warning: `${some(users)} cannot save anything any more until you give ${users.length === 1 ? 'it' : 'each'} another disk.`,
    }),
  }
}

export function checkQuestion(disk: DiskView): Question {
  return {
    title: `Check ${disk.name}?`,
    action: 'Check it',
    danger: false,
    text: [
      disk.sealed
        ? 'All of it is read and compared with what was sealed. Nothing is changed, and PCs go on meanwhile.'
        : 'All of it is read, to see whether this computer can still read every part. Nothing is changed. Its PC cannot start until the check is over.',
    ],
  }
}

export function deleteQuestion(disk: DiskView): Question {
  const points = disk.restorePoints.length > 0 ? ` and its ${pointsWords(disk)}` : ''
  return {
    title: `Delete ${disk.name}?`,
    action: disk.sealed ? 'Delete the image' : 'Delete the disk',
    danger: true,
    text: [
      `${disk.name}${points} ${points === '' ? 'is' : 'are'} removed from this computer, which frees ${size(bytesHere(disk))}.`,
    ],
    warning: 'All that was written to it is lost for good. There is no way back.',
  }
}

export function deletePointQuestion(disk: DiskView, point: RestorePointView): Question {
  return {
    title: `Delete the restore point “${point.note}”?`,
    action: 'Delete the restore point',
    danger: true,
    text: [
      `What ${disk.name} holds now stays exactly as it is.`,
      point.current
        ? 'The disk stands on this point, so both are brought together first. That takes a while, and its PC cannot start meanwhile.'
        : `That frees ${size(point.realBytes)}.`,
    ],
    warning: `You cannot go back to ${dayAndTime(point.createdMs)} any more.`,
  }
}
