import type { PreflightCheck } from '../../../api/setup.ts'
import type { ServedInterface } from '../../../platform/interfaces.ts'
import type { CardFacts } from '../../../platform/network-card.ts'

/** Below this, a system starts noticeably slower than from its own disk. */
const FAST_MBIT = 1000

/** Whether PCs can be on the network that is served. `isThere`: the interface has its address still. */
export function lookAtInterface(
  served: ServedInterface,
  card: CardFacts | undefined,
  isThere: boolean,
): PreflightCheck[] {
  const { name, address } = served
  const detail = describe(card)
  const check = (severity: PreflightCheck['severity'], title: string, hint?: string): PreflightCheck[] => [
    { id: 'interface', severity, title, ...(detail !== undefined && { detail }), ...(hint !== undefined && { hint }) },
  ]
  if (!isThere) {
    return check(
      'problem',
      `${name} does not have the address ${address} any more.`,
      'Plug the cable in again, or start Bootlace again so that it takes the new address.',
    )
  }
  if (card?.kind === 'loopback') {
    return check(
      'warning',
      'Only this computer itself is served, no PC can be reached.',
      'Start Bootlace with --interface and the name of a network card.',
    )
  }
  if (address.startsWith('169.254.')) {
    return check(
      'problem',
      `${name} has only the makeshift address ${address}: it got none from a router.`,
      'Connect this computer to the router, or give it a fixed address.',
    )
  }
  if (card?.hasLink === false) {
    return check(
      'problem',
      `Nothing is connected to ${name}.`,
      'Plug the network cable in, and switch the other end on.',
    )
  }
  const where = `${name} (${address})`
  if (card?.kind === 'wireless') {
    return check(
      'warning',
      `PCs are served on ${where}, which is Wi-Fi.`,
      'Connect this computer by cable: over Wi-Fi PCs start slowly, and not at all where the access point holds back what they call out.',
    )
  }
  if (card?.kind === 'virtual') {
    return check(
      'warning',
      `PCs are served on ${where}, which is no network card.`,
      'If your PCs are on another network, start Bootlace with --interface and the name of that card.',
    )
  }
  if (card?.megabitsPerSecond !== undefined && card.megabitsPerSecond < FAST_MBIT) {
    return check(
      'warning',
      `PCs are served on ${where}, which runs at ${card.megabitsPerSecond} Mbit/s only.`,
      'Use a gigabit switch and a cable with all eight wires: disks are as fast as the network.',
    )
  }
  return check('ok', `PCs are served on ${where}.`)
}

const KINDS = {
  cable: 'Network card',
  wireless: 'Wi-Fi card',
  bridge: 'Bridge or bond',
  virtual: 'Virtual network card',
  loopback: 'Loopback',
} as const

function describe(card: CardFacts | undefined): string | undefined {
  if (!card) return undefined
  const { kind, megabitsPerSecond, mtuBytes } = card
  const facts = [
    ...(megabitsPerSecond === undefined ? [] : [`${megabitsPerSecond} Mbit/s`]),
    ...(mtuBytes === undefined ? [] : [`packets up to ${mtuBytes} bytes`]),
  ]
  return `${[KINDS[kind], ...facts].join(', ')}.`
}
