/** Reading of PDU fields, apart from the product's codecs so that both cannot be wrong in the same way.
 *  Offsets: RFC 7143 §11.2-11.19. */

export const u16 = (b: Uint8Array, at: number): number => b[at]! * 0x100 + b[at + 1]!
export const u24 = (b: Uint8Array, at: number): number => b[at]! * 0x10000 + u16(b, at + 1)
export const u32 = (b: Uint8Array, at: number): number => u16(b, at) * 0x10000 + u16(b, at + 2)
export const hex = (n: number): string => '0x' + n.toString(16)

/** Serial number arithmetic over 32 bits: how far `a` is ahead of `b`. Source: RFC 1982. */
export const ahead = (a: number, b: number): number => (a - b) | 0
export const next = (n: number): number => (n + 1) >>> 0

export const NO_TAG = 0xffffffff

export const itt = (h: Uint8Array): number => u32(h, 16)
export const ttt = (h: Uint8Array): number => u32(h, 20)
/** The 8 bytes of a LUN as text, for comparison. */
export const lun = (h: Uint8Array): string => `${hex(u32(h, 8))}:${hex(u32(h, 12))}`

export const NAME: Readonly<Record<number, string>> = {
  0x00: 'NOP-Out',
  0x01: 'SCSI Command',
  0x02: 'Task Management Request',
  0x03: 'Login Request',
  0x04: 'Text Request',
  0x05: 'Data-Out',
  0x06: 'Logout Request',
  0x10: 'SNACK',
  0x20: 'NOP-In',
  0x21: 'SCSI Response',
  0x22: 'Task Management Response',
  0x23: 'Login Response',
  0x24: 'Text Response',
  0x25: 'Data-In',
  0x26: 'Logout Response',
  0x31: 'R2T',
  0x32: 'Async Message',
  0x3f: 'Reject',
}
