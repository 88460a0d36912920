import { chmodSync, closeSync, existsSync, openSync } from 'node:fs'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { AppError } from '../base/errors.ts'
import { migrations } from './migrations/index.ts'
import type { Migration } from './migrations/migration.ts'

/** Opens the database, makes a backup beside it before the first change, and brings it to the newest schema.
 *  Errors: db.future (made by a newer Bootlace), db.open. */
export function openDatabase(path: string, steps: readonly Migration[] = migrations): Database {
  const existed = path !== ':memory:' && existsSync(path)
  let db: Database
  try {
    if (path !== ':memory:') keepPrivate(path)
    db = new BetterSqlite3(path)
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
  } catch (cause) {
    throw new AppError('db.open', `the database ${path} cannot be opened: ${(cause as Error).message}`, {
      hint: 'Check that the folder is writable and the disk is not full.',
      cause,
    })
  }
  try {
    migrate(db, steps, existed ? path : undefined)
  } catch (thrown) {
    db.close()
    throw thrown
  }
  return db
}

/** Runs the steps above the file's version in one transaction. `backupOf`: path to copy first. */
export function migrate(db: Database, steps: readonly Migration[], backupOf?: string): void {
  steps.forEach((step, i) => {
    if (i > 0 && step.version <= steps[i - 1]!.version)
      throw new AppError('bug', `migration ${step.version} is out of order`)
  })
  const version = db.pragma('user_version', { simple: true }) as number
  const newest = steps.at(-1)?.version ?? 0
  if (version > newest) {
    throw new AppError(
      'db.future',
      `this data folder was used by a newer Bootlace (schema ${version}, this one knows ${newest})`,
      {
        hint: 'Start the newer Bootlace, or choose another folder with --data.',
      },
    )
  }
  const due = steps.filter((step) => step.version > version)
  if (due.length === 0) return
  if (backupOf && version > 0) {
    const copy = `${backupOf}.before-${due[0]!.version}`
    if (!existsSync(copy)) {
      keepPrivate(copy)
      db.prepare('VACUUM INTO ?').run(copy)
    }
  }
  db.transaction(() => {
    for (const step of due) step.up(db)
    db.pragma(`user_version = ${newest}`)
  })()
}

/** The database holds the key of the browser window, so only its owner may read it, in whatever folder it lies. SQLite gives
 *  its journals the rights of the file, and `VACUUM INTO` takes an empty file that exists. */
function keepPrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
}
