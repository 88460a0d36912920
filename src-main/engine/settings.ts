import { Notifications, Settings, type SettingsChange } from '../api/settings.ts'
import type { Logger } from '../base/log.ts'
import type { SettingStore } from '../db/stores/setting-store.ts'

const KEY = 'settings'

type Stored = Readonly<Record<string, unknown>>

/** What people chose, read once and kept in memory: the boot services ask for it at every question of a PC. */
export class SettingsBook {
  readonly #store: SettingStore
  #stored: Stored
  #now: Settings

  constructor(store: SettingStore, logger: Logger) {
    this.#store = store
    this.#stored = recordOf(store.get(KEY))
    const { settings, refused } = read(this.#stored)
    this.#now = settings
    if (refused.length > 0)
      logger.warn({ component: 'engine.settings', refused }, 'settings that cannot be read have their usual value')
  }

  now(): Settings {
    return this.#now
  }

  /** What was stored and is not known here, e.g. by a newer version, stays. */
  change(change: SettingsChange): Settings {
    const { notifications, ...plain } = change
    const stored: Stored = {
      ...this.#stored,
      ...given(plain),
      ...(notifications && {
        notifications: { ...recordOf(this.#stored['notifications']), ...given(notifications) },
      }),
    }
    this.#store.set(KEY, stored)
    this.#stored = stored
    this.#now = read(stored).settings
    return this.#now
  }
}

/** One value that cannot be read must not take the others with it. */
function read(stored: Stored): { settings: Settings; refused: string[] } {
  const refused: string[] = []
  const kept = (shape: Readonly<Record<string, { safeParse(value: unknown): { success: boolean } }>>, values: Stored) =>
    Object.fromEntries(
      Object.entries(values).filter(([key, value]) => {
        const field = shape[key]
        if (field && !field.safeParse(value).success) refused.push(key)
        return field?.safeParse(value).success
      }),
    )
  const notifications = kept(Notifications.shape, recordOf(stored['notifications']))
  const settings = Settings.parse({ ...kept(Settings.shape, { ...stored, notifications }) })
  return { settings, refused }
}

const given = (fields: object): Stored => Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined))

const recordOf = (value: unknown): Stored =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Stored) : {}
