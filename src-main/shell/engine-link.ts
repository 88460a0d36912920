import { createCaller, EngineError, type ChannelCaller } from '../api/caller.ts'
import type { EngineEvent } from '../api/contract.ts'
import type { ServedBy } from '../api/shell.ts'
import type { ErrorDto } from '../api/wire.ts'
import type { Clock } from '../base/clock.ts'

/** An engine that is a child of this program. */
export interface EngineChild {
  readonly caller: ChannelCaller
  /** Asks it to let go of clients and end. */
  askToStop(): void
  kill(): void
}
export interface ChildEvents {
  started(): void
  /** It could not start; it ends by itself. */
  failed(problem: ErrorDto): void
  ended(): void
}
/** An engine that somebody else runs on the same data folder. */
export type EngineConnection = ChannelCaller & { close(): void }

export interface EngineLinkNeeds {
  /** Errors: engine.notRunning, engine.denied. */
  connect(): Promise<EngineConnection>
  launch(events: ChildEvents): EngineChild
  readonly clock: Clock
  readonly onEvent: (event: EngineEvent) => void
  /** There is an engine; its first snapshot follows. */
  readonly onServed: (by: ServedBy) => void
  /** The engine is gone and is looked for, or started, again. */
  readonly onLost: () => void
  readonly onProblem: (problem: ErrorDto) => void
}

/** Before the engine is started again after its first, second … death within a minute; after the last it is left down. */
const RESTART_MS = [300, 500, 1000, 2000, 4000] as const
const STOP_LIMIT_MS = 10_000
/** How often an engine of somebody else's is looked for while it comes up, ends, or is away. */
const LOOK_MS = 1000
/** A service that is started anew is back by then; and an engine that ends has let go of its data folder. */
const PATIENCE_MS = 15_000
/** What keeps an engine from starting may pass: a cable, a network that is not up yet when the session begins. */
const START_AGAIN_MS = 10_000

/** The engine as the shell sees it. One that serves the data folder already is used; else one is started as a child, and
 *  started again when it dies. */
export class EngineLink {
  readonly #o: EngineLinkNeeds
  #caller = createCaller(() => {})
  #child: EngineChild | undefined
  #connection: EngineConnection | undefined
  #servedBy: ServedBy | undefined
  #stopping = false
  #deaths: number[] = []
  /** Since when the data folder belongs to an engine that does not answer, or a service is away. */
  #waitingSinceMs: number | undefined
  #told: string | undefined
  #ended: () => void = () => {}

  constructor(o: EngineLinkNeeds) {
    this.#o = o
    void this.#look()
  }

  /** The caller of the engine that runs now. */
  caller(): ChannelCaller {
    return this.#caller
  }
  servedBy(): ServedBy | undefined {
    return this.#servedBy
  }

  /** A child ends in good order; a service is left alone. Resolves when that is done. */
  stop(): Promise<void> {
    this.#stopping = true
    this.#connection?.close()
    const child = this.#child
    if (!child) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#o.clock.after(STOP_LIMIT_MS, 'engine stop', () => child.kill())
      this.#ended = () => {
        cancel()
        resolve()
      }
      child.askToStop()
    })
  }

  async #look(mayLaunch = true): Promise<void> {
    let connection: EngineConnection
    try {
      connection = await this.#o.connect()
    } catch (thrown) {
      if (this.#stopping) return
      const { code, message, hint } = thrown as EngineError
      if (code === 'engine.denied') {
        this.#problem({ code, message, hint })
        this.#later(START_AGAIN_MS, () => void this.#look())
      } else if (mayLaunch) this.#launch()
      else this.#serviceAway()
      return
    }
    if (this.#stopping) return connection.close()
    this.#connection = connection
    this.#caller = connection
    this.#serving('service')
    connection.onLost(() => {
      this.#connection = undefined
      this.#servedBy = undefined
      if (this.#stopping) return
      this.#o.onLost()
      this.#serviceAway()
    })
  }

  /** Its data folder is the service's: to take it over would keep the service from starting again. */
  #serviceAway(): void {
    const { clock } = this.#o
    this.#waitingSinceMs ??= clock.now()
    if (clock.now() - this.#waitingSinceMs >= PATIENCE_MS) {
      this.#problem({
        code: 'engine.serviceGone',
        message: 'the Bootlace service that served the PCs of this window has ended',
        hint: 'Start the service again; this window goes on by itself. Or quit Bootlace and open it: then it serves the PCs itself.',
      })
    }
    this.#later(LOOK_MS, () => void this.#look(false))
  }

  #launch(): void {
    let failed: ErrorDto | undefined
    const child = this.#o.launch({
      started: () => this.#serving('app'),
      failed: (problem) => (failed = problem),
      ended: () => {
        this.#child = undefined
        this.#servedBy = undefined
        child.caller.lost('the engine ended')
        this.#ended()
        if (this.#stopping) return
        if (failed) this.#couldNotStart(failed)
        else this.#died()
      },
    })
    this.#child = child
    this.#caller = child.caller
  }

  #serving(by: ServedBy): void {
    this.#servedBy = by
    this.#waitingSinceMs = undefined
    this.#told = undefined
    this.#o.onServed(by)
    this.#caller.subscribe(this.#o.onEvent)
  }

  /** Another engine has the data folder: it is coming up, ending, or stuck. */
  #couldNotStart(problem: ErrorDto): void {
    const { clock } = this.#o
    if (problem.code !== 'engine.dataInUse') {
      this.#problem(problem)
      this.#later(START_AGAIN_MS, () => void this.#look())
      return
    }
    this.#waitingSinceMs ??= clock.now()
    if (clock.now() - this.#waitingSinceMs >= PATIENCE_MS) this.#problem(problem)
    this.#later(LOOK_MS, () => void this.#look())
  }

  #died(): void {
    const { clock } = this.#o
    const now = clock.now()
    this.#deaths = [...this.#deaths.filter((at) => now - at < 60_000), now]
    const wait = RESTART_MS[this.#deaths.length - 1]
    if (wait === undefined) {
      this.#problem({
        code: 'engine.crashing',
        message: 'the part of Bootlace that serves the PCs keeps crashing, so it is left down',
        hint: 'Quit Bootlace and open it again. If that does not help, engine.log in the folder “logs” of the data folder says what happened last.',
      })
      return
    }
    this.#o.onLost()
    this.#later(wait, () => this.#launch())
  }

  #problem(problem: ErrorDto): void {
    const text = `${problem.code} ${problem.message}`
    if (this.#told === text) return
    this.#told = text
    this.#o.onProblem(problem)
  }

  #later(ms: number, work: () => void): void {
    this.#o.clock.after(ms, 'engine link', () => {
      if (!this.#stopping) work()
    })
  }
}
