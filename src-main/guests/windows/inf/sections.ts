import { AppError } from '../../../base/errors.ts'
import { infText } from './text.ts'

/** One line of a section: `key = value, value` or only values. */
export interface InfLine {
  readonly key?: string
  readonly values: readonly string[]
}

/** An INF file as its sections; names in lower case, texts of [Strings] put in. */
export interface Inf {
  readonly names: readonly string[]
  lines(section: string): readonly InfLine[]
  /** The values behind the first line with that key. */
  values(section: string, key: string): readonly string[] | undefined
}

const MAX_LINES = 250_000
const MAX_VALUES = 64
/** A text may name another one; Windows does not go deeper either. */
const MAX_LENGTH = 4096

/** Errors: guest.inf. Source: Microsoft, “General syntax rules for INF files”. */
export function readInf(bytes: Uint8Array): Inf {
  const text = infText(bytes)
  if (!text.includes('[')) throw new AppError('guest.inf', 'the file has no sections, so it is not an INF file')
  const sections = new Map<string, InfLine[]>()
  let current: InfLine[] | undefined
  for (const line of wholeLines(text)) {
    const name = /^\[([^\]]*)\]?/.exec(line)?.[1]?.trim().toLowerCase()
    if (name !== undefined) {
      // Sections of one name are one.
      current = sections.get(name) ?? []
      sections.set(name, current)
    } else current?.push(lineOf(line))
  }
  const strings = new Map<string, string>()
  for (const [name, lines] of sections)
    if (name === 'strings' || name.startsWith('strings.'))
      for (const { key, values } of lines)
        if (key !== undefined && !strings.has(key.toLowerCase())) strings.set(key.toLowerCase(), values.join(','))
  const put = (value: string): string =>
    value
      .replace(/%([^%]*)%/g, (whole, token: string) =>
        token === '' ? '%' : (strings.get(token.toLowerCase()) ?? whole),
      )
      .slice(0, MAX_LENGTH)
  const filled = (line: InfLine): InfLine => ({
    ...(line.key !== undefined && { key: put(line.key) }),
    values: line.values.map(put),
  })
  const lines = (section: string): readonly InfLine[] => (sections.get(section.toLowerCase()) ?? []).map(filled)
  return {
    names: [...sections.keys()],
    lines,
    values: (section, key) => lines(section).find((line) => line.key?.toLowerCase() === key.toLowerCase())?.values,
  }
}

/** Lines without comments; one that ends with a backslash goes on in the next. */
function* wholeLines(text: string): Generator<string> {
  let before = ''
  let count = 0
  for (const raw of text.split(/\r\n|\r|\n/)) {
    if (++count > MAX_LINES) throw new AppError('guest.inf', 'the INF file has more lines than any driver needs')
    const line = (before + withoutComment(raw)).trim()
    if (line.endsWith('\\') && before.length < MAX_LENGTH) {
      before = line.slice(0, -1)
      continue
    }
    before = ''
    if (line !== '') yield line
  }
  if (before.trim() !== '') yield before.trim()
}

function withoutComment(line: string): string {
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '"') quoted = !quoted
    else if (line[i] === ';' && !quoted) return line.slice(0, i)
  }
  return line
}

function lineOf(line: string): InfLine {
  const parts: string[] = []
  let key: string | undefined
  let text = ''
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!
    if (char === '"') {
      // Two of them inside of quotes are one.
      if (quoted && line[i + 1] === '"') text += line[++i]!
      else quoted = !quoted
    } else if (quoted) text += char
    else if (char === '=' && key === undefined && parts.length === 0) {
      key = text.trim()
      text = ''
    } else if (char === ',' && parts.length < MAX_VALUES) {
      parts.push(text.trim())
      text = ''
    } else text += char
  }
  parts.push(text.trim())
  return { ...(key !== undefined && { key }), values: parts }
}
