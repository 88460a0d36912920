import type { Database } from 'better-sqlite3'

/** What all disks took on the host at some time. */
export interface SpaceSample {
  /** UTC. */
  readonly atMs: number
  readonly usedBytes: number
  readonly freeBytes: number
}
export interface SpaceStore {
  since(atMs: number): SpaceSample[]
  /** Forgets what is older than `keepFromMs`. */
  add(sample: SpaceSample, keepFromMs: number): void
}

export function createSpaceStore(db: Database): SpaceStore {
  const since = db.prepare<[number], SpaceSample>(`
    SELECT at_ms AS atMs, used_bytes AS usedBytes, free_bytes AS freeBytes FROM space_samples
    WHERE at_ms >= ? ORDER BY at_ms`)
  const add = db.prepare(`
    INSERT OR REPLACE INTO space_samples (at_ms, used_bytes, free_bytes) VALUES (@atMs, @usedBytes, @freeBytes)`)
  const forget = db.prepare('DELETE FROM space_samples WHERE at_ms < ?')
  return {
    since: (atMs) => since.all(atMs),
    add(sample, keepFromMs) {
      db.transaction(() => {
        add.run(sample)
        forget.run(keepFromMs)
      })()
    },
  }
}
