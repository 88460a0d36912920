import { attempt } from '../disk/attempt.ts'
import type { FileTree } from '../disk/file-system.ts'
import { linesOf, pairOf, parseAssignments } from './text-files.ts'

/** One setting that may pull the network card from under the disk. */
export interface NetworkSetting {
  /** The file it stands in. */
  readonly file: string
  /** fixed: an address typed in; takesDown: the card is set up anew after the start; byMac: it belongs to one card;
   *  bridge: the card becomes part of a bridge or bond. */
  readonly kind: 'fixed' | 'takesDown' | 'byMac' | 'bridge'
  /** The card, where the file names one. */
  readonly card: string
  /** The address, or the line itself. */
  readonly text: string
}

const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?\b/
const MOST_FILES = 64
const MOST_LINES = 20_000
const LONGEST_LINE = 4096

/** Cards' settings of ifupdown, netplan, NetworkManager, systemd-networkd, ifcfg files and dhcpcd, and names bound to MAC addresses. */
export async function readNetworkSettings(
  files: FileTree,
): Promise<{ readonly settings: readonly NetworkSetting[]; readonly unread: readonly string[] }> {
  const settings: NetworkSetting[] = []
  const unread: string[] = []
  const each = async (
    folder: string,
    name: RegExp,
    parse: (text: string, file: string) => readonly NetworkSetting[],
  ): Promise<void> => {
    const names = await attempt(async () => (await files.names(folder)) ?? [])
    if (!names.ok) unread.push(`${folder}: ${names.reason}`)
    for (const found of (names.ok ? names.value : []).filter((n) => name.test(n)).slice(0, MOST_FILES)) {
      const file = `${folder}/${found}`
      const text = await attempt(() => files.text(file))
      if (!text.ok) unread.push(`${file}: ${text.reason}`)
      else if (text.value !== undefined) settings.push(...parse(text.value, file))
    }
  }
  await each('/etc/network', /^interfaces$/, ifupdown)
  await each('/etc/network/interfaces.d', /^[\w.-]+$/, ifupdown)
  await each('/etc/netplan', /\.ya?ml$/, netplan)
  await each('/etc/NetworkManager/system-connections', /^[^.]/, networkManager)
  await each('/etc/systemd/network', /\.network$/, networkd)
  await each('/etc/sysconfig/network-scripts', /^ifcfg-/, ifcfg)
  await each('/etc/sysconfig/network', /^ifcfg-/, ifcfg)
  await each('/etc', /^dhcpcd\.conf$/, dhcpcd)
  await each('/etc/udev/rules.d', /^70-persistent-net\.rules$/, persistentNames)
  return { settings, unread }
}

/** Source: interfaces(5). `manual` leaves the card alone. */
export function ifupdown(text: string, file: string): NetworkSetting[] {
  const settings: NetworkSetting[] = []
  let card = ''
  let method = ''
  for (const line of linesOf(text)) {
    const iface = /^iface\s+(\S+)\s+inet6?\s+(\S+)/.exec(line)
    if (iface) {
      card = iface[1]!
      method = iface[2]!
      if (card !== 'lo' && method === 'dhcp') settings.push({ file, kind: 'takesDown', card, text: line })
      continue
    }
    const ports = /^bridge[_-]ports\s+(.+)$/.exec(line)
    if (ports && ports[1] !== 'none') settings.push({ file, kind: 'bridge', card, text: ports[1]! })
    const address = /^address\s+(\S+)/.exec(line)
    if (address && method === 'static' && card !== 'lo') settings.push({ file, kind: 'fixed', card, text: address[1]! })
  }
  return settings
}

/** Cards are two levels below `ethernets:`; only addresses, MACs, DHCP and bridges are looked for. Source: netplan(5);
 *  `critical` keeps what the card has while networkd starts and stops. */
export function netplan(text: string, file: string): NetworkSetting[] {
  const settings: NetworkSetting[] = []
  let section = ''
  let card = ''
  let cardIndent = -1
  let inAddresses = false
  /** Deeper lines than this belong to name servers, whose addresses are not the card's. */
  let skipBelow = Infinity
  let asksDhcp = false
  let isCritical = false
  const endOfCard = (): void => {
    if (section === 'ethernets' && asksDhcp && !isCritical)
      settings.push({ file, kind: 'takesDown', card, text: 'dhcp4: true' })
    asksDhcp = isCritical = false
  }
  for (const raw of text.split('\n', MOST_LINES)) {
    const line = withoutComment(raw.slice(0, LONGEST_LINE))
    if (line.trim() === '') continue
    const indent = line.length - line.trimStart().length
    const key = /^\s*(?:"([^"]+)"|([\w.*-]+))\s*:\s*(.*)$/.exec(line)
    const name = key ? (key[1] ?? key[2]!) : undefined
    if (name !== undefined && /^(ethernets|bridges|bonds|vlans|wifis)$/.test(name)) {
      endOfCard()
      section = name
      cardIndent = -1
      continue
    }
    if (section === '' || section === 'wifis') continue
    if (name !== undefined && (cardIndent < 0 || indent <= cardIndent)) {
      endOfCard()
      card = name
      cardIndent = indent
      inAddresses = false
      skipBelow = Infinity
      continue
    }
    if (indent > skipBelow) continue
    skipBelow = name === 'nameservers' ? indent : Infinity
    if (name !== undefined) inAddresses = name === 'addresses'
    const address = inAddresses ? ADDRESS.exec(name === undefined ? line : key![3]!) : null
    if (address) settings.push({ file, kind: 'fixed', card, text: address[0] })
    if (name === 'macaddress') settings.push({ file, kind: 'byMac', card, text: key![3]! })
    if (name === 'dhcp4') asksDhcp = isYes(key![3]!)
    if (name === 'critical') isCritical = isYes(key![3]!)
    if (name === 'interfaces' && /^(bridges|bonds)$/.test(section))
      settings.push({ file, kind: 'bridge', card, text: line.trim() })
  }
  endOfCard()
  return settings
}

