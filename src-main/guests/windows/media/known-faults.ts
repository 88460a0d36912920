import { BUILD, REVISION } from '../../../base/windows-builds.ts'
import type { WindowsArchitecture } from '../edition.ts'
import type { MediumFinding } from './finding.ts'

/** Which Windows does not start from an iSCSI disk, or starts in another way, as far as anybody says. */

export interface Subject {
  readonly build: number
  /** Behind the point; absent where the medium does not say. */
  readonly revision: number | undefined
  readonly server: boolean
  readonly architecture: WindowsArchitecture
}

interface KnownFault extends Omit<MediumFinding, 'editions'> {
  holds(s: Subject): boolean
}

/** 24H2, 25H2 and Server 2025. */
const isGermanium = (s: Subject): boolean => s.build >= BUILD.germanium && s.build <= BUILD.release25h2

export const KNOWN_FAULTS: readonly KnownFault[] = [
  {
    id: 'windows.tooOld',
    level: 'refuse',
    grade: 'untried',
    title: 'Windows Vista and older are not installed by Bootlace.',
    reason: 'Microsoft ended all support of them, and nothing here was made for them or tried with them.',
    cure: 'Take Windows 7, Windows Server 2008 R2 or newer.',
    holds: (s) => s.build < BUILD.windows7,
  },
  {
    id: 'windows.processor',
    level: 'refuse',
    grade: 'documented',
    title: 'This Windows is for processors that no PC has.',
    reason: 'It is for Itanium or for 32-bit ARM, for which there is no loader of Bootlace that could start it.',
    cure: 'Take the medium for 64-bit PCs (x64, amd64).',
    holds: (s) => s.architecture === 'ia64' || s.architecture === 'arm',
  },
  {
    id: 'windows.24h2',
    level: 'stop',
    grade: 'reported',
    asOf: '2026-01-29',
    source: 'NexBoot, README: Windows 11 24H2 and 25H2; it names Microsoft KB5074105',
    title: 'This build of Windows starts once from the network, then no more.',
    reason:
      'Up to build 26100.7704 and 26200.7704 the second start stops with INACCESSIBLE_BOOT_DEVICE (7B). Update KB5074105 corrects it, in builds 26100.7705 and 26200.7705.',
    cure: 'Download a newer ISO from Microsoft (February 2026 or later), or put the update into this one before you install.',
    holds: (s) => !s.server && isGermanium(s) && s.revision !== undefined && s.revision < REVISION.kb5074105,
  },
  {
    id: 'windows.24h2.unknown',
    level: 'warn',
    grade: 'reported',
    asOf: '2026-01-29',
    source: 'NexBoot, README: Windows 11 24H2 and 25H2; it names Microsoft KB5074105',
    title: 'This Windows may start only once from the network.',
    reason:
      'Builds before 26100.7705 and 26200.7705 do (INACCESSIBLE_BOOT_DEVICE, 7B), and this medium does not say how new it is.',
    cure: 'Take an ISO from Microsoft of February 2026 or later.',
    holds: (s) => !s.server && isGermanium(s) && s.revision === undefined,
  },
  {
    id: 'windows.server2025',
    level: 'warn',
    grade: 'reported',
    asOf: '2025-02-11',
    source: 'News of February 2025 on Microsoft KB5051987',
    title: 'Windows Server 2025 before its update of February 2025 may not find its disk.',
    reason:
      'With network cards that are polled (NDIS Poll Mode) a start from iSCSI stops with “boot device inaccessible”. Update KB5051987 corrects it, in build 26100.3194.',
    cure: 'Download a newer ISO from Microsoft, or put the update into this one before you install.',
    holds: (s) =>
      s.server && s.build === BUILD.germanium && (s.revision === undefined || s.revision < REVISION.kb5051987),
  },
  {
    id: 'windows.arm64',
    level: 'warn',
    grade: 'untried',
    title: 'This Windows is for ARM PCs.',
    reason: 'Nobody we know of has started it from an iSCSI disk.',
    cure: 'For a usual PC take the medium for x64.',
    holds: (s) => s.architecture === 'arm64',
  },
  {
    id: 'windows.x86',
    level: 'warn',
    grade: 'untried',
    title: 'This is a 32-bit Windows.',
    reason: 'UEFI PCs do not start it, and nobody we know of has installed it with Bootlace.',
    cure: 'Take the 64-bit medium (x64), unless the PC is a very old one.',
    holds: (s) => s.architecture === 'x86' && s.build >= BUILD.windows7,
  },
  {
    id: 'windows.7',
    level: 'warn',
    grade: 'reported',
    asOf: '2019-07-16',
    source: 'Microsoft KB4472027 (SHA-2), KB2990941 (NVMe)',
    title: 'Windows 7 and Server 2008 R2 are installed from their CD or DVD, and only on PCs of their time.',
    reason:
      'They have no drivers for USB 3 (xHCI), where keyboard, mouse and stick stay dead, and none for NVMe; they do not start on UEFI without CSM; and drivers signed with SHA-2 alone are refused until update KB4474419 is there.',
    cure: 'Set the PC to BIOS (CSM), use a real DVD drive or the CD drive that Bootlace adds, a USB 2 or PS/2 keyboard, and a network driver made for Windows 7.',
    holds: (s) => s.build >= BUILD.windows7 && s.build < BUILD.windows8,
  },
  {
    id: 'windows.8',
    level: 'note',
    grade: 'reported',
    source: 'ServerFault 477093 (Server 2012, 2013); comments at Microsoft’s article on iSCSI boot (8.1, 2015)',
    title: 'Windows 8, 8.1 and Server 2012 are installed from their CD or DVD.',
    reason: 'People have installed them on iSCSI disks in this way. Microsoft no longer corrects them.',
    cure: 'Set the PC to BIOS (CSM) and give it the medium as a CD drive or DVD.',
    holds: (s) => s.build >= BUILD.windows8 && s.build < BUILD.windows10,
  },
  {
    id: 'windows.client',
    level: 'note',
    grade: 'reported',
    source: 'Microsoft’s article on iSCSI boot (2011) and its readers; kentonv/lanparty; CCBoot; NexBoot',
    title: 'Windows 10 and 11 start from iSCSI disks in practice; Microsoft supports it for Windows Server only.',
    reason: 'Many people run them so. Should it fail, Microsoft will not help.',
    cure: 'Keep a version of the image from before every large update.',
    holds: (s) => !s.server && s.build >= BUILD.windows10,
  },
  {
    id: 'windows.sid',
    level: 'note',
    grade: 'documented',
    asOf: '2025-09-09',
    source: 'Microsoft MC1275343; KB5064081, KB5065426',
    title: 'Clones of this Windows need Sysprep before they are made.',
    reason:
      'PCs whose Windows were copied without it no longer sign in to each other (event 6167 of LsaSrv): their machine SID is the same.',
    cure: 'Run Sysprep in the first PC before you seal its disk; Bootlace leads there.',
    holds: (s) => isGermanium(s) && (s.revision === undefined || s.revision >= REVISION.kb5065426),
  },
  {
    id: 'windows.wimboot',
    level: 'note',
    grade: 'reported',
    asOf: '2026-07-16',
    source: 'wimboot 2.9.0 (2025-11-17); ipxe/wimboot issue 65',
    title: 'Started over the network, Setup of this Windows needs wimboot 2.9.0 or newer.',
    reason:
      'Older ones do not know its boot.stl. With 2.9.0 one person still saw a UEFI PC restart when it was handed over, in a virtual PC; the same ISO as a CD started there.',
    cure: 'Should that happen, give the PC the ISO as a CD drive, a DVD or a USB stick.',
    holds: (s) => s.build >= BUILD.germanium,
  },
]

/** Of a medium with these editions. What holds for only some of them stops nobody from taking another. */
export function knownFaults(subjects: ReadonlyMap<number, Subject>): MediumFinding[] {
  return KNOWN_FAULTS.flatMap(({ holds, ...fault }) => {
    const indexes = [...subjects].filter(([, subject]) => holds(subject)).map(([index]) => index)
    if (indexes.length === 0) return []
    if (indexes.length === subjects.size) return [fault]
    const level = fault.level === 'note' ? fault.level : 'warn'
    return [{ ...fault, level, editions: indexes }]
  })
}
