import { putU32be } from '../base/bytes.ts'

/** REPORT LUNS data. @param fields 8-byte LUN fields. Source: SPC-4 §6.33. */
export function encodeReportLuns(fields: readonly Uint8Array[]): Uint8Array {
  const b = new Uint8Array(8 + fields.length * 8)
  putU32be(b, 0, fields.length * 8)
  fields.forEach((field, i) => b.set(field, 8 + i * 8))
  return b
}
