import { open } from 'node:fs/promises'
import type { LogLevel, LogLine } from '../api/metrics.ts'

/** Levels by gravity, the gravest first. */
const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'trace']
/** Read from the end of the file at most. */
const TAIL_BYTES = 512 * 1024

/** The newest lines of the engine's log, oldest first: time, level, who says it, and its sentence. The fields beside the
 *  sentence stay in the file. No file yet: no lines. */
export async function logTail(
  file: string,
  o: { readonly level?: LogLevel | undefined; readonly limit?: number | undefined } = {},
): Promise<LogLine[]> {
  const gravest = LEVELS.indexOf(o.level ?? 'info')
  const lines: LogLine[] = []
  for (const text of (await endOf(file)).split('\n')) {
    const line = parseLine(text)
    if (line && LEVELS.indexOf(line.level) <= gravest) lines.push(line)
  }
  return lines.slice(-(o.limit ?? 300))
}

async function endOf(file: string): Promise<string> {
  let handle
  try {
    handle = await open(file, 'r')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw thrown
  }
  try {
    const { size } = await handle.stat()
    const from = Math.max(0, size - TAIL_BYTES)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from)
    const text = buffer.toString('utf8', 0, bytesRead)
    // The first line is most likely the end of one.
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    await handle.close()
  }
}

/** Undefined for what is no line of ours, e.g. one that is being written. */
export function parseLine(text: string): LogLine | undefined {
  let entry: { level?: unknown; time?: unknown; component?: unknown; msg?: unknown }
  try {
    entry = JSON.parse(text) as typeof entry
  } catch {
    // The last line may be half there.
    return undefined
  }
  if (typeof entry !== 'object' || entry === null) return undefined
  const { level, time, component, msg } = entry
  const known = LEVELS.find((l) => l === level)
  if (!known || typeof time !== 'number' || typeof msg !== 'string') return undefined
  return { atMs: time, level: known, component: typeof component === 'string' ? component : 'engine', text: msg }
}
