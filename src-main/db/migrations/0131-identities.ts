import type { Migration } from './migration.ts'

export const identities: Migration = {
  version: 131,
  name: 'UUIDs of machines, user-data for cloud-init',
  up: (db) =>
    db.exec(`
    ALTER TABLE machines ADD COLUMN uuid TEXT; -- as firmware says, lower case; not unique
    CREATE TABLE user_data (
      mac    TEXT UNIQUE REFERENCES clients (mac) ON DELETE CASCADE, -- of one PC
      family TEXT UNIQUE,                                            -- or of all PCs of an image
      text   TEXT NOT NULL,
      CHECK ((mac IS NULL) <> (family IS NULL))
    ) STRICT;
  `),
}
