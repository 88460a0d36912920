import { notReadable, type Finding } from '../report.ts'
import type { LinuxFacts } from './facts.ts'
import type { Connection, Identity, Surroundings } from './image-facts.ts'
import type { System } from './words.ts'

/** What the disk is for: one PC, or to be the image that many PCs are made from. */
export type Purpose = 'onePc' | 'image'

/** What a Linux keeps of one PC, how long it waits for its disk, and what may come between. */
export function imageFindings(facts: LinuxFacts, system: System, purpose: Purpose): Finding[] {
  const image = facts.root?.image
  if (!image) return []
  const { identity, connection, surroundings } = image
  const kept = surroundings.ok && surroundings.value.cardIsKept
  return [
    ...(connection.ok
      ? connectionFindings(connection.value, purpose, hasInitiator(facts))
      : [notReadable('linux.connection', 'The settings of the connection to the disk', connection.reason)]),
    ...(surroundings.ok
      ? surroundingFindings(surroundings.value, system)
      : [notReadable('linux.surroundings', 'What else uses the network card', surroundings.reason)]),
    ...resumeFinding(facts),
    ...(purpose === 'image' ? menuTargetFinding(facts) : []),
    ...(purpose === 'onePc'
      ? []
      : identity.ok
        ? identityFindings(identity.value, facts, kept)
        : [notReadable('linux.identity', 'What belongs to this PC alone', identity.reason)]),
  ]
}

/** Open-iscsi's own default is 120 s; its README advises a day for a disk that the system runs from. */
const WAITS_TOO_SHORT = 600
/** What open-iscsi takes for "for ever": 0 and less. Source: open-iscsi's README, 8.2. */
const waitsLong = (seconds: number): boolean => seconds <= 0 || seconds >= WAITS_TOO_SHORT

const hasInitiator = ({ root }: LinuxFacts): boolean =>
  root?.initiator.ok === true && root.initiator.value !== undefined

function connectionFindings(c: Connection, purpose: Purpose, hasInitiator: boolean): Finding[] {
  const findings: Finding[] = []
  const grave = purpose === 'image' ? 'problem' : 'warning'
  if (c.fixedTarget !== undefined)
    findings.push({
      id: 'linux.initiator.target',
      severity: grave,
      title: 'One certain network disk is written down for the start.',
      detail: `/etc/iscsi/iscsi.initramfs says ISCSI_TARGET_NAME=${c.fixedTarget}. Every PC of this image would use that disk, and two that write to one disk destroy it.`,
      remedy: [
        'Take the disk from what the loader leaves behind (iBFT):',
        'echo ISCSI_AUTO=true | sudo tee /etc/iscsi/iscsi.initramfs',
        'sudo update-initramfs -u -k all',
      ].join('\n'),
    })
  if (c.automaticRecords.length > 0)
    findings.push({
      id: 'linux.initiator.others',
      severity: grave,
      title: 'Linux attaches another network disk by itself.',
      detail: `${c.automaticRecords.join('\n')}\nEvery PC of this image would attach it, and two that write to one disk destroy it.`,
      remedy: 'Remove it (sudo iscsiadm -m node -T NAME -o delete), or leave it if it is only read.',
    })
  if (c.ownRecords.length > 0)
    findings.push({
      id: 'linux.initiator.records',
      severity: 'warning',
      title: "This PC's disk is written down as the disk of all PCs (node records).",
      detail: c.ownRecords.join('\n'),
      remedy: 'sudo iscsiadm -m node -o delete',
    })
  if (c.hasPassword)
    findings.push({
      id: 'linux.initiator.password',
      severity: 'warning',
      title: '/etc/iscsi/iscsid.conf holds a password: every PC of this image would use it.',
      remedy: 'Put a # before the lines that begin with node.session.auth; each PC gets its password from the loader.',
    })
  if (hasInitiator && !c.ruleWaits && !(c.waitsSeconds !== undefined && waitsLong(c.waitsSeconds)))
    findings.push({
      id: 'linux.initiator.patience',
      severity: 'warning',
      title: 'Linux gives up its disk soon when the network or Bootlace is away.',
      detail: `It waits ${c.waitsSeconds ?? 120} seconds (node.session.timeo.replacement_timeout), then its disk fails and can only be read.`,
      remedy:
        'sudo sed -i \'s/^#* *node.session.timeo.replacement_timeout *=.*/node.session.timeo.replacement_timeout = 86400/\' /etc/iscsi/iscsid.conf\nand put a rule into /etc/udev/rules.d/60-bootlace.rules for the connection that the loader hands over:\nACTION=="add|change", SUBSYSTEM=="iscsi_session", ATTR{recovery_tmo}="86400"',
    })
  return findings
}

