import type { Database } from 'better-sqlite3'
import type { WakePlan, WakeSchedule, WakeScheduleStore } from '../../clients/wake-plan.ts'

interface Row {
  id: number
  plan: string
  time: string
  weekdays: string
  created_ms: number
}

const fromRow = (row: Row): WakeSchedule => ({
  id: row.id,
  plan: JSON.parse(row.plan) as WakePlan,
  time: row.time,
  weekdays: JSON.parse(row.weekdays) as number[],
  createdMs: row.created_ms,
})

export function createWakeScheduleStore(db: Database): WakeScheduleStore {
  const all = db.prepare<[], Row>('SELECT * FROM wake_schedules ORDER BY time, id')
  const add = db.prepare('INSERT INTO wake_schedules (plan, time, weekdays, created_ms) VALUES (?, ?, ?, ?)')
  const remove = db.prepare('DELETE FROM wake_schedules WHERE id = ?')
  return {
    all: () => all.all().map(fromRow),
    add: (s) => {
      const { lastInsertRowid } = add.run(JSON.stringify(s.plan), s.time, JSON.stringify(s.weekdays), s.createdMs)
      return { ...s, id: Number(lastInsertRowid) }
    },
    remove: (id) => remove.run(id).changes > 0,
  }
}
