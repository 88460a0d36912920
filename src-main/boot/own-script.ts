import { utf8At } from '../base/bytes.ts'

/** What is known of scripts that people wrote themselves, by their names and text. */

export interface Override {
  readonly kind: 'uuid' | 'mac' | 'hostname'
  /** As the registry and the loader have it: a lower-case MAC with colons, a lower-case UUID or name. */
  readonly of: string
}

/** The PC that a script is for by its name: `mac-52-54-00-12-34-56.ipxe` (also without hyphens), `uuid-….ipxe` and
 *  `hostname-pc-01.ipxe`, in whatever folder below. Undefined: for no PC of its own. */
export function overrideOf(path: string): Override | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const [, kind, of] = /^(mac|uuid|hostname)-(.+)\.ipxe$/.exec(name) ?? []
  if (kind === 'mac') {
    const hex = of!.replace(/[-:]/g, '')
    return /^[0-9a-f]{12}$/.test(hex) ? { kind, of: hex.match(/../g)!.join(':') } : undefined
  }
  if (kind === 'uuid') {
    const hex = of!.replaceAll('-', '')
    const [, ...parts] = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(hex) ?? []
    return parts.length === 5 ? { kind, of: parts.join('-') } : undefined
  }
  return kind === 'hostname' ? { kind, of: of! } : undefined
}

/** Commands that fetch a script and need it there. */
const FETCHES = new Set(['chain', 'imgfetch', 'imgexec', 'boot'])
const WITH_VALUE = new Set(['--name', '-n', '--timeout', '-t'])

/** Why a script does not run; empty: nothing is known to be wrong. `exists`: whether there is a file of that path. */
export function checkScript(path: string, bytes: Uint8Array, exists: (path: string) => boolean): string[] {
  const text = utf8At(bytes, 0, bytes.length)
  const problems: string[] = []
  if (!/^#!(ipxe|gpxe)\s*(\r?\n|$)/.test(text)) problems.push('its first line is not #!ipxe')
  const lines = joined(text)
  const labels = new Set(lines.flatMap(({ line }) => (line.startsWith(':') ? [line.slice(1).split(/\s/)[0]!] : [])))
  for (const { line, number } of lines) {
    if (line.startsWith(':') || line.startsWith('#')) continue
    for (const words of commands(line)) {
      const [command, ...args] = words
      if (command === 'goto' && args[0] !== undefined && !args[0].includes('${') && !labels.has(args[0]))
        problems.push(`line ${number} goes to ${args[0]}, which is nowhere`)
      if (command === undefined || !FETCHES.has(command)) continue
      const target = args.find((arg, i) => !arg.startsWith('-') && !WITH_VALUE.has(args[i - 1] ?? ''))
      const file = target === undefined ? undefined : relative(path, target)
      // A fetch that may fail says so with `||`.
      if (file !== undefined && !exists(file) && !line.includes('||'))
        problems.push(`line ${number} needs ${target}, which is not there`)
    }
  }
  return problems
}

/** The path of a script named beside another; undefined for a whole address, one with values in it, and what is no script. */
function relative(from: string, target: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target) || target.includes('${') || !/\.(ipxe|cfg)$/i.test(target)) return undefined
  if (target.startsWith('/')) return target.startsWith('/scripts/') ? target.slice('/scripts/'.length) : undefined
  const parts = from.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

/** A final backslash joins lines. */
function joined(text: string): { line: string; number: number }[] {
  const found: { line: string; number: number }[] = []
  let open = ''
  let from = 1
  text.split(/\r?\n/).forEach((raw, i) => {
    if (open === '') from = i + 1
    if (raw.endsWith('\\')) {
      open += `${raw.slice(0, -1)} `
      return
    }
    found.push({ line: `${open}${raw}`.trim(), number: from })
    open = ''
  })
  if (open !== '') found.push({ line: open.trim(), number: from })
  return found
}

function commands(line: string): string[][] {
  const all: string[][] = [[]]
  for (const word of line.split(/\s+/).filter(Boolean)) {
    if (word.startsWith('#')) break
    if (word === '||' || word === '&&' || word === ';') all.push([])
    else all.at(-1)!.push(word)
  }
  return all
}
