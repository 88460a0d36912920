import type { Migration } from './migration.ts'

export const installAnswers: Migration = {
  version: 136,
  name: 'answer files for the installation of Windows',
  up: (db) =>
    db.exec(`
    CREATE TABLE install_answers (
      mac  TEXT PRIMARY KEY REFERENCES clients (mac) ON DELETE CASCADE,
      text TEXT NOT NULL -- XML, may hold a password
    ) STRICT;
  `),
}
