import type { PreflightCheck } from '../../../api/setup.ts'
import { formatSize } from '../../../base/units.ts'

const GIB = 2 ** 30

/** Whether PCs can write. */
export function lookAtSpace(
  { totalBytes, freeBytes }: { readonly totalBytes: number; readonly freeBytes: number },
  folder: string,
): PreflightCheck[] {
  const found = `${formatSize(freeBytes)} of ${formatSize(totalBytes)} are free in ${folder}.`
  const check = { id: 'space', title: found }
  if (freeBytes < GIB / 2) {
    return [{ ...check, severity: 'problem', hint: 'Free some space: PCs cannot save anything when there is none.' }]
  }
  if (freeBytes < 10 * GIB || freeBytes < totalBytes / 20) {
    return [{ ...check, severity: 'warning', hint: 'Free some space before PCs have used up the rest.' }]
  }
  return [{ ...check, severity: 'ok' }]
}
