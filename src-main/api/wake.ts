import { z } from 'zod'

/** Switching PCs on over the network (Wake-on-LAN). */

/** Before the next group begins: not at all, until most or all PCs of the last one run, or a fixed time. */
const WakeWait = z.enum(['no', 'most', 'all', 'delay'])

/** PCs by name or MAC, then groups in order. Of the times, what is left out is as usual. */
export const WakeRequest = z.object({
  ids: z.array(z.string()).optional(),
  groups: z.array(z.string()).optional(),
  /** Between two PCs. */
  staggerSeconds: z.number().int().nonnegative().optional(),
  wait: WakeWait.optional(),
  waitAtMostSeconds: z.number().int().nonnegative().optional(),
})
export const Woken = z.object({
  /** Names of those that are sent a packet, in order; PCs that run are left out. */
  pcs: z.array(z.string()),
  staggerSeconds: z.number(),
})
/** One that comes while the engine is off or the computer asleep is not made up for. */
export const NewWakeSchedule = WakeRequest.extend({
  /** `07:30`, in the time of the engine's computer. */
  time: z.string(),
  /** 1 Monday to 7 Sunday. */
  weekdays: z.array(z.number().int()),
})
export const WakeScheduleView = z.object({
  id: z.number(),
  /** Names; PCs that were forgotten since are left out. */
  pcs: z.array(z.string()),
  groups: z.array(z.string()),
  staggerSeconds: z.number(),
  wait: WakeWait,
  waitAtMostSeconds: z.number(),
  time: z.string(),
  weekdays: z.array(z.number()),
  nextMs: z.number(),
})

export type WakeRequest = z.infer<typeof WakeRequest>
export type Woken = z.infer<typeof Woken>
export type NewWakeSchedule = z.infer<typeof NewWakeSchedule>
export type WakeScheduleView = z.infer<typeof WakeScheduleView>
