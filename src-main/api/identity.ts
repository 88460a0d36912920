import { z } from 'zod'

/** What tells PCs of one image apart. */

/** `id`: name or MAC of a PC; `image`: the name of an image, for all its PCs that have nothing of their own. One of them. */
export const UserDataQuery = z.object({ id: z.string().optional(), image: z.string().optional() })
/** `null` takes it away. */
export const UserDataChange = UserDataQuery.extend({ text: z.string().nullable() })
/** What cloud-init is told. May hold passwords. */
export const UserData = z.object({
  text: z.string(),
  /** Who it was written for; `usual`: nobody wrote anything. */
  from: z.enum(['client', 'image', 'usual']),
})

/** What a clone is told from others by, inside its system. Nothing secret. */
export const ClientIdentity = z.object({
  hostName: z.string(),
  initiatorName: z.string(),
  /** Of Linux with the kit; absent without a disk of ours. */
  machineId: z.string().optional(),
  uuid: z.string().optional(),
  /** For cloud-init; absent while boot HTTP does not run. */
  seedUrl: z.string().optional(),
  /** The same for all PCs: cloud-init puts in the UUID. */
  commonSeedUrl: z.string().optional(),
  userDataFrom: UserData.shape.from,
})

/** PCs by their addresses, each with the next free name; all of them or none. */
export const NewClients = z.object({
  macs: z.array(z.string()).min(1).max(256),
  /** `pc-{nn}` or `pc-01`; absent: that of the settings. */
  pattern: z.string().optional(),
  /** Each gets a disk made from it. */
  image: z.string().optional(),
  group: z.string().optional(),
})

export type UserData = z.infer<typeof UserData>
export type ClientIdentity = z.infer<typeof ClientIdentity>
export type NewClients = z.infer<typeof NewClients>
