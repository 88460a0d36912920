import type { Migration } from './migration.ts'

export const bootPaths: Migration = {
  version: 90,
  name: 'what firmware takes',
  up: (db) =>
    db.exec(`
    CREATE TABLE boot_paths (
      mac           TEXT NOT NULL,
      platform      TEXT NOT NULL,    -- bios, uefi-x64, …; a PC may boot as one and as the other
      model         TEXT,             -- maker and product, as the loader told
      loader        TEXT,             -- given next; NULL: the first that fits
      loader_worked INTEGER NOT NULL,
      form          TEXT,             -- binl, pxe10; NULL: the usual one
      form_worked   INTEGER NOT NULL,
      changed_ms    INTEGER NOT NULL,
      PRIMARY KEY (mac, platform)
    ) STRICT;
    CREATE TABLE boot_path_models (
      model    TEXT NOT NULL,
      platform TEXT NOT NULL,
      loader   TEXT,                  -- what worked; NULL: nothing known
      form     TEXT,
      PRIMARY KEY (model, platform)
    ) STRICT;
  `),
}
