import { u32le, utf8At } from '../../../base/bytes.ts'
import type { ByteSource } from '../../offline/disk/source.ts'

/** What Rock Ridge adds to a directory record. Source: SUSP 1.12 (IEEE P1281) §5, RRIP 1.12 (IEEE P1282) §4.1. */
export interface RockRidge {
  readonly name: string | undefined
  /** Where a symbolic link leads. */
  readonly link: string | undefined
  /** Block of a directory that lies deeper than ISO 9660 allows, and was moved. */
  readonly childBlock: number | undefined
  /** The place it was moved to, which is not to be shown. */
  readonly relocated: boolean
  /** Kept compressed (zisofs): its bytes are not the file's. */
  readonly compressed: boolean
}

const MAX_CONTINUATIONS = 32
const MAX_AREA = 64 * 1024
const MAX_TEXT = 4096

interface Entry {
  readonly signature: string
  readonly data: Uint8Array
}

/** Bytes to skip in each system use field, as the root's own record says; undefined when there is no Rock Ridge.
 *  Source: SUSP §5.3. */
export function suspSkip(systemUse: Uint8Array): number | undefined {
  for (const start of [0, 15]) {
    const is = (i: number, value: number) => systemUse[start + i] === value
    if (is(0, 0x53) && is(1, 0x50) && is(2, 7) && is(4, 0xbe) && is(5, 0xef)) return systemUse[start + 6]!
  }
  return undefined
}

export async function readRockRidge(medium: ByteSource, blockBytes: number, systemUse: Uint8Array): Promise<RockRidge> {
  let name: string | undefined
  let link: LinkText | undefined
  let childBlock: number | undefined
  let relocated = false
  let compressed = false
  for (const { signature, data } of await entries(medium, blockBytes, systemUse)) {
    // Flags 2 and 4 mean `.` and `..`.
    if (signature === 'NM' && data.length >= 1 && (data[0]! & 6) === 0)
      name = ((name ?? '') + utf8At(data, 1, data.length - 1)).slice(0, MAX_TEXT)
    else if (signature === 'SL' && data.length >= 1) link = addComponents(link, data)
    else if (signature === 'CL' && data.length >= 4) childBlock = u32le(data, 0)
    else if (signature === 'RE') relocated = true
    else if (signature === 'ZF') compressed = true
  }
  return { name, link: link && (link.text || '/'), childBlock, relocated, compressed }
}

/** Entries of the field and of the areas it goes on in; what does not add up ends it. */
async function entries(medium: ByteSource, blockBytes: number, systemUse: Uint8Array): Promise<Entry[]> {
  const found: Entry[] = []
  let area: Uint8Array | undefined = systemUse
  for (let n = 0; area && n <= MAX_CONTINUATIONS; n++) {
    let next: { readonly at: number; readonly length: number } | undefined
    for (let at = 0; at + 4 <= area.length;) {
      const length = area[at + 2]!
      if (length < 4 || at + length > area.length) break
      const signature = String.fromCharCode(area[at]!, area[at + 1]!)
      const data = area.subarray(at + 4, at + length)
      if (signature === 'ST') break
      if (signature === 'CE' && data.length >= 24)
        next = { at: u32le(data, 0) * blockBytes + u32le(data, 8), length: u32le(data, 16) }
      else found.push({ signature, data })
      at += length
    }
    const fits = next && next.length <= MAX_AREA && next.at + next.length <= medium.sizeBytes
    area = next && fits ? await medium.read(next.at, next.length) : undefined
  }
  return found
}

interface LinkText {
  readonly text: string
  /** The last component goes on in the next record. */
  readonly open: boolean
}

/** Components of a symbolic link. Source: RRIP §4.1.3.1. */
function addComponents(before: LinkText | undefined, data: Uint8Array): LinkText {
  let text = before?.text ?? ''
  let open = before?.open ?? false
  for (let at = 1; at + 2 <= data.length && text.length < MAX_TEXT;) {
    const flags = data[at]!
    const length = data[at + 1]!
    if (at + 2 + length > data.length) break
    const part = flags & 2 ? '.' : flags & 4 ? '..' : flags & 8 ? '' : utf8At(data, at + 2, length)
    if (flags & 8) text = '/'
    else if (open || text === '' || text.endsWith('/')) text += part
    else text += `/${part}`
    open = (flags & 1) !== 0
    at += 2 + length
  }
  return { text, open }
}
