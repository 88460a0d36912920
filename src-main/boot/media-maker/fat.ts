import { putAscii, utf8Bytes } from '../../base/bytes.ts'
import { AppError } from '../../base/errors.ts'
import { putU16le, putU32le } from './little-endian.ts'

/** A small FAT12 or FAT16 file system as bytes, made in one go: what UEFI firmware looks for on removable media.
 *  Source: Microsoft, "FAT: General Overview of On-Disk Format", version 1.03 (boot sector, FAT type by the number of
 *  clusters, long names); UEFI 2.10 §13.3 (FAT12 and FAT16 for removable media). */

/** A file by its path with `/` between parts. Parts are ASCII. */
export interface FatFile {
  readonly path: string
  readonly bytes: Uint8Array
}

export interface FatOptions {
  /** At most 11 characters, upper case. */
  readonly label: string
  /** Sectors of 512 bytes before this file system on its medium. */
  readonly hiddenSectors: number
  readonly volumeId: number
  readonly madeMs: number
  /** Room left for what people put there, bytes. */
  readonly freeBytes: number
}

const SECTOR = 512
const SECTORS_PER_CLUSTER = 4
const CLUSTER = SECTOR * SECTORS_PER_CLUSTER
const RESERVED_SECTORS = 1
const ROOT_ENTRIES = 512
const ROOT_SECTORS = (ROOT_ENTRIES * 32) / SECTOR
const ENTRY = 32
/** The type of FAT follows from the number of clusters and from nothing else. */
const FIRST_FAT16_CLUSTERS = 4085
const LAST_FAT16_CLUSTERS = 65524
/** Sectors a track and heads, as BIOSes take them for sticks of this size. */
export const GEOMETRY = { sectorsPerTrack: 32, heads: 64 } as const

const ATTRIBUTE = { volumeLabel: 0x08, directory: 0x10, archive: 0x20, longName: 0x0f } as const

interface Folder {
  readonly folders: Map<string, Folder>
  readonly files: Map<string, Uint8Array>
}

/** Errors: `bug` for more than a FAT16 of this cluster size holds, or for a name that is no ASCII. */
export function writeFat(files: readonly FatFile[], o: FatOptions): Uint8Array {
  const root = treeOf(files)
  const used = clustersOf(root, true)
  const clusters = used + Math.ceil(o.freeBytes / CLUSTER)
  if (clusters > LAST_FAT16_CLUSTERS) throw new AppError('bug', `${clusters} clusters do not fit a FAT16`)
  const isFat16 = clusters >= FIRST_FAT16_CLUSTERS
  const fatBytes = isFat16 ? (clusters + 2) * 2 : Math.ceil(((clusters + 2) * 3) / 2)
  const fatSectors = Math.ceil(fatBytes / SECTOR)
  const firstData = RESERVED_SECTORS + 2 * fatSectors + ROOT_SECTORS
  const sectors = firstData + clusters * SECTORS_PER_CLUSTER
  const image = new Uint8Array(sectors * SECTOR)
  bootSector(image, { ...o, sectors, fatSectors, isFat16 })

  const fat = new Uint16Array(clusters + 2)
  const end = isFat16 ? 0xffff : 0xfff
  fat[0] = isFat16 ? 0xfff8 : 0xff8
  fat[1] = end
  let next = 2
  /** Puts bytes into clusters that follow each other; returns the first, 0 for no bytes. */
  const place = (bytes: Uint8Array): number => {
    const count = Math.ceil(bytes.length / CLUSTER)
    if (count === 0) return 0
    const first = next
    for (let i = 0; i < count; i++) fat[next + i] = i === count - 1 ? end : next + i + 1
    image.set(bytes, (firstData + (first - 2) * SECTORS_PER_CLUSTER) * SECTOR)
    next += count
    return first
  }
  const stamp = fatTime(o.madeMs)
  const placeFolder = (folder: Folder, own: number, parent: number): void => {
    const isRoot = own === 0
    const entries: Uint8Array[] = isRoot
      ? [entry(labelBytes(o.label), ATTRIBUTE.volumeLabel, 0, 0, stamp)]
      : [
          entry(shortBytes('.', ''), ATTRIBUTE.directory, own, 0, stamp),
          entry(shortBytes('..', ''), ATTRIBUTE.directory, parent, 0, stamp),
        ]
    const taken = new Set<string>()
    for (const [name, sub] of folder.folders) {
      const bytes = new Uint8Array(folderBytes(sub))
      const first = place(bytes)
      placeFolder(sub, first, own)
      entries.push(...named(name, taken, ATTRIBUTE.directory, first, 0, stamp))
    }
    for (const [name, bytes] of folder.files)
      entries.push(...named(name, taken, ATTRIBUTE.archive, place(bytes), bytes.length, stamp))
    if (isRoot && entries.length > ROOT_ENTRIES) throw new AppError('bug', 'the root folder of a FAT is full')
    const at = isRoot ? RESERVED_SECTORS + 2 * fatSectors : firstData + (own - 2) * SECTORS_PER_CLUSTER
    entries.forEach((bytes, i) => image.set(bytes, at * SECTOR + i * ENTRY))
  }
  placeFolder(root, 0, 0)

  const table = isFat16 ? packed16(fat) : packed12(fat)
  image.set(table, RESERVED_SECTORS * SECTOR)
  image.set(table, (RESERVED_SECTORS + fatSectors) * SECTOR)
  return image
}

