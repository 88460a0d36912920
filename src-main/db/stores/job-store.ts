import type { Database } from 'better-sqlite3'

/** Work that runs, or ran when the program ended. */
export interface JobRow {
  readonly id: string
  readonly kind: string
  readonly title: string
  readonly totalBytes: number
  /** UTC. */
  readonly startedMs: number
}
export interface JobStore {
  all(): JobRow[]
  add(job: JobRow): void
  remove(id: string): void
}

export function createJobStore(db: Database): JobStore {
  const all = db.prepare<[], JobRow>(`
    SELECT id, kind, title, total_bytes AS totalBytes, started_ms AS startedMs FROM jobs ORDER BY started_ms`)
  const add = db.prepare(`
    INSERT INTO jobs (id, kind, title, total_bytes, started_ms) VALUES (@id, @kind, @title, @totalBytes, @startedMs)`)
  const remove = db.prepare('DELETE FROM jobs WHERE id = ?')
  return { all: () => all.all(), add: (job) => void add.run(job), remove: (id) => void remove.run(id) }
}
