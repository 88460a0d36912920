import type { Database } from 'better-sqlite3'
import type { InitiatorNameStore } from '../../clients/stores.ts'

export function createInitiatorNameStore(db: Database): InitiatorNameStore {
  const macOf = db.prepare<[string], string>('SELECT mac FROM initiator_names WHERE name = ?').pluck()
  const namesOf = db.prepare<[string], string>('SELECT name FROM initiator_names WHERE mac = ? ORDER BY name').pluck()
  const put = db.prepare(`
    INSERT INTO initiator_names (name, mac) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET mac = excluded.mac`)
  const remove = db.prepare('DELETE FROM initiator_names WHERE name = ?')
  return {
    macOf: (name) => macOf.get(name),
    namesOf: (mac) => namesOf.all(mac),
    put: (name, mac) => void put.run(name, mac),
    remove: (name) => remove.run(name).changes > 0,
  }
}