function treeOf(files: readonly FatFile[]): Folder {
  const root: Folder = { folders: new Map(), files: new Map() }
  for (const { path, bytes } of files) {
    const parts = path.split('/')
    const name = parts.pop()!
    let folder = root
    for (const part of parts) {
      const sub = folder.folders.get(part) ?? { folders: new Map(), files: new Map() }
      folder.folders.set(part, sub)
      folder = sub
    }
    folder.files.set(name, bytes)
  }
  return root
}

/** Clusters of all that lies below a folder, its own included; the root has its own place. */
function clustersOf(folder: Folder, isRoot: boolean): number {
  let count = isRoot ? 0 : folderBytes(folder) / CLUSTER
  for (const bytes of folder.files.values()) count += Math.ceil(bytes.length / CLUSTER)
  for (const sub of folder.folders.values()) count += clustersOf(sub, false)
  return count
}

/** A folder's size in whole clusters: `.` and `..`, and up to two entries more for a name that is not 8.3. */
function folderBytes(folder: Folder): number {
  let entries = 2
  for (const name of [...folder.folders.keys(), ...folder.files.keys()]) entries += 1 + longEntries(name)
  return Math.ceil((entries * ENTRY) / CLUSTER) * CLUSTER
}

function bootSector(
  b: Uint8Array,
  o: FatOptions & { readonly sectors: number; readonly fatSectors: number; readonly isFat16: boolean },
): void {
  // A jump over the parameters to a loop without end: nothing is started from here.
  b.set([0xeb, 0x3c, 0x90])
  putAscii(b, 3, 8, 'BOOTLACE')
  putU16le(b, 11, SECTOR)
  b[13] = SECTORS_PER_CLUSTER
  putU16le(b, 14, RESERVED_SECTORS)
  b[16] = 2
  putU16le(b, 17, ROOT_ENTRIES)
  putU16le(b, 19, o.sectors < 0x10000 ? o.sectors : 0)
  b[21] = 0xf8
  putU16le(b, 22, o.fatSectors)
  putU16le(b, 24, GEOMETRY.sectorsPerTrack)
  putU16le(b, 26, GEOMETRY.heads)
  putU32le(b, 28, o.hiddenSectors)
  putU32le(b, 32, o.sectors < 0x10000 ? 0 : o.sectors)
  b[36] = 0x80
  b[38] = 0x29
  putU32le(b, 39, o.volumeId)
  b.set(labelBytes(o.label), 43)
  putAscii(b, 54, 8, o.isFat16 ? 'FAT16' : 'FAT12')
  b.set([0xf4, 0xeb, 0xfd], 62)
  b.set([0x55, 0xaa], 510)
}

const labelBytes = (label: string): Uint8Array => shortBytes(label.slice(0, 8), label.slice(8))

function shortBytes(base: string, extension: string): Uint8Array {
  const bytes = new Uint8Array(11)
  putAscii(bytes, 0, 8, base)
  putAscii(bytes, 8, 3, extension)
  return bytes
}

interface FatStamp {
  readonly date: number
  readonly time: number
}

