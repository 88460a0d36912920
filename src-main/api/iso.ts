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
  /** Sentences for people. */
  notes: z.array(z.string()),
})
export type MediumReport = z.infer<typeof MediumReport>
