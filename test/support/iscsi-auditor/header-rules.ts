import { hex, NAME, NO_TAG, u32 } from './fields.ts'
import type { SeenPdu } from './pdu-stream.ts'
import type { Report } from './violation.ts'

interface Layout {
  /** Byte 1: bits that must be set, and bits that may be. */
  readonly set: number
  readonly may: number
  /** Reserved bytes, from and up to. */
  readonly zero: readonly (readonly [from: number, to: number])[]
  /** Data segments that this PDU never has. */
  readonly noData?: boolean
}

/** What is fixed in the headers a target sends. Source: the figures of RFC 7143 §11.4, §11.6-11.9, §11.11, §11.13, §11.15,
 *  §11.17, §11.19. */
const LAYOUTS: Readonly<Record<number, Layout>> = {
  0x20: {
    set: 0x80,
    may: 0,
    zero: [
      [2, 4],
      [36, 48],
    ],
  },
  0x21: {
    set: 0x80,
    may: 0x1e,
    zero: [
      [8, 16],
      [20, 24],
    ],
  },
  0x22: {
    set: 0x80,
    may: 0,
    zero: [
      [3, 4],
      [8, 16],
      [20, 24],
      [36, 48],
    ],
    noData: true,
  },
  0x23: {
    set: 0,
    may: 0xcf,
    zero: [
      [20, 24],
      [38, 48],
    ],
  },
  0x24: {
    set: 0,
    may: 0xc0,
    zero: [
      [2, 4],
      [36, 48],
    ],
  },
  0x25: { set: 0, may: 0xc7, zero: [[2, 3]] },
  0x26: {
    set: 0x80,
    may: 0,
    zero: [
      [3, 4],
      [8, 16],
      [20, 24],
      [36, 40],
      [44, 48],
    ],
    noData: true,
  },
  0x31: { set: 0x80, may: 0, zero: [[2, 4]], noData: true },
  0x32: {
    set: 0x80,
    may: 0,
    zero: [
      [2, 4],
      [20, 24],
      [44, 48],
    ],
  },
  0x3f: {
    set: 0x80,
    may: 0,
    zero: [
      [3, 4],
      [8, 16],
      [20, 24],
      [40, 48],
    ],
  },
}

/** Checks what concerns a PDU of the target by itself. False: its opcode is unknown, nothing more can be said. */
export function checkHeader(p: SeenPdu, segmentLimit: number, report: Report): boolean {
  const h = p.header
  const opcode = h[0]! & 0x3f
  const name = NAME[opcode]
  const layout = LAYOUTS[opcode]
  if (!p.headerDigestIsRight) report('header-digest', `the header digest of a PDU (opcode ${hex(opcode)}) is wrong`)
  if (!p.dataDigestIsRight) report('data-digest', `the data digest of a PDU (opcode ${hex(opcode)}) is wrong`)
  if (!layout || name === undefined) {
    report('opcode', `opcode ${hex(opcode)} is none a target may send`)
    return false
  }
  if (p.ahsLength > 0) report('ahs', `a ${name} has ${p.ahsLength} bytes of AHS; a target sends none`)
  if (!p.paddingIsZero) report('padding', `the padding of a ${name} is not zero`)
  if (p.dataLength > segmentLimit) {
    report('segment-length', `a ${name} carries ${p.dataLength} bytes, the initiator takes ${segmentLimit}`)
  }
  const flags = h[1]!
  if ((h[0]! & 0xc0) !== 0) report('reserved', `the upper bits of byte 0 of a ${name} are set`)
  if ((flags & layout.set) !== layout.set) report('reserved', `the F bit of a ${name} is not set`)
  if ((flags & ~(layout.set | layout.may)) !== 0) report('reserved', `byte 1 of a ${name} is ${hex(flags)}`)
  for (const [from, to] of layout.zero) {
    for (let i = from; i < to; i++) if (h[i] !== 0) report('reserved', `byte ${i} of a ${name} is reserved and not 0`)
  }
  if (layout.noData && p.dataLength > 0) report('reserved', `a ${name} has a data segment`)
  if ((opcode === 0x32 || opcode === 0x3f) && u32(h, 16) !== NO_TAG) {
    report('reserved', `bytes 16-19 of a ${name} are not FFFFFFFF`)
  }
  return true
}
