import type { Database } from 'better-sqlite3'
import type { TimelineEvent, TimelineType } from '../../clients/client.ts'
import type { TimelineStore } from '../../clients/stores.ts'

interface Row {
  id: number
  at_ms: number
  mac: string
  client: string | null
  type: string
  text: string
  data: string
}

function fromRow(row: Row): TimelineEvent {
  return {
    id: row.id,
    atMs: row.at_ms,
    mac: row.mac,
    ...(row.client !== null && { client: row.client }),
    type: row.type as TimelineType,
    text: row.text,
    data: JSON.parse(row.data) as TimelineEvent['data'],
  }
}

/** The newest entries are kept; beyond `keep` the oldest go. */
export function createTimelineStore(db: Database, keep = 50_000): TimelineStore {
  const add = db.prepare(
    'INSERT INTO timeline (at_ms, mac, client, type, text, data) VALUES (@atMs, @mac, @client, @type, @text, @data)',
  )
  const trim = db.prepare('DELETE FROM timeline WHERE id <= ?')
  const after = db.prepare<[number, number], Row>('SELECT * FROM timeline WHERE id > ? ORDER BY id LIMIT ?')
  const afterOf = db.prepare<[string, number, number], Row>(
    'SELECT * FROM timeline WHERE mac = ? AND id > ? ORDER BY id LIMIT ?',
  )
  const newest = db.prepare<[number], Row>(
    'SELECT * FROM (SELECT * FROM timeline ORDER BY id DESC LIMIT ?) ORDER BY id',
  )
  const newestOf = db.prepare<[string, number], Row>(
    'SELECT * FROM (SELECT * FROM timeline WHERE mac = ? ORDER BY id DESC LIMIT ?) ORDER BY id',
  )
  return {
    add(event) {
      const { lastInsertRowid } = add.run({ ...event, client: event.client ?? null, data: JSON.stringify(event.data) })
      const id = Number(lastInsertRowid)
      if (id % 1000 === 0) trim.run(id - keep)
      return { ...event, id }
    },
    list({ mac, afterId, limit }) {
      const rows =
        afterId === undefined
          ? mac === undefined
            ? newest.all(limit)
            : newestOf.all(mac, limit)
          : mac === undefined
            ? after.all(afterId, limit)
            : afterOf.all(mac, afterId, limit)
      return rows.map(fromRow)
    },
  }
}
