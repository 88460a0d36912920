import { CodecError } from '../base/errors.ts'
import type { BootObservation, BootPlan, BootPlanner, BootRefusal, ClientHello } from '../boot/boot-planner.ts'
import { platformOfArch } from './arch-type.ts'
import {
  addressBytes,
  addressOption,
  BROADCAST,
  MESSAGE_TYPE,
  NO_ADDRESS,
  OPTION,
  textOption,
  textValue,
  u8Value,
} from './options.ts'
import { fitsFile, fitsSname, FLAG, macOf, messageTypeOf, OP, type DhcpPacket } from './packet.ts'
import {
  architectureOf,
  decodePxeOptions,
  encodePxeOptions,
  firmwareClass,
  HTTP_CLIENT,
  loaderKind,
  PREFER_US,
  PXE_CLIENT,
  PXE_OPTION,
  takeThisFile,
  userClasses,
  uuidOf,
} from './pxe-options.ts'
import { isRaspberryPi } from './raspberry-pi.ts'

/** What a proxy answers: boot information only. It never hands out an address: `yiaddr` is 0 and no option of a lease
 *  is sent, so it cannot disturb an ordinary client. Source: PXE 2.1 §2.2; RFC 4578. */

export interface ProxyContext {
  /** Our address on the served interface. */
  readonly serverIp: string
  readonly planner: BootPlanner
  /** Ports, changed by tests only. */
  readonly clientPort: number
  readonly relayPort: number
}

export interface Endpoint {
  readonly ip: string
  readonly port: number
}

export interface ProxyReply {
  readonly packet: DhcpPacket
  readonly to: Endpoint
}

export interface ProxyDecision {
  readonly reply?: ProxyReply
  readonly observations: readonly BootObservation[]
  /** One sentence for the log. */
  readonly why: string
}

/** Where a request was heard: on the DHCP port, or on the boot server port 4011. */
export type HeardOn = 'dhcp' | '4011'

/** Pure policy: what to answer to one decoded request, and what was learnt from it. Errors: none; a client's broken
 *  option is a `why` that starts with `client error:`. */
export function decideProxy(request: DhcpPacket, from: Endpoint, on: HeardOn, context: ProxyContext): ProxyDecision {
  if (request.op !== OP.request) return silent('not a request')
  const mac = macOf(request)
  if (!mac) return silent('no Ethernet address in chaddr')
  const type = messageTypeOf(request)
  if (on === 'dhcp' && type === MESSAGE_TYPE.request) return learnAddress(request, mac)
  if (on === 'dhcp' && type !== MESSAGE_TYPE.discover) return silent('not a DISCOVER')
  if (on === '4011' && type !== MESSAGE_TYPE.request && type !== MESSAGE_TYPE.inform)
    return silent('neither REQUEST nor INFORM on port 4011')
  try {
    return answer(request, mac, from, on, context)
  } catch (thrown) {
    if (!(thrown instanceof CodecError)) throw thrown
    return silent(`client error: ${thrown.message}`)
  }
}

const silent = (why: string, observations: readonly BootObservation[] = []): ProxyDecision => ({ observations, why })

/** A REQUEST on port 67 is meant for the router. It tells which address the machine is about to use. */
function learnAddress(request: DhcpPacket, mac: string): ProxyDecision {
  const ip = request.ciaddr === NO_ADDRESS ? addressOption(request.options, OPTION.requestedAddress) : request.ciaddr
  if (!ip || ip === NO_ADDRESS) return silent('a REQUEST without an address')
  return silent(`${mac} takes ${ip} from its router`, [{ type: 'address', mac, ip }])
}

