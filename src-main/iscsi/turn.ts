/** Bytes of reads that one connection is answered on the spot before others have their turn. */
const TURN = 2 * 1024 * 1024

/** Shares the event loop between connections: when one has had its part, what else it wants waits until the loop has looked at
 *  the others. Costs an addition where nobody has too much. */
export class Turn {
  #taken = 0
  #waits = false
  readonly #next: () => void
  readonly #owner: { bug(thrown: unknown): void }

  /** @param next the next turn has begun. */
  constructor(next: () => void, owner: { bug(thrown: unknown): void }) {
    this.#next = next
    this.#owner = owner
  }
  took(bytes: number): void {
    this.#taken += bytes
  }
  /** True: wait, `next` will be called. */
  isOver(): boolean {
    if (this.#taken < TURN) return false
    if (!this.#waits) {
      this.#waits = true
      setImmediate(() => {
        this.#waits = false
        this.#taken = 0
        try {
          this.#next()
        } catch (thrown) {
          this.#owner.bug(thrown)
        }
      })
    }
    return true
  }
}
