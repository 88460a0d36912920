import type { Migration } from './migration.ts'

export const clientAccess: Migration = {
  version: 80,
  name: 'passwords of clients',
  up: (db) =>
    db.exec(`
    ALTER TABLE clients ADD COLUMN chap TEXT;                            -- on, mutual; NULL: no password
    ALTER TABLE clients ADD COLUMN exclusive INTEGER NOT NULL DEFAULT 0; -- 1: disks for its own initiator name only
    CREATE TABLE chap_secrets (
      mac            TEXT PRIMARY KEY REFERENCES clients (mac) ON DELETE CASCADE,
      secret         TEXT NOT NULL,  -- the PC's, ASCII
      reverse_secret TEXT NOT NULL   -- ours, ASCII
    ) STRICT;
  `),
}
