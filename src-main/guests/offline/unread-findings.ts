import type { ContentKind, Content } from './disk/signature.ts'
import { LOOK_YOURSELF } from './linux/words.ts'
import type { Partition } from './partitions/table.ts'
import type { Finding, FoundSystem } from './report.ts'

/** A partition whose files cannot be read. */
export interface Unread {
  readonly partition: Partition
  readonly content: Content
  readonly reason: string
}

/** Where a system may hide that was not found. */
const MAY_HOLD_SYSTEM = new Set<ContentKind>(['luks', 'lvm', 'raid', 'xfs', 'btrfs', 'zfs', 'f2fs', 'refs', 'other'])

/** What partitions that could not be read mean. */
export function unreadFindings(unread: readonly Unread[], system: FoundSystem | undefined): Finding[] {
  const findings: Finding[] = []
  const locked = unread.filter((u) => u.content.kind === 'bitlocker')
  if (locked.length > 0) findings.push(bitLocker(locked))
  const broken = unread.filter((u) => ['ntfs', 'fat', 'ext'].includes(u.content.kind))
  for (const { partition, content, reason } of broken)
    findings.push({
      id: `disk.partition.${partition.number}`,
      severity: 'unknown',
      title: `${place(partition)} (${content.name}) is not readable.`,
      detail: `Not readable: ${reason}.`,
      remedy:
        content.kind === 'ext'
          ? 'Start the PC, let it check its disk (sudo touch /forcefsck and restart), shut it down and make the image again.'
          : 'Start the PC, check its disk (chkdsk C: /f), shut it down and make the image again.',
    })
  const hidden = unread.filter((u) => MAY_HOLD_SYSTEM.has(u.content.kind))
  for (const { partition, content, reason } of hidden)
    findings.push({
      id: `disk.partition.${partition.number}`,
      severity: 'unknown',
      title: `${place(partition)} (${content.name}) is not readable here.`,
      detail: `Not readable: ${reason}. It can be started over the network all the same.`,
      ...(system?.kind !== 'windows' && { remedy: LOOK_YOURSELF }),
    })
  if (!system && locked.length === 0)
    findings.push({
      id: 'disk.system',
      severity: hidden.length + broken.length > 0 ? 'unknown' : 'problem',
      title: 'No Windows and no Linux was found.',
      ...(hidden.length + broken.length > 0 && { detail: 'It may lie on a partition that is not readable here.' }),
      ...(hidden.length + broken.length === 0 && { remedy: 'Make the image from the disk that the PC starts from.' }),
    })
  return findings
}

const bitLocker = (locked: readonly Unread[]): Finding => ({
  id: 'windows.bitLocker',
  severity: 'problem',
  title: 'Windows is encrypted with BitLocker.',
  detail: `Partition ${locked.map((u) => u.partition.number).join(', ')}. The key is kept in the old PC; started over the network Windows would ask for the recovery key.`,
  remedy:
    'Right-click Start, choose Terminal (Admin) or Command Prompt (Admin), and type:\nmanage-bde -off C:\nWait until this says "Fully Decrypted", then shut down and make the image again:\nmanage-bde -status C:',
})

const place = (partition: Partition): string => (partition.number === 0 ? 'The disk' : `Partition ${partition.number}`)
