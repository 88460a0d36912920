/** What speaks against starting a Windows from an iSCSI disk, before anybody spends an hour on it. Plain values: it goes over
 *  the API as it is. */
export interface MediumFinding {
  /** Stable name, e.g. `windows.24h2`. */
  readonly id: string
  /** refuse: it cannot work, and Bootlace does not try. stop: it is known to fail; whoever knows better may go on. warn: some
   *  PCs, or some part of it. note: good to know. */
  readonly level: FindingLevel
  readonly grade: FindingGrade
  /** One short sentence. */
  readonly title: string
  readonly reason: string
  /** What to do. */
  readonly cure: string
  /** Who says so; absent where it was read from the medium itself. */
  readonly source?: string
  /** Date of what the source says, `2026-01-29`. */
  readonly asOf?: string
  /** Numbers of the editions it holds for; absent: all. */
  readonly editions?: readonly number[]
}

export type FindingLevel = 'refuse' | 'stop' | 'warn' | 'note'

/** read: stands on this very medium. booted: seen here. documented: by the makers of the system. reported: by others.
 *  untried: by nobody we know of. */
export type FindingGrade = 'read' | 'booted' | 'documented' | 'reported' | 'untried'

const ORDER: Readonly<Record<FindingLevel, number>> = { refuse: 0, stop: 1, warn: 2, note: 3 }

/** Most important first. */
export const byLevel = (findings: readonly MediumFinding[]): MediumFinding[] =>
  [...findings].sort((a, b) => ORDER[a.level] - ORDER[b.level])
