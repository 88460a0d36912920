import type { Migration } from './migration.ts'

export const first: Migration = {
  version: 10,
  name: 'clients, disks, timeline, settings',
  up: (db) =>
    db.exec(`
    CREATE TABLE disks (
      name        TEXT    PRIMARY KEY,             -- lower-case, part of the target name
      file        TEXT    NOT NULL UNIQUE,         -- path, relative to the disk folder
      format      TEXT    NOT NULL,
      size_bytes  INTEGER NOT NULL,                -- what the client sees
      serial      TEXT    NOT NULL UNIQUE,         -- VPD page 80h; never changes, never used again
      naa         TEXT    NOT NULL UNIQUE,         -- VPD page 83h, hex digits
      parent      TEXT    REFERENCES disks(name),
      sealed_ms   INTEGER,                         -- UTC; NULL: writable
      created_ms  INTEGER NOT NULL                 -- UTC
    ) STRICT;

    CREATE TABLE clients (
      mac         TEXT    PRIMARY KEY,             -- lower-case colon text
      name        TEXT    NOT NULL UNIQUE,
      disk        TEXT    REFERENCES disks(name),
      stage       TEXT    NOT NULL,
      loader      TEXT    NOT NULL,
      medium      TEXT,
      kernel      TEXT,
      initrd      TEXT,
      kernel_args TEXT,
      created_ms  INTEGER NOT NULL                 -- UTC
    ) STRICT;
    CREATE INDEX clients_disk ON clients(disk);

    CREATE TABLE machines (
      mac           TEXT    PRIMARY KEY,
      firmware      TEXT,                          -- BIOS or UEFI
      ip            TEXT,                          -- the address its router gave it last
      first_seen_ms INTEGER NOT NULL,              -- UTC
      last_seen_ms  INTEGER NOT NULL               -- UTC
    ) STRICT;

    CREATE TABLE timeline (
      id      INTEGER PRIMARY KEY AUTOINCREMENT,
      at_ms   INTEGER NOT NULL,                    -- UTC
      mac     TEXT    NOT NULL,
      client  TEXT,                                -- its name at that time
      type    TEXT    NOT NULL,
      text    TEXT    NOT NULL,
      data    TEXT    NOT NULL                     -- JSON object
    ) STRICT;
    CREATE INDEX timeline_mac ON timeline(mac, id);

    CREATE TABLE settings (
      key   TEXT PRIMARY KEY,
      value TEXT NOT NULL                          -- JSON
    ) STRICT;
  `),
}
