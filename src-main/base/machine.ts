/** Long-lived protocol state as data: a pure step function and the effects its owner carries out. */

export interface Step<State, Effect> {
  readonly state: State
  readonly effects: readonly Effect[]
}

/** `undefined` means: this input is not legal in this state. The owner decides whether to reject or to ignore. */
export type StepFunction<State, Input, Effect> = (state: State, input: Input) => Step<State, Effect> | undefined

/** Holds the current state and hands effects to the owner in order. */
export class Machine<State, Input, Effect> {
  #state: State
  readonly #step: StepFunction<State, Input, Effect>
  readonly #run: (effect: Effect) => void

  constructor(initial: State, step: StepFunction<State, Input, Effect>, run: (effect: Effect) => void) {
    this.#state = initial
    this.#step = step
    this.#run = run
  }
  get state(): State {
    return this.#state
  }
  /** Returns false when the input is not legal in the current state; nothing has changed then. */
  send(input: Input): boolean {
    const next = this.#step(this.#state, input)
    if (!next) return false
    this.#state = next.state
    for (const effect of next.effects) this.#run(effect)
    return true
  }
}
