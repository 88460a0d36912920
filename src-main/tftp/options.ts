import type { TftpOption } from './packet.ts'

/** Parameters of one transfer. */
export interface TransferParameters {
  /** Bytes of data in a full block. */
  readonly blksize: number
  /** Blocks sent before an acknowledgement is awaited. */
  readonly windowsize: number
  /** The client's wish for the time between retransmissions, ms. */
  readonly timeoutMs?: number
}

/** Without options. Source: RFC 1350 §2. */
export const DEFAULT_PARAMETERS: TransferParameters = { blksize: 512, windowsize: 1 }

/** A block of 1468 bytes and its headers (4 + 8 + 20) fill an Ethernet frame of 1500: larger ones would be cut into
 *  fragments, which ROMs do not put together. */
export const MAX_BLKSIZE = 1468
/** Larger windows were trouble in the field. RFC 7440 §4 allows up to 65535. */
export const MAX_WINDOWSIZE = 64

export interface Negotiation {
  readonly parameters: TransferParameters
  /** What to acknowledge: only options the client asked for, in its order. Empty: no OACK, data at once. */
  readonly accepted: readonly TftpOption[]
}

/** Options we do not know or whose value is out of range are left out of the answer, which declines them.
 *  Shape: `sizeBytes` is the length of the file, told for tsize.
 *  Source: RFC 2347; RFC 2348 (blksize 8-65464); RFC 2349 (timeout 1-255 s, tsize 0 in a read request); RFC 7440. */
export function negotiateOptions(asked: readonly TftpOption[], sizeBytes: number): Negotiation {
  let parameters = DEFAULT_PARAMETERS
  const accepted: TftpOption[] = []
  const seen = new Set<string>()
  for (const option of asked) {
    const name = option.name.toLowerCase()
    // An option may appear once only (RFC 2347); of two, the first counts.
    if (seen.has(name)) continue
    seen.add(name)
    const value = parseDecimal(option.value)
    if (value === undefined) continue
    if (name === 'blksize' && value >= 8 && value <= 65464) {
      parameters = { ...parameters, blksize: Math.min(value, MAX_BLKSIZE) }
      accepted.push({ name, value: String(parameters.blksize) })
    } else if (name === 'windowsize' && value >= 1 && value <= 65535) {
      parameters = { ...parameters, windowsize: Math.min(value, MAX_WINDOWSIZE) }
      accepted.push({ name, value: String(parameters.windowsize) })
    } else if (name === 'timeout' && value >= 1 && value <= 255) {
      parameters = { ...parameters, timeoutMs: value * 1000 }
      accepted.push({ name, value: String(value) })
    } else if (name === 'tsize') {
      accepted.push({ name, value: String(sizeBytes) })
    }
  }
  return { parameters, accepted }
}

/** Plain decimal digits only; `undefined` for anything else. */
function parseDecimal(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

/** A file name as virtual files know it: lower case, `/` between parts, none in front, no part that is `.`. Some old ROMs
 *  put 0xFF, blanks or control characters behind the name, because they take it from a DHCP option without looking at its
 *  length; backslashes come from firmware made with Windows servers in mind. `..` stays, and names nothing. */
export function normaliseName(filename: string): string {
  return filename
    .slice(0, MAX_NAME)
    .replace(/[^\x21-\x7e]+$/, '')
    .split(/[\\/]+/)
    .filter((part) => part !== '' && part !== '.')
    .join('/')
    .toLowerCase()
}

/** Longer ones are no names; they would only fill the log. */
const MAX_NAME = 256
