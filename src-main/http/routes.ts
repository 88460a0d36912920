import { parseMac, parseUuid } from '../base/units.ts'
import { SEED_FILES, type AskedPc, type IdentityFile } from '../boot/boot-content.ts'

/** What a path of the boot port means. Source: the project's contract, "Names on the wire". */
export type BootRoute =
  | { readonly to: 'firstScript' }
  | { readonly to: 'clientScript'; readonly mac: string; readonly query: ReadonlyMap<string, string> }
  | { readonly to: 'loader'; readonly file: string }
  | { readonly to: 'media'; readonly name: string; readonly rest: string }
  | { readonly to: 'kit'; readonly name: string }
  | { readonly to: 'windowsPe'; readonly mac: string; readonly file: string }
  | { readonly to: 'identity'; readonly pc: AskedPc; readonly file: IdentityFile }
  | { readonly to: 'ownFile'; readonly path: string }
  | { readonly to: 'report'; readonly mac: string; readonly stage: string; readonly errno: string }
  | { readonly to: 'nothing' }

const NOTHING: BootRoute = { to: 'nothing' }

/** Longest texts kept from a query; reports reach logs and the timeline. */
const MAX_QUERY_VALUE = 128
const MAX_QUERY_KEYS = 16

/** Reads a request target; never throws. A path with anything odd in it (empty parts, dots, broken percent codes)
 *  leads nowhere. */
export function routeOf(target: string): BootRoute {
  const mark = target.indexOf('?')
  const parts = pathParts(mark < 0 ? target : target.slice(0, mark))
  const query = parseQuery(mark < 0 ? '' : target.slice(mark + 1))
  if (!parts) return NOTHING
  const [first, second, ...rest] = parts
  if (second === undefined) return first === 'boot.ipxe' || first === 'autoexec.ipxe' ? { to: 'firstScript' } : NOTHING
  switch (first) {
    case 'nocloud': {
      const [pc, file] = [pcFrom(second), SEED_FILES.find((name) => name === rest[0])]
      return pc && file && rest.length === 1 ? { to: 'identity', pc, file } : NOTHING
    }
    case 'client': {
      const pc = rest.length === 1 && rest[0] === 'identity' ? pcFrom(second) : undefined
      if (pc) return { to: 'identity', pc, file: 'identity' }
      const mac = macFrom(second)
      return mac && rest.length === 1 && rest[0] === 'boot.ipxe' ? { to: 'clientScript', mac, query } : NOTHING
    }
    case 'loader':
      if (rest.length > 0) return NOTHING
      // A loader that came from here looks for its script beside itself.
      return second === 'autoexec.ipxe' ? { to: 'firstScript' } : { to: 'loader', file: second }
    case 'media':
      return rest.length > 0 ? { to: 'media', name: second, rest: rest.join('/') } : NOTHING
    case 'scripts':
      return { to: 'ownFile', path: [second, ...rest].join('/') }
    case 'kit':
      return rest.length > 0 ? NOTHING : { to: 'kit', name: second }
    case 'winpe': {
      const mac = macFrom(second)
      return mac && rest.length === 1 ? { to: 'windowsPe', mac, file: rest[0]! } : NOTHING
    }
    case 'report': {
      const mac = macFrom(second)
      if (!mac || rest.length > 0) return NOTHING
      return { to: 'report', mac, stage: printable(query.get('st') ?? ''), errno: printable(query.get('err') ?? '') }
    }
    default:
      return NOTHING
  }
}

/** Decoded parts of an absolute path, `undefined` when one of them could name something else than it says. */
function pathParts(path: string): string[] | undefined {
  if (!path.startsWith('/')) return undefined
  const parts: string[] = []
  for (const raw of path.slice(1).split('/')) {
    const part = decode(raw)
    if (part === undefined || part === '' || part === '.' || part === '..' || /[/\\\0]/.test(part)) return undefined
    parts.push(part)
  }
  return parts
}

function parseQuery(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>()
  for (const pair of text.split('&').slice(0, MAX_QUERY_KEYS)) {
    const at = pair.indexOf('=')
    const key = decode(at < 0 ? pair : pair.slice(0, at))
    const value = decode(at < 0 ? '' : pair.slice(at + 1).replaceAll('+', ' '))
    if (key && value !== undefined && !query.has(key)) query.set(key, value.slice(0, MAX_QUERY_VALUE))
  }
  return query
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // A broken percent code.
    return undefined
  }
}

/** MAC in colon or hyphen form only, as our scripts write it. */
function macFrom(text: string): string | undefined {
  return /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text) ? parseMac(text) : undefined
}

/** A PC by its MAC, or by its UUID as firmware and Linux write it. */
function pcFrom(text: string): AskedPc | undefined {
  const mac = macFrom(text)
  if (mac) return { mac }
  const uuid = parseUuid(text)
  return uuid === undefined ? undefined : { uuid }
}

/** Text of a client, safe for logs and screens. */
const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?')

/** Media types by file name. Firmware decides by it whether it can start what it fetched. */
export function mediaType(name: string): string {
  const dot = name.lastIndexOf('.')
  return TYPES.get(name.slice(dot + 1).toLowerCase()) ?? 'application/octet-stream'
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['efi', 'application/efi'],
  ['iso', 'application/vnd.efi-iso'],
  ['img', 'application/vnd.efi-img'],
  ['ipxe', 'text/plain; charset=utf-8'],
  ['txt', 'text/plain; charset=utf-8'],
  ['cfg', 'text/plain; charset=utf-8'],
  ['xml', 'application/xml'],
  ['json', 'application/json'],
])
