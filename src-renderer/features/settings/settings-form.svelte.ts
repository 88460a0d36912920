import type { Settings, SettingsChange } from '../../../src-main/api/settings.ts'
import type { AppState } from '../../state/app-state.svelte.ts'

/** The settings as they are shown: what was just chosen counts at once, and falls back when the engine refuses it. */
export class SettingsForm {
  readonly #app: AppState
  #chosen = $state.raw<SettingsChange>({})
  now: Settings = $derived.by(() => withChange(this.#app.snapshot!.settings, this.#chosen))

  constructor(app: AppState) {
    this.#app = app
  }

  async change(change: SettingsChange): Promise<void> {
    this.#chosen = {
      ...this.#chosen,
      ...change,
      ...(change.notifications && { notifications: { ...this.#chosen.notifications, ...change.notifications } }),
    }
    const chosen = this.#chosen
    await this.#app.changeSettings(change)
    // A later choice is still on its way.
    if (this.#chosen === chosen) this.#chosen = {}
  }
}

export function withChange(settings: Settings, { notifications, ...plain }: SettingsChange): Settings {
  const given = <T extends object>(fields: T) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  return {
    ...settings,
    ...given(plain),
    notifications: { ...settings.notifications, ...given(notifications ?? {}) },
  }
}
