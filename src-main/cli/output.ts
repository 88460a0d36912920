import { EngineError } from '../api/caller.ts'
import { AppError } from '../base/errors.ts'

/** Exit codes of the contract. */
export const EXIT = { done: 0, failed: 1, cannotStart: 2, notRunning: 3, usage: 64 } as const

export const say = (line: string): void => void process.stdout.write(line + '\n')
export const note = (line: string): void => void process.stderr.write(line + '\n')
export const sayJson = (value: unknown): void => say(JSON.stringify(value))

/** One line: what went wrong and what to do. */
export function errorLine(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const hint = thrown instanceof EngineError || thrown instanceof AppError ? thrown.hint : undefined
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`
  return `bootlace: ${sentence}${hint ? ` ${hint}` : ''}`.replace(/\s*\n\s*/g, ' ')
}

/** What was typed cannot be meant. */
const USAGE: ReadonlySet<string> = new Set(['config.size', 'config.mac', 'config.usage'])

export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof EngineError || thrown instanceof AppError) {
    if (thrown.code === 'engine.notRunning' || thrown.code === 'engine.gone') return EXIT.notRunning
    if (USAGE.has(thrown.code)) return EXIT.usage
  }
  return EXIT.failed
}

/** Columns as wide as their widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((row) => row[i]!.length)))
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function formatTime(ms: number): string {
  const d = new Date(ms)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
}

/** A reader that went away (`bootlace events | head`) is no fault: what it no longer reads is dropped, and `end` says what
 *  becomes of the program. */
export function tolerateClosedPipes(end: () => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      end()
    })
  }
}
