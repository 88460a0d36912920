import { BUILD, REVISION } from '../../../base/windows-builds.ts'
import { valueOf } from '../disk/attempt.ts'
import { notReadable, type Finding } from '../report.ts'
import type { WindowsFacts, WindowsSystem, WindowsVersion } from './facts.ts'
import { habitFindings } from './habit-findings.ts'
import { networkFindings } from './network-findings.ts'
import { AS_ADMIN, commandsForBoot, startsAtBoot, startText, type Service } from './services.ts'
import { sysprepFinding } from './sysprep.ts'

const SHUT_DOWN = 'shutdown /s /t 0'

/** What the facts mean for starting this Windows over the network. */
export function windowsFindings(facts: WindowsFacts): Finding[] {
  const findings: Finding[] = []
  const add = (finding: Finding | undefined): void => {
    if (finding) findings.push(finding)
  }
  add(hibernationFinding(facts))
  add(volumeFinding(facts))
  if (facts.openHives.length > 0) add(openHives(facts.openHives))
  if (facts.version.ok) for (const finding of versionFindings(facts.version.value, facts.sysprep)) add(finding)
  else add(notReadable('windows.version', 'Which Windows it is', facts.version.reason, REPAIR))
  if (!facts.system.ok) {
    add(notReadable('windows.registry', 'The settings of Windows (registry)', facts.system.reason, REPAIR))
    return findings
  }
  const system = facts.system.value
  for (const finding of iscsiFindings(system, facts)) add(finding)
  for (const finding of networkFindings(system)) add(finding)
  add(fastStartupFinding(system))
  add(pageFileFinding(system))
  findings.push(...habitFindings(system, facts.version.ok ? facts.version.value : undefined))
  if (system.setupRunning)
    add({
      id: 'windows.setup',
      severity: 'warning',
      title: 'Windows is in the middle of its setup.',
      remedy: 'Start the PC, let the setup end, shut it down and make the image again.',
    })
  return findings
}

const REPAIR = `Start the PC and check its disk. ${AS_ADMIN}\nchkdsk C: /f\nThen restart, shut down and make the image again.`

function hibernationFinding({ hibernated }: WindowsFacts): Finding | undefined {
  if (!hibernated.ok) return notReadable('windows.hibernated', 'Whether Windows is hibernated', hibernated.reason)
  if (hibernated.value !== 'hibernated') return undefined
  return {
    id: 'windows.hibernated',
    severity: 'problem',
    title: 'The PC was not shut down: Windows is hibernated.',
    detail:
      'Fast Startup does this at every ordinary shutdown. Windows would go on with the memory of the old PC, and its disk is not in order until then.',
    remedy: `Start the PC. ${AS_ADMIN}\npowercfg /hibernate off\n${SHUT_DOWN}\nThen make the image again.`,
  }
}

function volumeFinding({ volumeUnclean, hibernated }: WindowsFacts): Finding | undefined {
  // A hibernated Windows leaves its disk open: one sentence about it is enough.
  if (volumeUnclean === undefined || (hibernated.ok && hibernated.value === 'hibernated')) return undefined
  return {
    id: 'windows.volume',
    severity: 'warning',
    title: 'The disk of Windows was not closed properly.',
    detail: `${capital(volumeUnclean)}. What is shown here may be older than what Windows knew.`,
    remedy: `${AS_ADMIN}\nchkdsk C: /f\nAnswer Y, restart, then shut down with:\n${SHUT_DOWN}`,
  }
}

const openHives = (names: readonly string[]): Finding => ({
  id: 'windows.registry.open',
  severity: 'warning',
  title: 'The registry was not closed properly.',
  detail: `Windows was still writing ${names.join(' and ')}. Its last changes stand in a log that is not read here, so some of what follows may be out of date.`,
  remedy: `Start the PC, wait a minute, shut it down and make the image again:\n${SHUT_DOWN}`,
})

/** Builds of which a second start from iSCSI works from KB5074105 on. */
const CORRECTED_24H2: readonly number[] = [BUILD.germanium, BUILD.release25h2]

