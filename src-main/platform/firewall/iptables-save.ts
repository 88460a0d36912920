import { not, unknown, type Action, type ProbePacket, type Rule, type Table, type Test } from './rules.ts'

/** Rules as `iptables-save` prints them. Source: iptables(8), iptables-extensions(8). */
export function parseIptablesSave(text: string): Table {
  const chains = new Map<string, Rule[]>()
  let policy: 'accept' | 'drop' = 'accept'
  let inFilter = false
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) inFilter = line.trim() === '*filter'
    if (!inFilter) continue
    const chain = /^:(\S+) (\S+)/.exec(line)
    if (chain) {
      chains.set(chain[1]!, [])
      if (chain[1] === 'INPUT') policy = chain[2] === 'DROP' ? 'drop' : 'accept'
    }
    const rule = /^-A (\S+)\s*(.*)$/.exec(line)
    if (rule) chains.get(rule[1]!)?.push(parseRule(words(rule[2]!)))
  }
  return { chains, entries: chains.has('INPUT') ? [{ chain: 'INPUT', policy }] : [] }
}

const words = (text: string): string[] =>
  (text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, ''))

function parseRule(list: readonly string[]): Rule {
  const tests: Test[] = []
  let action: Action = { do: 'next' }
  for (let i = 0; i < list.length; i++) {
    const negated = list[i] === '!'
    if (negated) i++
    const option = list[i]!
    const value = list[i + 1] ?? ''
    if (option === '-j' || option === '-g') {
      action = targetOf(value, option === '-g')
      // What follows are the target's own options.
      break
    }
    const test = TESTS[option]?.(value)
    if (test) tests.push(negated ? not(test) : test)
    // An option we do not know may be a condition; its module's name and a comment are none.
    else if (!SILENT.has(option)) tests.push(unknown)
    while (list[i + 1] !== undefined && !/^(-|!$)/.test(list[i + 1]!)) i++
  }
  return { tests, action }
}

const SILENT: ReadonlySet<string> = new Set(['-m', '--comment'])

const TESTS: Readonly<Record<string, (value: string) => Test>> = {
  '-p': (value) => (packet) => value === 'all' || packet.protocol === value,
  '-i': (value) => (packet) =>
    value.endsWith('+') ? packet.interfaceName.startsWith(value.slice(0, -1)) : packet.interfaceName === value,
  '--dport': (value) => (packet) => inRanges(value, packet.port),
  '--dports': (value) => (packet) => inRanges(value, packet.port),
  '--ctstate': (value) => () => value.split(',').includes('NEW'),
  '--state': (value) => () => value.split(',').includes('NEW'),
  '--dst-type': (value) => (packet) => isOfType(value, packet),
  '--pkt-type': (value) => (packet) => (value === 'broadcast') === packet.isBroadcast,
}

/** `22,80,1000:2000`. */
const inRanges = (text: string, port: number): boolean =>
  text.split(',').some((range) => {
    const [first = '', last = first] = range.split(':')
    return port >= Number(first || 0) && port <= Number(last || 65535)
  })

const isOfType = (type: string, { isBroadcast }: ProbePacket): boolean =>
  type === 'BROADCAST' ? isBroadcast : type === 'LOCAL' ? !isBroadcast : false

const TARGETS: Readonly<Record<string, Action>> = {
  ACCEPT: { do: 'accept' },
  DROP: { do: 'drop' },
  REJECT: { do: 'drop' },
  RETURN: { do: 'return' },
}
/** Targets that do something beside and let the packet go on. */
const BESIDE: ReadonlySet<string> = new Set(['LOG', 'NFLOG', 'ULOG', 'MARK', 'CONNMARK', 'TRACE', 'AUDIT', 'SECMARK'])

function targetOf(name: string, isGoto: boolean): Action {
  return TARGETS[name] ?? (BESIDE.has(name) ? { do: 'next' } : { do: isGoto ? 'goto' : 'jump', chain: name })
}
