import type { InstallAnswersView } from '../../../src-main/api/windows.ts'
import { explain, type AppState } from '../../state/app-state.svelte.ts'
import { Task } from '../../state/task.svelte.ts'

/** The answer file that one PC has for its installation over the network. */
export class InstallAnswers {
  readonly #app: AppState
  #asked = 0
  readonly task = new Task()
  problem = $state<string>()
  view = $state.raw<InstallAnswersView>()
  /** What Windows Setup takes from the network, where this PC installs that way. */
  readonly network = $derived.by(() => {
    const { medium, wimboot, driverPaths } = this.view ?? {}
    return medium !== undefined && wimboot && driverPaths ? { medium, driverPaths } : undefined
  })

  constructor(app: AppState) {
    this.#app = app
  }

  /** What is known of another PC, or of another medium, is forgotten at once. */
  follow(client: string | undefined): void {
    this.view = undefined
    this.problem = undefined
    const asked = ++this.#asked
    if (client === undefined) return
    this.#app.call('installAnswers', { client }).then(
      (view) => {
        if (asked === this.#asked) this.view = view
      },
      (thrown: unknown) => {
        if (asked === this.#asked) this.problem = explain(thrown)
      },
    )
  }
  /** `null` takes it away. */
  async put(client: string, text: string | null): Promise<void> {
    const view = await this.task.run(() => this.#app.call('installAnswersPut', { client, text }))
    if (!view) return
    // An older answer that is still on its way is no news any more.
    this.#asked++
    this.view = view
  }
}
