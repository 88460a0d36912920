import type { Database } from 'better-sqlite3'

/** One address that was given. */
export interface LeaseRow {
  readonly address: string
  /** Absent: nobody may have it. */
  readonly mac?: string
  readonly state: string
  readonly untilMs: number
}

/** Leases and reservations of the DHCP server. Durable when a call returns. */
export interface LeaseStore {
  all(): LeaseRow[]
  /** All of them or none. */
  put(rows: readonly LeaseRow[]): void
  /** Addresses by MAC. */
  reservations(): ReadonlyMap<string, string>
  reserve(mac: string, address: string): void
  unreserve(mac: string): void
}

export function createLeaseStore(db: Database): LeaseStore {
  type Row = { address: string; mac: string | null; state: string; until_ms: number }
  const all = db.prepare<[], Row>('SELECT * FROM dhcp_leases')
  const put = db.prepare(`
    INSERT INTO dhcp_leases (address, mac, state, until_ms) VALUES (@address, @mac, @state, @untilMs)
    ON CONFLICT (address) DO UPDATE SET mac = excluded.mac, state = excluded.state, until_ms = excluded.until_ms`)
  const reservations = db.prepare<[], { mac: string; address: string }>('SELECT * FROM dhcp_reservations')
  const reserve = db.prepare(`
    INSERT INTO dhcp_reservations (mac, address) VALUES (?, ?)
    ON CONFLICT (mac) DO UPDATE SET address = excluded.address`)
  const unreserve = db.prepare('DELETE FROM dhcp_reservations WHERE mac = ?')
  const putAll = db.transaction((rows: readonly LeaseRow[]) => {
    for (const row of rows) put.run({ mac: null, ...row })
  })
  return {
    all: () =>
      all.all().map((row) => ({
        address: row.address,
        ...(row.mac !== null && { mac: row.mac }),
        state: row.state,
        untilMs: row.until_ms,
      })),
    put: (rows) => putAll(rows),
    reservations: () => new Map(reservations.all().map(({ mac, address }) => [mac, address])),
    reserve: (mac, address) => void reserve.run(mac, address),
    unreserve: (mac) => void unreserve.run(mac),
  }
}