function answer(request: DhcpPacket, mac: string, from: Endpoint, on: HeardOn, context: ProxyContext): ProxyDecision {
  const loader = loaderKind(request.options)
  const firmware = firmwareClass(request.options)
  if (!loader && !firmware) return silent('neither PXEClient nor HTTPClient nor iPXE')
  const via = firmware === 'HTTPClient' && !loader ? 'http' : 'pxe'
  // Servers that answer HTTP boot on 4011 confuse clients: that way has no such stage.
  if (via === 'http' && on === '4011') return silent('HTTP boot has no port 4011 stage')
  const hello = helloOf(request, mac, loader, via, on)
  const plan = context.planner.plan(hello)
  if (plan && 'refused' in plan) return silent(plan.text, [notServed(request, hello, plan)])
  const observations: BootObservation[] = [seen(request, hello)]
  if (on === '4011' && isUnicast(request.ciaddr)) observations.push({ type: 'address', mac, ip: request.ciaddr })
  if (!plan) return silent('not served', observations)
  const file = fileFor(hello, plan)
  if (!file) return silent('the plan has nothing for this kind of client', observations)
  observations.push({ type: 'offered', mac, via: on, file })
  return {
    reply: { packet: replyTo(request, hello, plan, file, on, context), to: destination(request, from, on, context) },
    observations,
    why: `${on === 'dhcp' ? 'offered' : 'acknowledged'} ${file} to ${mac}`,
  }
}

function helloOf(
  request: DhcpPacket,
  mac: string,
  loader: 'iPXE' | 'gPXE' | undefined,
  via: 'pxe' | 'http',
  on: HeardOn,
): ClientHello {
  const arch = architectureOf(request.options)
  const uuid = uuidOf(request.options)
  const platform = isRaspberryPi(mac, arch, request.options) ? 'pi' : platformOfArch(arch, via)
  return {
    mac,
    isIpxe: loader !== undefined,
    ...(loader === 'gPXE' && { isGpxe: true as const }),
    via,
    on,
    secs: request.secs,
    ...(arch !== undefined && { arch }),
    ...(platform !== undefined && { platform }),
    ...(uuid !== undefined && { uuid }),
  }
}

const seen = (request: DhcpPacket, hello: ClientHello): BootObservation => ({
  type: 'seen',
  ...heard(request, hello),
})

const notServed = (request: DhcpPacket, hello: ClientHello, { refused, text }: BootRefusal): BootObservation => ({
  type: 'notServed',
  ...heard(request, hello),
  refused,
  text,
})

function heard(request: DhcpPacket, { isGpxe: _isGpxe, ...hello }: ClientHello) {
  const vendorClass = textOption(request.options, OPTION.vendorClass)
  return { ...hello, ...(vendorClass !== undefined && { vendorClass }) }
}

function fileFor(hello: ClientHello, plan: BootPlan): string | undefined {
  if (hello.isIpxe) return plan.scriptUrl
  return hello.via === 'http' ? plan.loaderUrl : plan.loader
}

const isUnicast = (ip: string): boolean => ip !== NO_ADDRESS && ip !== BROADCAST

/** A client on 67 has no address yet: broadcast, or to its relay agent, which forwards (RFC 2131 §4.1). On 4011 the
 *  answer goes where the request came from: OVMF listens on 4011, a ROM on 68 (fixtures ovmf-pxe-snponly-efi,
 *  bios-rom-not-announcing-ipxe-e1000). */
function destination(request: DhcpPacket, from: Endpoint, on: HeardOn, context: ProxyContext): Endpoint {
  if (on === '4011') return isUnicast(from.ip) ? from : { ip: BROADCAST, port: context.clientPort }
  if (isUnicast(request.giaddr)) return { ip: request.giaddr, port: context.relayPort }
  return { ip: BROADCAST, port: context.clientPort }
}

