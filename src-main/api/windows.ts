import { z } from 'zod'
import { AnswerFinding } from './setup.ts'

/** Installing Windows over the network: the file that starts its Setup, drivers for network cards, and answers to what
 *  Setup asks. */

export const WimbootView = z.object({
  /** Absent: there is none, and Windows is installed from a DVD or USB stick. */
  file: z
    .object({
      version: z.string(),
      sha256: z.string(),
      /** It is, byte for byte, the file of the iPXE project's release that Bootlace knows. */
      released: z.boolean(),
      /** `user`: put in by a person; `fetched`: came with the loaders. */
      from: z.enum(['user', 'fetched']),
    })
    .optional(),
  /** Where to get the file that is known. */
  url: z.string(),
  sha256: z.string(),
})

/** A path on the computer that runs Bootlace; `null` forgets the file that was put in. */
export const PutWimboot = z.object({ file: z.string().nullable() })

export const DriversQuery = z.object({ disk: z.string(), client: z.string().optional() })
/** `null` takes the folder away. */
export const PutDrivers = DriversQuery.extend({ folder: z.string().nullable() })

export const DriversView = z.object({
  disk: z.string(),
  folder: z.string().optional(),
  /** Name of the PC whose network card counts. */
  client: z.string().optional(),
  /** Its network card, vendor and device, e.g. `10ec:8168`. */
  card: z.string().optional(),
  drivers: z.array(
    z.object({
      inf: z.string(),
      name: z.string(),
      version: z.string(),
      verdict: z.enum(['fits', 'possible', 'other', 'refused']),
      /** One sentence, without its full stop. */
      why: z.string(),
      files: z.number(),
    }),
  ),
})

export const InstallAnswersQuery = z.object({ client: z.string() })
/** `null` takes the file away. */
export const PutInstallAnswers = InstallAnswersQuery.extend({
  text: z
    .string()
    .max(4 * 1024 * 1024)
    .nullable(),
})

/** The answer file of a PC. Its text is never told: it may hold a password. */
export const InstallAnswersView = z.object({
  /** Name of the PC. */
  client: z.string(),
  /** Whether there is one. */
  present: z.boolean(),
  /** What Windows would stumble over in it, by line. */
  findings: z.array(AnswerFinding),
  /** The ISO of Windows that the PC installs from; absent: its medium is none, and the file waits for one. */
  medium: z.string().optional(),
  /** Whether the file wimboot is there, without which nothing of Windows starts over the network. */
  wimboot: z.boolean(),
  /** As it was last seen to ask. */
  firmware: z.enum(['BIOS', 'UEFI']).optional(),
  /** Where its Setup has the drivers for its network card, for an answer file that is made. */
  driverPaths: z.array(z.string()),
})

export type InstallAnswersView = z.infer<typeof InstallAnswersView>
export type WimbootView = z.infer<typeof WimbootView>
export type DriversView = z.infer<typeof DriversView>
