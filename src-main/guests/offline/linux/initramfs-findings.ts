import type { InitramfsContents } from '../initramfs/contents.ts'
import { notReadable, type Finding } from '../report.ts'
import type { LinuxFacts } from './facts.ts'
import type { Kernel, KernelContents } from './kernels.ts'
import { parseAssignments } from './text-files.ts'
import { LOOK_YOURSELF, putIntoInitramfs, systemOf, type System } from './words.ts'

const START = 'the small system that starts Linux (initramfs)'

/** Whether the newest kernel can reach a disk on the network before it has one. */
export function initramfsFindings(facts: LinuxFacts): Finding[] {
  const { kernels, newest } = facts
  if (!kernels.ok) return [notReadable('linux.kernel', 'The kernels', kernels.reason, LOOK_YOURSELF)]
  const [first, ...older] = kernels.value
  if (!first)
    return [
      {
        id: 'linux.kernel',
        severity: 'unknown',
        title: 'No Linux kernel was found.',
        detail: 'It may lie on a partition that is not readable here, or in one file with its initramfs.',
        remedy: LOOK_YOURSELF,
      },
    ]
  const findings: Finding[] = [
    {
      id: 'linux.kernel',
      severity: 'ok',
      title: `The newest kernel is ${first.version}.`,
      ...(older.length > 0 && {
        detail: `Older ones: ${older.map((k) => k.version).join(', ')}. Only the newest was looked into.`,
      }),
    },
  ]
  if (!newest) return [...findings, noInitramfs(first, systemOf(facts))]
  if (!newest.initramfs.ok)
    return [
      ...findings,
      notReadable('linux.initramfs', `What is in ${first.initramfs}`, newest.initramfs.reason, LOOK_YOURSELF),
    ]
  const contents = newest.initramfs.value
  const lines = facts.menu.ok ? (facts.menu.value?.lines ?? []) : []
  return [
    ...findings,
    ...moduleFindings(contents, newest, systemOf(facts)),
    loginFinding(contents, lines, systemOf(facts)),
    cardFinding(contents, newest, systemOf(facts)),
    ...dracutNetworkFinding(contents, lines),
  ]
}

/** Measured with dracut 059: where systemd-networkd sets up the network, what the iBFT says of the card is not heard. */
function dracutNetworkFinding({ maker, network }: InitramfsContents, lines: readonly string[]): Finding[] {
  if (maker !== 'dracut' || !network.has('networkd') || network.size > 1) return []
  if (!lines.some((line) => /(?:^|\s)(ip=ibft|rd\.iscsi\.ibft(=1)?)(?=\s|$)/.test(line))) return []
  if (lines.some((line) => /(?:^|\s)ip=(dhcp|\S+:dhcp)(?=\s|$)/.test(line))) return []
  return [
    {
      id: 'linux.initramfs.network',
      severity: 'warning',
      title: 'The network of the start may not know the card of the disk.',
      detail: `In ${START} systemd-networkd sets up the network. In dracut 059 it did not take the card from what the loader leaves behind (iBFT).`,
      remedy:
        'Put in another one (network-legacy or network-manager), and make the initramfs anew:\necho \'add_dracutmodules+=" iscsi network-legacy "\' | sudo tee /etc/dracut.conf.d/iscsi.conf\nsudo dracut -f --regenerate-all\nOr write ip=dhcp in the boot menu.',
    },
  ]
}

const noInitramfs = (kernel: Kernel, system: System): Finding => ({
  id: 'linux.initramfs',
  severity: 'problem',
  title: `The kernel ${kernel.version} has no initramfs.`,
  detail: `Nothing logs in to the network disk before Linux needs it.`,
  remedy: putIntoInitramfs(system),
})

/** iscsi_tcp brings the two others along. */
const NEEDED = ['iscsi_tcp', 'iscsi_ibft'] as const

function moduleFindings(contents: InitramfsContents, kernel: KernelContents, system: System): Finding[] {
  const { builtIn } = kernel
  const missing = NEEDED.filter((name) => !contents.modules.has(name) && !(builtIn.ok && builtIn.value.has(name)))
  if (missing.length === 0)
    return [
      {
        id: 'linux.initramfs.modules',
        severity: 'ok',
        title: 'The drivers for network disks are there from the start.',
        detail: `${NEEDED.join(', ')} are in ${START}${NEEDED.every((n) => contents.modules.has(n)) ? '' : ' or in the kernel'}.`,
      },
    ]
  if (!builtIn.ok)
    return [
      {
        id: 'linux.initramfs.modules',
        severity: 'unknown',
        title: 'Drivers for network disks are not in the initramfs.',
        detail: `${missing.join(', ')} may still be a part of the kernel. Not readable: ${builtIn.reason}.`,
        remedy: putIntoInitramfs(system),
      },
    ]
  return [
    {
      id: 'linux.initramfs.modules',
      severity: 'problem',
      title: 'Drivers for network disks are missing at the start.',
      detail: `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not in ${START}.`,
      remedy: putIntoInitramfs(system),
    },
  ]
}

