import { beforeEach, describe, expect, test } from 'vitest'
import { toHex } from '../../../src-main/base/bytes.ts'
import { silentLogger } from '../../../src-main/base/log.ts'
import { createLogicalUnit } from '../../../src-main/scsi/logical-unit.ts'
import {
  encodeDescriptorSense,
  encodeFixedSense,
  encodeSenseSegment,
  invalidCdbByte,
  invalidListByte,
  SENSE,
} from '../../../src-main/scsi/sense.ts'
import type { Nexus } from '../../../src-main/scsi/task.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { ScsiDesk } from '../../support/scsi-desk.ts'

/** What a disk says of itself, byte for byte, laid out by hand from the tables of SPC-4 and SBC-3. */

const BLOCKS = 262_144
let desk: ScsiDesk
let a: Nexus
function serve(o: { readOnly?: boolean; physicalBlock?: number } = {}): void {
  const device = new MemoryDisk(BLOCKS, o.readOnly)
  const identity = { serial: '0123456789ABCDEF', naa: '3123456789abcdef' }
  const { physicalBlock } = o
  desk = new ScsiDesk(
    createLogicalUnit({ device, identity, logger: silentLogger, ...(physicalBlock && { physicalBlock }) }),
  )
  a = desk.attach('a')
}
beforeEach(() => serve())
const hex = async (cdb: string): Promise<string> => toHex((await desk.run(a, cdb)).data)
const ascii = (text: string): string => toHex(Buffer.from(text))
const vpd = (code: string): Promise<string> => hex(`1201${code}010000`)

test('standard INQUIRY data (SPC-4 §6.4.2)', async () => {
  expect(await hex('120000006000')).toBe(
    '00000612' + // disk; SPC-4; HISUP, format 2
      '5b080002' + // 91 more; third-party copy; CMDQUE
      ascii('BOOTLACE' + 'VIRTUAL DISK    ' + '0001') +
      '00'.repeat(22) +
      '00a00960046004c0' + // SAM-5, iSCSI, SPC-4, SBC-3
      '00'.repeat(30),
  )
})

describe('VPD pages', () => {
  test('00h, 80h', async () => {
    expect(await vpd('00')).toBe('00000006' + '008083b0b1b2')
    expect(await vpd('80')).toBe('00800010' + ascii('0123456789ABCDEF'))
  })
  test('83h: NAA, and the T10 vendor id with the serial', async () => {
    expect(await vpd('83')).toBe(
      '00830028' + ('01030008' + '3123456789abcdef') + ('02010018' + ascii('BOOTLACE' + '0123456789ABCDEF')),
    )
  })
  test('B0h: limits, in blocks', async () => {
    expect(await vpd('b0')).toBe(
      '00b0003c' +
        '00ff0008' + // compare and write; granularity of a physical block
        '00010000' + // largest transfer, 32 MiB
        '00000800' + // best transfer, 1 MiB
        '00000000' +
        '00040000' + // UNMAP: the whole disk
        '00000100' + // descriptors
        '00000008' + // granularity
        '80000000' + // alignment 0, valid
        '0000000000040000' + // WRITE SAME
        '00'.repeat(20), // no atomic writes
    )
  })
  test('B1h: does not rotate; reads after BLOCK ERASE succeed', async () => {
    expect(await vpd('b1')).toBe('00b1003c' + '00010040' + '00'.repeat(56))
  })
  test('B2h: thin; UNMAP, WRITE SAME(16, 10), zeros afterwards', async () => {
    expect(await vpd('b2')).toBe('00b20004' + '00e40200')
  })
  test('of a read-only disk: nothing thin, nothing to erase', async () => {
    serve({ readOnly: true })
    expect((await vpd('b0')).slice(40, 72)).toBe('00'.repeat(16))
    expect(await vpd('b1')).toBe('00b1003c' + '00010000' + '00'.repeat(56))
    expect(await vpd('b2')).toBe('00b20004' + '00000000')
    expect((await hex('9e10' + '00'.repeat(8) + '00000020')).slice(24, 32)).toBe('00030000')
  })
})

test('512-byte blocks on physical ones of 4096, or of what was said', async () => {
  const capacity = '9e10' + '00'.repeat(8) + '00000020'
  expect(await hex(capacity)).toBe('000000000003ffff' + '00000200' + '0003c000' + '00'.repeat(16))
  serve({ physicalBlock: 512 })
  expect(await hex(capacity)).toBe('000000000003ffff' + '00000200' + '0000c000' + '00'.repeat(16))
  expect((await vpd('b0')).slice(8, 16)).toBe('00ff0001')
})

describe('mode pages', () => {
  const recovery = '010a80' + '00'.repeat(9)
  const caching = '081204' + '00'.repeat(17)
  const control = '0a0a0010' + '00'.repeat(8)
  const exceptions = '1c0a' + '00'.repeat(10)
  test('all of them, current and default', async () => {
    const all = '43001008' + '0004000000000200' + recovery + caching + control + exceptions
    expect(await hex('1a003f00ff00')).toBe(all)
    expect(await hex('1a00bf00ff00')).toBe(all)
  })
  test('what may be changed: WCE, D_SENSE, SWP', async () => {
    expect(await hex('1a087f00ff00')).toBe(
      '3b001000' +
        '010a' +
        '00'.repeat(10) +
        '081204' +
        '00'.repeat(17) +
        '0a0a0400' +
        '08' +
        '00'.repeat(7) +
        exceptions,
    )
  })
  test('MODE SENSE(10) with long block descriptors', async () => {
    expect(await hex('5a100a0000000000ff00')).toBe(
      '0022' + '0010' + '0100' + '0010' + '0000000000040000' + '00000000' + '00000200' + control,
    )
  })
})

test('sense data, both formats, with and without a field', () => {
  expect(toHex(encodeFixedSense(SENSE.writeProtected))).toBe('700007000000000a' + '00000000' + '2700' + '00000000')
  expect(toHex(encodeFixedSense(invalidCdbByte(7)))).toBe('700005000000000a' + '00000000' + '2400' + '00' + 'c00007')
  expect(toHex(encodeFixedSense(invalidListByte(300)))).toBe('700005000000000a' + '00000000' + '2600' + '00' + '80012c')
  expect(toHex(encodeDescriptorSense(SENSE.writeProtected))).toBe('7207270000000000')
  expect(toHex(encodeDescriptorSense(invalidCdbByte(7)))).toBe('7205240000000008' + '02060000' + 'c0000700')
  expect(toHex(encodeSenseSegment(SENSE.writeProtected, true))).toBe('0008' + '7207270000000000')
  expect(toHex(encodeSenseSegment(SENSE.writeProtected, false)).slice(0, 8)).toBe('00127000')
})
