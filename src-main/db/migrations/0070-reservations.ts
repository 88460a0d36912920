import type { Migration } from './migration.ts'

export const reservations: Migration = {
  version: 70,
  name: 'persistent reservations of disks, and installation media as drives',
  up: (db) =>
    db.exec(`
    CREATE TABLE reservations (
      disk   TEXT PRIMARY KEY REFERENCES disks (name) ON DELETE CASCADE,
      state  TEXT NOT NULL  -- JSON: what was registered with APTPL, and what is reserved
    ) STRICT;
    ALTER TABLE clients ADD COLUMN medium_drive TEXT;  -- path of an ISO that the PC sees as a CD drive; NULL: none
  `),
}
