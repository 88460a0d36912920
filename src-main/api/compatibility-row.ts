/** ran: it ran in this project's own lab. documented: its makers say so. reported: others say so. untried: nobody is known
 *  to have tried. cannot: it cannot work, with the reason. The first three say who knows, not that all is well. */
export type Grade = 'ran' | 'documented' | 'reported' | 'untried' | 'cannot'

export type CompatibilityGroup = 'windows' | 'linux' | 'hypervisors' | 'others' | 'firmware' | 'cards'

export interface Compatibility {
  readonly id: string
  readonly group: CompatibilityGroup
  readonly what: string
  readonly grade: Grade
  /** Month in which it was run, or in which the sources were read. */
  readonly when: string
  readonly known: string
  /** What to do differently. */
  readonly advice?: string
  /** A test of ours, or who says it, and when where that is known. */
  readonly sources: readonly string[]
}

/** When the rows were last gone through. */
export const NOW = '2026-11'
export const NOT_TRIED = 'Not tried here, and no report was found.'
