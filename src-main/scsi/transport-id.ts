import { putU16be, u16be, utf8At, utf8Bytes } from '../base/bytes.ts'

/** TransportIDs of iSCSI initiator ports. Source: SPC-4 §7.6.4.6. */

/** Format 01b in the high bits: name, separator and ISID; protocol 5h, iSCSI. */
const ISCSI_PORT = 0x45
const HEADER = 4

/** @param portName `initiatorName,i,0xISID`. NUL-terminated and padded to four bytes, 20 at least. */
export function encodeTransportId(portName: string): Uint8Array {
  const name = utf8Bytes(portName)
  const nameLength = Math.max(20, (name.length + 1 + 3) & ~3)
  const b = new Uint8Array(HEADER + nameLength)
  b[0] = ISCSI_PORT
  putU16be(b, 2, nameLength)
  b.set(name, HEADER)
  return b
}

/** The port name, or undefined when the bytes are no TransportID of an iSCSI port: one that names no ISID stands for many
 *  ports and cannot be registered. */
export function decodeTransportId(b: Uint8Array): string | undefined {
  if (b.length < HEADER || b[0] !== ISCSI_PORT) return undefined
  const nameLength = u16be(b, 2)
  if (nameLength < 20 || nameLength % 4 !== 0 || HEADER + nameLength !== b.length) return undefined
  const end = b.indexOf(0, HEADER)
  if (end < 0) return undefined
  const text = utf8At(b, HEADER, end - HEADER).toLowerCase()
  return /^[^,]+,i,0x[0-9a-f]{12}$/.test(text) ? text : undefined
}
