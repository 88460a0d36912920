import type { Migration } from './migration.ts'

export const initiatorNames: Migration = {
  version: 120,
  name: 'further initiator names of clients',
  up: (db) =>
    db.exec(`
    CREATE TABLE initiator_names (
      name TEXT PRIMARY KEY, -- lower case
      mac  TEXT NOT NULL REFERENCES clients (mac) ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX initiator_names_by_mac ON initiator_names (mac);
  `),
}
