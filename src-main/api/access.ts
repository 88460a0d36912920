import { z } from 'zod'

/** Initiators that are let in beside those that Bootlace names itself. */

/** A login that was turned away because the disk is kept for a PC. */
export const RefusedLogin = z.object({
  initiator: z.string(),
  disk: z.string(),
  /** The PC that the disk is kept for. */
  client: z.string(),
  ip: z.string(),
  atMs: z.number(),
})
export type RefusedLogin = z.infer<typeof RefusedLogin>

export const AllowInitiator = z.object({ initiator: z.string(), disk: z.string() })
export const InitiatorName = z.object({ initiator: z.string() })
export const AllowedInitiator = z.object({
  initiator: z.string(),
  disk: z.string(),
  /** What the initiator asks for. */
  targetName: z.string(),
  /** The PC that it now is; absent when the disk is for everybody anyway. */
  client: z.string().optional(),
  /** Whether it must give that PC's password. */
  password: z.boolean(),
})
export type AllowedInitiator = z.infer<typeof AllowedInitiator>
