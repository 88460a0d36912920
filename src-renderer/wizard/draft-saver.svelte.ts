const QUIET_MS = 300

/** Saves the newest draft soon after it changed, one at a time, and says when it could not. */
export class DraftSaver<D> {
  readonly #save: (draft: D) => Promise<unknown>
  readonly #explain: (thrown: unknown) => string
  #waiting: { readonly draft: D } | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #running: Promise<void> | undefined
  /** Something is not saved yet. */
  dirty = $state(false)
  error = $state<string>()

  constructor(save: (draft: D) => Promise<unknown>, explain: (thrown: unknown) => string) {
    this.#save = save
    this.#explain = explain
  }

  put(draft: D): void {
    this.#waiting = { draft }
    this.dirty = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), QUIET_MS)
  }

  /** Saves what waits, now. Never throws; `error` says what went wrong, and the draft waits on. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    while (this.#running) await this.#running
    if (!this.#waiting) return
    this.#running = this.#saveOne(this.#waiting)
    await this.#running
    if (this.#waiting && this.error === undefined) await this.flush()
  }

  async #saveOne(one: { readonly draft: D }): Promise<void> {
    this.#waiting = undefined
    try {
      await this.#save(one.draft)
      this.error = undefined
    } catch (thrown) {
      this.error = this.#explain(thrown)
      this.#waiting ??= one
    } finally {
      this.#running = undefined
      this.dirty = this.#waiting !== undefined
    }
  }
}
