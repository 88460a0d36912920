import type { PreflightCheck } from '../../../api/setup.ts'
import type { LateHearings } from '../../../boot/late-hearing.ts'
import type { CardFacts } from '../../../platform/network-card.ts'

const id = 'delay'
const MOST_NAMED = 5

/** Whether what lies between holds PCs back when they are switched on, as spanning tree does. Nothing where nothing is known. */
export function lookAtDelays(
  card: Pick<CardFacts, 'holdsBackSeconds'> | undefined,
  heard: Pick<LateHearings, 'list' | 'hasHeard'> | undefined,
): PreflightCheck[] {
  const found: PreflightCheck[] = []
  const late = heard?.list() ?? []
  const [only] = late
  if (only) {
    found.push({
      id,
      severity: 'warning',
      title:
        late.length === 1
          ? `A PC had asked for ${only.seconds} seconds before it was heard here.`
          : `${late.length} PCs had asked for a while before they were heard here.`,
      detail: `${late
        .slice(-MOST_NAMED)
        .map((one) => `${one.mac}: ${one.seconds} s`)
        .join(', ')}.`,
      hint: 'The switch holds a port back when a PC is switched on (spanning tree), and many PCs give up meanwhile. In the switch, set the ports of PCs to “edge port”, “PortFast” or “RSTP”, or switch spanning tree off.',
    })
  }
  if (card?.holdsBackSeconds !== undefined)
    found.push({
      id,
      severity: 'warning',
      title: `The bridge of this computer holds a port back for ${card.holdsBackSeconds} seconds after it comes up (spanning tree).`,
      hint: 'Virtual PCs on it may give up meanwhile. If nothing else needs it, switch spanning tree off for that bridge (stp off, forward delay 0).',
    })
  if (found.length === 0 && heard?.hasHeard)
    found.push({ id, severity: 'ok', title: 'PCs were heard as soon as they asked.' })
  return found
}
