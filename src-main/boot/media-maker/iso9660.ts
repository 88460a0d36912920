import { putAscii, putU16be, putU32be } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { putU16le, putU32le } from './little-endian.ts'

/** An ISO 9660 image with El Torito boot entries for BIOS and UEFI, as bytes.
 *  Source: ECMA-119 (level 1 names, no extensions); "El Torito" Bootable CD-ROM Format Specification 1.0;
 *  UEFI 2.10 §13.3.2 (platform EFh). */

export const SECTOR = 2048

/** A file by its path: level 1 names, upper case 8.3, `/` between parts, at most one folder deep. */
export interface IsoFile {
  readonly path: string
  readonly bytes: Uint8Array
}

export interface IsoOptions {
  /** At most 32 of A-Z, 0-9 and _. */
  readonly volume: string
  readonly madeMs: number
  /** Paths of the boot loader without emulation and of the FAT image for UEFI. */
  readonly biosBoot: string
  readonly uefiBoot: string
}

export interface IsoImage {
  readonly bytes: Uint8Array
  /** First sector (2048 bytes) of each file, by path. */
  readonly sectorOf: ReadonlyMap<string, number>
}

interface Folder {
  readonly name: string
  readonly files: { readonly name: string; readonly path: string; readonly bytes: Uint8Array }[]
  sector: number
}

const VOLUME_DESCRIPTORS = 16
const PATH_TABLES = 19
const FIRST_FOLDER = 21
/** Bytes of the code that the BIOS loads and starts; ISOLINUX loads the rest of itself. */
const BIOS_LOAD_SECTORS = 4
/** Where ISOLINUX keeps what it must know about the medium (its boot info table), and its length. */
const BOOT_INFO = 8
const BOOT_INFO_END = 64

/** Errors: `bug` for names that are not of level 1, folders in folders, or a boot file that is not there. */
export function writeIso(files: readonly IsoFile[], o: IsoOptions): IsoImage {
  const folders = foldersOf(files)
  const root = folders[0]!
  folders.forEach((folder, i) => (folder.sector = FIRST_FOLDER + i))
  const catalogSector = FIRST_FOLDER + folders.length
  const sectorOf = new Map<string, number>()
  let next = catalogSector + 1
  for (const { path, bytes } of files) {
    sectorOf.set(path, next)
    next += Math.max(1, Math.ceil(bytes.length / SECTOR))
  }
  const image = new Uint8Array(next * SECTOR)
  const at = (sector: number): Uint8Array => image.subarray(sector * SECTOR, (sector + 1) * SECTOR)

  const tables = pathTables(folders)
  image.set(tables.little, PATH_TABLES * SECTOR)
  image.set(tables.big, (PATH_TABLES + 1) * SECTOR)
  primaryDescriptor(at(VOLUME_DESCRIPTORS), { ...o, sectors: next, root, tableBytes: tables.little.length })
  bootDescriptor(at(VOLUME_DESCRIPTORS + 1), catalogSector)
  descriptorHead(at(VOLUME_DESCRIPTORS + 2), 255)
  for (const folder of folders) writeFolder(at(folder.sector), folder, root, folders, sectorOf, o.madeMs)
  const bios = wanted(sectorOf, o.biosBoot)
  const uefi = wanted(sectorOf, o.uefiBoot)
  const uefiBytes = files.find((f) => f.path === o.uefiBoot)!.bytes.length
  bootCatalog(at(catalogSector), bios, uefi, uefiBytes)
  for (const { path, bytes } of files) image.set(bytes, sectorOf.get(path)! * SECTOR)
  const biosBytes = files.find((f) => f.path === o.biosBoot)!.bytes.length
  bootInfo(image.subarray(bios * SECTOR, bios * SECTOR + biosBytes), bios)
  return { bytes: image, sectorOf }
}

function wanted(sectorOf: ReadonlyMap<string, number>, path: string): number {
  const sector = sectorOf.get(path)
  if (sector === undefined) throw new AppError('bug', `the boot file ${path} is not on the medium`)
  return sector
}

const NAME = /^[A-Z0-9_]{1,8}(\.[A-Z0-9_]{1,3})?$/

