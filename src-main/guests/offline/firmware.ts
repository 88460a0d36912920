import { attempt, type Attempt } from './disk/attempt.ts'
import type { FoundVolume } from './disk/found-volume.ts'
import { partitionSource, type PartitionTable } from './partitions/table.ts'
import type { ByteSource } from './disk/source.ts'
import { notReadable, type Finding } from './report.ts'

/** What firmware finds on the disk to start. */
export interface StartFacts {
  readonly bios: Attempt<boolean>
  /** Loaders that any UEFI PC finds: BOOTX64.EFI and its like. */
  readonly anyPc: readonly string[]
  /** Loaders that only the PC finds which was told about them: `/EFI/debian/shimx64.efi`. */
  readonly thisPc: readonly string[]
  /** EFI partitions that are there and not readable, with the reason. */
  readonly unread: readonly string[]
}

const FALLBACK = /^BOOT(X64|IA32|AA64)\.EFI$/i
const LOADER = /^(bootmgfw|shim(x64|aa64|ia32)?|grub(x64|aa64|ia32)?|systemd-boot(x64|aa64|ia32)|refind_x64)\.efi$/i
const MOST_VENDORS = 64

/** @param unread why EFI partitions among the unreadable ones could not be read */
export async function readStart(
  disk: ByteSource,
  blockSize: number,
  table: PartitionTable,
  volumes: readonly FoundVolume[],
  unread: readonly string[],
): Promise<StartFacts> {
  const anyPc: string[] = []
  const thisPc: string[] = []
  const failed = [...unread]
  for (const volume of volumes.filter((v) => v.files.fileSystem.type.startsWith('FAT'))) {
    const read = await attempt(async () => {
      for (const vendor of ((await volume.files.names('/EFI')) ?? []).slice(0, MOST_VENDORS)) {
        const folder = /^microsoft$/i.test(vendor) ? `/EFI/${vendor}/Boot` : `/EFI/${vendor}`
        for (const name of (await volume.files.names(folder)) ?? []) {
          if (/^boot$/i.test(vendor) && FALLBACK.test(name)) anyPc.push(`${folder}/${name}`)
          else if (!/^boot$/i.test(vendor) && LOADER.test(name)) thisPc.push(`${folder}/${name}`)
        }
      }
    })
    if (!read.ok) failed.push(`partition ${volume.partition.number}: ${read.reason}`)
  }
  return { bios: await attempt(() => startsOnBios(disk, blockSize, table)), anyPc, thisPc, unread: failed }
}

/** BIOS starts the program in the first sector; the usual one goes on to the first sector of the active partition,
 *  GRUB's to its own files. BIOS and its programs count in sectors of 512 bytes. */
async function startsOnBios(disk: ByteSource, blockSize: number, table: PartitionTable): Promise<boolean> {
  if (blockSize !== 512 || table.bootCode === 'absent') return false
  if (table.kind === 'gpt') return table.bootCode === 'grub' && table.biosBootPartition
  if (table.kind === 'none') return false
  if (table.bootCode === 'grub') return true
  const active = table.partitions.filter((p) => p.active)
  if (active.length !== 1) return false
  const first = await partitionSource(disk, active[0]!).read(0, 512)
  return first[510] === 0x55 && first[511] === 0xaa && (first[0] === 0xeb || first[0] === 0xe9)
}

export function startFindings(facts: StartFacts, system: 'windows' | 'linux' | undefined): Finding[] {
  const id = 'disk.start'
  if (!facts.bios.ok) return [notReadable(id, 'What starts the disk', facts.bios.reason)]
  const bios = facts.bios.value
  const uefi = facts.anyPc.some((path) => /BOOTX64\.EFI$/i.test(path))
  const detail = [...facts.anyPc, ...facts.thisPc].join(', ')
  if (uefi)
    return [
      {
        id,
        severity: 'ok',
        title: bios ? 'The disk starts on PCs with UEFI and with BIOS.' : 'The disk starts on PCs with UEFI.',
        detail: bios ? detail : `${detail}. PCs that only have BIOS cannot start it.`,
      },
    ]
  if (facts.thisPc.length > 0)
    return [
      {
        id,
        severity: bios ? 'warning' : 'problem',
        title: bios
          ? 'The disk starts on PCs with BIOS, but other PCs with UEFI do not find its loader.'
          : 'Other PCs do not find the loader on this disk.',
        detail: `There is ${facts.thisPc.join(', ')}, which only the old PC's firmware knows of. Started over the network, \\EFI\\BOOT\\BOOTX64.EFI is looked for.`,
        remedy: copyLoader(facts.thisPc, system),
      },
    ]
  if (facts.unread.length > 0 && !bios)
    return [notReadable(id, 'The partition that UEFI starts', facts.unread.join('; '))]
  if (bios)
    return [
      {
        id,
        severity: 'ok',
        title: 'The disk starts on PCs with BIOS.',
        detail:
          facts.anyPc.length > 0
            ? `On UEFI there is only ${facts.anyPc.join(', ')}, for other processors.`
            : 'On PCs with UEFI, "Legacy boot" or CSM must be switched on in the firmware settings.',
      },
    ]
  return [
    {
      id,
      severity: 'problem',
      title: 'Nothing on this disk can be started.',
      detail:
        facts.anyPc.length > 0
          ? `There is only ${facts.anyPc.join(', ')}, for other processors.`
          : 'There is no UEFI loader, and no active partition with a start program for BIOS.',
      remedy: 'Make the image from the whole disk of the PC, not from one partition.',
    },
  ]
}

function copyLoader(paths: readonly string[], system: 'windows' | 'linux' | undefined): string {
  if (system === 'windows')
    return [
      'Right-click Start, choose Terminal (Admin) or Command Prompt (Admin), and type:',
      'mountvol S: /s',
      'mkdir S:\\EFI\\Boot',
      'copy S:\\EFI\\Microsoft\\Boot\\bootmgfw.efi S:\\EFI\\Boot\\bootx64.efi',
    ].join('\n')
  const first = paths.find((path) => /\/shim/i.test(path)) ?? paths[0]!
  const folder = first.slice(0, first.lastIndexOf('/'))
  return [
    'On Debian and Ubuntu:',
    'sudo grub-install --target=x86_64-efi --removable',
    'Elsewhere:',
    'sudo mkdir -p /boot/efi/EFI/BOOT',
    `sudo cp /boot/efi${folder}/*.efi /boot/efi/EFI/BOOT/`,
    `sudo cp /boot/efi${first} /boot/efi/EFI/BOOT/BOOTX64.EFI`,
  ].join('\n')
}