function loginFinding(contents: InitramfsContents, lines: readonly string[], system: System): Finding {
  const id = 'linux.initramfs.login'
  const missing = [
    ...(contents.programs.has('iscsistart') || contents.programs.has('iscsid') ? [] : ['iscsistart']),
    ...(contents.hook === undefined ? ['the script that starts it'] : []),
  ]
  if (missing.length > 0)
    return {
      id,
      severity: 'problem',
      title: 'Nothing logs in to the network disk at the start.',
      detail: `${missing.join(' and ')}: not in ${START}.`,
      remedy: putIntoInitramfs(system),
    }
  const asked = askedToLogIn(contents, lines)
  if (asked !== undefined)
    return {
      id,
      severity: 'ok',
      title: 'Linux logs in to the network disk at the start.',
      detail: `${contents.hook}, because of ${asked}.`,
    }
  if (system === 'unknown')
    return {
      id,
      severity: 'unknown',
      title: 'Whether Linux is told to log in to the network disk is not known.',
      detail: `${contents.hook} is there; what switches it on in this Linux is not known here.`,
    }
  return {
    id,
    severity: 'problem',
    title: 'Linux is able to log in to the network disk, but nothing tells it to.',
    detail: `${contents.hook} is there and waits for a setting.`,
    remedy: putIntoInitramfs(system),
  }
}

/** What makes the script of an initramfs log in; undefined: nothing. Source: open-iscsi's initramfs script; dracut.cmdline(7). */
function askedToLogIn(contents: InitramfsContents, lines: readonly string[]): string | undefined {
  const file = contents.files.get('etc/iscsi.initramfs') ?? contents.files.get('etc/iscsi/iscsi.initramfs')
  const settings = file === undefined ? undefined : parseAssignments(file)
  if (settings?.get('ISCSI_AUTO')) return 'ISCSI_AUTO in iscsi.initramfs'
  if (settings?.get('ISCSI_TARGET_NAME') && settings.get('ISCSI_TARGET_IP')) return 'the target in iscsi.initramfs'
  // mkinitcpio runs the hooks that its configuration names, without being asked.
  if (contents.maker === 'mkinitcpio' && contents.hook !== undefined) {
    const hook = contents.hook.slice(contents.hook.lastIndexOf('/') + 1)
    const config = contents.files.get('config') ?? ''
    const runs = config.split('\n').some((line) => {
      const named = /^(?:EARLY|LATE|CLEANUP)?HOOKS=["'(]?(.*?)["')]?$/.exec(line.trim())
      return named?.[1]!.split(/\s+/).includes(hook) === true
    })
    if (runs) return `the hook ${hook} in its configuration`
  }
  const word =
    contents.maker === 'dracut'
      ? /(?:^|\s)(rd\.iscsi\.(?:firmware|ibft)(?:=1)?|ip=ibft|netroot=iscsi\S*)(?=\s|$)/
      : /(?:^|\s)(iscsi_auto|iscsi_target_name=\S+|root=iscsi:\S+|ip=ibft)(?=\s|$)/
  for (const line of lines) {
    const found = word.exec(line)
    if (found) return `${found[1]!} in the boot menu`
  }
  return undefined
}

function cardFinding(contents: InitramfsContents, kernel: KernelContents, system: System): Finding {
  const id = 'linux.initramfs.card'
  const drivers = [...contents.networkDrivers, ...kernel.builtInNetworkDrivers]
  if (drivers.length > 0)
    return {
      id,
      severity: 'ok',
      title: `${drivers.length === 1 ? 'A driver' : 'Drivers'} for network cards ${drivers.length === 1 ? 'is' : 'are'} there from the start.`,
      detail: `${drivers.join(', ')}. The card of the PC that starts must be among them.`,
    }
  return {
    id,
    severity: kernel.builtIn.ok ? 'problem' : 'unknown',
    title: 'No driver for a network card is there from the start.',
    detail: `None is in ${START}.`,
    remedy:
      system === 'debian'
        ? 'In /etc/initramfs-tools/initramfs.conf write MODULES=most, then:\nsudo update-initramfs -u -k all'
        : putIntoInitramfs(system),
  }
}
