import { randomInt } from 'node:crypto'
import type { PreflightCheck, PreflightReport } from '../../api/setup.ts'
import { toAppError } from '../../base/errors.ts'
import { ARCH } from '../../dhcp/arch-type.ts'
import { DHCP_PORTS } from '../../dhcp/listener.ts'
import { readFirewall } from '../../platform/firewall/firewall.ts'
import { listInterfaces } from '../../platform/interfaces.ts'
import { readCard } from '../../platform/network-card.ts'
import { lookAtDelays } from './checks/delays.ts'
import { lookAtFirewall, type NeededPort } from './checks/firewall.ts'
import { lookAtInterface } from './checks/interface.ts'
import { lookAtLoaders } from './checks/loaders.ts'
import { lookAtOtherServers } from './checks/other-servers.ts'
import { lookAtPause, lookAtServices, PAUSED } from './checks/services.ts'
import { lookAtSpace } from './checks/space.ts'
import type { SetupNeeds } from './needs.ts'
import { probeMacOf } from './probe-mac.ts'
import { selfTest } from './self-test/self-test.ts'
import { serversOf } from './wire/offers.ts'
import { firmwareDiscover, loaderDiscover, type Asker } from './wire/questions.ts'
import { openTalk, type Talk } from './wire/talk.ts'

/** A router may look for three seconds whether an address is free before it offers it (dnsmasq's PING_WAIT). */
const HEAR_MS = 4000
/** The second call, for those that missed the first. */
const REPEAT_AFTER_MS = 1200

/** What one run of the checks goes by. */
interface Run extends SetupNeeds {
  readonly conversation: Promise<Conversation>
  readonly wantsSelfTest: boolean
}
interface Conversation {
  /** Undefined when it could not be had, because of `why`. */
  readonly talk?: Talk
  readonly why?: string
  readonly hint?: string
  readonly mac: string
  readonly asked: Readonly<Record<'bios' | 'uefi' | 'loader', Asker>>
}

const ONLY_4011 = 'Another server sends PCs here, and is not asked by this check.'

/** One thing to look at; `title` is what it is about, for when it fails. */
interface Row {
  readonly id: string
  readonly title: string
  readonly look: (run: Run) => readonly PreflightCheck[] | Promise<readonly PreflightCheck[]>
}

/** In the order in which a boot needs them. */
const CHECKS: readonly Row[] = [
  { id: 'interface', title: 'The network card', look: interfaceRow },
  {
    id: 'ports',
    title: 'The services',
    look: ({ services, dhcpMode }) => lookAtServices(services, { dhcp: dhcpMode() }),
  },
  { id: 'paused', title: 'The services', look: ({ bootsPaused }) => lookAtPause(bootsPaused()) },
  { id: 'loaders', title: 'The loader files', look: ({ network }) => lookAtLoaders(network()?.loaders.names() ?? []) },
  { id: 'otherDhcp', title: 'Other servers on the network', look: otherServersRow },
  {
    id: 'delay',
    title: 'Whether PCs are held back',
    look: ({ served, network }) => lookAtDelays(readCard(served.name), network()?.heardLate),
  },
  { id: 'firewall', title: 'The firewall', look: firewallRow },
  { id: 'space', title: 'The space for disks', look: ({ disks }) => lookAtSpace(disks.hostSpace(), disks.folder) },
  { id: 'selfTest', title: 'The way of a PC', look: selfTestRow },
]

/** Looks at everything that a boot depends on. */
export class Preflight {
  readonly #n: SetupNeeds
  /** Questions on the network are asked by one at a time; who asks for the same meanwhile is told the same. */
  #last: Promise<unknown> = Promise.resolve()
  readonly #running = new Map<boolean, Promise<PreflightReport>>()

  constructor(needs: SetupNeeds) {
    this.#n = needs
  }

  /** Errors: none; what could not be looked at is `unknown`. */
  run(wantsSelfTest: boolean): Promise<PreflightReport> {
    const known = this.#running.get(wantsSelfTest)
    if (known) return known
    const report = this.#last.then(() => this.#run(wantsSelfTest)).finally(() => this.#running.delete(wantsSelfTest))
    this.#running.set(wantsSelfTest, report)
    this.#last = report
    return report
  }

