import type { Migration } from './migration.ts'

export const dhcpLeases: Migration = {
  version: 100,
  name: 'addresses that were given to PCs',
  up: (db) =>
    db.exec(`
    CREATE TABLE dhcp_leases (
      address  TEXT PRIMARY KEY,  -- dotted
      mac      TEXT,              -- whose it is or last was; NULL: declined
      state    TEXT NOT NULL,     -- offered, bound, former, declined
      until_ms INTEGER NOT NULL   -- its end; of a former one: when it became free
    ) STRICT;
    CREATE TABLE dhcp_reservations (
      mac     TEXT PRIMARY KEY,
      address TEXT NOT NULL UNIQUE  -- dotted
    ) STRICT;
  `),
}
