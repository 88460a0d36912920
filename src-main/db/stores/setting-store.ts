import type { Database } from 'better-sqlite3'

/** Small values by key, kept as JSON. */
export interface SettingStore {
  get(key: string): unknown
  set(key: string, value: unknown): void
}

export function createSettingStore(db: Database): SettingStore {
  const get = db.prepare<[string], { value: string }>('SELECT value FROM settings WHERE key = ?')
  const set = db.prepare(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  return {
    get: (key) => {
      const row = get.get(key)
      return row === undefined ? undefined : (JSON.parse(row.value) as unknown)
    },
    set: (key, value) => void set.run(key, JSON.stringify(value)),
  }
}
