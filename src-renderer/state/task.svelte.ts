import { explain } from './app-state.svelte.ts'

/** One call that a dialog waits for: whether it is under way, and what went wrong. */
export class Task {
  busy = $state(false)
  error = $state<string>()

  /** Returns nothing when it failed; `error` says why then. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined
    this.busy = true
    this.error = undefined
    try {
      return await work()
    } catch (thrown) {
      this.error = explain(thrown)
      return undefined
    } finally {
      this.busy = false
    }
  }
}
