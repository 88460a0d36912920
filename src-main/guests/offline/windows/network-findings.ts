import { notReadable, type Finding } from '../report.ts'
import type { Adapter } from './adapters.ts'
import type { WindowsSystem } from './facts.ts'
import { isWindowsOwn, type Filters, type NetworkFilter } from './filters.ts'
import { AS_ADMIN, commandsForBoot, startsAtBoot, startText } from './services.ts'

/** What stands between Windows and its disk on the network: cards, their drivers, filters and addresses. */
export function networkFindings(system: WindowsSystem): Finding[] {
  const findings: Finding[] = []
  if (!system.adapters.ok) findings.push(notReadable('windows.nic', 'Network cards', system.adapters.reason))
  if (!system.filters.ok) findings.push(notReadable('windows.filters', 'Network filters', system.filters.reason))
  const adapters = system.adapters.ok ? system.adapters.value : []
  const cards = adapters.filter((a) => a.wired && a.bus !== 'virtual' && !a.disabled)
  if (system.adapters.ok && cards.length === 0) findings.push(noCard(adapters))
  for (const [i, card] of cards.entries()) findings.push(...cardFindings(card, i + 1, cards.length))
  if (system.filters.ok) findings.push(...filterFindings(system, system.filters.value, cards))
  return findings
}

const noCard = (others: readonly Adapter[]): Finding => ({
  id: 'windows.nic',
  severity: 'problem',
  title: 'Windows has no driver for a wired network card.',
  ...(others.length > 0 && { detail: `It only knows ${others.map((a) => a.name).join(', ')}.` }),
  remedy:
    "Install the Windows driver of the card that will start the PC (from the board's or card's maker), with the card plugged in, then make the image again.",
})

function cardFindings(card: Adapter, number: number, cards: number): Finding[] {
  const id = (name: string): string => (cards === 1 ? `windows.nic.${name}` : `windows.nic.${name}.${number}`)
  const findings: Finding[] = []
  const { service, driver } = card
  if (!service || !driver)
    findings.push({
      id: id('driver'),
      severity: 'problem',
      title: `${card.name} has no driver service.`,
      remedy: 'Install its driver again, then make the image again.',
    })
  else if (!driver.present.ok)
    findings.push(notReadable(id('driver'), `The driver of ${card.name}`, driver.present.reason))
  else if (!driver.present.value)
    findings.push({
      id: id('driver'),
      severity: 'problem',
      title: `The driver file of ${card.name} is missing.`,
      detail: `It should be ${windowsPath(driver.path)}.`,
      remedy: 'Install its driver again, then make the image again.',
    })
  else if (!startsAtBoot(service))
    findings.push({
      id: id('driver'),
      severity: 'problem',
      title: `The driver of ${card.name} starts too late.`,
      detail: `Windows loses its disk before the card works. ${startText(service)}`,
      remedy: `${AS_ADMIN}\n${commandsForBoot(service)}`,
    })
  else
    findings.push({
      id: id('driver'),
      severity: 'ok',
      title: `The driver of ${card.name} starts early enough.`,
      detail: `${startText(service)}${where(card)}`,
    })

  if (driver?.present.ok && driver.present.value) {
    if (!driver.netAdapterCx.ok)
      findings.push(notReadable(id('kind'), `Of which kind the driver of ${card.name} is`, driver.netAdapterCx.reason))
    else if (driver.netAdapterCx.value)
      findings.push({
        id: id('kind'),
        severity: 'problem',
        title: `The driver of ${card.name} is of a kind that cannot start Windows from the network.`,
        detail: `${windowsPath(driver.path)} is built on NetAdapterCx, with which Microsoft does not support starting over iSCSI.`,
        remedy: 'Install the older NDIS driver of the same maker ("NDIS" in its name), then make the image again.',
      })
  }
  if (card.fixedAddress !== undefined)
    findings.push({
      id: id('address'),
      severity: 'warning',
      title: `${card.name} has a fixed address.`,
      detail: `${card.fixedAddress}. When it differs from the one the PC started with, Windows loses its disk.`,
      remedy: 'Settings, Network & internet, Ethernet, IP assignment: Automatic (DHCP).',
    })
  if (card.deviceFilters.length > 0)
    findings.push({
      id: id('deviceFilters'),
      severity: 'warning',
      title: `Other drivers are attached to ${card.name}.`,
      detail: `${card.deviceFilters.join(', ')}. One of them that starts late stops Windows from starting.`,
      remedy: 'Uninstall the programs they belong to (VPN, antivirus, network tools) before you make the image.',
    })
  return findings
}

/** Windows knows a card by its kind and its slot: another one is new to it, and new comes too late. */
const where = (card: Adapter): string =>
  card.instanceId === '' ? '' : ` The PC that starts needs this card in the same slot (${card.instanceId}).`

function filterFindings(system: WindowsSystem, filters: Filters, cards: readonly Adapter[]): Finding[] {
  const findings: Finding[] = []
  const bound = (card: Adapter): NetworkFilter[] =>
    card.filterIds.map((id) => filters.known.get(id.toUpperCase())).filter((f) => f !== undefined)
  const boundAnywhere = new Map(cards.flatMap((card) => bound(card).map((filter) => [filter.id, filter] as const)))
  const foreign = [...boundAnywhere.values()].filter((f) => !isWindowsOwn(f))
  if (foreign.length > 0)
    findings.push({
      id: 'windows.filters',
      severity: foreign.some((f) => f.mandatory && !(f.service && startsAtBoot(f.service))) ? 'problem' : 'warning',
      title: 'Other programs listen in on the network card.',
      detail: `${foreign.map(describeFilter).join('; ')}. A filter that starts later than the disk is needed stops Windows with INACCESSIBLE_BOOT_DEVICE (7B).`,
      remedy:
        'Uninstall the programs they belong to (VPN, antivirus, packet capture, virtual machines), or open ncpa.cpl, the properties of the card, and untick them. Then make the image again.',
    })
  const wfp = system.wfpFilter
  const wfpBound = [...boundAnywhere.values()].filter((f) => /^ms_wfplwf/i.test(f.componentId))
  if (wfp && wfpBound.length > 0 && !startsAtBoot(wfp))
    findings.push({
      id: 'windows.filters.wfp',
      severity: 'problem',
      title: 'The firewall filter of Windows starts too late for a disk on the network.',
      detail: `It is bound to the card because Windows was installed on a local disk (Microsoft KB976042). ${startText(wfp)}`,
      remedy: `${AS_ADMIN}\n${commandsForBoot(wfp)}`,
    })
  const attached = [...filters.upperClass, ...filters.lowerClass]
  if (attached.length > 0)
    findings.push({
      id: 'windows.filters.class',
      severity: 'warning',
      title: 'Other drivers are attached to all network cards.',
      detail: `${attached.join(', ')}. One of them that starts late stops Windows from starting.`,
      remedy: 'Uninstall the programs they belong to before you make the image.',
    })
  if (findings.length === 0 && cards.length > 0)
    findings.push({
      id: 'windows.filters',
      severity: 'ok',
      title: 'No other program listens in on the network card.',
      ...(boundAnywhere.size > 0 && {
        detail: `Only filters of Windows: ${[...boundAnywhere.values()].map((f) => f.name).join(', ')}.`,
      }),
    })
  return findings
}

const describeFilter = (filter: NetworkFilter): string =>
  filter.service ? `${filter.name} (${startText(filter.service)})` : filter.name

const windowsPath = (path: string): string => `C:${path.replaceAll('/', '\\')}`
