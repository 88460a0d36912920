/** Little-endian numbers, as PC boot structures hold them. */

export function putU16le(b: Uint8Array, at: number, value: number): void {
  b[at] = value
  b[at + 1] = value >>> 8
}
export function putU32le(b: Uint8Array, at: number, value: number): void {
  putU16le(b, at, value & 0xffff)
  putU16le(b, at + 2, value >>> 16)
}
