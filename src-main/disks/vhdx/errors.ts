import { AppError } from '../../base/errors.ts'

/** What is wrong with a file, in the words that all parts of this folder use. */

export const damaged = (path: string, why: string): AppError =>
  new AppError('disk.damaged', `${path} is damaged: ${why}`, { hint: 'Restore the file from a copy.' })

/** @param why goes on after the path. */
export const unsupported = (path: string, why: string, hint?: string): AppError =>
  new AppError('disk.unsupported', `${path} ${why}`, {
    hint: hint ?? 'Convert the disk with the program that made it.',
  })

export const parentChanged = (path: string): AppError =>
  new AppError('disk.parentChanged', `${path} was made from another state of its parent`, {
    hint: 'Put the parent back as it was when this disk was made from it.',
  })
