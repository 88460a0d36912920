/** Small files beside the images. Source: learn.microsoft.com, "Windows Setup Edition Configuration and Product ID Files
 *  (EI.cfg and PID.txt)" and "Add languages to a Windows 11 distribution" (Lang.ini). */

const MAX_LANGUAGES = 200

export interface EditionConfig {
  /** The edition that Setup takes without asking, `Professional`; empty: it asks, or goes by the key. */
  readonly editionId: string
  /** `Retail`, `OEM`, `Volume`; empty where it says nothing known. */
  readonly channel: string
}

/** `ei.cfg`: a line behind the name of its section. */
export function parseEditionConfig(text: string): EditionConfig {
  const sections = sectionsOf(text)
  const line = (name: string): string => sections.get(name)?.[0] ?? ''
  const channel = /^(Retail|OEM|Volume)$/i.exec(line('channel'))?.[0] ?? ''
  const editionId = /^[A-Za-z0-9]{1,64}$/.exec(line('editionid'))?.[0] ?? ''
  return { editionId, channel: channel === '' ? '' : (CHANNELS.get(channel.toLowerCase()) ?? '') }
}
const CHANNELS: ReadonlyMap<string, string> = new Map([
  ['retail', 'Retail'],
  ['oem', 'OEM'],
  ['volume', 'Volume'],
])

/** `lang.ini`: languages that Setup itself speaks, as `de-DE`. */
export function parseSetupLanguages(text: string): string[] {
  const lines = sectionsOf(text).get('available ui languages') ?? []
  const found = lines.flatMap((line) => /^([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})\s*=/.exec(line)?.[1] ?? [])
  return [...new Set(found.map(languageTag))].slice(0, MAX_LANGUAGES)
}

/** As BCP 47 recommends to write it: `sr-Latn-RS` for `sr-latn-rs`. */
export function languageTag(text: string): string {
  return text
    .split('-')
    .map((part, i) => {
      if (i === 0) return part.toLowerCase()
      if (part.length === 2) return part.toUpperCase()
      return part.length === 4 ? `${part[0]!.toUpperCase()}${part.slice(1).toLowerCase()}` : part
    })
    .join('-')
}

/** Lines that say something, by section; names in small letters. A file in UTF-16 has a zero in every second place. */
function sectionsOf(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>()
  let lines: string[] = []
  for (const raw of text.replace(/^[\ufeff\ufffd]+|\0/g, '').split(/\r\n|\r|\n/)) {
    const line = raw.trim()
    const name = /^\[([^\]]{1,64})\]$/.exec(line)?.[1]
    if (name !== undefined) sections.set(name.toLowerCase(), (lines = []))
    else if (line !== '' && !line.startsWith(';')) lines.push(line)
  }
  return sections
}
