import type { Migration } from './migration.ts'

export const bootChoices: Migration = {
  version: 110,
  name: 'menus, one start only, scheduled waking',
  up: (db) =>
    db.exec(`
    ALTER TABLE clients ADD COLUMN next_stage TEXT;   -- its next start only; NULL: as its stage says
    ALTER TABLE clients ADD COLUMN menu TEXT;         -- JSON of what its menu has of its own
    ALTER TABLE clients ADD COLUMN gateway TEXT;      -- clear: none in the boot table; NULL: that of the router
    ALTER TABLE clients ADD COLUMN own_scripts TEXT;  -- ignore: the user's own scripts do not count for it
    CREATE TABLE wake_schedules (
      id         INTEGER PRIMARY KEY,
      plan       TEXT NOT NULL,     -- JSON: who, in which order, how far apart
      time       TEXT NOT NULL,     -- HH:MM, in the time of this computer
      weekdays   TEXT NOT NULL,     -- JSON: 1 Monday to 7 Sunday
      created_ms INTEGER NOT NULL
    ) STRICT;
  `),
}
