/** WIMs with a header and an XML description, and nothing in them: as much as is read of one. */

export interface WrittenImage {
  readonly name: string
  readonly editionId?: string
  readonly installationType?: string
  readonly architecture?: number
  readonly build?: number
  readonly revision?: number
  readonly language?: string
}

export interface WrittenWim {
  readonly images?: readonly WrittenImage[]
  /** In place of what the images say. */
  readonly xml?: string
  readonly version?: number
  readonly flags?: number
  readonly part?: number
  readonly parts?: number
  readonly imageCount?: number
  readonly bootIndex?: number
  readonly guid?: number
}

const HEADER_BYTES = 208

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** As DISM writes it. */
export const imageXml = (image: WrittenImage, index: number): string =>
  `<IMAGE INDEX="${index}"><DIRCOUNT>1</DIRCOUNT><FILECOUNT>1</FILECOUNT><TOTALBYTES>1000</TOTALBYTES><WINDOWS>` +
  `<ARCH>${image.architecture ?? 9}</ARCH><PRODUCTNAME>Microsoft® Windows® Operating System</PRODUCTNAME>` +
  `<EDITIONID>${image.editionId ?? 'Professional'}</EDITIONID>` +
  `<INSTALLATIONTYPE>${image.installationType ?? 'Client'}</INSTALLATIONTYPE><PRODUCTTYPE>WinNT</PRODUCTTYPE>` +
  `<LANGUAGES><LANGUAGE>${image.language ?? 'en-US'}</LANGUAGE><DEFAULT>${image.language ?? 'en-US'}</DEFAULT></LANGUAGES>` +
  (image.build === undefined
    ? ''
    : `<VERSION><MAJOR>10</MAJOR><MINOR>0</MINOR><BUILD>${image.build}</BUILD>${
        image.revision === undefined ? '' : `<SPBUILD>${image.revision}</SPBUILD>`
      }<SPLEVEL>0</SPLEVEL></VERSION>`) +
  `<SYSTEMROOT>WINDOWS</SYSTEMROOT></WINDOWS><NAME>${escaped(image.name)}</NAME>` +
  `<DISPLAYNAME>${escaped(image.name)}</DISPLAYNAME></IMAGE>`

export function wimBytes(o: WrittenWim): Uint8Array {
  const images = o.images ?? []
  const text = o.xml ?? `<WIM><TOTALBYTES>1</TOTALBYTES>${images.map((one, i) => imageXml(one, i + 1)).join('')}</WIM>`
  const xml = Buffer.from(`\ufeff${text}`, 'utf16le')
  const b = Buffer.alloc(HEADER_BYTES + xml.length)
  b.write('MSWIM\0\0\0', 0, 'latin1')
  b.writeUInt32LE(HEADER_BYTES, 8)
  b.writeUInt32LE(o.version ?? 0x10d00, 12)
  b.writeUInt32LE(o.flags ?? 0x4_0002, 16)
  b.writeUInt32LE(32768, 20)
  b.fill(o.guid ?? 7, 24, 40)
  b.writeUInt16LE(o.part ?? 1, 40)
  b.writeUInt16LE(o.parts ?? 1, 42)
  b.writeUInt32LE(o.imageCount ?? images.length, 44)
  b.writeBigUInt64LE(BigInt(xml.length) | (0x02n << 56n), 72)
  b.writeBigUInt64LE(BigInt(HEADER_BYTES), 80)
  b.writeBigUInt64LE(BigInt(xml.length), 88)
  b.writeUInt32LE(o.bootIndex ?? 0, 120)
  xml.copy(b, HEADER_BYTES)
  return new Uint8Array(b)
}
