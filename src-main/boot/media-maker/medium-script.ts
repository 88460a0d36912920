import { AppError } from '../../base/errors.ts'
import { bootUrl, hyphenMac } from '../ipxe-script.ts'

/** An address that the PC takes instead of asking for one. All texts are dotted IPv4. */
export interface StaticAddress {
  readonly address: string
  readonly netmask: string
  readonly gateway?: string
}

/** What a boot medium knows. */
export interface MediumScript {
  readonly server: { readonly ip: string; readonly httpPort: number }
  /** The PC it is for, by its MAC in lower-case colon text; any PC otherwise. */
  readonly mac?: string
  /** Absent: the PC asks for an address by DHCP. */
  readonly address?: StaticAddress
}

const RETRY_SECONDS = 5
const FETCH_TIMEOUT_MS = 8000
/** Switches with spanning tree let nothing through for half a minute after the link is up. */
const LINK_TIMEOUT_MS = 35_000

/** The script on a boot medium: gets an address, asks the server, and never gives up. Runs on iPXE of 2019, 1.21 and 2.x.
 *  Errors: config.usage for an address that cannot work. */
export function mediumScript(o: MediumScript): string {
  return [
    '#!ipxe',
    `# Bootlace boot medium for ${o.server.ip}`,
    ...(o.address ? fixed(o, o.address) : byDhcp(o)),
    '',
  ].join('\n')
}

/** Where the medium sends its PC. One made for a PC asks for that PC's script, whatever card it is plugged into. */
export const mediumUrl = (o: MediumScript): string =>
  o.mac === undefined
    ? bootUrl({ ...o.server, iscsiPort: 0 }, 'boot.ipxe')
    : bootUrl({ ...o.server, iscsiPort: 0 }, 'client', hyphenMac(o.mac), 'boot.ipxe')

const QUERY = 'p=${platform}&a=${buildarch}&u=${uuid}&v=${version:uristring}'

const ask = (o: MediumScript): string =>
  `chain --replace --autofree --timeout ${FETCH_TIMEOUT_MS} ${mediumUrl(o)}?${QUERY} ||`

const noAnswer = (o: MediumScript): string[] => [
  `echo Bootlace: ${o.server.ip} does not answer (error \${errno}), this PC is \${netX/ip}`,
  'echo Bootlace: is Bootlace running, and does its computer still have this address? Trying again',
]

const byDhcp = (o: MediumScript): string[] => [
  ':start',
  `echo Bootlace: starting from a boot medium for ${o.server.ip}`,
  'dhcp || goto no-address',
  ask(o),
  ...noAnswer(o),
  `sleep ${RETRY_SECONDS}`,
  'goto start',
  ':no-address',
  'echo Bootlace: no router gave this PC an address (error ${errno}), trying again',
  'echo Bootlace: look at the network cable, or make a medium with an address of its own',
  `sleep ${RETRY_SECONDS}`,
  'goto start',
]

/** Tries each network card that has a link, because the address does not say which one it is for. */
function fixed(o: MediumScript, a: StaticAddress): string[] {
  checkAddress(a, o.server.ip)
  return [
    ':start',
    `echo Bootlace: starting from a boot medium for ${o.server.ip}, as ${a.address}`,
    'set bl-card:int32 0',
    ':card',
    'isset ${net${bl-card}/mac} || goto no-more',
    'echo Bootlace: trying network card ${net${bl-card}/mac}',
    `set net\${bl-card}/ip ${a.address}`,
    `set net\${bl-card}/netmask ${a.netmask}`,
    ...(a.gateway === undefined ? [] : [`set net\${bl-card}/gateway ${a.gateway}`]),
    'ifopen net${bl-card} || goto next-card',
    `iflinkwait --timeout ${LINK_TIMEOUT_MS} net\${bl-card} || goto next-card`,
    ask(o),
    ...noAnswer(o),
    ':next-card',
    'ifclose net${bl-card} ||',
    'clear net${bl-card}/ip ||',
    'inc bl-card',
    'goto card',
    ':no-more',
    'echo Bootlace: no network card of this PC reaches it, trying again',
    `sleep ${RETRY_SECONDS}`,
    'goto start',
  ]
}

/** Errors: config.usage when an address is none, or the server cannot be reached from it. */
export function checkAddress(a: StaticAddress, serverIp: string): void {
  const refuse = (what: string, hint: string): never => {
    throw new AppError('config.usage', what, { hint })
  }
  const number = (name: string, text: string): number =>
    ipv4(text) ?? refuse(`"${text}" is no ${name}`, 'Write it like 192.168.1.50.')
  const address = number('address', a.address)
  const mask = number('netmask', a.netmask)
  const server = ipv4(serverIp)!
  // Ones, then zeros.
  const host = ~mask >>> 0
  if (mask === 0 || (host & (host + 1)) !== 0)
    refuse(`${a.netmask} is no netmask`, 'A usual one is 255.255.255.0; look at that of this computer.')
  if (address === server)
    refuse(`${a.address} is the address of this computer`, 'Choose one that nobody on the network has.')
  if (host > 1 && ((address & host) === 0 || (address & host) >>> 0 === host))
    refuse(`${a.address} stands for the whole network`, 'Choose one that nobody on the network has.')
  const together = (other: number): boolean => ((address ^ other) & mask) === 0
  if (a.gateway === undefined) {
    if (!together(server))
      refuse(
        `${serverIp} is on another network than ${a.address}`,
        'Choose an address on the same network, or name the router between them as the gateway.',
      )
    return
  }
  const gateway = number('gateway', a.gateway)
  if (gateway === address || !together(gateway))
    refuse(`the gateway ${a.gateway} is not on the network of ${a.address}`, 'Look at the gateway of this computer.')
}

/** A dotted address as a number. */
function ipv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  const parts = match?.slice(1).map(Number)
  if (!parts || parts.some((part) => part > 255)) return undefined
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}
