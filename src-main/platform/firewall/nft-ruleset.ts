import { not, unknown, type Action, type Rule, type Table, type Test } from './rules.ts'

/** Rules as `nft -j list ruleset` prints them. Source: libnftables-json(5). */

type Json = Readonly<Record<string, unknown>>

/** Tables whose rules hold what only `iptables-save` can spell out, and tables of IPv6 alone, can be left out.
 *  Errors: SyntaxError when it is no JSON. */
export function parseNftRuleset(text: string, o: { readonly skipXtables: boolean }): Table[] {
  const list = ((JSON.parse(text) as { nftables?: readonly Json[] }).nftables ?? []).filter(
    (item) => familyOf(item) !== 'ip6',
  )
  const keyOf = (item: Json): string => `${String(item['family'])} ${String(item['table'])}`
  const byTable = new Map<string, { chains: Map<string, Rule[]>; entries: Table['entries'][number][]; xt: boolean }>()
  const tableOf = (item: Json) => {
    const known = byTable.get(keyOf(item)) ?? { chains: new Map<string, Rule[]>(), entries: [], xt: false }
    byTable.set(keyOf(item), known)
    return known
  }
  for (const item of list) {
    const chain = item['chain'] as Json | undefined
    if (chain) {
      const table = tableOf(chain)
      table.chains.set(String(chain['name']), [])
      if (chain['hook'] === 'input' && chain['type'] === 'filter')
        table.entries.push({ chain: String(chain['name']), policy: chain['policy'] === 'drop' ? 'drop' : 'accept' })
    }
    const rule = item['rule'] as Json | undefined
    if (!rule) continue
    const table = tableOf(rule)
    const statements = (rule['expr'] ?? []) as readonly Json[]
    table.xt ||= statements.some((s) => 'xt' in s)
    table.chains.get(String(rule['chain']))?.push(...rulesOf(statements))
  }
  return [...byTable.values()].filter((table) => !(o.skipXtables && table.xt))
}

const familyOf = (item: Json): unknown => (Object.values(item)[0] as Json | undefined)?.['family']

/** Statements without a part in the decision. */
const BESIDE: ReadonlySet<string> = new Set(['counter', 'log', 'notrack', 'mangle', 'quota'])

/** One rule; a verdict map becomes one rule for each of its pairs. */
function rulesOf(statements: readonly Json[]): Rule[] {
  const tests: Test[] = []
  for (const statement of statements) {
    const [kind = '', value] = Object.entries(statement)[0] ?? []
    const action = actionOf(kind, value)
    if (action) return [{ tests, action }]
    if (kind === 'vmap') return verdictMap(tests, value as Json)
    if (kind === 'match') tests.push(matchOf(value as Json))
    else if (!BESIDE.has(kind)) tests.push(unknown)
  }
  return [{ tests, action: { do: 'next' } }]
}

function actionOf(kind: string, value: unknown): Action | undefined {
  if (kind === 'accept' || kind === 'drop' || kind === 'return') return { do: kind }
  if (kind === 'reject') return { do: 'drop' }
  if (kind === 'jump' || kind === 'goto') return { do: kind, chain: String((value as Json)['target']) }
  return undefined
}

function verdictMap(tests: readonly Test[], vmap: Json): Rule[] {
  const data = vmap['data'] as Json | string
  const pairs =
    typeof data === 'string' ? undefined : (data['set'] as readonly (readonly [unknown, Json])[] | undefined)
  const either: Rule[] = [
    { tests: [...tests, unknown], action: { do: 'accept' } },
    { tests: [...tests, unknown], action: { do: 'drop' } },
  ]
  // A named map is not spelled out here.
  if (!pairs) return either
  return pairs.map(([key, verdict]) => {
    const [kind = '', value] = Object.entries(verdict)[0] ?? []
    const test: Test = matchOf({ op: '==', left: vmap['key'], right: key })
    return { tests: [...tests, test], action: actionOf(kind, value) ?? { do: 'next' } }
  })
}

function matchOf(match: Json): Test {
  const test = comparison(match['left'] as Json, match['right'])
  const op = match['op']
  if (op === '==' || op === 'in') return test
  return op === '!=' ? not(test) : unknown
}

function comparison(left: Json, right: unknown): Test {
  const [kind = '', value] = Object.entries(left ?? {})[0] ?? []
  const of = value as Json | undefined
  const key =
    kind === 'payload' ? `${String(of?.['protocol'])}.${String(of?.['field'])}` : `${kind}.${String(of?.['key'])}`
  switch (key) {
    case 'meta.iifname':
    case 'meta.iif':
      return (packet) => oneOf(right, packet.interfaceName)
    case 'meta.l4proto':
    case 'ip.protocol':
      return (packet) => oneOf(right, packet.protocol)
    case 'meta.nfproto':
      return () => oneOf(right, 'ipv4')
    case 'meta.pkttype':
      return (packet) => oneOf(right, packet.isBroadcast ? 'broadcast' : 'host')
    case 'ct.state':
      return () => oneOf(right, 'new')
    case 'udp.dport':
    case 'tcp.dport':
      return (packet) => packet.protocol === key.slice(0, 3) && oneOf(right, packet.port)
    case 'th.dport':
      return (packet) => oneOf(right, packet.port)
    default:
      return unknown
  }
}

/** Whether a value is what a rule names: itself, a set, a range, or a name with a star at its end. */
function oneOf(right: unknown, value: string | number): boolean | undefined {
  if (Array.isArray(right)) return any(right, value)
  if (typeof right === 'object' && right !== null) {
    const { set, range } = right as { set?: unknown; range?: readonly [number, number] }
    if (range) return typeof value === 'number' && value >= range[0] && value <= range[1]
    return set === undefined ? undefined : any(Array.isArray(set) ? set : [set], value)
  }
  // A named set, which is listed elsewhere.
  if (typeof right === 'string' && right.startsWith('@')) return undefined
  if (typeof right === 'string' && right.endsWith('*')) return String(value).startsWith(right.slice(0, -1))
  return String(right) === String(value)
}

function any(list: readonly unknown[], value: string | number): boolean | undefined {
  const found = list.map((item) => oneOf(item, value))
  return found.includes(true) ? true : found.includes(undefined) ? undefined : false
}
