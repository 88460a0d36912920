import { notReadable, type Finding } from '../report.ts'
import type { LinuxFacts, LinuxRoot } from './facts.ts'
import { imageFindings, type Purpose } from './image-findings.ts'
import { initramfsFindings } from './initramfs-findings.ts'
import { isUnstableName } from './text-files.ts'
import { installInitiator, systemOf } from './words.ts'

/** What the facts mean for starting this Linux over the network. */
export function linuxFindings(facts: LinuxFacts, purpose: Purpose = 'onePc'): Finding[] {
  const findings: Finding[] = []
  const { root } = facts
  if (root) {
    findings.push({
      id: 'linux.version',
      severity: 'ok',
      title: `This is ${[root.name, root.version].filter((part) => part !== '').join(' ')}.`,
    })
    if (root.unclean !== undefined)
      findings.push({
        id: 'linux.volume',
        severity: 'warning',
        title: 'The disk of Linux was not closed properly.',
        detail: `That is: ${root.unclean}.`,
        remedy: 'Start the PC, then shut it down with:\nsudo poweroff\nand make the image again.',
      })
    findings.push(...initiatorFindings(root, systemOf(facts)))
  }
  findings.push(...initramfsFindings(facts))
  findings.push(...diskNameFindings(facts))
  findings.push(menuFinding(facts))
  if (root) findings.push(...networkFindings(root))
  findings.push(...imageFindings(facts, systemOf(facts), purpose))
  return findings
}

function initiatorFindings(root: LinuxRoot, system: ReturnType<typeof systemOf>): Finding[] {
  const { initiator, initiatorName } = root
  if (!initiator.ok)
    return [notReadable('linux.initiator', 'Whether the iSCSI initiator is installed', initiator.reason)]
  if (initiator.value === undefined)
    return [
      {
        id: 'linux.initiator',
        severity: 'problem',
        title: 'The program for network disks (iSCSI initiator) is not installed.',
        remedy: installInitiator(system),
      },
    ]
  const version = initiator.value.version
  const findings: Finding[] = [
    {
      id: 'linux.initiator',
      severity: 'ok',
      title: 'The program for network disks (iSCSI initiator) is installed.',
      ...(version !== undefined && { detail: `open-iscsi ${version}.` }),
    },
  ]
  if (!initiatorName.ok)
    findings.push(notReadable('linux.initiatorName', 'The name of the iSCSI initiator', initiatorName.reason))
  // The kit of Bootlace writes it anew at every start, from what the loader leaves behind.
  else if (initiatorName.value === undefined && !isKept(root))
    findings.push({
      id: 'linux.initiatorName',
      severity: 'warning',
      title: 'The iSCSI initiator has no name.',
      detail: 'Its service does not start without the file /etc/iscsi/initiatorname.iscsi.',
      remedy: 'echo "InitiatorName=$(sudo iscsi-iname)" | sudo tee /etc/iscsi/initiatorname.iscsi',
    })
  return findings
}

const isKept = (root: LinuxRoot): boolean => root.image.surroundings.ok && root.image.surroundings.value.cardIsKept

/** Names like /dev/sda2 that another disk gets over the network. */
function diskNameFindings({ root, menu }: LinuxFacts): Finding[] {
  const findings: Finding[] = []
  const lines = menu.ok ? (menu.value?.lines ?? []) : []
  const roots = lines.map((line) => /(?:^|\s)root=(\S+)/.exec(line)?.[1]).filter((name) => name !== undefined)
  const unstable = roots.find((name) => isUnstableName(name))
  if (unstable !== undefined)
    findings.push({
      id: 'linux.menu.root',
      severity: 'problem',
      title: 'The boot menu names the disk by its place in the PC.',
      detail: `It says root=${unstable}. Over the network the disk may be found under another name.`,
      remedy:
        'In /etc/default/grub remove the line GRUB_DISABLE_LINUX_UUID, then type:\nsudo update-grub\n(Fedora, RHEL: sudo grub2-mkconfig -o /boot/grub2/grub.cfg)',
    })
  if (!root) return findings
  if (!root.fstab.ok)
    return [...findings, notReadable('linux.fstab', 'The list of disks (/etc/fstab)', root.fstab.reason)]
  const own = root.fstab.value.find((entry) => entry.mountPoint === '/')
  if (!own)
    findings.push({
      id: 'linux.fstab.root',
      severity: 'warning',
      title: 'The list of disks (/etc/fstab) does not name the system itself.',
    })
  else if (isUnstableName(own.device))
    findings.push({
      id: 'linux.fstab.root',
      severity: 'problem',
      title: 'The list of disks names the system by its place in the PC.',
      detail: `/etc/fstab says ${own.device} for /. Over the network the disk may be found under another name.`,
      remedy: `Type:\nsudo blkid ${own.device}\nand write UUID=… with what it shows in place of ${own.device} in /etc/fstab.`,
    })
  else if (!own.options.includes('_netdev'))
    findings.push({
      id: 'linux.fstab.root',
      severity: 'warning',
      title: 'Linux does not know that its disk needs the network.',
      detail: 'At shutdown the network may go before the disk, and the PC hangs.',
      remedy: `In /etc/fstab add ,_netdev to the options of the line for /, like this:\n${own.device} / ${own.type} ${[...own.options, '_netdev'].join(',')} 0 1`,
    })
  else
    findings.push({
      id: 'linux.fstab.root',
      severity: 'ok',
      title: 'The list of disks names the system in a way that holds over the network.',
      detail: `/etc/fstab: ${own.device}, ${own.options.join(',')}.`,
    })
  const others = root.fstab.value.filter((entry) => entry.mountPoint !== '/' && isUnstableName(entry.device))
  if (others.length > 0)
    findings.push({
      id: 'linux.fstab.others',
      severity: 'warning',
      title: 'The list of disks names other partitions by their place in the PC.',
      detail: `${others.map((entry) => `${entry.device} (${entry.mountPoint})`).join(', ')}. Linux waits for them at the start, and may stop.`,
      remedy: 'In /etc/fstab write UUID=… (sudo blkid shows it) in place of these names, or add the option nofail.',
    })
  return findings
}

