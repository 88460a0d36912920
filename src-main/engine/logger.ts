import { renameSync, statSync } from 'node:fs'
import { pino, type Logger as PinoLogger } from 'pino'
import type { LogFields, Logger } from '../base/log.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** The program's log: JSON lines into a file (one earlier file is kept), warnings and worse also to stderr as plain sentences. */
export function createLogger(o: { file?: string; level: LogLevel; stderr: boolean }): Logger & { flush(): void } {
  if (o.file !== undefined) turnOver(o.file)
  const streams: {
    level: LogLevel & ('trace' | 'debug' | 'info' | 'warn' | 'error')
    stream: { write(line: string): void }
  }[] = []
  const file =
    o.file === undefined ? undefined : pino.destination({ dest: o.file, mkdir: true, sync: true, mode: 0o600 })
  const level = o.level === 'silent' ? 'error' : o.level
  if (file) streams.push({ level, stream: file })
  if (o.stderr) streams.push({ level: 'warn', stream: { write: (line) => void process.stderr.write(plain(line)) } })
  const log = pino(
    { level: o.level, base: null, formatters: { level: (label) => ({ level: label }) } },
    pino.multistream(streams),
  )
  return Object.assign(wrap(log, {}), { flush: () => file?.flushSync() })
}

const TURN_OVER_BYTES = 20 * 2 ** 20

function turnOver(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > TURN_OVER_BYTES) renameSync(file, `${file}.1`)
}

/** `fields` are those of all ancestors: pino itself would print a field twice that a child overrides. */
function wrap(root: PinoLogger, fields: LogFields): Logger {
  const log = Object.keys(fields).length > 0 ? root.child(fields) : root
  return {
    error: (more, message) => log.error(more, message),
    warn: (more, message) => log.warn(more, message),
    info: (more, message) => log.info(more, message),
    debug: (more, message) => log.debug(more, message),
    trace: (more, message) => log.trace(more, message),
    child: (more) => wrap(root, { ...fields, ...more }),
  }
}

function plain(line: string): string {
  const entry = JSON.parse(line) as { level: string; component?: string; msg: string }
  return `bootlace: ${entry.level}: ${entry.msg}${entry.component ? ` [${entry.component}]` : ''}\n`
}
