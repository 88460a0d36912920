import { putU16be, putU32be, utf8Bytes } from '../../base/bytes.ts'

/** What a CD or DVD drive tells of itself and of the finished disc of one track in it. Source: MMC-6 §6, SPC-4 §7.5. */

export const SECTOR = 2048
/** The last address that minutes, seconds and frames can tell, 99:59:74: a longer disc is no CD. */
const LONGEST_CD_SECTORS = 449_849
/** Frames before the first block. */
const LEAD_IN_FRAMES = 150

export const PROFILE = { none: 0x0000, cdRom: 0x0008, dvdRom: 0x0010 } as const
export const profileOf = (sectors: number): number => (sectors <= LONGEST_CD_SECTORS ? PROFILE.cdRom : PROFILE.dvdRom)

/** Address as the four bytes of a TOC, block address or 0, M, S, F. */
function putAddress(b: Uint8Array, at: number, lba: number, msf: boolean): void {
  if (!msf) return putU32be(b, at, lba)
  b.set([0, ...msfOf(lba)], at)
}
function msfOf(lba: number): [number, number, number] {
  const frames = Math.min(lba + LEAD_IN_FRAMES, LONGEST_CD_SECTORS + LEAD_IN_FRAMES)
  return [Math.floor(frames / 4500), Math.floor(frames / 75) % 60, frames % 75]
}

const DATA_TRACK = 0x14
const LEAD_OUT = 0xaa

/** READ TOC/PMA/ATIP, format 0000b. @param from track the list begins with. Undefined: there is no such track.
 *  Source: MMC-6 §6.25.3.2. */
export function encodeToc(sectors: number, from: number, msf: boolean): Uint8Array | undefined {
  if (from > 1 && from !== LEAD_OUT) return undefined
  const entries = [
    { track: 1, lba: 0 },
    { track: LEAD_OUT, lba: sectors },
  ].filter(({ track }) => track >= from)
  const b = new Uint8Array(4 + entries.length * 8)
  putU16be(b, 0, b.length - 2)
  b.set([1, 1], 2)
  entries.forEach(({ track, lba }, i) => {
    b[4 + i * 8 + 1] = DATA_TRACK
    b[4 + i * 8 + 2] = track
    putAddress(b, 4 + i * 8 + 4, lba, msf)
  })
  return b
}
/** Format 0001b: the only session begins with track 1. Source: MMC-6 §6.25.3.3. */
export function encodeSessions(msf: boolean): Uint8Array {
  const b = new Uint8Array(12)
  putU16be(b, 0, b.length - 2)
  b.set([1, 1, 0, DATA_TRACK, 1], 2)
  putAddress(b, 8, 0, msf)
  return b
}
/** Format 0010b: as it lies in the lead-in. Source: MMC-6 §6.25.3.4. */
export function encodeFullToc(sectors: number): Uint8Array {
  const points: readonly (readonly [point: number, ...psm: number[]])[] = [
    [0xa0, 1, 0, 0], // first track, CD-ROM
    [0xa1, 1, 0, 0], // last track
    [0xa2, ...msfOf(sectors)], // lead-out
    [0x01, ...msfOf(0)],
  ]
  const b = new Uint8Array(4 + points.length * 11)
  putU16be(b, 0, b.length - 2)
  b.set([1, 1], 2)
  points.forEach(([point, ...psm], i) => b.set([1, DATA_TRACK, 0, point, 0, 0, 0, 0, ...psm], 4 + i * 11))
  return b
}

/** READ DISC INFORMATION: finished, not erasable, one session of one track. Source: MMC-6 §6.21. */
export function encodeDiscInformation(): Uint8Array {
  const FINISHED = 0x0e
  const UNRESTRICTED_USE = 0x20
  const b = new Uint8Array(34)
  putU16be(b, 0, b.length - 2)
  b.set([FINISHED, 1, 1, 1, 1, UNRESTRICTED_USE], 2)
  b.fill(0xff, 16, 24) // no further session
  return b
}
/** READ TRACK INFORMATION of the one track. Source: MMC-6 §6.26. */
export function encodeTrackInformation(sectors: number): Uint8Array {
  const b = new Uint8Array(36)
  putU16be(b, 0, b.length - 2)
  b.set([1, 1, 0, 0x04, 0x01], 2) // track, session; data track, mode 1
  putU32be(b, 24, sectors)
  return b
}

/** READ DVD STRUCTURE. Undefined: no such format. Source: MMC-6 §6.22. */
export function encodeDvdStructure(format: number, sectors: number): Uint8Array | undefined {
  const PHYSICAL = 0x00
  const COPYRIGHT = 0x01
  const LIST = 0xff
  const FIRST_SECTOR = 0x30000
  const structure = (body: Uint8Array): Uint8Array => {
    const b = new Uint8Array(4 + body.length)
    putU16be(b, 0, b.length - 2)
    b.set(body, 4)
    return b
  }
  switch (format) {
    case PHYSICAL: {
      const layer = new Uint8Array(2048)
      layer.set([0x01, 0x02, 0x01]) // DVD-ROM; 120 mm, 10.08 Mbit/s; one embossed layer
      putU32be(layer, 4, FIRST_SECTOR)
      putU32be(layer, 8, FIRST_SECTOR + sectors - 1)
      return structure(layer)
    }
    case COPYRIGHT:
      return structure(new Uint8Array(4)) // none
    case LIST: {
      const READABLE = 0x40
      return structure(Uint8Array.of(PHYSICAL, READABLE, 0x08, 0x04, COPYRIGHT, READABLE, 0x00, 0x08))
    }
    default:
      return undefined
  }
}

