import { z } from 'zod'

/** What an ISO is, and how a PC installs from it over the network. */

export const MediumQuery = z.object({ file: z.string() })

export const MediumKind = z.enum([
  'debian',
  'debian-netboot',
  'debian-live',
  'ubuntu',
  'fedora',
  'fedora-live',
  'arch',
  'opensuse',
  'windows',
  'unknown',
])
/** How sure it is that it works: seen on a PC with that system; said by its makers; tried by nobody here. */
export const Evidence = z.enum(['booted', 'documented', 'untried'])

/** Why a Windows will not start from its disk here, or only in another way. refuse: Bootlace does not try it. stop: known to
 *  fail; `knowingly` lets it go on. warn: some PCs, or some part of it. note: good to know. */
export const MediumFindingView = z.object({
  id: z.string(),
  level: z.enum(['refuse', 'stop', 'warn', 'note']),
  /** read: stands on this medium. booted: seen here. documented: by the makers of the system. reported: by others. untried:
   *  by nobody we know of. */
  grade: z.enum(['read', 'booted', 'documented', 'reported', 'untried']),
  title: z.string(),
  reason: z.string(),
  cure: z.string(),
  /** Who says so. */
  source: z.string().optional(),
  /** Date of what the source says: `2026-01-29`. */
  asOf: z.string().optional(),
  /** Numbers of the editions it holds for; absent: all. */
  editions: z.array(z.number()).readonly().optional(),
})

const Architecture = z.enum(['x86', 'arm', 'ia64', 'amd64', 'arm64', 'unknown'])

/** One line of the list in which Setup lets people choose. */
export const WindowsEditionView = z.object({
  /** From 1. */
  index: z.number(),
  name: z.string(),
  editionId: z.string(),
  architecture: Architecture,
  build: z.string(),
  language: z.string(),
})

/** What is on a medium of Windows. Texts are empty where it does not say. */
export const WindowsMediumView = z.object({
  product: z.string(),
  release: z.string(),
  /** Of several editions the oldest. */
  build: z.string(),
  editions: z.array(WindowsEditionView).readonly(),
  architectures: z.array(Architecture).readonly(),
  languages: z.array(z.string()).readonly(),
  /** That Setup itself speaks. */
  setupLanguages: z.array(z.string()).readonly(),
  /** `Retail`, `OEM`, `Volume`. */
  channel: z.string(),
  /** Setup takes this edition without asking. */
  fixedEdition: z.string(),
  /** It brings its own product key. */
  hasKey: z.boolean(),
  /** What Windows itself lies in. */
  image: z
    .object({
      path: z.string(),
      format: z.enum(['wim', 'esd', 'swm']),
      parts: z.number(),
      compression: z.enum(['none', 'XPRESS', 'LZX', 'LZMS', 'unknown']),
      solid: z.boolean(),
    })
    .optional(),
  hasBootImage: z.boolean(),
  bootFiles: z.array(z.enum(['BIOS', 'UEFI'])).readonly(),
  /** Most important first. */
  findings: z.array(MediumFindingView).readonly(),
})

export const MediumReport = z.object({
  file: z.string(),
  kind: MediumKind,
  title: z.string(),
  label: z.string(),
  sizeBytes: z.number(),
  fileSystem: z.string(),
  /** Firmware that it can be started by from a drive. */
  bootsOn: z.array(z.enum(['BIOS', 'UEFI'])),
  /** What the loader starts, by paths inside the ISO; absent when it cannot be started over the network as it is. In the
   *  arguments `{files}` stands for the address of the files inside and `{iso}` for that of the whole. */
  plan: z
    .object({
      kernel: z.string(),
      initrd: z.string(),
      args: z.string(),
      evidence: Evidence,
      memoryBytes: z.number().optional(),
    })
    .optional(),
  /** Of a Windows: whether the file is there that starts its Setup over the network. */
  wimboot: z.enum(['ready', 'missing']).optional(),
  windows: WindowsMediumView.optional(),
  /** Sentences for people. */
  notes: z.array(z.string()),
})
export type MediumReport = z.infer<typeof MediumReport>
export type MediumFindingView = z.infer<typeof MediumFindingView>
export type WindowsEditionView = z.infer<typeof WindowsEditionView>
export type WindowsMediumView = z.infer<typeof WindowsMediumView>
