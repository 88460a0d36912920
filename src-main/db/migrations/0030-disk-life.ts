import type { Migration } from './migration.ts'

export const diskLife: Migration = {
  version: 30,
  name: 'restore points, image versions, what PCs keep, space over time',
  up: (db) =>
    db.exec(`
    CREATE TABLE restore_points (
      id          INTEGER PRIMARY KEY AUTOINCREMENT,
      disk        TEXT    NOT NULL REFERENCES disks(name),
      file        TEXT    NOT NULL UNIQUE,         -- path, relative to the disk folder
      format      TEXT    NOT NULL,
      identity    TEXT    NOT NULL,                -- 32 hex digits; by this a raw file is known to what stands on it
      parent      TEXT    REFERENCES disks(name),  -- the image below
      base_point  INTEGER REFERENCES restore_points(id),
      note        TEXT    NOT NULL,
      created_ms  INTEGER NOT NULL                 -- UTC
    ) STRICT;
    CREATE INDEX restore_points_disk ON restore_points(disk);

    CREATE TABLE stray_files (
      file        TEXT    PRIMARY KEY              -- being made, or to be removed; relative to the disk folder or absolute
    ) STRICT;

    CREATE TABLE jobs (
      id          TEXT    PRIMARY KEY,
      kind        TEXT    NOT NULL,
      title       TEXT    NOT NULL,
      total_bytes INTEGER NOT NULL,
      started_ms  INTEGER NOT NULL                 -- UTC; rows are those that run, or ran when the program ended
    ) STRICT;

    CREATE TABLE space_samples (
      at_ms       INTEGER PRIMARY KEY,             -- UTC
      used_bytes  INTEGER NOT NULL,                -- all disks together, on the host
      free_bytes  INTEGER NOT NULL
    ) STRICT;

    ALTER TABLE disks ADD COLUMN base_point INTEGER REFERENCES restore_points(id);
    ALTER TABLE disks ADD COLUMN stamp_bytes INTEGER;         -- of a sealed file
    ALTER TABLE disks ADD COLUMN stamp_modified_ms REAL;      -- UTC
    ALTER TABLE disks ADD COLUMN family TEXT;                 -- of a sealed disk
    ALTER TABLE disks ADD COLUMN version INTEGER;
    ALTER TABLE disks ADD COLUMN channel TEXT;
    ALTER TABLE disks ADD COLUMN note TEXT;
    ALTER TABLE disks ADD COLUMN quota_bytes INTEGER;
    ALTER TABLE disks ADD COLUMN reset_at_boot INTEGER NOT NULL DEFAULT 0;
    UPDATE disks SET family = name, version = 1, channel = 'production' WHERE sealed_ms IS NOT NULL;
    CREATE UNIQUE INDEX disks_version ON disks(family, version);
    CREATE UNIQUE INDEX disks_channel ON disks(family, channel);

    ALTER TABLE clients ADD COLUMN keep TEXT NOT NULL DEFAULT 'always';   -- always, never, until
    ALTER TABLE clients ADD COLUMN keep_until_ms INTEGER;                 -- UTC
    ALTER TABLE clients ADD COLUMN channel TEXT NOT NULL DEFAULT 'production';  -- production, test, pinned
    ALTER TABLE clients ADD COLUMN second_disk TEXT REFERENCES disks(name);
    CREATE INDEX clients_second_disk ON clients(second_disk);
  `),
}
