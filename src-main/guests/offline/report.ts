/** What the check of a disk image found. Plain values: it goes over the API as it is. */
export interface OfflineReport {
  readonly partitions: readonly ReportedPartition[]
  /** The system that would start from this disk; undefined when none was found. */
  readonly system?: FoundSystem
  /** Most important first: problems, then what could not be read, then warnings, then what is right. */
  readonly findings: readonly Finding[]
}

export interface ReportedPartition {
  /** As Linux counts them, from 1; 0: the disk has no partition table. */
  readonly number: number
  readonly startBytes: number
  readonly sizeBytes: number
  /** What the partition table calls it: `EFI system`, `Linux`, `NTFS or exFAT`. */
  readonly typeName: string
  /** Name in the table; GPT only, often empty. */
  readonly name: string
  readonly active: boolean
  /** What is in it: `NTFS`, `ext4`, `FAT32`, `BitLocker`, `LUKS encryption`, `unknown`, `empty`. */
  readonly content: string
  readonly label: string
  /** Why its files are not readable, or what is wrong with it. */
  readonly note?: string
}

export interface FoundSystem {
  readonly kind: 'windows' | 'linux'
  /** `Windows 11 Pro`, `Debian GNU/Linux`. */
  readonly name: string
  /** `24H2`, `12 (bookworm)`; empty when it does not say. */
  readonly version: string
  /** Windows only: `26100.4349`. */
  readonly build?: string
  /** Number of the partition it lies on. */
  readonly partition: number
}

/** ok: it is as it should be. warning: it starts, and something will annoy. problem: it will not start like this.
 *  unknown: it could not be read, so nobody can say. */
export type Severity = 'ok' | 'warning' | 'problem' | 'unknown'

export interface Finding {
  /** Stable name, e.g. `windows.iscsi.driver`; several findings about several things end in `.1`, `.2`. */
  readonly id: string
  readonly severity: Severity
  /** One short sentence. */
  readonly title: string
  readonly detail?: string
  /** What to type or click in the PC before it becomes an image. */
  readonly remedy?: string
}

const ORDER: Readonly<Record<Severity, number>> = { problem: 0, unknown: 1, warning: 2, ok: 3 }

const LONGEST = { name: 256, title: 300, text: 4000 } as const

/** Words from the image as they may be shown: no control characters (a terminal obeys them), and no novels. */
export function shown(text: string, longest: number = LONGEST.name, lines: 'one line' | 'lines' = 'one line'): string {
  const clean = Array.from(text.slice(0, longest + 1), (c) => {
    const code = c.codePointAt(0)!
    if (c === '\n' && lines === 'lines') return c
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e)
    return isControl || (code >= 0x2066 && code <= 0x2069) ? '\ufffd' : c
  }).join('')
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean
}

const shownFinding = (f: Finding): Finding => ({
  ...f,
  title: shown(f.title, LONGEST.title),
  ...(f.detail !== undefined && { detail: shown(f.detail, LONGEST.text, 'lines') }),
  ...(f.remedy !== undefined && { remedy: shown(f.remedy, LONGEST.text, 'lines') }),
})

/** The same with all words fit to be shown, and the findings in their order. */
export function finished(report: OfflineReport): OfflineReport {
  const { partitions, system, findings } = report
  return {
    partitions: partitions.map((p) => ({
      ...p,
      name: shown(p.name),
      label: shown(p.label),
      ...(p.note !== undefined && { note: shown(p.note) }),
    })),
    ...(system && {
      system: {
        ...system,
        name: shown(system.name),
        version: shown(system.version),
        ...(system.build !== undefined && { build: shown(system.build) }),
      },
    }),
    findings: byImportance(findings).map(shownFinding),
  }
}

/** By severity; within one, in the order they were found. */
const byImportance = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => ORDER[a.severity] - ORDER[b.severity])

/** A finding about something that could not be read. */
export const notReadable = (id: string, what: string, reason: string, remedy?: string): Finding => ({
  id,
  severity: 'unknown',
  title: `${what}: not readable.`,
  detail: `Not readable: ${reason}.`,
  ...(remedy !== undefined && { remedy }),
})
