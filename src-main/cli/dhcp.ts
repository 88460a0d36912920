import { InvalidArgumentError, Option, type Command } from 'commander'
import {
  DhcpMode,
  ROUTER_KINDS,
  type ClientValues,
  type DhcpView,
  type RouterConfig,
  type RouterKind,
} from '../api/dhcp.ts'
import { formatTime, say, table } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

/** Living beside a DHCP server, or being the one. */
export function addDhcpVerbs(program: Command): void {
  const noun = program.command('dhcp').description('how PCs get their addresses and are told what to boot')

  asVerb(noun.command('show', { isDefault: true }), 'bootlace dhcp')
    .description('the mode, and the addresses that were given')
    .action((o: CommonOptions) => runVerb(o, (engine) => engine.call('dhcp'), print))

  asVerb(noun.command('set <mode>'), 'bootlace dhcp set server --range 192.168.50.100-192.168.50.199')
    .description(`change the mode at once: ${DhcpMode.options.join(', ')}`)
    .option('--range <first-last>', 'with server: the addresses it hands out')
    .option('--router <address>', 'with server: the router PCs are told of')
    .option('--dns <addresses>', 'with server: the name servers PCs are told of, with commas between')
    .addOption(new Option('--lease <minutes>', 'with server: how long an address is given for').argParser(minutes))
    .option('--force', 'with server: hand out addresses even though another server does')
    .action(choose)

  asVerb(noun.command('reserve <pc> [address]'), 'bootlace dhcp reserve pc-01 192.168.50.20')
    .description('always give a PC the same address; without an address: no longer')
    .action((id: string, address: string | undefined, o: CommonOptions) =>
      runVerb(
        o,
        (engine) => engine.call('dhcpReserve', { id, address: address ?? null }),
        () => say(address === undefined ? `No address is kept for ${id} any more.` : `${address} is kept for ${id}.`),
      ),
    )

  asVerb(program.command('router-config [kind]'), 'bootlace router-config openwrt')
    .description(`what to write into a router that is to send PCs here: ${ROUTER_KINDS.join(', ')}`)
    .action((kind: string | undefined, o: CommonOptions, command: Command) => {
      const known = ROUTER_KINDS.find((each) => each === kind?.toLowerCase())
      if (kind !== undefined && known === undefined)
        return command.error(`There are no words for "${kind}". There are: ${ROUTER_KINDS.join(', ')}.`)
      return runVerb(
        o,
        (engine) => engine.call('routerConfig', { ...(known !== undefined && { kind: known }) }),
        (routers) => say(known === undefined ? listOf(routers) : describeRouter(routers[0]!)),
      )
    })
}

/** Below `client`, with the other verbs of one PC. */
export function addClientValues(client: Command): void {
  asVerb(client.command('values <pc>'), 'bootlace client values pc-01')
    .description('what to type into firmware or an iSCSI card that reaches the disk by itself')
    .action((id: string, o: CommonOptions) =>
      runVerb(
        o,
        (engine) => engine.call('clientValues', { id }),
        (values) => say(describeValues(values)),
      ),
    )
}

function minutes(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (!(value >= 2 && value <= 43_200)) throw new InvalidArgumentError('It is a number of minutes from 2 to 43200.')
  return value
}

function choose(
  mode: string,
  o: CommonOptions & { range?: string; router?: string; dns?: string; lease?: number; force?: boolean },
  command: Command,
): Promise<void> {
  const known = DhcpMode.options.find((each) => each === mode.toLowerCase())
  if (known === undefined)
    return command.error(`There is no mode "${mode}". There are: ${DhcpMode.options.join(', ')}.`)
  const range = o.range === undefined ? undefined : /^\s*(\S+?)\s*-\s*(\S+)\s*$/.exec(o.range)
  if (range === null) return command.error(`"${o.range}" is not a range. Write it as FIRST-LAST.`)
  return runVerb(
    o,
    async (engine) => {
      const { choice } = await engine.call('dhcp')
      return engine.call('dhcpChoose', {
        ...choice,
        mode: known,
        force: o.force ?? (known === choice.mode && choice.force),
        ...(range && { first: range[1]!, last: range[2]! }),
        ...(o.router !== undefined && { router: o.router === '' ? undefined : o.router }),
        ...(o.dns !== undefined && {
          dns: o.dns
            .split(',')
            .map((a) => a.trim())
            .filter(Boolean),
        }),
        ...(o.lease !== undefined && { leaseMinutes: o.lease }),
      })
    },
    print,
  )
}

