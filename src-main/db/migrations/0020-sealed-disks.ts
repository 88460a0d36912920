import type { Migration } from './migration.ts'

export const sealedDisks: Migration = {
  version: 20,
  name: 'content hash of sealed disks',
  up: (db) =>
    db.exec(`
    ALTER TABLE disks ADD COLUMN content_hash TEXT;  -- SHA-256 of all blocks when it was sealed, hex; NULL: not sealed
  `),
}
