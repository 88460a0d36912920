import { randomUUID } from 'node:crypto'
import type { JobView } from '../api/dto.ts'
import type { Clock } from '../base/clock.ts'
import { AppError, toAppError } from '../base/errors.ts'

interface Job {
  view: JobView
  readonly abort: AbortController
  readonly done: Promise<void>
}

const KEEP_ENDED = 20

/** Long work in the background: progress, cancel, and what came of it. */
export class Jobs {
  readonly #clock: Clock
  readonly #changed: () => void
  readonly #jobs = new Map<string, Job>()

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock
    this.#changed = changed
  }

  list(): JobView[] {
    return [...this.#jobs.values()].map((job) => job.view)
  }

  start(
    kind: JobView['kind'],
    title: string,
    totalBytes: number,
    work: (progress: (doneBytes: number) => void, signal: AbortSignal) => Promise<void>,
  ): JobView {
    const id = randomUUID().slice(0, 8)
    const abort = new AbortController()
    const update = (change: Partial<JobView>) => {
      job.view = { ...job.view, ...change }
      this.#changed()
    }
    const job: Job = {
      view: { id, kind, title, state: 'running', doneBytes: 0, totalBytes, startedMs: this.#clock.now() },
      abort,
      done: Promise.resolve()
        .then(() => work((doneBytes) => update({ doneBytes }), abort.signal))
        .then(
          () => update({ state: 'done', doneBytes: totalBytes, endedMs: this.#clock.now() }),
          (thrown: unknown) => {
            const { code, message, hint } = toAppError(thrown)
            update({
              state: abort.signal.aborted ? 'cancelled' : 'failed',
              endedMs: this.#clock.now(),
              problem: { code, message, ...(hint !== undefined && { hint }) },
            })
          },
        ),
    }
    this.#jobs.set(id, job)
    this.#forgetOld()
    this.#changed()
    return job.view
  }

  /** Errors: job.unknown. Returns when the job has cleaned up after itself. */
  async cancel(id: string): Promise<JobView> {
    const job = this.#jobs.get(id)
    if (!job) throw new AppError('job.unknown', `there is no job ${id}`, { hint: 'It may have ended long ago.' })
    job.abort.abort()
    await job.done
    return job.view
  }

  async cancelAll(): Promise<void> {
    await Promise.all([...this.#jobs.keys()].map((id) => this.cancel(id)))
  }

  #forgetOld(): void {
    const ended = [...this.#jobs.values()].filter((job) => job.view.state !== 'running')
    for (const job of ended.slice(0, Math.max(0, ended.length - KEEP_ENDED))) this.#jobs.delete(job.view.id)
  }
}
