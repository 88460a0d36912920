import type { Database } from 'better-sqlite3'

/** One frozen step of the schema. Versions rise by tens. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly up: (db: Database) => void
}
