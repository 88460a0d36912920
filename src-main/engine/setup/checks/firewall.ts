import type { PreflightCheck } from '../../../api/setup.ts'
import type { Firewall } from '../../../platform/firewall/firewall.ts'
import { verdictOf, type ProbePacket } from '../../../platform/firewall/rules.ts'

/** A port of ours that PCs must reach. */
export interface NeededPort {
  readonly protocol: 'udp' | 'tcp'
  readonly port: number
  /** What for, as in `the disks`. */
  readonly use: string
  /** PCs that have no address yet call everybody. */
  readonly isBroadcast: boolean
}

/** Whether packets of PCs come through. */
export function lookAtFirewall(
  firewall: Firewall,
  interfaceName: string,
  ports: readonly NeededPort[],
): PreflightCheck[] {
  const remedy = remedyFor(firewall, interfaceName, ports)
  if (!firewall.tables) {
    const title = `Whether a firewall of this computer stops PCs cannot be seen.`
    return [
      {
        id: 'firewall',
        severity: 'unknown',
        title,
        ...(firewall.why !== undefined && { detail: `${firewall.tool ?? 'The firewall'}: ${firewall.why}.` }),
        hint: `If PCs do not get on: ${remedy}`,
      },
    ]
  }
  const asked = ports.map((port) => {
    const packet: ProbePacket = { interfaceName, ...port }
    return { port, verdict: verdictOf(firewall.tables!, packet) }
  })
  const dropped = asked.filter((a) => a.verdict === 'drop').map((a) => a.port)
  const doubtful = asked.filter((a) => a.verdict === 'maybe').map((a) => a.port)
  if (dropped.length > 0) {
    return [
      {
        id: 'firewall',
        severity: 'problem',
        title: `The firewall of this computer drops what PCs send to ${namesOf(dropped)}.`,
        detail: `Ports: ${portsOf(dropped)}, on ${interfaceName}.`,
        hint: remedyFor(firewall, interfaceName, dropped),
      },
    ]
  }
  if (doubtful.length > 0) {
    return [
      {
        id: 'firewall',
        severity: 'unknown',
        title: `The firewall of this computer lets only some packets through to ${namesOf(doubtful)}.`,
        detail: `Ports: ${portsOf(doubtful)}, on ${interfaceName}. It depends on more than the port.`,
        hint: `If PCs do not get on: ${remedy}`,
      },
    ]
  }
  return [{ id: 'firewall', severity: 'ok', title: 'No firewall of this computer is in the way of PCs.' }]
}

const namesOf = (ports: readonly NeededPort[]): string => {
  const uses = [...new Set(ports.map((p) => p.use))]
  return uses.length < 2 ? uses.join() : `${uses.slice(0, -1).join(', ')} and ${uses.at(-1)}`
}
const portsOf = (ports: readonly NeededPort[]): string =>
  ports.map((p) => `${p.protocol.toUpperCase()} ${p.port}`).join(', ')

function remedyFor({ tool }: Firewall, interfaceName: string, ports: readonly NeededPort[]): string {
  const byProtocol = (['udp', 'tcp'] as const)
    .map((protocol) => ({ protocol, list: ports.filter((p) => p.protocol === protocol).map((p) => p.port) }))
    .filter(({ list }) => list.length > 0)
  if (tool === 'ufw') {
    const commands = byProtocol.map(
      ({ protocol, list }) => `sudo ufw allow in on ${interfaceName} proto ${protocol} to any port ${list.join(',')}`,
    )
    return `allow them with: ${commands.join(' && ')}`
  }
  if (tool === 'firewalld') {
    const options = ports.map((p) => `--add-port=${p.port}/${p.protocol}`).join(' ')
    return `allow them with: sudo firewall-cmd --permanent ${options} && sudo firewall-cmd --reload`
  }
  return `allow ${portsOf(ports)} on ${interfaceName} in the firewall of this computer.`
}
