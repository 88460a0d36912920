import { z } from 'zod'

export const Problem = z.object({
  code: z.string(),
  message: z.string(),
  /** What the reader can do. */
  hint: z.string().optional(),
})
export type Problem = z.infer<typeof Problem>
