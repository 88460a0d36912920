import type { Database } from 'better-sqlite3'

/** Persistent reservations that survive a loss of power, one JSON value a disk. Durable when a call returns. */
export interface ReservationStore {
  get(disk: string): unknown
  set(disk: string, state: unknown): void
  remove(disk: string): void
}

export function createReservationStore(db: Database): ReservationStore {
  const get = db.prepare<[string], { state: string }>('SELECT state FROM reservations WHERE disk = ?')
  const set = db.prepare(
    'INSERT INTO reservations (disk, state) VALUES (?, ?) ON CONFLICT (disk) DO UPDATE SET state = excluded.state',
  )
  const remove = db.prepare('DELETE FROM reservations WHERE disk = ?')
  return {
    get: (disk) => {
      const row = get.get(disk)
      return row === undefined ? undefined : (JSON.parse(row.state) as unknown)
    },
    set: (disk, state) => void set.run(disk, JSON.stringify(state)),
    remove: (disk) => void remove.run(disk),
  }
}
