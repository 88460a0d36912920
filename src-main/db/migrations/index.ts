import { first } from './0010-first.ts'
import type { Migration } from './migration.ts'

/** In order; a released step never changes. */
export const migrations: readonly Migration[] = [first]
