import { AppError } from './errors.ts'

/** Numbers that must not be mixed up carry their unit in the type. */
export type Lba = number & { readonly __unit?: 'lba' }
export type ByteCount = number & { readonly __unit?: 'bytes' }
export type Millis = number & { readonly __unit?: 'ms' }

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  B: 1,
}

/** Bytes of a size as people type it: `64G` and `64GiB` are 2^36, `64GB` is 64·10^9, a bare number is bytes.
 *  Errors: config.size. */
export function parseSize(text: string): ByteCount {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*$/.exec(text)
  const factor = match ? FACTORS[match[2]!.toUpperCase()] : undefined
  const bytes = match && factor !== undefined ? Math.round(Number(match[1]) * factor) : NaN
  if (!Number.isSafeInteger(bytes)) {
    throw new AppError('config.size', `"${text}" is not a size`, {
      hint: 'Write it like 64G (64 GiB), 64GB (64·10⁹ bytes) or a number of bytes.',
    })
  }
  return bytes
}

/** Bytes for people: `1.5 GiB`. */
export function formatSize(bytes: ByteCount): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  const digits = unit === 0 || Number.isInteger(value) ? 0 : value < 10 ? 2 : 1
  return `${value.toFixed(digits)} ${units[unit]}`
}

const MAC = /^[0-9a-f]{12}$/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** MAC as lower-case colon text from any usual spelling (colons, hyphens, dots, none). Errors: config.mac. */
export function parseMac(text: string): string {
  const hex = text
    .trim()
    .toLowerCase()
    .replace(/[:\-. ]/g, '')
  if (!MAC.test(hex)) {
    throw new AppError('config.mac', `"${text}" is not a MAC address`, {
      hint: 'It has twelve hex digits, like 52:54:00:12:34:56.',
    })
  }
  return hex.match(/../g)!.join(':')
}

/** A UUID as firmware and Linux write it, in small letters; undefined when it is none. Source: RFC 9562 §4. */
export function parseUuid(text: string): string | undefined {
  const uuid = text.toLowerCase()
  return UUID.test(uuid) ? uuid : undefined
}
