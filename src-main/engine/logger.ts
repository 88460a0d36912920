import { renameSync, statSync } from 'node:fs'
import { pino, type Logger as PinoLogger } from 'pino'
import type { Logger } from '../base/log.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** The program's log: JSON lines into a file (one earlier file is kept), warnings and worse also to stderr as plain sentences. */
export function createLogger(o: { file?: string; level: LogLevel; stderr: boolean }): Logger & { flush(): void } {
  if (o.file !== undefined) turnOver(o.file)
  const streams: {
    level: LogLevel & ('trace' | 'debug' | 'info' | 'warn' | 'error')
    stream: { write(line: string): void }
  }[] = []
  const file = o.file === undefined ? undefined : pino.destination({ dest: o.file, mkdir: true, sync: true })
  const level = o.level === 'silent' ? 'error' : o.level
  if (file) streams.push({ level, stream: file })
  if (o.stderr) streams.push({ level: 'warn', stream: { write: (line) => void process.stderr.write(plain(line)) } })
  const log = pino(
    { level: o.level, base: null, formatters: { level: (label) => ({ level: label }) } },
    pino.multistream(streams),
  )
  return Object.assign(wrap(log), { flush: () => file?.flushSync() })
}

const TURN_OVER_BYTES = 20 * 2 ** 20

function turnOver(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > TURN_OVER_BYTES) renameSync(file, `${file}.1`)
}

function wrap(log: PinoLogger): Logger {
  return {
    error: (fields, message) => log.error(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    info: (fields, message) => log.info(fields, message),
    debug: (fields, message) => log.debug(fields, message),
    trace: (fields, message) => log.trace(fields, message),
    child: (fields) => wrap(log.child(fields)),
  }
}

function plain(line: string): string {
  const entry = JSON.parse(line) as { level: string; component?: string; msg: string }
  return `bootlace: ${entry.level}: ${entry.msg}${entry.component ? ` [${entry.component}]` : ''}\n`
}
