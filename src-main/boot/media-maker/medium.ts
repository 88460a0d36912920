import { utf8Bytes } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { GEOMETRY, writeFat } from './fat.ts'
import { SECTOR, writeIso } from './iso9660.ts'
import { putU16le, putU32le } from './little-endian.ts'
import { mediumScript, mediumUrl, type MediumScript } from './medium-script.ts'

/** The programs of others on a boot medium, unchanged. */
export interface MediumParts {
  /** iPXE as a BIOS kernel and as a UEFI program. */
  readonly ipxeLkrn: Uint8Array
  readonly ipxeEfi: Uint8Array
  /** ISOLINUX, its core module, and the code that starts it from a stick. */
  readonly isolinux: Uint8Array
  readonly ldlinux: Uint8Array
  readonly stickCode: Uint8Array
  /** Where they come from, for the note on the medium. */
  readonly origins: readonly string[]
}

export interface MediumOptions extends MediumScript {
  readonly parts: MediumParts
  readonly madeMs: number
  /** Tells media apart for systems that look at disk numbers. */
  readonly id: number
  readonly clientName?: string
}

/** Sticks are measured in tracks and cylinders by old BIOSes: whole cylinders of 1 MiB. */
const WHOLE = GEOMETRY.sectorsPerTrack * GEOMETRY.heads * 512
const STICK_CODE_BYTES = 432
const FREE_BYTES = 64 * 1024

const PATHS = {
  uefi: 'BOOT/EFI.IMG',
  isolinux: 'ISOLINUX/ISOLINUX.BIN',
} as const

/** A boot medium as bytes: a CD image that also works on a USB stick, for BIOS and UEFI (x64) PCs. On a CD both kinds of
 *  firmware find their El Torito entry; on a stick BIOS starts the code in the first sector, which starts ISOLINUX, and
 *  UEFI finds the FAT partition. Firmware that checks signatures (Secure Boot) refuses it.
 *  Errors: config.usage for an address that cannot work; config.mediumParts when a part is not what it should be. */
export function makeMedium(o: MediumOptions): Uint8Array {
  const script = mediumScript(o)
  const note = utf8Bytes(noteText(o).replaceAll('\n', '\r\n'))
  const build = (hiddenSectors: number) =>
    writeIso(
      [
        { path: 'README.TXT', bytes: note },
        { path: PATHS.isolinux, bytes: checkedIsolinux(o.parts.isolinux) },
        { path: 'ISOLINUX/LDLINUX.C32', bytes: o.parts.ldlinux },
        { path: 'ISOLINUX/ISOLINUX.CFG', bytes: utf8Bytes(ISOLINUX_SETTINGS) },
        { path: 'ISOLINUX/IPXE.KRN', bytes: o.parts.ipxeLkrn },
        { path: 'ISOLINUX/SCRIPT.IPX', bytes: utf8Bytes(script) },
        { path: PATHS.uefi, bytes: uefiFileSystem(o, script, note, hiddenSectors) },
      ],
      { volume: 'BOOTLACE', madeMs: o.madeMs, biosBoot: PATHS.isolinux, uefiBoot: PATHS.uefi },
    )
  // Only the place of the FAT image is missing in the first one.
  const place = build(0).sectorOf.get(PATHS.uefi)!
  const iso = build(place * (SECTOR / 512))
  const image = new Uint8Array(Math.ceil(iso.bytes.length / WHOLE) * WHOLE)
  image.set(iso.bytes)
  const partition = { first: place * (SECTOR / 512), sectors: image.length / 512 - place * (SECTOR / 512) }
  firstSector(image, o, iso.sectorOf.get(PATHS.isolinux)! * (SECTOR / 512), partition)
  return image
}

