import { z } from 'zod'

/** What the target does, second by second. */

/** How long commands took, from the PDU that asks to the answer leaving; of a part of the commands. Microseconds. */
export const Latency = z.object({
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  /** How many commands were timed. */
  samples: z.number(),
})

/** One second. */
export const MetricsPoint = z.object({
  atMs: z.number(),
  readBytesPerSecond: z.number(),
  writeBytesPerSecond: z.number(),
  /** SCSI commands of all kinds. */
  commandsPerSecond: z.number(),
  /** Absent when none was timed. */
  reads: Latency.optional(),
  writes: Latency.optional(),
  /** Pages of images that were at hand in memory, and that had to be read. */
  cacheHits: z.number(),
  cacheMisses: z.number(),
})

/** Without `client`: all PCs together. */
export const MetricsQuery = z.object({
  /** Name or MAC. Its points have throughput only. */
  client: z.string().optional(),
})
export const Metrics = z.object({
  /** The last ten minutes at most, oldest first. */
  points: z.array(MetricsPoint),
  /** Of the last minute. */
  reads: Latency.optional(),
  writes: Latency.optional(),
  cache: z.object({
    /** Since the engine started. */
    hits: z.number(),
    misses: z.number(),
    /** Memory that holds blocks of images. */
    heldBytes: z.number(),
    maximumBytes: z.number(),
  }),
})

export const LogLevel = z.enum(['error', 'warn', 'info', 'debug', 'trace'])
export const LogQuery = z.object({
  /** This and what is worse; absent: `info`. */
  level: LogLevel.optional(),
  limit: z.number().int().min(1).max(2000).optional(),
})
/** A line of the engine's log: the sentence and who says it, without the fields beside it. */
export const LogLine = z.object({
  atMs: z.number(),
  level: LogLevel,
  component: z.string(),
  text: z.string(),
})

export type Latency = z.infer<typeof Latency>
export type MetricsPoint = z.infer<typeof MetricsPoint>
export type Metrics = z.infer<typeof Metrics>
export type LogLevel = z.infer<typeof LogLevel>
export type LogLine = z.infer<typeof LogLine>