function versionFindings(version: WindowsVersion, sysprep: WindowsFacts['sysprep']): Finding[] {
  const build = version.revision === undefined ? `${version.buildNumber}` : `${version.buildNumber}.${version.revision}`
  const name = [version.name, version.release].filter((part) => part !== '').join(' ')
  const findings: Finding[] = [{ id: 'windows.version', severity: 'ok', title: `This is ${name}, build ${build}.` }]
  const { server, buildNumber, revision } = version
  const lacks = (correction: keyof typeof REVISION) => revision !== undefined && revision < REVISION[correction]
  if (!server && CORRECTED_24H2.includes(buildNumber) && lacks('kb5074105'))
    findings.push({
      id: 'windows.update',
      severity: 'problem',
      title: 'This build of Windows starts once from the network, then no more.',
      detail: `Users report that build ${build} stops at the second start with INACCESSIBLE_BOOT_DEVICE (7B). Update KB5074105 (build ${buildNumber}.${REVISION.kb5074105}) corrects it.`,
      remedy:
        'Open Settings, Windows Update, install everything, restart until nothing is left, then make the image again.',
    })
  if (server && buildNumber === BUILD.germanium && lacks('kb5051987'))
    findings.push({
      id: 'windows.update',
      severity: 'warning',
      title: 'This build of Windows Server may not find its disk on the network.',
      detail: `News of February 2025 tell that Server 2025 may stop with "boot device inaccessible". Microsoft's update KB5051987 (build ${BUILD.germanium}.${REVISION.kb5051987}) corrects it.`,
      remedy:
        'Open Settings, Windows Update, install everything, restart until nothing is left, then make the image again.',
    })
  if (buildNumber < BUILD.windows7)
    findings.push({
      id: 'windows.old',
      severity: 'problem',
      title: 'This Windows is too old to start from the network by itself.',
      remedy: 'Use Windows 7 or newer.',
    })
  findings.push(sysprepFinding(version.imageState, valueOf(sysprep)))
  return findings
}

function iscsiFindings(system: WindowsSystem, facts: WindowsFacts): Finding[] {
  const findings: Finding[] = []
  const { iscsi } = system
  if (!iscsi || (facts.iscsiDriverFile.ok && !facts.iscsiDriverFile.value)) {
    findings.push({
      id: 'windows.iscsi.driver',
      severity: 'problem',
      title: 'The driver for network disks (iSCSI) is missing from Windows.',
      detail: iscsi ? 'The file msiscsi.sys is not in System32\\drivers.' : 'The registry has no service iScsiPrt.',
      remedy: `It belongs to every Windows. ${AS_ADMIN}\nsfc /scannow`,
    })
  } else if (!facts.iscsiDriverFile.ok) {
    findings.push(
      notReadable('windows.iscsi.driver', 'The driver for network disks (iSCSI)', facts.iscsiDriverFile.reason),
    )
  } else findings.push(bootService('windows.iscsi.driver', iscsi, 'The driver for network disks (iSCSI)'))
  if (!system.iscsiDevice)
    findings.push({
      id: 'windows.iscsi.device',
      severity: 'warning',
      title: 'Windows has not set up its iSCSI device yet.',
      detail: 'The registry has no ROOT\\ISCSIPRT\\0000. It is made when the iSCSI service starts for the first time.',
      remedy: `${AS_ADMIN}\nsc config MSiSCSI start= auto\nnet start MSiSCSI`,
    })
  for (const [id, service, what] of [
    ['windows.ndis', system.ndis, 'The network core (NDIS)'],
    ['windows.tcpip', system.tcpip, 'TCP/IP'],
  ] as const) {
    if (!service)
      findings.push({ id, severity: 'problem', title: `${what} is missing from the registry.`, remedy: REPAIR })
    else if (!startsAtBoot(service)) findings.push(bootService(id, service, what))
  }
  return findings
}

function bootService(id: string, service: Service, what: string): Finding {
  if (startsAtBoot(service))
    return { id, severity: 'ok', title: `${what} starts early enough.`, detail: startText(service) }
  return {
    id,
    severity: 'problem',
    title: `${what} starts too late.`,
    detail: `Windows loses its disk before it runs. ${startText(service)}`,
    remedy: `${AS_ADMIN}\n${commandsForBoot(service)}`,
  }
}

function fastStartupFinding(system: WindowsSystem): Finding | undefined {
  if (system.fastStartup !== 1 || system.hibernation === 0) return undefined
  return {
    id: 'windows.fastStartup',
    severity: 'warning',
    title: 'Fast Startup is on.',
    detail:
      'Instead of shutting down, Windows writes its memory to the disk. Over the network that is slow, and it breaks shared images.',
    remedy: `${AS_ADMIN}\npowercfg /hibernate off`,
  }
}

function pageFileFinding(system: WindowsSystem): Finding | undefined {
  const files = system.pagingFiles
  if (files === undefined) return undefined
  if (files.length === 0)
    return { id: 'windows.pageFile', severity: 'ok', title: 'Windows pages no memory to the disk.' }
  return {
    id: 'windows.pageFile',
    severity: 'warning',
    title: 'Windows keeps a page file on this disk.',
    detail: `${files.join(', ')}. Paging over the network can crash Windows when the network stalls. Without it the PC needs enough memory: 8 GB or more.`,
    remedy:
      'Press Win+R, type SystemPropertiesPerformance, Enter. Advanced, Virtual memory, Change: untick "Automatically manage", choose "No paging file", Set, OK.',
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
