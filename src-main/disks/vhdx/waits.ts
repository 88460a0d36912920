/** Parts of one command, of which some may be done at once. The command has ended when all parts have, failed or not:
 *  until then they use its buffers. */
export class Waits {
  readonly #waits: Promise<void>[] = []

  /** Starts a part. False: it failed at once, so the rest need not be started. Errors: what the first part throws. */
  add(start: () => void | Promise<void>): boolean {
    try {
      const wait = start()
      if (wait) this.#waits.push(wait)
      return true
    } catch (e) {
      if (this.#waits.length === 0) throw e
      this.#waits.push(Promise.reject(e))
      return false
    }
  }

  /** Nothing when all is done; else the promise rejects with the first failure, after the last part ended. */
  done(): void | Promise<void> {
    if (this.#waits.length === 0) return
    if (this.#waits.length === 1) return this.#waits[0]
    return Promise.allSettled(this.#waits).then((results) => {
      for (const result of results) if (result.status === 'rejected') throw result.reason
    })
  }
}