/** The root first, then the others by name: the order of the path table. */
function foldersOf(files: readonly IsoFile[]): Folder[] {
  const byName = new Map<string, Folder>([['', { name: '', files: [], sector: 0 }]])
  for (const { path, bytes } of files) {
    const parts = path.split('/')
    const name = parts.pop()!
    if (parts.length > 1 || [...parts, name].some((part) => !NAME.test(part)))
      throw new AppError('bug', `${path} cannot be a path on an ISO`)
    const folder = byName.get(parts[0] ?? '') ?? { name: parts[0]!, files: [], sector: 0 }
    folder.files.push({ name, path, bytes })
    byName.set(folder.name, folder)
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A number in both byte orders, as ECMA-119 wants it (§7.2.3, §7.3.3). */
function both16(b: Uint8Array, at: number, value: number): void {
  putU16le(b, at, value)
  putU16be(b, at + 2, value)
}
function both32(b: Uint8Array, at: number, value: number): void {
  putU32le(b, at, value)
  putU32be(b, at + 4, value)
}

function descriptorHead(b: Uint8Array, type: number): void {
  b[0] = type
  putAscii(b, 1, 5, 'CD001')
  b[6] = 1
}

/** ECMA-119 §8.4. */
function primaryDescriptor(
  b: Uint8Array,
  o: IsoOptions & { readonly sectors: number; readonly root: Folder; readonly tableBytes: number },
): void {
  descriptorHead(b, 1)
  putAscii(b, 8, 32, '')
  putAscii(b, 40, 32, o.volume)
  both32(b, 80, o.sectors)
  both16(b, 120, 1)
  both16(b, 124, 1)
  both16(b, 128, SECTOR)
  both32(b, 132, o.tableBytes)
  putU32le(b, 140, PATH_TABLES)
  putU32be(b, 148, PATH_TABLES + 1)
  b.set(record('\0', o.root.sector, SECTOR, true, o.madeMs), 156)
  putAscii(b, 190, 128, o.volume)
  putAscii(b, 318, 128, '')
  putAscii(b, 446, 128, '')
  putAscii(b, 574, 128, 'BOOTLACE')
  putAscii(b, 702, 111, '')
  const made = longTime(o.madeMs)
  for (const at of [813, 830]) b.set(made, at)
  const never = longTime(undefined)
  for (const at of [847, 864]) b.set(never, at)
  b[881] = 1
}

/** Digits of date and time and the distance to UTC; zeros for "not specified" (ECMA-119 §8.4.26.1). */
function longTime(ms: number | undefined): Uint8Array {
  const b = new Uint8Array(17)
  const digits = ms === undefined ? '' : new Date(ms).toISOString().replace(/\D/g, '').slice(0, 16)
  putAscii(b, 0, 16, digits, 0x30)
  return b
}

/** The boot record that points to the catalog. El Torito §2.0, figure 7. */
function bootDescriptor(b: Uint8Array, catalogSector: number): void {
  descriptorHead(b, 0)
  putAscii(b, 7, 32, 'EL TORITO SPECIFICATION', 0)
  putU32le(b, 71, catalogSector)
}

/** Validation entry, the BIOS entry, and a section with the UEFI entry. El Torito §2.1-§2.4. */
function bootCatalog(b: Uint8Array, biosSector: number, uefiSector: number, uefiBytes: number): void {
  const PLATFORM_EFI = 0xef
  b[0] = 1
  putAscii(b, 4, 24, 'BOOTLACE', 0)
  b[30] = 0x55
  b[31] = 0xaa
  let sum = 0
  for (let at = 0; at < 32; at += 2) sum += b[at]! | (b[at + 1]! << 8)
  putU16le(b, 28, -sum & 0xffff)
  const bootable = (at: number, loadSectors: number, sector: number): void => {
    b[at] = 0x88
    putU16le(b, at + 6, loadSectors)
    putU32le(b, at + 8, sector)
  }
  bootable(32, BIOS_LOAD_SECTORS, biosSector)
  // The last section header, with one entry.
  b[64] = 0x91
  b[65] = PLATFORM_EFI
  putU16le(b, 66, 1)
  bootable(96, uefiBytes / 512, uefiSector)
}

/** Tells ISOLINUX where it lies. Source: the boot info table as mkisofs and xorriso write it. */
function bootInfo(loader: Uint8Array, sector: number): void {
  let sum = 0
  for (let at = BOOT_INFO_END; at < loader.length; at += 4) {
    let word = 0
    for (let i = 3; i >= 0; i--) word = word * 256 + (loader[at + i] ?? 0)
    sum = (sum + word) % 0x1_0000_0000
  }
  loader.fill(0, BOOT_INFO, BOOT_INFO_END)
  putU32le(loader, BOOT_INFO, VOLUME_DESCRIPTORS)
  putU32le(loader, BOOT_INFO + 4, sector)
  putU32le(loader, BOOT_INFO + 8, loader.length)
  putU32le(loader, BOOT_INFO + 12, sum)
}

/** ECMA-119 §9.4; folders in the order of the table, which begins with the root as number 1. */
function pathTables(folders: readonly Folder[]): { readonly little: Uint8Array; readonly big: Uint8Array } {
  const rows = folders.map((folder) => {
    const name = folder.name === '' ? '\0' : folder.name
    const row = new Uint8Array(8 + name.length + (name.length % 2))
    row[0] = name.length
    putAscii(row, 8, name.length, name)
    return { row, sector: folder.sector }
  })
  const table = (u16: typeof putU16le, u32: typeof putU32le): Uint8Array => {
    const bytes = new Uint8Array(rows.reduce((sum, { row }) => sum + row.length, 0))
    let at = 0
    for (const { row, sector } of rows) {
      bytes.set(row, at)
      u32(bytes, at + 2, sector)
      u16(bytes, at + 6, 1)
      at += row.length
    }
    return bytes
  }
  return { little: table(putU16le, putU32le), big: table(putU16be, putU32be) }
}

/** One folder in one sector: itself, its parent, then its members by name. */
function writeFolder(
  b: Uint8Array,
  folder: Folder,
  root: Folder,
  all: readonly Folder[],
  sectorOf: ReadonlyMap<string, number>,
  madeMs: number,
): void {
  const files = folder.files.map((f) => ({
    name: `${f.name.includes('.') ? f.name : `${f.name}.`};1`,
    bytes: record(
      `${f.name.includes('.') ? f.name : `${f.name}.`};1`,
      sectorOf.get(f.path)!,
      f.bytes.length,
      false,
      madeMs,
    ),
  }))
  const folders =
    folder === root
      ? all.slice(1).map((sub) => ({ name: sub.name, bytes: record(sub.name, sub.sector, SECTOR, true, madeMs) }))
      : []
  const members = [...files, ...folders].sort((x, y) => (x.name < y.name ? -1 : 1))
  const rows = [
    record('\0', folder.sector, SECTOR, true, madeMs),
    record('\x01', root.sector, SECTOR, true, madeMs),
    ...members.map((m) => m.bytes),
  ]
  let at = 0
  for (const row of rows) {
    if (at + row.length > SECTOR) throw new AppError('bug', `the folder ${folder.name} of an ISO is full`)
    b.set(row, at)
    at += row.length
  }
}

/** A directory record. ECMA-119 §9.1. */
function record(name: string, sector: number, sizeBytes: number, isFolder: boolean, madeMs: number): Uint8Array {
  const length = 33 + name.length + (name.length % 2 === 0 ? 1 : 0)
  const b = new Uint8Array(length)
  b[0] = length
  both32(b, 2, sector)
  both32(b, 10, sizeBytes)
  const d = new Date(madeMs)
  b.set(
    [
      d.getUTCFullYear() - 1900,
      d.getUTCMonth() + 1,
      d.getUTCDate(),
      d.getUTCHours(),
      d.getUTCMinutes(),
      d.getUTCSeconds(),
      0,
    ],
    18,
  )
  b[25] = isFolder ? 0x02 : 0
  both16(b, 28, 1)
  b[32] = name.length
  putAscii(b, 33, name.length, name)
  return b
}
