import { SetupDraft } from '../../api/setup.ts'
import type { SettingStore } from '../../db/stores/setting-store.ts'

const KEY = 'setupDraft'

/** What the wizard asked so far: one, on disk before it is acknowledged. */
export class DraftKeeper {
  readonly #settings: SettingStore
  readonly #changed: () => void
  #draft: SetupDraft | null

  constructor(settings: SettingStore, changed: () => void) {
    this.#settings = settings
    this.#changed = changed
    // A draft of another version of this program may have other fields: it is no harm to be asked again.
    const kept = SetupDraft.safeParse(settings.get(KEY))
    this.#draft = kept.success ? kept.data : null
  }

  get draft(): SetupDraft | null {
    return this.#draft
  }
  /** `null` forgets it. */
  save(draft: SetupDraft | null): SetupDraft | null {
    this.#settings.set(KEY, draft)
    this.#draft = draft
    this.#changed()
    return draft
  }
}
