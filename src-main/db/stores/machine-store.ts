import type { Database } from 'better-sqlite3'
import type { Machine, MachineStore } from '../../clients/stores.ts'

interface Row {
  mac: string
  firmware: string | null
  ip: string | null
  uuid: string | null
  first_seen_ms: number
  last_seen_ms: number
}

export function createMachineStore(db: Database): MachineStore {
  const all = db.prepare<[], Row>('SELECT * FROM machines ORDER BY last_seen_ms DESC LIMIT 1000')
  const put = db.prepare(`
    INSERT INTO machines (mac, firmware, ip, uuid, first_seen_ms, last_seen_ms)
    VALUES (@mac, @firmware, @ip, @uuid, @firstSeenMs, @lastSeenMs)
    ON CONFLICT (mac) DO UPDATE SET firmware = excluded.firmware, ip = excluded.ip, uuid = excluded.uuid,
      last_seen_ms = excluded.last_seen_ms`)
  return {
    all: () =>
      all.all().map((row): Machine => ({
        mac: row.mac,
        ...(row.firmware !== null && { firmware: row.firmware }),
        ...(row.ip !== null && { ip: row.ip }),
        ...(row.uuid !== null && { uuid: row.uuid }),
        firstSeenMs: row.first_seen_ms,
        lastSeenMs: row.last_seen_ms,
      })),
    put: (machine) => void put.run({ firmware: null, ip: null, uuid: null, ...machine }),
  }
}