const MODES: Readonly<Record<DhcpMode, string>> = {
  proxy: 'beside the router: PCs are told what to boot, their addresses come from the router',
  server: 'this computer gives addresses, and tells PCs what to boot',
  '4011': 'another server sends PCs here (port 4011)',
  off: 'off: the router tells PCs what to boot, see bootlace router-config',
}

function print(view: DhcpView): void {
  const { choice, leases, reservations, problem } = view
  say(`${choice.mode}: ${MODES[choice.mode]}`)
  if (choice.mode === 'server') {
    say(
      `range ${choice.first}-${choice.last}, ${view.free ?? '-'} of ${view.total ?? '-'} free, leases of ${choice.leaseMinutes} min`,
    )
    say(`router ${choice.router ?? 'none'}, name servers ${choice.dns.join(', ') || 'none'}`)
  }
  if (view.chosenBy === 'commandLine') say('said on the command line of serve, and counts again at the next start')
  if (problem) say(`PROBLEM  ${problem.message}. ${problem.hint ?? ''}`)
  if (leases.length > 0)
    say(
      '\n' +
        table(
          ['ADDRESS', 'MAC', 'PC', 'STATE', 'UNTIL'],
          leases.map((l) => [l.address, l.mac ?? '-', l.client ?? '-', l.state, formatTime(l.untilMs)]),
        ),
    )
  if (reservations.length > 0)
    say(
      '\n' +
        table(
          ['KEPT FOR', 'PC', 'ADDRESS'],
          reservations.map((r) => [r.mac, r.client ?? '-', r.address]),
        ),
    )
}

const SURE: Readonly<Record<RouterConfig['sure'], string>> = {
  tried: 'tried with the program itself',
  documentation: 'after the documentation, not tried on a device',
}

function listOf(routers: readonly RouterConfig[]): string {
  const rows = routers.map((r): string[] => [r.kind, r.title, SURE[r.sure]])
  return `${table(['KIND', 'FOR', 'HOW SURE'], rows)}\n\nShow one with: bootlace router-config ${'dnsmasq' satisfies RouterKind}`
}

function describeRouter({ title, where, sure, notes, text }: RouterConfig): string {
  return [`# ${title}: ${where}`, `# ${SURE[sure]}`, ...notes.map((n) => `# Mind: ${n}`), '', text.trimEnd()].join('\n')
}

const CHAP: Readonly<Record<ClientValues['chap'], string>> = {
  off: 'none',
  on: 'CHAP',
  mutual: 'mutual CHAP',
}

function describeValues(v: ClientValues): string {
  const rows: [string, string | undefined][] = [
    ['PC', `${v.client} (${v.mac})`],
    ['target address', v.targetAddress],
    ['target port', String(v.targetPort)],
    ['target name', v.targetName],
    ['boot LUN', String(v.lun)],
    ['second drive', v.secondLun === undefined ? undefined : `LUN ${v.secondLun}`],
    ['initiator name', v.initiatorName],
    ['authentication', CHAP[v.chap]],
    ['CHAP name', v.chapName],
    ['reverse name', v.reverseChapName],
    ['CHAP secret', v.chap === 'off' ? undefined : `shown by: bootlace client secret ${v.client}`],
    ['root path', v.rootPath],
  ]
  return rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(16)}${value}`)
    .join('\n')
}
