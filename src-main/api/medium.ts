import { z } from 'zod'

/** A boot medium for networks whose DHCP and TFTP cannot be used for it. */
export const NewMedium = z.object({
  /** A whole path on the computer of the engine, ending in .iso or .img; must not exist. */
  file: z.string().min(1),
  /** The PC it is for, by name or MAC; without one it is for any PC. */
  client: z.string().optional(),
  /** Dotted IPv4; without one the PC asks for an address by DHCP. */
  address: z.string().optional(),
  /** Default: that of the served network. */
  netmask: z.string().optional(),
  gateway: z.string().optional(),
})
export type NewMedium = z.infer<typeof NewMedium>

export const MediumView = z.object({
  file: z.string(),
  sizeBytes: z.number(),
  /** The URL that a PC started from it asks. */
  asks: z.string(),
  client: z.string().optional(),
  address: z.string().optional(),
})
export type MediumView = z.infer<typeof MediumView>
