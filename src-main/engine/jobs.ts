import { randomUUID } from 'node:crypto'
import type { JobView } from '../api/dto.ts'
import type { Clock } from '../base/clock.ts'
import { AppError, toAppError } from '../base/errors.ts'
import type { JobStore } from '../db/stores/job-store.ts'

interface Job {
  view: JobView
  readonly abort: AbortController
  readonly done: Promise<void>
}

/** What a job is given to tell how far it is. */
export interface JobFace {
  progress(doneBytes: number): void
  readonly signal: AbortSignal
}

const KEEP_ENDED = 20

/** Long work in the background: progress, cancel, and what came of it. What the end of the program interrupts is undone by
 *  the work's own files (see DiskShelf.makeFile) and shown as failed at the next start. */
export class Jobs {
  readonly #store: JobStore
  readonly #clock: Clock
  readonly #changed: () => void
  readonly #jobs = new Map<string, Job>()

  constructor(store: JobStore, clock: Clock, changed: () => void) {
    this.#store = store
    this.#clock = clock
    this.#changed = changed
    for (const { id, kind, title, totalBytes, startedMs } of store.all()) {
      const view: JobView = {
        id,
        kind: kind as JobView['kind'],
        title,
        state: 'failed',
        doneBytes: 0,
        totalBytes,
        startedMs,
        endedMs: clock.now(),
        problem: {
          code: 'job.interrupted',
          message: 'Bootlace was ended while this ran; nothing of it is left',
          hint: 'Start it again.',
        },
      }
      this.#jobs.set(id, { view, abort: new AbortController(), done: Promise.resolve() })
      store.remove(id)
    }
  }

  list(): JobView[] {
    return [...this.#jobs.values()].map((job) => job.view)
  }

  /** `work` returns a sentence for people, if there is something to say. */
  start(
    kind: JobView['kind'],
    title: string,
    totalBytes: number,
    work: (job: JobFace) => Promise<string | void>,
  ): JobView {
    const id = randomUUID().slice(0, 8)
    const abort = new AbortController()
    const startedMs = this.#clock.now()
    this.#store.add({ id, kind, title, totalBytes, startedMs })
    const update = (change: Partial<JobView>) => {
      job.view = { ...job.view, ...change }
      if (job.view.state !== 'running') this.#store.remove(id)
      this.#changed()
    }
    const job: Job = {
      view: { id, kind, title, state: 'running', doneBytes: 0, totalBytes, startedMs },
      abort,
      done: Promise.resolve()
        .then(() => work({ progress: (doneBytes) => update({ doneBytes }), signal: abort.signal }))
        .then(
          (result) =>
            update({
              state: 'done',
              doneBytes: totalBytes,
              endedMs: this.#clock.now(),
              ...(typeof result === 'string' && { result }),
            }),
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