  async #run(wantsSelfTest: boolean): Promise<PreflightReport> {
    const conversation = converse(this.#n)
    const run: Run = { ...this.#n, conversation, wantsSelfTest }
    try {
      const found = await Promise.all(CHECKS.map((row) => this.#look(row, run)))
      return { atMs: this.#n.clock.now(), checks: found.flat() }
    } finally {
      ;(await conversation).talk?.close()
    }
  }
  async #look(row: Row, run: Run): Promise<readonly PreflightCheck[]> {
    try {
      return await row.look(run)
    } catch (thrown) {
      const { message, hint } = toAppError(thrown)
      this.#n.logger.warn({ component: 'engine.preflight', check: row.id }, message)
      return [
        {
          id: row.id,
          severity: 'unknown',
          title: `${row.title} could not be looked at.`,
          detail: `${message}.`,
          ...(hint !== undefined && { hint }),
        },
      ]
    }
  }
}

/** Calls as a BIOS PC, as a UEFI PC and as the loader would. Never rejects. */
async function converse({ served, clock, logger }: SetupNeeds): Promise<Conversation> {
  const mac = probeMacOf(served.mac)
  const asker = (): Asker => ({ mac, xid: randomInt(1, 2 ** 32) })
  const asked = { bios: asker(), uefi: asker(), loader: asker() }
  if (readCard(served.name)?.kind === 'loopback') {
    return { mac, asked, why: 'There is no network behind the loopback interface.' }
  }
  let talk: Talk | undefined
  try {
    talk = await openTalk(served, clock)
    const opened = talk
    const call = async () => {
      await opened.call(firmwareDiscover(asked.bios, ARCH.biosX86))
      await opened.call(firmwareDiscover(asked.uefi, ARCH.efiX64))
      await opened.call(loaderDiscover(asked.loader, ARCH.efiX64))
    }
    await call()
    // A call that gets lost is no finding.
    const again = () =>
      call().catch((thrown: unknown) => logger.warn({ component: 'engine.preflight' }, toAppError(thrown).message))
    clock.after(REPEAT_AFTER_MS, 'second call', () => void again())
    return { mac, asked, talk }
  } catch (thrown) {
    talk?.close()
    const { message, hint } = toAppError(thrown)
    return { mac, asked, why: `${message}.`, ...(hint !== undefined && { hint }) }
  }
}

function interfaceRow({ served }: Run): PreflightCheck[] {
  const there = listInterfaces({ loopback: true }).some((i) => i.name === served.name && i.address === served.address)
  return lookAtInterface(served, readCard(served.name), there)
}

async function otherServersRow({ conversation, served, dhcpMode }: Run): Promise<PreflightCheck[]> {
  const { talk, why, hint } = await conversation
  if (!talk) {
    return [
      {
        id: 'otherDhcp',
        severity: 'unknown',
        title: 'Whether other servers answer PCs that start could not be heard.',
        ...(why !== undefined && { detail: why }),
        ...(hint !== undefined && { hint }),
      },
    ]
  }
  await talk.wait(() => false, HEAR_MS)
  return lookAtOtherServers(serversOf(talk.replies), served, dhcpMode() === 'server')
}

async function firewallRow({ served, services, dhcpMode }: Run): Promise<PreflightCheck[]> {
  const portOf = (id: string): number | undefined => {
    const address = services.list().find((s) => s.id === id && s.state === 'running')?.address
    return address === undefined ? undefined : Number(/:(\d+)(?: |$)/.exec(address)?.[1])
  }
  const ports: NeededPort[] = []
  if (portOf('dhcp') !== undefined) {
    if (dhcpMode() !== '4011')
      ports.push({ protocol: 'udp', port: DHCP_PORTS.dhcp, use: 'the boot answers', isBroadcast: true })
    ports.push({ protocol: 'udp', port: DHCP_PORTS.pxe, use: 'the boot answers', isBroadcast: false })
  }
  for (const [id, protocol, use] of [
    ['tftp', 'udp', 'the loader files'],
    ['http', 'tcp', 'the boot scripts'],
    ['iscsi', 'tcp', 'the disks'],
  ] as const) {
    const port = portOf(id)
    if (port !== undefined) ports.push({ protocol, port, use, isBroadcast: false })
  }
  return lookAtFirewall(await readFirewall(), served.name, ports)
}

async function selfTestRow({
  wantsSelfTest,
  conversation,
  network,
  served,
  clock,
  bootsPaused,
  dhcpMode,
}: Run): Promise<PreflightCheck[]> {
  const open = network()
  if (!wantsSelfTest || !open) return []
  const { talk, why, mac, asked } = await conversation
  const { addresses, loaders } = open
  const silent = bootsPaused() ? PAUSED : dhcpMode() === '4011' ? ONLY_4011 : undefined
  const heard = silent === undefined ? { talk, ...(why !== undefined && { why }) } : { talk: undefined, why: silent }
  return selfTest({ served, mac, clock, addresses, loaders, ...heard, asked })
}
