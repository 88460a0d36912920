import type { Clock } from '../../base/clock.ts'
import { toAppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'

/** How often other servers are looked for, while none was heard and while one was. */
const LOOK_EVERY_MS = 300_000
const LOOK_AGAIN_MS = 60_000

export interface NeighbourWatchNeeds {
  /** Calls out and returns the servers that answer. */
  readonly look: () => Promise<readonly string[]>
  readonly clock: Clock
  readonly logger: Logger
  /** Told when others appear, change or go. */
  readonly changed: (others: readonly string[]) => void
}

/** Other DHCP servers beside ours: looked for regularly, and believed at once when a PC follows one. */
export class NeighbourWatch {
  readonly #n: NeighbourWatchNeeds
  #others: readonly string[] = []
  #cancel: (() => void) | undefined
  #isOver = false

  constructor(n: NeighbourWatchNeeds) {
    this.#n = n
    this.#later()
  }

  get others(): readonly string[] {
    return this.#others
  }

  /** A PC follows another server: it is there, whatever the last look said. */
  heard(server: string): void {
    if (this.#isOver || this.#others.includes(server)) return
    this.#set([...this.#others, server])
  }

  stop(): void {
    this.#isOver = true
    this.#cancel?.()
  }

  #later(): void {
    this.#cancel?.()
    const ms = this.#others.length > 0 ? LOOK_AGAIN_MS : LOOK_EVERY_MS
    this.#cancel = this.#n.clock.after(ms, 'look for other DHCP servers', () => void this.#look())
  }

  async #look(): Promise<void> {
    let found = this.#others
    try {
      found = await this.#n.look()
    } catch (thrown) {
      // Port 68 is held for the moment, e.g. by the system's own client: what was known still counts.
      this.#n.logger.warn({}, `other DHCP servers could not be looked for: ${toAppError(thrown).message}`)
    }
    if (!this.#isOver) this.#set(found)
  }

  #set(others: readonly string[]): void {
    const isNews = others.join() !== this.#others.join()
    this.#others = others
    if (isNews) this.#n.changed(others)
    this.#later()
  }
}
