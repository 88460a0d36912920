import { addressOption, MESSAGE_TYPE, NO_ADDRESS, OPTION, textOption } from '../../../dhcp/options.ts'
import { messageTypeOf, OP, type DhcpPacket } from '../../../dhcp/packet.ts'
import { firmwareClass } from '../../../dhcp/pxe-options.ts'

/** A reply with the address it came from. */
export interface Reply {
  readonly packet: DhcpPacket
  readonly from: string
}

/** What one server answered to a PC that starts. */
export interface Offer {
  readonly server: string
  /** The address it would give; absent for one that only tells where to boot from. */
  readonly address?: string
  /** What it tells PCs to boot, if anything. */
  readonly file?: string
  /** It answers as a PXE server. */
  readonly isPxe: boolean
}

/** Undefined for what is no offer. */
export function offerOf({ packet, from }: Reply): Offer | undefined {
  const type = messageTypeOf(packet)
  if (packet.op !== OP.reply || (type !== MESSAGE_TYPE.offer && type !== MESSAGE_TYPE.ack)) return undefined
  const file = packet.file || textOption(packet.options, OPTION.bootfileName)
  return {
    server: addressOption(packet.options, OPTION.serverIdentifier) ?? from,
    ...(packet.yiaddr !== NO_ADDRESS && { address: packet.yiaddr }),
    ...(file && { file }),
    isPxe: firmwareClass(packet.options) !== undefined,
  }
}

/** What was heard of each server, in one. */
export function serversOf(replies: readonly Reply[]): Offer[] {
  const byServer = new Map<string, Offer>()
  for (const reply of replies) {
    const offer = offerOf(reply)
    if (!offer) continue
    const known = byServer.get(offer.server)
    byServer.set(offer.server, known ? { ...known, ...offer, isPxe: known.isPxe || offer.isPxe } : offer)
  }
  return [...byServer.values()].sort((a, b) => a.server.localeCompare(b.server, 'en', { numeric: true }))
}
