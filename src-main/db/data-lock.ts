import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { AppError } from '../base/errors.ts'

/** One engine per data folder, which is made if need be: an exclusive SQLite lock that the operating system drops with the
 *  process, however it ends.
 *  Errors: engine.dataInUse with the owner's PID, config.dataDir. Returns how to let go. */
export function lockDataFolder(dataDir: string): () => void {
  const pidFile = join(dataDir, 'engine.pid')
  const lockFile = join(dataDir, 'engine.lock')
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    // Nobody else may open it: a lock on it would keep the engine from starting.
    closeSync(openSync(lockFile, 'a', 0o600))
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    throw new AppError('config.dataDir', `the data folder ${dataDir} cannot be used (${code})`, {
      hint: 'Choose a folder that you may write to with --data, or start Bootlace as the user it belongs to.',
      cause,
    })
  }
  const db = new BetterSqlite3(lockFile, { timeout: 0 })
  try {
    db.pragma('journal_mode = DELETE')
    db.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') throw cause
    const pid = Number(readText(pidFile))
    throw new AppError('engine.dataInUse', `another engine${pid > 0 ? ` (PID ${pid})` : ''} already uses ${dataDir}`, {
      hint: 'Use that one, end it first, or choose another folder with --data.',
      data: { pid },
      cause,
    })
  }
  writeFileSync(pidFile, `${process.pid}\n`)
  return () => db.close()
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The other engine has not written it yet; the refusal names no PID then.
    return ''
  }
}