/** Local time does not exist here: a medium is the same wherever it is made. */
function fatTime(ms: number): FatStamp {
  const d = new Date(ms)
  return {
    date: ((d.getUTCFullYear() - 1980) << 9) | ((d.getUTCMonth() + 1) << 5) | d.getUTCDate(),
    time: (d.getUTCHours() << 11) | (d.getUTCMinutes() << 5) | (d.getUTCSeconds() >> 1),
  }
}

function entry(
  name: Uint8Array,
  attribute: number,
  cluster: number,
  sizeBytes: number,
  { date, time }: FatStamp,
): Uint8Array {
  const b = new Uint8Array(ENTRY)
  b.set(name)
  b[11] = attribute
  putU16le(b, 14, time)
  putU16le(b, 16, date)
  putU16le(b, 18, date)
  putU16le(b, 22, time)
  putU16le(b, 24, date)
  putU16le(b, 26, cluster)
  putU32le(b, 28, sizeBytes)
  return b
}

const CHARS_PER_ENTRY = 13
/** Upper case 8.3, as it can stand in the entry itself. */
const SHORT = /^[A-Z0-9_-]{1,8}(\.[A-Z0-9_-]{1,3})?$/
const longEntries = (name: string): number => (SHORT.test(name) ? 0 : Math.ceil(name.length / CHARS_PER_ENTRY))

/** The entries of one name: its long form, last part first, then the short one. */
function named(
  name: string,
  taken: Set<string>,
  attribute: number,
  cluster: number,
  sizeBytes: number,
  stamp: FatStamp,
): Uint8Array[] {
  if (!/^[\x21-\x7e]+$/.test(name)) throw new AppError('bug', `${name} cannot be a name on a FAT`)
  if (SHORT.test(name)) {
    const [base = '', extension = ''] = name.split('.')
    taken.add(name)
    return [entry(shortBytes(base, extension), attribute, cluster, sizeBytes, stamp)]
  }
  const short = shortened(name, taken)
  const parts = Array.from({ length: longEntries(name) }, (_, i) => longEntry(name, i, checksum(short)))
  parts.at(-1)![0]! |= 0x40
  return [...parts.reverse(), entry(short, attribute, cluster, sizeBytes, stamp)]
}

/** `autoexec.ipxe` becomes AUTOEX~1.IPX. */
function shortened(name: string, taken: Set<string>): Uint8Array {
  const dot = name.lastIndexOf('.')
  const plain = (text: string): string => text.toUpperCase().replace(/[^A-Z0-9_-]/g, '')
  const base = plain(dot < 0 ? name : name.slice(0, dot))
  const extension = dot < 0 ? '' : plain(name.slice(dot + 1)).slice(0, 3)
  for (let n = 1; n < 100; n++) {
    const tail = `~${n}`
    const short = `${base.slice(0, 8 - tail.length)}${tail}`
    if (taken.has(`${short}.${extension}`)) continue
    taken.add(`${short}.${extension}`)
    return shortBytes(short, extension)
  }
  throw new AppError('bug', `too many names like ${name}`)
}

function checksum(short: Uint8Array): number {
  let sum = 0
  for (const byte of short) sum = (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff
  return sum
}

/** Where the 13 UTF-16 characters of an entry lie. */
const CHAR_OFFSETS = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30] as const

function longEntry(name: string, index: number, sum: number): Uint8Array {
  const b = new Uint8Array(ENTRY)
  const text = utf8Bytes(name).subarray(index * CHARS_PER_ENTRY, (index + 1) * CHARS_PER_ENTRY)
  b[0] = index + 1
  b[11] = ATTRIBUTE.longName
  b[13] = sum
  CHAR_OFFSETS.forEach((at, i) => putU16le(b, at, i < text.length ? text[i]! : i === text.length ? 0 : 0xffff))
  return b
}

function packed16(fat: Uint16Array): Uint8Array {
  const b = new Uint8Array(fat.length * 2)
  fat.forEach((value, i) => putU16le(b, i * 2, value))
  return b
}

/** Two entries in three bytes. */
function packed12(fat: Uint16Array): Uint8Array {
  const b = new Uint8Array(Math.ceil((fat.length * 3) / 2))
  fat.forEach((value, i) => {
    const at = Math.floor((i * 3) / 2)
    if (i % 2 === 0) {
      b[at] = value
      b[at + 1] = (b[at + 1]! & 0xf0) | (value >> 8)
    } else {
      b[at] = (b[at]! & 0x0f) | (value << 4)
      b[at + 1] = value >> 4
    }
  })
  return b
}
