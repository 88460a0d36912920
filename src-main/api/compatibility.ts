import { MACHINES } from './compatibility-machines.ts'
import type { Compatibility, CompatibilityGroup, Grade } from './compatibility-row.ts'
import { SYSTEMS } from './compatibility-systems.ts'

/** What is known of systems, firmware and cards, and how well. One table for the window's help and for COMPATIBILITY.md.
 *  Nothing stands here as working that was not run; a statement of others names them. */
export const COMPATIBILITY: readonly Compatibility[] = [...SYSTEMS, ...MACHINES]

/** In the order of their weight. */
export const GRADES: readonly Grade[] = ['ran', 'documented', 'reported', 'untried', 'cannot']
export const COMPATIBILITY_GROUPS: readonly CompatibilityGroup[] = [
  'windows',
  'linux',
  'hypervisors',
  'others',
  'firmware',
  'cards',
]

export type { Compatibility, CompatibilityGroup, Grade }
