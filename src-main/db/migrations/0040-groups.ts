import type { Migration } from './migration.ts'

export const groups: Migration = {
  version: 40,
  name: 'groups of clients',
  up: (db) =>
    db.exec(`
    ALTER TABLE clients ADD COLUMN group_name TEXT;  -- as typed; NULL: in no group
  `),
}
