import type { JobView } from '../../src-main/api/dto.ts'
import { t } from '../i18n/i18n.svelte.ts'

const LEAST_ELAPSED_MS = 4000
/** `about 3 min left`; undefined until there is enough to go by. */
export function timeLeft(job: JobView, nowMs: number): string | undefined {
  const elapsed = nowMs - job.startedMs
  if (elapsed < LEAST_ELAPSED_MS || job.doneBytes < job.totalBytes / 50 || job.doneBytes >= job.totalBytes)
    return undefined
  const seconds = ((elapsed / 1000) * (job.totalBytes - job.doneBytes)) / job.doneBytes
  if (seconds < 60) return t('less than a minute left')
  if (seconds < 5400) return t('about {n} min left', { n: Math.round(seconds / 60) })
  return t('about {n} h left', { n: Math.round(seconds / 3600) })
}
