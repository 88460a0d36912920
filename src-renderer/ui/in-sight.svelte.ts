import { untrack } from 'svelte'

/** Whether an element with `content-visibility: auto` is near the screen. What is drawn from `latest` stands still while it is
 *  not, and costs nothing. */
export class InSight {
  #seen = $state(true)

  /** For `{@attach}`. */
  readonly watch = (element: Element): (() => void) => {
    const changed = (event: Event): void => {
      this.#seen = !(event as Event & { readonly skipped: boolean }).skipped
    }
    element.addEventListener('contentvisibilityautostatechange', changed)
    return () => element.removeEventListener('contentvisibilityautostatechange', changed)
  }

  /** A value as it is while in sight, and as it was then while out of it. */
  latest<T>(value: () => T): () => T {
    let held = untrack(value)
    return () => {
      if (this.#seen) held = value()
      return held
    }
  }
}
