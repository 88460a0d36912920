import type { PreflightCheck } from '../../../api/setup.ts'
import { addressBytes } from '../../../dhcp/options.ts'
import type { ServedInterface } from '../../../platform/interfaces.ts'
import type { Offer } from '../wire/offers.ts'

/** Whether another server on the network gives addresses, and whether another one tells PCs what to boot. `isServer`: the
 *  addresses are ours to give. */
export function lookAtOtherServers(
  servers: readonly Offer[],
  served: ServedInterface,
  isServer = false,
): PreflightCheck[] {
  const others = servers.filter((s) => s.server !== served.address)
  return [isServer ? besideUs(others) : addresses(others, served), boots(others)]
}

function besideUs(others: readonly Offer[]): PreflightCheck {
  const id = 'otherDhcp'
  const givers = others.filter((s) => s.address !== undefined)
  if (givers.length === 0) return { id, severity: 'ok', title: 'Only Bootlace gives addresses on this network.' }
  return {
    id,
    severity: 'problem',
    title: `${listOf(givers)} gives addresses as well as Bootlace.`,
    hint: 'Two servers give one address to two PCs sooner or later: switch one of them off.',
  }
}

function addresses(others: readonly Offer[], served: ServedInterface): PreflightCheck {
  const givers = others.filter((s) => s.address !== undefined)
  const id = 'otherDhcp'
  const [first] = givers
  if (!first) {
    return {
      id,
      severity: 'problem',
      title: `Nobody on the network of ${served.name} gives addresses to PCs.`,
      hint: 'Connect your router to the same switch and see that its DHCP is on: Bootlace tells PCs what to boot, their addresses come from the router.',
    }
  }
  const strangers = givers.filter((s) => !sameNetwork(s.address!, served))
  if (strangers.length > 0) {
    return {
      id,
      severity: 'warning',
      title: `${listOf(strangers)} gives addresses of another network (${strangers.map((s) => s.address!).join(', ')}).`,
      hint: `PCs with such an address may not reach ${served.address}. Switch that DHCP server off, or put this computer on the same network.`,
    }
  }
  if (givers.length > 1) {
    return {
      id,
      severity: 'warning',
      title: `Several servers give addresses: ${listOf(givers)}.`,
      hint: 'If that is not on purpose, switch off all but one: PCs may get two that do not fit.',
    }
  }
  return { id, severity: 'ok', title: `${first.server} gives PCs their addresses.` }
}

function boots(others: readonly Offer[]): PreflightCheck {
  const id = 'otherPxe'
  const pxe = others.filter((s) => s.isPxe || s.file !== undefined)
  if (pxe.length === 0) return { id, severity: 'ok', title: 'Nobody else tells PCs what to boot.' }
  const files = pxe.filter((s) => s.file !== undefined).map((s) => `${s.server}: ${s.file}`)
  return {
    id,
    severity: 'warning',
    title: `${listOf(pxe)} tells PCs what to boot as well.`,
    ...(files.length > 0 && { detail: `It offers ${files.join(', ')}.` }),
    hint: 'Some PCs will follow it and not Bootlace. Switch network boot off there (in a router: “boot file”, “next server” or “PXE”).',
  }
}

const listOf = (servers: readonly Offer[]): string => servers.map((s) => s.server).join(', ')

function sameNetwork(address: string, { address: own, netmask }: ServedInterface): boolean {
  const [a, b, mask] = [addressBytes(address), addressBytes(own), addressBytes(netmask)]
  return mask.every((m, i) => (a[i]! & m) === (b[i]! & m))
}
