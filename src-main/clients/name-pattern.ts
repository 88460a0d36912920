import { AppError } from '../base/errors.ts'
import { parseClientName } from './registry.ts'

const COUNTER = /\{(n{1,4})\}/i

/** How many PCs are named: `pc-{nn}` gives pc-01 to pc-99 and then pc-100; `pc-01` and `pc-` say the same. Returned with its
 *  braces, in lower case. Errors: client.name. */
export function parseNamePattern(text: string): string {
  const typed = text.trim().toLowerCase()
  const pattern = COUNTER.test(typed)
    ? typed
    : /\d$/.test(typed)
      ? typed.replace(/\d{1,4}$/, (digits) => `{${'n'.repeat(digits.length)}}`)
      : `${typed}{nn}`
  const first = parseClientName(nameBy(pattern, 1))
  if (/^\d+$/.test(first)) {
    throw new AppError('client.name', 'a name of digits only is no name for Windows', {
      hint: 'Begin it with a letter, for example pc-{nn}.',
    })
  }
  return pattern
}

/** @param pattern with its braces; without, the number stands at the end, of two digits. */
export const nameBy = (pattern: string, n: number): string =>
  (COUNTER.test(pattern) ? pattern : `${pattern}{nn}`).replace(COUNTER, (_, digits: string) =>
    String(n).padStart(digits.length, '0'),
  )

/** The first `count` names that are free. Errors: client.name, when names get too long. */
export function nextNames(pattern: string, count: number, isTaken: (name: string) => boolean): string[] {
  const names: string[] = []
  for (let n = 1; names.length < count; n++) {
    const name = parseClientName(nameBy(pattern, n))
    if (!isTaken(name)) names.push(name)
  }
  return names
}
