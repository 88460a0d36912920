import { putAscii, putU16be } from '../../src-main/base/bytes.ts'

/** A file that says of itself what wimboot does; it can start nothing. Layout: ipxe/wimboot, src/prefix.S. */
export function wimbootFile(
  version = 'v2.9.0',
  o: { readonly machine?: number; readonly banner?: string; readonly sizeBytes?: number } = {},
): Uint8Array {
  const bytes = new Uint8Array(o.sizeBytes ?? 0x3000)
  const put = (at: number, text: string) => putAscii(bytes, at, text.length, text)
  const le16 = (at: number, value: number) => putU16be(bytes, at, ((value & 0xff) << 8) | (value >> 8))
  put(0, 'MZ')
  le16(0x3c, 0x40)
  put(0x40, 'PE\0\0')
  le16(0x44, o.machine ?? 0x8664)
  le16(0x1fe, 0xaa55)
  put(0x202, 'HdrS')
  le16(0x20e, 0x30)
  put(0x230, `${version}\0`)
  put(0x1000, o.banner ?? `\n\nwimboot ${version} -- Windows Imaging Format bootloader -- https://ipxe.org/wimboot\n\n`)
  return bytes
}
