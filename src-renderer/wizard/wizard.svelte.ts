import type { Component } from 'svelte'

/** One step: what it says, what it shows, whom it concerns, and when it is done. What is done is asked of the world, not
 *  remembered, so that it counts however it was done. */
export interface Step<D, W, C> {
  readonly id: string
  /** One or two words for the list of all steps. */
  readonly short: () => string
  readonly title: (draft: D) => string
  /** What happens here and why, two sentences. */
  readonly lead: (draft: D, world: W) => string
  readonly picture?: Component
  readonly component: Component<{ context: C }>
  appliesTo(draft: D): boolean
  complete(draft: D, world: W): boolean
  /** May be left before it is done. */
  readonly optional?: boolean
  /** What is still to do, for who cannot go on yet. */
  readonly missing: (draft: D, world: W) => string
  /** What the button that goes on is called, when it is not simply “Next”. */
  readonly next?: (draft: D, world: W) => string
  /** Called when the reader goes on from here. */
  readonly onnext?: (context: C) => void
}

/** What the chrome needs of whoever keeps the draft. */
export interface WizardHost<D, W, C> {
  readonly draft: D
  readonly world: W
  readonly context: C
  /** Shows another step; nothing else of the draft changes. */
  show(id: string): void
}

export type Mark = 'done' | 'now' | 'open' | 'later'

/** Which steps there are, where the reader stands, and where he may go. */
export class Wizard<D extends { readonly step: string }, W, C> {
  readonly #all: readonly Step<D, W, C>[]
  readonly #host: WizardHost<D, W, C>
  steps: readonly Step<D, W, C>[] = $derived.by(() => this.#all.filter((step) => step.appliesTo(this.#host.draft)))
  /** Done is asked for each step alone; a later one may be done before an earlier one. */
  #complete: readonly boolean[] = $derived.by(() =>
    this.steps.map((step) => step.complete(this.#host.draft, this.#host.world)),
  )
  index: number = $derived.by(() => {
    const at = this.steps.findIndex((step) => step.id === this.#host.draft.step)
    if (at >= 0) return at
    // A step that does not concern this draft: go on where something is left to do.
    const open = this.#complete.findIndex((done) => !done)
    return open >= 0 ? open : this.steps.length - 1
  })

  constructor(all: readonly Step<D, W, C>[], host: WizardHost<D, W, C>) {
    this.#all = all
    this.#host = host
  }

  get current(): Step<D, W, C> {
    return this.steps[this.index]!
  }
  get title(): string {
    return this.current.title(this.#host.draft)
  }
  get lead(): string {
    return this.current.lead(this.#host.draft, this.#host.world)
  }
  get context(): C {
    return this.#host.context
  }
  get isFirst(): boolean {
    return this.index === 0
  }
  get isLast(): boolean {
    return this.index === this.steps.length - 1
  }
  get canNext(): boolean {
    return this.#passable(this.index)
  }
  /** What keeps the reader here; undefined when nothing does. */
  get missing(): string | undefined {
    return this.canNext ? undefined : this.current.missing(this.#host.draft, this.#host.world)
  }
  /** Undefined: “Next”. */
  get nextLabel(): string | undefined {
    return this.current.next?.(this.#host.draft, this.#host.world)
  }

  /** `open`: all before it is done, so it can be gone to. */
  mark(step: Step<D, W, C>): Mark {
    const at = this.steps.indexOf(step)
    if (at === this.index) return 'now'
    if (!this.reachable(step)) return 'later'
    return this.#complete[at] ? 'done' : 'open'
  }
  /** Back is always allowed, forward as far as everything before is done. */
  reachable(step: Step<D, W, C>): boolean {
    const at = this.steps.indexOf(step)
    return at <= this.index || this.steps.slice(0, at).every((_, i) => this.#passable(i))
  }

  #passable(at: number): boolean {
    return this.#complete[at]! || this.steps[at]!.optional === true
  }

  next(): void {
    if (!this.canNext || this.isLast) return
    this.current.onnext?.(this.#host.context)
    this.#host.show(this.steps[this.index + 1]!.id)
  }
  /** Only looks at an earlier step; what was done stays done. */
  back(): void {
    if (!this.isFirst) this.#host.show(this.steps[this.index - 1]!.id)
  }
  goTo(id: string): void {
    const step = this.steps.find((s) => s.id === id)
    if (step && this.reachable(step)) this.#host.show(id)
  }
}
