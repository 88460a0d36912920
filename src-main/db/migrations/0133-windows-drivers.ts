import type { Migration } from './migration.ts'

export const windowsDrivers: Migration = {
  version: 133,
  name: 'driver folders of images, network cards of PCs',
  up: (db) =>
    db.exec(`
    CREATE TABLE driver_folders (
      disk   TEXT PRIMARY KEY REFERENCES disks (name) ON DELETE CASCADE ON UPDATE CASCADE,
      folder TEXT NOT NULL -- path on this computer
    ) STRICT;
    CREATE TABLE network_cards (
      mac    TEXT PRIMARY KEY, -- lower-case colon text
      bus_id TEXT NOT NULL     -- as iPXE names it, e.g. 01-10-ec-81-68
    ) STRICT;
  `),
}