function menuFinding({ menu }: LinuxFacts): Finding {
  if (!menu.ok) return notReadable('linux.menu', 'The boot menu', menu.reason)
  if (menu.value === undefined)
    return {
      id: 'linux.menu',
      severity: 'unknown',
      title: 'No boot menu (GRUB, systemd-boot) was found.',
      detail: 'It may lie on a partition that is not readable here.',
    }
  return { id: 'linux.menu', severity: 'ok', title: 'The boot menu is there.', detail: `${menu.value.file}.` }
}

function networkFindings(root: LinuxRoot): Finding[] {
  const findings: Finding[] = []
  const of = (kind: LinuxRoot['network'][number]['kind']): LinuxRoot['network'] =>
    root.network.filter((setting) => setting.kind === kind)
  const list = (settings: LinuxRoot['network']): string =>
    settings.map((s) => `${s.file}: ${s.card === '' ? '' : `${s.card} `}${s.text}`).join('\n')
  const fixed = of('fixed')
  if (fixed.length > 0)
    findings.push({
      id: 'linux.network.fixed',
      severity: 'warning',
      title: 'A network card has a fixed address.',
      detail: `${list(fixed)}\nWhen it differs from the one the PC started with, Linux loses its disk.`,
      remedy: 'Set the card to DHCP, or take it out of these files.',
    })
  // The kit says more about the card at every start than these files do; only ifupdown does not hear it.
  const takesDown = of('takesDown').filter((s) => !isKept(root) || s.file.startsWith('/etc/network/'))
  if (takesDown.length > 0)
    findings.push({
      id: 'linux.network.takesDown',
      severity: 'warning',
      title: 'Linux sets up the network card anew after the start.',
      detail: `${list(takesDown)}\nIf this is the card the PC starts from, Linux loses its disk for a moment, or for good.`,
      remedy:
        'For the card the PC starts from write in these files: ifupdown "manual" in place of "dhcp"; netplan "critical: true"; systemd-networkd "KeepConfiguration=yes" below [Network].',
    })
  const bridged = of('bridge')
  if (bridged.length > 0)
    findings.push({
      id: 'linux.network.bridge',
      severity: 'warning',
      title: 'A bridge takes a network card.',
      detail: `${list(bridged)}\nIf it is the card the PC starts from, Linux loses its disk in that moment.`,
      remedy: 'Give the bridge a second card, or remove it.',
    })
  const byMac = of('byMac')
  if (byMac.length > 0)
    findings.push({
      id: 'linux.network.byMac',
      severity: 'warning',
      title: 'Settings belong to one network card only.',
      detail: `${list(byMac)}\nAnother PC has another card, and these settings do not reach it.`,
      remedy: 'Remove the MAC addresses from these files (70-persistent-net.rules may be deleted).',
    })
  if (root.networkUnread.length > 0)
    findings.push(notReadable('linux.network', 'Some network settings', root.networkUnread.join('; ')))
  if (findings.length === 0)
    findings.push({
      id: 'linux.network',
      severity: 'ok',
      title: 'No setting takes the network card away from the disk.',
    })
  return findings
}