/** UEFI starts this file from a removable medium; iPXE then looks for its script beside itself. */
const uefiFileSystem = (o: MediumOptions, script: string, note: Uint8Array, hiddenSectors: number): Uint8Array =>
  writeFat(
    [
      { path: 'EFI/BOOT/BOOTX64.EFI', bytes: o.parts.ipxeEfi },
      { path: 'EFI/BOOT/autoexec.ipxe', bytes: utf8Bytes(script) },
      { path: 'README.TXT', bytes: note },
    ],
    { label: 'BOOTLACE', hiddenSectors, volumeId: o.id, madeMs: o.madeMs, freeBytes: FREE_BYTES },
  )

/** iPXE takes its script as the initrd of a kernel. */
const ISOLINUX_SETTINGS = [
  'DEFAULT bootlace',
  'PROMPT 0',
  'LABEL bootlace',
  '  LINUX IPXE.KRN',
  '  INITRD SCRIPT.IPX',
  '',
].join('\n')

/** Marks an ISOLINUX that can be started from a stick. Source: the check of syslinux' isohybrid. */
const HYBRID_MARK = { at: 64, bytes: [0xfb, 0xc0, 0x78, 0x70] } as const

function checkedIsolinux(bytes: Uint8Array): Uint8Array {
  if (HYBRID_MARK.bytes.every((byte, i) => bytes[HYBRID_MARK.at + i] === byte)) return bytes
  throw new AppError('config.mediumParts', 'isolinux.bin is not an ISOLINUX that starts from a stick', {
    hint: 'Fetch the loaders again with "node resources/scripts/fetch-loaders.mjs --force".',
  })
}

/** Code, where it finds ISOLINUX, and one partition that firmware may start from. Source: syslinux' isohybrid for the
 *  fields at 432-445; UEFI 2.10 §5.2.1 for the partition entries. */
function firstSector(
  image: Uint8Array,
  o: MediumOptions,
  isolinuxSector: number,
  partition: { readonly first: number; readonly sectors: number },
): void {
  if (o.parts.stickCode.length > STICK_CODE_BYTES)
    throw new AppError('config.mediumParts', 'isohdpfx.bin is too long for a first sector', {
      hint: 'Fetch the loaders again with "node resources/scripts/fetch-loaders.mjs --force".',
    })
  image.set(o.parts.stickCode)
  putU32le(image, 432, isolinuxSector)
  putU32le(image, 440, o.id)
  const ACTIVE = 0x80
  const EFI_SYSTEM_PARTITION = 0xef
  const at = 446
  image[at] = ACTIVE
  putChs(image, at + 1, partition.first)
  image[at + 4] = EFI_SYSTEM_PARTITION
  putChs(image, at + 5, partition.first + partition.sectors - 1)
  putU32le(image, at + 8, partition.first)
  putU32le(image, at + 12, partition.sectors)
  putU16le(image, 510, 0xaa55)
}

/** Head, sector (from 1) with the cylinder's high bits, cylinder. */
function putChs(b: Uint8Array, at: number, sector: number): void {
  const { sectorsPerTrack, heads } = GEOMETRY
  const cylinder = Math.min(1023, Math.floor(sector / (sectorsPerTrack * heads)))
  b[at] = Math.floor(sector / sectorsPerTrack) % heads
  b[at + 1] = ((sector % sectorsPerTrack) + 1) | ((cylinder >> 8) << 6)
  b[at + 2] = cylinder
}

const noteText = (o: MediumOptions): string =>
  `Bootlace boot medium

It starts ${o.clientName === undefined ? 'a PC' : `the PC ${o.clientName}`} from Bootlace on ${o.server.ip}, over the network, where the
router or its TFTP cannot be used for it. It asks ${mediumUrl(o)}
${o.address === undefined ? 'with an address from the router.' : `as ${o.address.address}.`}
Made ${new Date(o.madeMs).toISOString().slice(0, 10)}. When the address of that computer changes, make another one.
Secure Boot must be off in the firmware settings of the PC.

On it, unchanged, are programs of others:
${o.parts.origins.map((origin) => `- ${origin}`).join('\n')}
iPXE and ISOLINUX are free software under the GNU General Public License,
version 2 or later. Their source is in the Debian source packages of the same
names and versions (https://snapshot.debian.org), or at https://ipxe.org and
https://www.syslinux.org.
`
