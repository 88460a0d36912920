/** Work that waits until the answers which are due now are out: writing down what was heard takes longer than answering it.
 *  One job a turn of the loop, in order, so that requests which came meanwhile are answered in between. */
export class Afterwards {
  readonly #nextTurn: (job: () => void) => void
  readonly #failed: (thrown: unknown) => void
  #jobs: (() => void)[] = []
  #isDue = false

  constructor(failed: (thrown: unknown) => void, nextTurn: (job: () => void) => void = setImmediate) {
    this.#failed = failed
    this.#nextTurn = nextTurn
  }

  later(job: () => void): void {
    this.#jobs.push(job)
    this.#arm()
  }

  /** Everything that waits, at once: before what must be written after it, and before the database closes. */
  drain(): void {
    while (this.#jobs.length > 0) this.#runOne()
  }

  get waiting(): number {
    return this.#jobs.length
  }

  #arm(): void {
    if (this.#isDue || this.#jobs.length === 0) return
    this.#isDue = true
    this.#nextTurn(() => {
      this.#isDue = false
      if (this.#jobs.length > 0) this.#runOne()
      this.#arm()
    })
  }

  #runOne(): void {
    try {
      this.#jobs.shift()!()
    } catch (thrown) {
      this.#failed(thrown)
    }
  }
}
