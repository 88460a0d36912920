import type { JobView } from '../../../src-main/api/dto.ts'
import { t } from '../../i18n/i18n.svelte.ts'
import { capital } from '../../state/words.ts'

export { timeLeft } from '../../state/time-left.ts'

const SHOW_DONE_MS = 10 * 60_000

/** What people are shown of the engine's jobs: what runs, what came of it lately, and what failed until they hide it. */
export function shownJobs(jobs: readonly JobView[], hidden: ReadonlySet<string>, nowMs: number): JobView[] {
  const shown = jobs.filter((job) => {
    if (job.state === 'running') return true
    if (hidden.has(job.id) || job.state === 'cancelled') return false
    return job.state === 'failed' || nowMs - (job.endedMs ?? 0) < SHOW_DONE_MS
  })
  const rank = (job: JobView) => (job.state === 'running' ? 0 : 1)
  return shown.sort((a, b) => rank(a) - rank(b) || b.startedMs - a.startedMs)
}

/** `pc-01 is in order: 2 files.` Most begin with the name of a disk, which stays as it is written. */
export const resultWords = (job: JobView): string => {
  const text = job.kind === 'removePoint' ? capital(job.result ?? t('done')) : (job.result ?? t('Done'))
  return /[.!?]$/.test(text) ? text : `${text}.`
}
