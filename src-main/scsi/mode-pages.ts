import { putU16be, putU32be, putU64be, u16be } from '../base/bytes.ts'

/** Mode pages and the lists that carry them. Source: SPC-4 §7.5, SBC-3 §6.5. */
export const MODE_PAGE = { errorRecovery: 0x01, caching: 0x08, control: 0x0a, informational: 0x1c, all: 0x3f } as const
/** Page control of MODE SENSE. Source: SPC-4 §6.11.1. */
export const PAGE_CONTROL = { current: 0, changeable: 1, default: 2, saved: 3 } as const

/** What MODE SELECT may change. */
export interface ModeState {
  /** D_SENSE: sense data in descriptor format. */
  readonly descriptorSense: boolean
  /** SWP: software write protect. */
  readonly softwareWriteProtect: boolean
  /** WCE: writes are acknowledged out of the host's page cache, so initiators must flush. Off: all are durable before
   *  their GOOD. */
  readonly writeCache: boolean
}
export const DEFAULT_MODE_STATE: ModeState = { descriptorSense: false, softwareWriteProtect: false, writeCache: true }

const CONTROL_D_SENSE = 0x04
const CONTROL_SWP = 0x08
const CACHING_WCE = 0x04

/** Source: SBC-3 §6.5.8 (01h), §6.5.6 (08h); SPC-4 §7.5.8 (0Ah), §7.5.13 (1Ch). */
function pageBytes(code: number, control: number, state: ModeState): Uint8Array {
  const changeable = control === PAGE_CONTROL.changeable
  switch (code) {
    case MODE_PAGE.errorRecovery: {
      const b = new Uint8Array(12)
      b[0] = code
      b[1] = 10
      if (!changeable) b[2] = 0x80 // AWRE
      return b
    }
    case MODE_PAGE.caching: {
      const b = new Uint8Array(20)
      b[0] = code
      b[1] = 18
      if (changeable || state.writeCache) b[2] = CACHING_WCE
      return b
    }
    case MODE_PAGE.control: {
      const b = new Uint8Array(12)
      b[0] = code
      b[1] = 10
      if (changeable) {
        b[2] = CONTROL_D_SENSE
        b[4] = CONTROL_SWP
      } else {
        if (state.descriptorSense) b[2] = CONTROL_D_SENSE
        if (state.softwareWriteProtect) b[4] = CONTROL_SWP
        b[3] = 0x10 // QUEUE ALGORITHM MODIFIER 1: unrestricted reordering
      }
      return b
    }
    default: {
      const b = new Uint8Array(12)
      b[0] = code
      b[1] = 10
      return b
    }
  }
}

const CODES: readonly number[] = [
  MODE_PAGE.errorRecovery,
  MODE_PAGE.caching,
  MODE_PAGE.control,
  MODE_PAGE.informational,
]

/** The pages asked for, one after the other; undefined when there is no such page. Subpages exist only as "all". */
export function encodeModePages(
  code: number,
  subpage: number,
  control: number,
  state: ModeState,
): Uint8Array | undefined {
  if (subpage !== 0 && !(subpage === 0xff && code === MODE_PAGE.all)) return undefined
  const codes = code === MODE_PAGE.all ? CODES : CODES.filter((c) => c === code)
  if (codes.length === 0) return undefined
  const shown = control === PAGE_CONTROL.default ? DEFAULT_MODE_STATE : state
  const pages = codes.map((c) => pageBytes(c, control, shown))
  const out = new Uint8Array(pages.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of pages) {
    out.set(p, at)
    at += p.length
  }
  return out
}

/** Device-specific parameter of block devices: WP, and DPOFUA always. Source: SBC-3 §6.5.2. */
export const blockDeviceSpecific = (writeProtected: boolean): number => (writeProtected ? 0x80 : 0) | 0x10

export interface ModeHeader {
  readonly long: boolean
  readonly mediumType?: number
  /** WP and DPOFUA of block devices. */
  readonly deviceSpecific: number
  /** Absent when the initiator disables block descriptors. */
  readonly descriptor?: { readonly blockCount: number; readonly blockSize: number; readonly longLba: boolean }
}

/** Mode parameter list: header, block descriptor, pages. Source: SPC-4 §7.5.5, SBC-3 §6.5.2. */
export function encodeModeList(header: ModeHeader, pages: Uint8Array): Uint8Array {
  const d = header.descriptor
  const headerLength = header.long ? 8 : 4
  const descriptorLength = d ? (d.longLba ? 16 : 8) : 0
  const b = new Uint8Array(headerLength + descriptorLength + pages.length)
  const { deviceSpecific, mediumType = 0 } = header
  if (header.long) {
    putU16be(b, 0, b.length - 2)
    b[2] = mediumType
    b[3] = deviceSpecific
    if (d?.longLba) b[4] = 0x01
    putU16be(b, 6, descriptorLength)
  } else {
    b[0] = b.length - 1
    b[1] = mediumType
    b[2] = deviceSpecific
    b[3] = descriptorLength
  }
  if (d?.longLba) {
    putU64be(b, headerLength, BigInt(d.blockCount))
    putU32be(b, headerLength + 12, d.blockSize)
  } else if (d) {
    putU32be(b, headerLength, Math.min(d.blockCount, 0xffffffff))
    putU32be(b, headerLength + 4, d.blockSize & 0xffffff)
  }
  b.set(pages, headerLength + descriptorLength)
  return b
}

export type ModeSelectOutcome = { readonly state: ModeState } | 'listLength' | 'invalidField'

/** Reads the list of a MODE SELECT and checks that it changes nothing but what is changeable. */
export function applyModeSelect(list: Uint8Array, long: boolean, state: ModeState): ModeSelectOutcome {
  const headerLength = long ? 8 : 4
  if (list.length === 0) return { state }
  if (list.length < headerLength) return 'listLength'
  const descriptorLength = long ? u16be(list, 6) : list[3]!
  let next = state
  for (let at = headerLength + descriptorLength; at < list.length;) {
    if (at + 2 > list.length) return 'listLength'
    const code = list[at]! & 0x3f
    const length = 2 + list[at + 1]!
    if (at + length > list.length) return 'listLength'
    const current = CODES.includes(code) ? pageBytes(code, PAGE_CONTROL.current, state) : undefined
    if (!current || current.length !== length || (list[at]! & 0x40) !== 0) return 'invalidField'
    const changeable = pageBytes(code, PAGE_CONTROL.changeable, state)
    for (let i = 2; i < length; i++) {
      if (((list[at + i]! ^ current[i]!) & ~changeable[i]!) !== 0) return 'invalidField'
    }
    if (code === MODE_PAGE.control) {
      next = {
        ...next,
        descriptorSense: (list[at + 2]! & CONTROL_D_SENSE) !== 0,
        softwareWriteProtect: (list[at + 4]! & CONTROL_SWP) !== 0,
      }
    }
    if (code === MODE_PAGE.caching) next = { ...next, writeCache: (list[at + 2]! & CACHING_WCE) !== 0 }
    at += length
  }
  return { state: next }
}
