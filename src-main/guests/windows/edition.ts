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