function replyTo(
  request: DhcpPacket,
  hello: ClientHello,
  plan: BootPlan,
  file: string,
  on: HeardOn,
  context: ProxyContext,
): DhcpPacket {
  const toRelay = on === 'dhcp' && isUnicast(request.giaddr)
  const broadcast = on === 'dhcp' && !toRelay
  return {
    op: OP.reply,
    htype: request.htype,
    hlen: request.hlen,
    hops: 0,
    xid: request.xid,
    secs: 0,
    flags: broadcast ? FLAG.broadcast : request.flags,
    ciaddr: on === '4011' ? request.ciaddr : NO_ADDRESS,
    yiaddr: NO_ADDRESS,
    // iPXE passes over an offer whose siaddr is 0, even when `file` is a whole URL.
    siaddr: context.serverIp,
    giaddr: request.giaddr,
    chaddr: request.chaddr,
    sname: namesServer(hello) && fitsSname(context.serverIp) ? context.serverIp : '',
    file: fitsFile(file) ? file : '',
    options: optionsFor(request, hello, plan, file, on, context),
  }
}

/** Plain PXE firmware gets server and file in every place it might look; a loader that speaks URLs needs only the URL. */
const namesServer = (hello: ClientHello): boolean => !hello.isIpxe && hello.via === 'pxe'

function optionsFor(
  request: DhcpPacket,
  hello: ClientHello,
  plan: BootPlan,
  file: string,
  on: HeardOn,
  context: ProxyContext,
): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>()
  options.set(OPTION.messageType, u8Value(on === 'dhcp' ? MESSAGE_TYPE.offer : MESSAGE_TYPE.ack))
  options.set(OPTION.serverIdentifier, addressBytes(context.serverIp))
  options.set(OPTION.vendorClass, hello.via === 'http' ? HTTP_CLIENT : PXE_CLIENT)
  const uuid = request.options.get(OPTION.clientUuid)
  if (uuid) options.set(OPTION.clientUuid, uuid)
  const vendor = vendorOptions(request, hello, plan, on, context)
  if (vendor) options.set(OPTION.vendorSpecific, vendor)
  if (hello.isIpxe) options.set(OPTION.ipxeEncapsulated, PREFER_US)
  if (namesServer(hello)) options.set(OPTION.tftpServerName, textValue(context.serverIp))
  if (namesServer(hello) || !fitsFile(file)) options.set(OPTION.bootfileName, textValue(file))
  return options
}

/** Option 43 of the answer.
 *  - `pxe10` on 67: "take the file in this packet"; without it a PXE 2.1 ROM asks 4011, which is answered alike.
 *  - `binl` on 67: none. With any of 43.6-43.10 EDK2 takes the offer for the other form, which its builds before 2017 drop.
 *  - 4011: the boot item the client asked for comes back, as PXE 2.1 §2.2.4 wants it. */
function vendorOptions(
  request: DhcpPacket,
  hello: ClientHello,
  plan: BootPlan,
  on: HeardOn,
  context: ProxyContext,
): Uint8Array | undefined {
  if (hello.isIpxe || hello.via === 'http') return undefined
  if (on === '4011') {
    const item = bootItemOf(request)
    return item && encodePxeOptions(new Map([[PXE_OPTION.bootItem, item]]))
  }
  if (plan.offer === 'binl') return undefined
  return takeThisFile(hello.platform === 'bios' ? undefined : addressBytes(context.serverIp))
}

function bootItemOf(request: DhcpPacket): Uint8Array | undefined {
  const asked = request.options.get(OPTION.vendorSpecific)
  if (!asked) return undefined
  try {
    return decodePxeOptions(asked).get(PXE_OPTION.bootItem)
  } catch {
    // Option 43 is the vendor's own; one that is no list of sub-options is no reason to refuse a boot.
    return undefined
  }
}

/** One line about who asked, for logs. */
export function describeRequester(request: DhcpPacket): string {
  const parts = [macOf(request) ?? 'unknown hardware', textOption(request.options, OPTION.vendorClass) ?? 'no class']
  const classes = userClasses(request.options)
  if (classes.length > 0) parts.push(classes.join(','))
  return parts.join(' ')
}