/** GET CONFIGURATION. Which features: all, the current ones, or one. Source: MMC-6 §5, §6.6. */
export const REQUESTED = { all: 0, current: 1, one: 2 } as const
export function encodeConfiguration(o: {
  readonly requested: number
  readonly from: number
  /** PROFILE.none: no medium. */
  readonly profile: number
  readonly serial: string
}): Uint8Array {
  const cd = o.profile === PROFILE.cdRom
  const dvd = o.profile === PROFILE.dvdRom
  const serial = utf8Bytes(o.serial.padEnd(Math.ceil(o.serial.length / 4) * 4))
  const ALWAYS = 0x02
  const features: readonly (readonly [
    code: number,
    version: number,
    persistent: number,
    current: boolean,
    body: ArrayLike<number>,
  ])[] = [
    [0x0000, 0, ALWAYS, true, [0, PROFILE.dvdRom, +dvd, 0, 0, PROFILE.cdRom, +cd, 0]],
    [0x0001, 2, ALWAYS, true, [0, 0, 0, 1, 0x01, 0, 0, 0]], // core: SCSI family; device busy events
    [0x0003, 1, ALWAYS, true, [0x29, 0, 0, 0]], // tray, ejects, locks
    [0x0010, 0, 0, cd || dvd, [0, 0, SECTOR >>> 8, 0, 0, dvd ? 16 : 1, 0, 0]], // random readable
    [0x001e, 2, 0, cd, [0, 0, 0, 0]], // CD read
    [0x001f, 1, 0, dvd, [0, 0, 0, 0]], // DVD read
    [0x0100, 0, ALWAYS, true, []], // power management
    [0x0105, 1, ALWAYS, true, [0, 0, 0, 0]], // timeout
    [0x0108, 0, ALWAYS, true, serial], // serial number
  ]
  const wanted = features.filter(([code, , , current]) => {
    if (o.requested === REQUESTED.one) return code === o.from
    return code >= o.from && (o.requested === REQUESTED.all || current)
  })
  const b = new Uint8Array(8 + wanted.reduce((n, [, , , , body]) => n + 4 + body.length, 0))
  putU32be(b, 0, b.length - 4)
  putU16be(b, 6, o.profile)
  let at = 8
  for (const [code, version, persistent, current, body] of wanted) {
    putU16be(b, at, code)
    b[at + 2] = (version << 2) | persistent | +current
    b[at + 3] = body.length
    b.set(Array.from(body), at + 4)
    at += 4 + body.length
  }
  return b
}

export const MEDIA_EVENT = { none: 0, ejectRequest: 1, newMedia: 2, removal: 3 } as const
/** GET EVENT STATUS NOTIFICATION of the media class, or the header alone when another was asked for.
 *  Source: MMC-6 §6.7. */
export function encodeEventStatus(mediaWanted: boolean, event: number, present: boolean): Uint8Array {
  const MEDIA_CLASS = 4
  const NO_EVENT_AVAILABLE = 0x80
  const SUPPORTED = 1 << MEDIA_CLASS
  if (!mediaWanted) return Uint8Array.of(0, 2, NO_EVENT_AVAILABLE, SUPPORTED)
  const PRESENT = 0x02
  const TRAY_OPEN = 0x01
  return Uint8Array.of(0, 6, MEDIA_CLASS, SUPPORTED, event, present ? PRESENT : TRAY_OPEN, 0, 0)
}

/** MECHANISM STATUS: no changer. Source: MMC-6 §6.9. */
export function encodeMechanismStatus(present: boolean): Uint8Array {
  const DOOR_OPEN = 0x10
  const b = new Uint8Array(8)
  if (!present) b[1] = DOOR_OPEN
  return b
}

/** Mode pages: read error recovery and what the drive can do. Nothing may be changed. Undefined: no such page.
 *  Source: MMC-6 §7.3 (01h), MMC-3 §6.3.11 (2Ah). */
export function encodeOpticalModePages(code: number, changeable: boolean, locked: boolean): Uint8Array | undefined {
  const ALL = 0x3f
  const KIB_PER_SECOND = 11_080
  const BUFFER_KIB = 512
  const recovery = new Uint8Array(12)
  recovery.set([0x01, 10])
  const capabilities = new Uint8Array(26)
  capabilities.set([0x2a, 24])
  if (!changeable) {
    capabilities[2] = 0x0b // reads CD-R, CD-RW, DVD-ROM
    capabilities[6] = 0x29 | (locked ? 0x02 : 0) // tray, ejects, locks
    putU16be(capabilities, 8, KIB_PER_SECOND)
    putU16be(capabilities, 12, BUFFER_KIB)
    putU16be(capabilities, 14, KIB_PER_SECOND)
  }
  const pages = [recovery, capabilities].filter((p) => code === ALL || p[0] === code)
  if (pages.length === 0) return undefined
  return Uint8Array.from(pages.flatMap((p) => [...p]))
}
