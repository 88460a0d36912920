/** Packet filters as rules that can be asked: does this packet pass? What a rule looks at and we do not know is "maybe". */

/** The first packet of a PC to one of our ports. */
export interface ProbePacket {
  readonly interfaceName: string
  readonly protocol: 'udp' | 'tcp'
  readonly port: number
  readonly isBroadcast: boolean
}

export type Verdict = 'accept' | 'drop' | 'maybe'

/** `undefined`: it depends on something that is not known here. */
export type Test = (packet: ProbePacket) => boolean | undefined

export type Action =
  { readonly do: 'accept' | 'drop' | 'return' | 'next' } | { readonly do: 'jump' | 'goto'; readonly chain: string }

export interface Rule {
  readonly tests: readonly Test[]
  readonly action: Action
}

/** The chains of one table. */
export interface Table {
  readonly chains: ReadonlyMap<string, readonly Rule[]>
  /** Chains that every packet to this computer goes through, with what becomes of one that no rule decides. */
  readonly entries: readonly { readonly chain: string; readonly policy: 'accept' | 'drop' }[]
}

type Outcome = 'accept' | 'drop' | 'return'

/** Deeper than any real set of rules; kernels refuse loops. */
const DEEPEST = 32

/** What becomes of a packet: it must pass every entry of every table. */
export function verdictOf(tables: readonly Table[], packet: ProbePacket): Verdict {
  let verdict: Verdict = 'accept'
  for (const table of tables) {
    for (const { chain, policy } of table.entries) {
      const ends = new Set([...outcomes(table, chain, packet, 0)].map((end) => (end === 'return' ? policy : end)))
      if (!ends.has('accept')) return 'drop'
      if (ends.has('drop')) verdict = 'maybe'
    }
  }
  return verdict
}

/** Every way in which a chain may end for the packet. */
function outcomes(table: Table, chain: string, packet: ProbePacket, depth: number): Set<Outcome> {
  const ends = new Set<Outcome>()
  for (const rule of table.chains.get(chain) ?? []) {
    const applies = all(rule.tests, packet)
    if (applies === false) continue
    const { ways, goesOn } = follow(table, rule.action, packet, depth)
    for (const way of ways) ends.add(way)
    if (applies && !goesOn) return ends
  }
  return ends.add('return')
}

function follow(
  table: Table,
  action: Action,
  packet: ProbePacket,
  depth: number,
): { ways: Outcome[]; goesOn: boolean } {
  if (action.do === 'next') return { ways: [], goesOn: true }
  if (action.do !== 'jump' && action.do !== 'goto') return { ways: [action.do], goesOn: false }
  if (depth >= DEEPEST) return { ways: ['accept', 'drop'], goesOn: true }
  const inner = outcomes(table, action.chain, packet, depth + 1)
  if (action.do === 'goto') return { ways: [...inner], goesOn: false }
  return { ways: [...inner].filter((way) => way !== 'return'), goesOn: inner.has('return') }
}

function all(tests: readonly Test[], packet: ProbePacket): boolean | undefined {
  let known = true
  for (const test of tests) {
    const passes = test(packet)
    if (passes === false) return false
    if (passes === undefined) known = false
  }
  return known ? true : undefined
}

export const not =
  (test: Test): Test =>
  (packet) => {
    const passes = test(packet)
    return passes === undefined ? undefined : !passes
  }
export const unknown: Test = () => undefined
