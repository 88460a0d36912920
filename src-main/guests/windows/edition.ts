import { AppError } from '../../base/errors.ts'

/** Processors as the header of a WIM numbers them (PROCESSOR_ARCHITECTURE_* of winnt.h). */
export type WindowsArchitecture = 'x86' | 'arm' | 'ia64' | 'amd64' | 'arm64' | 'unknown'

/** One edition on a Windows medium: what Setup offers as a line of its list. */
export interface WindowsEdition {
  /** From 1, as `/IMAGE/INDEX` of an answer file and every tool for WIMs count. */
  readonly index: number
  /** As `/IMAGE/NAME` of an answer file names it: `Windows 11 Pro`. Setup compares it letter by letter. */
  readonly name: string
  /** `Professional`, `ServerStandard`; empty where the image does not say. */
  readonly editionId: string
  readonly architecture: WindowsArchitecture
  /** `26100.1742`; empty where the image does not say. */
  readonly build: string
  /** The one it speaks at first, `de-DE`; empty where the image does not say. */
  readonly language: string
}

/** The edition that somebody means by its number, its name or its id. Errors: config.edition. */
export function chooseEdition(editions: readonly WindowsEdition[], wanted: string): WindowsEdition {
  const text = wanted.trim().toLowerCase()
  const found = /^\d{1,3}$/.test(text)
    ? editions.filter((e) => e.index === Number(text))
    : [(e: WindowsEdition) => e.name, (e: WindowsEdition) => e.editionId]
        .map((of) => editions.filter((e) => of(e).toLowerCase() === text))
        .find((matching) => matching.length > 0)
  if (found?.length === 1) return found[0]!
  const among = editions.map((e) => `${e.index} ${e.name}`).join(', ') || 'none'
  throw new AppError(
    'config.edition',
    found && found.length > 1
      ? `several editions on this medium are called "${wanted}"`
      : `this medium has no edition "${wanted}"`,
    { hint: `Take one of these by its number: ${among}.` },
  )
}
