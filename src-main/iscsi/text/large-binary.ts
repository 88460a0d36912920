import { toHex } from '../../base/bytes.ts'

/** Binary values of text keys: hex after `0x`, base64 after `0b`. Source: RFC 7143 §6.1. */

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** Longest value that any key of the standard takes, bytes. Source: RFC 7143 §12.1. */
const MAX_BYTES = 1024

/** The form that every initiator reads. */
export const encodeLargeBinary = (bytes: Uint8Array): string => `0x${toHex(bytes)}`

/** Undefined for anything else than one of both forms, for an empty value and for one that is too long. */
export function decodeLargeBinary(text: string): Uint8Array | undefined {
  const form = text.slice(0, 2).toLowerCase()
  const bytes = form === '0x' ? fromHexDigits(text.slice(2)) : form === '0b' ? fromBase64(text.slice(2)) : undefined
  return bytes && bytes.length > 0 && bytes.length <= MAX_BYTES ? bytes : undefined
}

/** A lonely first digit is a byte of its own, as in numbers. */
function fromHexDigits(digits: string): Uint8Array | undefined {
  if (digits.length > 2 * MAX_BYTES || !/^[0-9a-fA-F]+$/.test(digits)) return undefined
  const even = digits.length % 2 === 0 ? digits : `0${digits}`
  return Uint8Array.from({ length: even.length / 2 }, (_, i) => parseInt(even.slice(2 * i, 2 * i + 2), 16))
}

/** With its padding or without. */
function fromBase64(text: string): Uint8Array | undefined {
  if (text.length > 2 * MAX_BYTES || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const digits = text.replace(/=+$/, '')
  const padded = digits.length < text.length
  if (digits.length % 4 === 1 || (padded && text.length % 4 !== 0)) return undefined
  const out = new Uint8Array(Math.floor((digits.length * 6) / 8))
  let bits = 0
  let have = 0
  let at = 0
  for (const digit of digits) {
    bits = ((bits << 6) | BASE64.indexOf(digit)) & 0xffff
    have += 6
    if (have < 8) continue
    have -= 8
    out[at++] = bits >>> have
  }
  return out
}