const isYes = (value: string): boolean => /^["']?(true|yes|on|y)["']?$/i.test(value.trim())

/** A `#` at the start or behind a blank. */
function withoutComment(line: string): string {
  for (let at = line.indexOf('#'); at >= 0; at = line.indexOf('#', at + 1))
    if (at === 0 || /\s/.test(line[at - 1]!)) return line.slice(0, at)
  return line
}

/** Source: nm-settings-keyfile(5). */
export function networkManager(text: string, file: string): NetworkSetting[] {
  const sections = ini(text)
  const connection = sections.get('connection')
  const type = connection?.get('type') ?? ''
  if (!/ethernet|^$/.test(type)) return []
  const card = connection?.get('interface-name') ?? connection?.get('id') ?? ''
  const settings: NetworkSetting[] = []
  const address = sections.get('ipv4')?.get('address1') ?? sections.get('ipv4')?.get('addresses')
  if (sections.get('ipv4')?.get('method') === 'manual' && address !== undefined)
    settings.push({ file, kind: 'fixed', card, text: address.split(',')[0]! })
  const mac = sections.get('ethernet')?.get('mac-address') ?? sections.get('802-3-ethernet')?.get('mac-address')
  if (mac !== undefined) settings.push({ file, kind: 'byMac', card, text: mac })
  const port = connection?.get('slave-type') ?? connection?.get('port-type')
  if (port !== undefined && /^(bridge|bond|team)$/.test(port))
    settings.push({ file, kind: 'bridge', card, text: `port of a ${port}` })
  return settings
}

/** Source: systemd.network(5). */
export function networkd(text: string, file: string): NetworkSetting[] {
  const sections = ini(text)
  const match = sections.get('match')
  const card = match?.get('name') ?? ''
  if (/^(lo|wl|ww|docker|veth|br-|virbr)/.test(card)) return []
  const settings: NetworkSetting[] = []
  const address = sections.get('network')?.get('address') ?? sections.get('address')?.get('address')
  if (address !== undefined && ADDRESS.test(address)) settings.push({ file, kind: 'fixed', card, text: address })
  if (match?.has('macaddress')) settings.push({ file, kind: 'byMac', card, text: match.get('macaddress')! })
  const network = sections.get('network')
  const dhcp = network?.get('dhcp')
  if (
    dhcp !== undefined &&
    /^(yes|true|on|1|both|ipv4|v4)$/i.test(dhcp) &&
    !/^(yes|static|dhcp)$/i.test(keeps(network))
  )
    settings.push({ file, kind: 'takesDown', card, text: `DHCP=${dhcp}` })
  for (const kind of ['bridge', 'bond'])
    if (network?.has(kind)) settings.push({ file, kind: 'bridge', card, text: `${kind} ${network.get(kind)!}` })
  return settings
}

const keeps = (network: ReadonlyMap<string, string> | undefined): string => network?.get('keepconfiguration') ?? ''

/** Of RHEL and its kin up to 8, and of openSUSE. Source: RHEL's networking guide, "ifcfg"; ifcfg(5) of SUSE's wicked. */
export function ifcfg(text: string, file: string): NetworkSetting[] {
  const values = parseAssignments(text)
  const card = values.get('DEVICE') ?? file.slice(file.lastIndexOf('ifcfg-') + 6)
  if (card === 'lo') return []
  const settings: NetworkSetting[] = []
  const address = [...values].find(([name]) => /^IPADDR\d*$/.test(name))?.[1]
  if (address !== undefined && address !== '') settings.push({ file, kind: 'fixed', card, text: address })
  const mac = values.get('HWADDR')
  if (mac !== undefined) settings.push({ file, kind: 'byMac', card, text: mac })
  const bridge = values.get('BRIDGE') ?? values.get('MASTER')
  if (bridge !== undefined) settings.push({ file, kind: 'bridge', card, text: bridge })
  return settings
}

/** Source: dhcpcd.conf(5). */
export function dhcpcd(text: string, file: string): NetworkSetting[] {
  const settings: NetworkSetting[] = []
  let card = ''
  for (const line of linesOf(text)) {
    const block = /^interface\s+(\S+)/.exec(line)
    if (block) card = block[1]!
    const address = /^static\s+ip_address=(\S+)/.exec(line)
    if (address) settings.push({ file, kind: 'fixed', card, text: address[1]! })
  }
  return settings
}

/** Source: udev(7); Debian up to 8 and others of that time wrote the file by themselves. */
export const persistentNames = (text: string, file: string): NetworkSetting[] =>
  linesOf(text)
    .filter((line) => /ATTR\{address\}/.test(line) && /NAME="/.test(line))
    .map((line) => ({
      file,
      kind: 'byMac',
      card: /NAME="([^"]*)"/.exec(line)![1]!,
      text: /ATTR\{address\}=="([^"]*)"/.exec(line)?.[1] ?? line,
    }))

/** Sections and keys in lower case; the first of several equal keys counts. */
function ini(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>()
  let section = new Map<string, string>()
  for (const line of linesOf(text)) {
    const head = /^\[([^\]]+)\]$/.exec(line)
    if (head) {
      const name = head[1]!.toLowerCase()
      section = sections.get(name) ?? new Map<string, string>()
      sections.set(name, section)
      continue
    }
    const pair = pairOf(line)
    if (pair && !section.has(pair[0].toLowerCase())) section.set(pair[0].toLowerCase(), pair[1])
  }
  return sections
}