function surroundingFindings(s: Surroundings, system: System): Finding[] {
  const findings: Finding[] = []
  if (s.cloudInitSetsNetwork)
    findings.push({
      id: 'linux.network.cloudInit',
      severity: 'warning',
      title: 'cloud-init sets the network card up anew at the start.',
      detail: 'If this is the card the PC starts from, Linux loses its disk for a moment, or for good.',
      remedy: "echo 'network: {config: disabled}' | sudo tee /etc/cloud/cloud.cfg.d/99-bootlace-network.cfg",
    })
  // What dracut starts asks NetworkManager itself, which knows of the card from the beginning.
  if (s.hasNetworkManager && !s.cardIsKept && system !== 'dracut')
    findings.push({
      id: 'linux.network.manager',
      severity: 'warning',
      title: 'Nothing tells NetworkManager to leave the network card of the disk alone.',
      detail: 'It may set the card up anew, and Linux loses its disk for a moment, or for good.',
      remedy:
        'In /etc/NetworkManager/conf.d/90-bootlace.conf write, with the name of the card the PC starts from:\n[device-bootlace]\nmatch-device=interface-name:eth0\nmanaged=0',
    })
  if (s.isProxmox)
    findings.push({
      id: 'linux.hypervisor',
      severity: 'warning',
      title: 'Proxmox needs a second network card.',
      detail: 'The card of the disk cannot be part of a bridge, which Proxmox makes from the first card it finds.',
      remedy: 'Give the bridge (vmbr0) another card than the one the PC starts from.',
    })
  if (s.hasXen)
    findings.push({
      id: 'linux.xen',
      severity: 'warning',
      title: 'The hypervisor Xen is installed: a Linux below it does not learn where its disk is.',
      remedy: 'Start the PC without Xen (remove the package xen-hypervisor), or keep this system on a local disk.',
    })
  if (s.onlyOwnDrivers !== undefined)
    findings.push({
      id: 'linux.initramfs.drivers',
      severity: 'warning',
      title: "Only the drivers of this PC's network card are there at the start.",
      detail: `${s.onlyOwnDrivers} says MODULES=dep. A PC with another card does not reach its disk.`,
      remedy: 'Write MODULES=most there, then type:\nsudo update-initramfs -u -k all',
    })
  return findings
}

/** A memory image of another PC, or a disk that is not there: Linux waits for it. Source: kernel-parameters, "resume". */
function resumeFinding({ menu }: LinuxFacts): Finding[] {
  const lines = menu.ok ? (menu.value?.lines ?? []) : []
  const place = lines.map((line) => /(?:^|\s)resume=(\S+)/.exec(line)?.[1]).find((word) => word !== undefined)
  if (place === undefined) return []
  return [
    {
      id: 'linux.resume',
      severity: 'warning',
      title: 'Linux looks for a hibernated system at every start.',
      detail: `The boot menu says resume=${place}. Where that is not on this disk Linux waits for it; where it is, a PC may go on with the memory of another.`,
      remedy: 'Take the word resume=… out of GRUB_CMDLINE_LINUX in /etc/default/grub, then type:\nsudo update-grub',
    },
  ]
}

/** Source: dracut.cmdline(7), "iSCSI"; open-iscsi's README.Debian. Only the words' names are shown: they may hold passwords. */
const ONE_TARGET =
  /^(?:(netroot|root)=iscsi:(?!ibft$|$)|(iscsi_(?:initiator|target_name|target_ip|username|password|in_username|in_password))=|(rd\.iscsi\.(?:initiator|target[._]\w+|username|password|in\.\w+))=|(ip)=\S*\d\.\d+\.\d+\.\d)/

function menuTargetFinding({ menu }: LinuxFacts): Finding[] {
  const words = menu.ok ? (menu.value?.lines ?? []).flatMap((line) => line.split(/\s+/)) : []
  const names = words.map((word) =>
    ONE_TARGET.exec(word)
      ?.slice(1)
      .find((name) => name !== undefined),
  )
  const found = [...new Set(names.filter((name) => name !== undefined))]
  if (found.length === 0) return []
  return [
    {
      id: 'linux.menu.target',
      severity: 'problem',
      title: 'The boot menu holds the address, disk or password of one PC.',
      detail: `It says ${found.map((name) => `${name}=…`).join(', ')}. Every PC of this image would use that, and two that write to one disk destroy it.`,
      remedy:
        'Take these words out of GRUB_CMDLINE_LINUX in /etc/default/grub, then type:\nsudo update-grub\n(Fedora, RHEL: sudo grubby --update-kernel=ALL --remove-args="…")\nEach PC gets them from what the loader leaves behind (iBFT).',
    },
  ]
}

function identityFindings(i: Identity, { root }: LinuxFacts, nameComesWithStart: boolean): Finding[] {
  const findings: Finding[] = []
  if (i.machineIds.length > 0)
    findings.push({
      id: 'linux.identity.machineId',
      severity: 'warning',
      title: 'All PCs of this image would have the same identity (machine-id).',
      detail: `${i.machineIds.join(', ')}. A router may then give them all the same address.`,
      remedy: 'sudo truncate -s 0 /etc/machine-id\nsudo ln -sf /etc/machine-id /var/lib/dbus/machine-id',
    })
  if (i.sshKeys.length > 0)
    findings.push({
      id: 'linux.identity.sshKeys',
      severity: 'warning',
      title: 'All PCs of this image would have the same SSH host keys.',
      detail: `${i.sshKeys.join(', ')}. Whoever has one PC can pass it off as another.`,
      remedy:
        'sudo rm /etc/ssh/ssh_host_*\nAnd let them be made at the first start: the kit of Bootlace does both; Fedora and Arch make them by themselves.',
    })
  if (i.dhcpNames.length > 0)
    findings.push({
      id: 'linux.identity.leases',
      severity: 'warning',
      title: 'All PCs of this image would ask for an address under the same name.',
      detail: i.dhcpNames.join(', '),
      remedy: `sudo rm ${i.dhcpNames.join(' ')}`,
    })
  const name = root?.initiatorName
  if (!nameComesWithStart && name?.ok && name.value?.startsWith('iqn.'))
    findings.push({
      id: 'linux.identity.initiatorName',
      severity: 'warning',
      title: "All PCs of this image would bear this PC's name towards other network disks.",
      detail: `/etc/iscsi/initiatorname.iscsi says ${name.value}. For the disk they start from, each has the name that the loader gave it.`,
      remedy:
        'On Debian and Ubuntu:\necho GenerateName=yes | sudo tee /etc/iscsi/initiatorname.iscsi\nElsewhere delete the file.',
    })
  if (findings.length === 0)
    findings.push({
      id: 'linux.identity',
      severity: 'ok',
      title: 'Each PC made from it gets an identity of its own.',
    })
  return findings
}
