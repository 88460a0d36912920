import { beforeEach, describe, expect, test } from 'vitest'
import { fromHex, toHex, u32be } from '../../../src-main/base/bytes.ts'
import { AppError } from '../../../src-main/base/errors.ts'
import { silentLogger } from '../../../src-main/base/log.ts'
import { DISK_COMMANDS } from '../../../src-main/scsi/command-table.ts'
import { createLogicalUnit, startOnMissingUnit, type LogicalUnit } from '../../../src-main/scsi/logical-unit.ts'
import { PHASE, ScsiTask, type Nexus } from '../../../src-main/scsi/task.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { foreignBits, ScsiDesk, type Outcome } from '../../support/scsi-desk.ts'

const COMMANDS = DISK_COMMANDS.rows

let disk: MemoryDisk
let unit: LogicalUnit
let a: Nexus
let b: Nexus
let aborted: readonly string[]

const NAA = '3000000000000001'
/** Last bytes of length fields, so that commands with a list or data have one block or a few bytes. */
const LENGTHS = new Map<number, readonly number[]>([
  [0x08, [4]],
  [0x0a, [4]],
  ...[0x28, 0x2a, 0x2e, 0x2f].map((opcode): [number, number[]] => [opcode, [8]]),
  ...[0x88, 0x8a, 0x8b, 0x8e, 0x8f, 0x89].map((opcode): [number, number[]] => [opcode, [13]]),
  ...[0xa8, 0xaa, 0xae, 0xaf].map((opcode): [number, number[]] => [opcode, [9]]),
])

let desk: ScsiDesk
function serve(served: MemoryDisk): void {
  disk = served
  unit = createLogicalUnit({ device: disk, identity: { serial: 'S1', naa: NAA }, logger: silentLogger })
  desk = new ScsiDesk(unit)
  aborted = desk.aborted
  a = desk.attach('a')
  b = desk.attach('b')
}
const attach = (name: string): Nexus => desk.attach(name)
const setUp = (readOnly = false): void => serve(new MemoryDisk(4096, readOnly))
beforeEach(() => setUp())

/** Runs a CDB to its end. `out` is its data-out; reads give their blocks. */
const run = (cdb: string, out?: Uint8Array, nexus = a): Promise<Outcome> => desk.run(nexus, cdb, out)
const blocks = (n: number, value: number): Uint8Array => new Uint8Array(n * 512).fill(value)

describe('the command table', () => {
  test('masks have the length of their CDB and begin with the opcode', () => {
    const lengths: Record<number, number> = { 0: 6, 1: 10, 2: 10, 4: 16, 5: 12 }
    for (const row of COMMANDS) {
      expect(row.mask[0], row.name).toBe(row.opcode)
      expect(row.mask.length, row.name).toBe(lengths[row.opcode >>> 5])
    }
  })
  test('an unknown command and an unknown service action are told apart', async () => {
    expect((await run('ff')).sense).toBe('05/20/00')
    expect((await run('9e1f')).sense).toBe('05/24/00')
  })
  test.each(COMMANDS.map((row) => [row.name, row] as const))(
    '%s refuses a bit that is not its own',
    async (_n, row) => {
      for (const { cdb, field } of foreignBits(row)) {
        const refused = await run(cdb)
        expect({ sense: refused.sense, field: refused.field }).toEqual({ sense: '05/24/00', field })
      }
    },
  )
  test.each(COMMANDS.map((row) => [row.name, row] as const))('%s moves data the way its row says', async (_n, row) => {
    const cdb = new Uint8Array(16)
    cdb.set(row.mask.map((bits, i) => (i === 0 ? row.opcode : LENGTHS.get(row.opcode)?.includes(i) ? bits & 1 : 0)))
    if (row.serviceAction !== undefined) cdb[1] = row.serviceAction
    const task = new ScsiTask()
    task.reset(a, cdb, 0, 512)
    const phase = unit.start(task)
    // VERIFY has data only where it compares.
    const out = row.name.startsWith('VERIFY') ? [PHASE.dataOut, PHASE.work] : [PHASE.dataOut]
    if (row.direction === 'out' && phase !== PHASE.done) expect(out).toContain(phase)
    if (row.direction !== 'out') expect(phase).not.toBe(PHASE.dataOut)
    if (row.direction === 'none')
      expect([phase, task.dataIn]).toEqual([phase === PHASE.work ? phase : PHASE.done, undefined])
  })
  test('REPORT SUPPORTED OPERATION CODES lists the same table', async () => {
    const all = (await run('a30c0000000000010000')).data
    expect(u32be(all, 0)).toBe(COMMANDS.length * 8)
    const one = (await run('a30c0128000000000200')).data
    expect(toHex(one)).toBe('0003000a' + '2818ffffffff1fffff00')
    const absent = (await run('a30c01ff000000000200')).data
    expect(toHex(absent)).toBe('00010000')
    const action = (await run('a30c029e001000000200')).data
    expect(toHex(action.slice(0, 6))).toBe('000300109e10')
    expect((await run('a30c019e000000000200')).sense).toBe('05/24/00')
  })
})

describe('identity', () => {
  test('INQUIRY and its pages', async () => {
    const std = (await run('120000006000')).data
    expect(std).toHaveLength(96)
    expect(Buffer.from(std.slice(8, 16)).toString()).toBe('BOOTLACE')
    expect(toHex((await run('12010000ff00')).data)).toBe('00000006008083b0b1b2')
    expect(Buffer.from((await run('12018000ff00')).data.slice(4)).toString()).toBe('S1')
    expect(toHex((await run('12018300ff00')).data)).toContain('01030008' + NAA)
    expect((await run('1201c000ff00')).sense).toBe('05/24/00')
    expect((await run('120080000000')).sense).toBe('05/24/00')
    expect((await run('120000000500')).data).toHaveLength(5)
  })
  test('capacity', async () => {
    expect(toHex((await run('25')).data)).toBe('00000fff00000200')
    const long = (await run('9e10' + '00'.repeat(8) + '00000020')).data
    expect(toHex(long)).toBe('0000000000000fff' + '00000200' + '0003c000' + '00'.repeat(16))
  })
  test('mode pages: write cache on, caching page and all pages, saved ones are not kept', async () => {
    expect(toHex((await run('1a080800ff00')).data)).toBe('17001000' + '08120400' + '00'.repeat(16))
    expect((await run('1a003f00ff00')).data[3]).toBe(8)
    const long = (await run('5a003f00000000100000')).data
    expect([long[0]! * 256 + long[1]!, long[7]]).toEqual([long.length - 2, 8])
    expect([...long.slice(8, 16)]).toEqual([0, 0, 0x10, 0, 0, 0, 2, 0])
    expect((await run('1a00c800ff00')).sense).toBe('05/39/00')
    expect((await run('1a001900ff00')).sense).toBe('05/24/00')
  })
  test('MODE SELECT switches software write protect on, for everybody, and nothing else', async () => {
    const swp = fromHex('00000000' + '0a0a001008' + '00'.repeat(7))
    expect(await run('151000001000', swp)).toMatchObject({ status: 0 })
    expect((await run('2a00000000000000010000', blocks(1, 1))).sense).toBe('07/27/02')
    expect((await run('1a003f00ff00')).data[2]! & 0x80).toBe(0x80)
    expect((await run('00', undefined, b)).sense).toBe('06/2a/01')
    const rcd = fromHex('00000000' + '081205' + '00'.repeat(17))
    expect((await run('151000001800', rcd)).sense).toBe('05/26/00')
    expect((await run('151000000500', fromHex('00000000' + '0a'))).sense).toBe('05/1a/00')
  })
  test('with the write cache off every write is durable before its GOOD', async () => {
    await run('2a00000000000000010000', blocks(1, 1))
    expect(disk.log).toEqual(['write 0+1'])
    await run('151000001800', fromHex('00000000' + '0812' + '00'.repeat(18)))
    expect(disk.log.splice(0)).toEqual(['write 0+1', 'flush'])
    expect(toHex((await run('1a080800ff00')).data.slice(4, 8))).toBe('08120000')
    expect(toHex((await run('1a084800ff00')).data.slice(4, 8))).toBe('08120400')
    expect(toHex((await run('1a088800ff00')).data.slice(4, 8))).toBe('08120400')
    await run('2a00000000000000010000', blocks(1, 1))
    expect(disk.log).toEqual(['write 0+1', 'flush'])
    expect((await run('00', undefined, b)).sense).toBe('06/2a/01')
  })
  test('with D_SENSE on CHECK CONDITION is to carry descriptor sense, until a reset', async () => {
    await run('151000001000', fromHex('00000000' + '0a0a0410' + '00'.repeat(8)))
    expect(unit.descriptorSense).toBe(true)
    unit.reset()
    expect(unit.descriptorSense).toBe(false)
  })
  test('LOG SENSE lists its pages, and knows of no exception', async () => {
    expect(toHex((await run('4d004000000000ff00' + '00')).data)).toBe('00000002' + '002f')
    expect(toHex((await run('4d006f00000000ff00' + '00')).data)).toBe('2f000008' + '00000304' + '0000ff00')
    expect((await run('4d004d00000000ff00' + '00')).sense).toBe('05/24/00')
  })
  test('READ DEFECT DATA has nothing to list, in the format that was asked for', async () => {
    expect(toHex((await run('37001d0000000000ff00')).data)).toBe('001d0000')
    expect(toHex((await run('b71d00000000000000ff0000')).data)).toBe('001d000000000000')
  })
  test('a LUN without a unit answers INQUIRY, REPORT LUNS and REQUEST SENSE only', () => {
    const start = (cdb: string): ScsiTask => {
      const bytes = new Uint8Array(16)
      bytes.set(fromHex(cdb))
      const task = new ScsiTask()
      task.reset(a, bytes, 0, 0)
      startOnMissingUnit(task)
      return task
    }
    expect(start('12000000ff00').dataIn![0]).toBe(0x7f)
    expect(u32be(start('a00000000000000000ff0000').dataIn!, 0)).toBe(8)
    expect(start('03000000ff00').dataIn![12]).toBe(0x25)
    expect(start('00').sense).toMatchObject({ key: 5, asc: 0x25 })
  })
})

describe('unit attention', () => {
  test('a new nexus is told once; INQUIRY, REPORT LUNS and REQUEST SENSE run before it', async () => {
    const fresh = unit.attach({ portName: 'c', writeThrough: false, lunFields: [], abortTasks: () => undefined })
    expect((await run('12000000ff00', undefined, fresh)).status).toBe(0)
    expect((await run('00', undefined, fresh)).sense).toBe('06/29/00')
    expect((await run('00', undefined, fresh)).status).toBe(0)
  })
  test('REQUEST SENSE hands it out and clears it', async () => {
    unit.reset()
    expect(aborted).toEqual(['a', 'b'])
    expect(toHex((await run('03000000ff00')).data)).toBe('70000600000000' + '0a' + '00000000' + '2903' + '00000000')
    expect((await run('00')).status).toBe(0)
  })
  test('a storm of resets does not pile attentions up', async () => {
    for (let i = 0; i < 20; i++) unit.reset()
    expect((await run('00')).sense).toBe('06/29/03')
    expect((await run('00')).status).toBe(0)
  })
})

describe('blocks', () => {
  test.each([
    '08000005 0200',
    '2800000000050000020000',
    'a80000000005000000020000',
    '8800' + '0000000000000005' + '00000002',
  ])('READ %s', async (cdb) => {
    disk.bytes.fill(7, 5 * 512, 7 * 512)
    expect((await run(cdb)).data).toEqual(blocks(2, 7))
  })
  test.each([
    '2800000010000000010000',
    '28000000 0fff 00 0002 00',
    '2800000010000000000000',
    '8800' + 'ffffffffffffffff' + '00000001',
  ])('past the end: %s', async (cdb) => {
    expect((await run(cdb)).sense).toBe('05/21/00')
  })
  test('a transfer of no blocks is good, one above the limit of VPD page B0h is not', async () => {
    expect((await run('2800000000000000000000')).status).toBe(0)
    serve(new MemoryDisk(70_000))
    const limit = u32be((await run('1201b000ff00')).data, 8)
    const read12 = (blocks: number): string => 'a80000000000' + blocks.toString(16).padStart(8, '0') + '0000'
    expect(await run(read12(limit))).toMatchObject({ status: 0 })
    expect((await run(read12(limit + 1))).sense).toBe('05/24/00')
  })
  test('a read-only disk', async () => {
    setUp(true)
    expect((await run('2a00000000000000010000', blocks(1, 1))).sense).toBe('07/27/00')
    expect((await run('4200000000000000' + '1800', new Uint8Array(24))).sense).toBe('07/27/00')
    expect((await run('1a003f00ff00')).data[2]! & 0x80).toBe(0x80)
  })
  test('VERIFY compares on request', async () => {
    disk.bytes.fill(9, 0, 512)
    expect((await run('2f00000000000000010000')).status).toBe(0)
    expect((await run('2f02000000000000010000', blocks(1, 9))).status).toBe(0)
    expect((await run('2f02000000000000010000', blocks(1, 8))).sense).toBe('0e/1d/00')
    expect((await run('2f06000000000000020000', blocks(1, 9))).sense).toBe('0e/1d/00')
    expect((await run('2f04000000000000010000')).sense).toBe('05/24/00')
  })
  test('WRITE AND VERIFY is durable', async () => {
    expect((await run('2e02000000000000010000', blocks(1, 4))).status).toBe(0)
    expect(disk.log).toEqual(['write 0+1', 'flush', 'read 0+1'])
  })
  test('UNMAP gives ranges back after all of them were checked', async () => {
    disk.bytes.fill(1)
    const list = (...ranges: [number, number][]): Uint8Array => {
      const bytes = new Uint8Array(8 + ranges.length * 16)
      const v = new DataView(bytes.buffer)
      v.setUint16(0, bytes.length - 2)
      v.setUint16(2, ranges.length * 16)
      ranges.forEach(([lba, n], i) => {
        v.setBigUint64(8 + i * 16, BigInt(lba))
        v.setUint32(16 + i * 16, n)
      })
      return bytes
    }
    const cdb = (l: Uint8Array): string => '42000000000000' + l.length.toString(16).padStart(4, '0') + '00'
    const good = list([0, 8], [100, 1])
    expect((await run(cdb(good), good)).status).toBe(0)
    expect(disk.log).toEqual(['zero 0+8', 'zero 100+1'])
    const bad = list([8, 8], [4090, 8])
    expect((await run(cdb(bad), bad)).sense).toBe('05/21/00')
    expect(disk.log).toHaveLength(2)
    const broken = good.slice()
    broken[3] = 0xff
    expect((await run(cdb(broken), broken)).sense).toBe('05/1a/00')
  })
  test('WRITE SAME repeats its block, and zeros become holes', async () => {
    expect((await run('4100000000030000050000', blocks(1, 6))).status).toBe(0)
    expect(disk.bytes.slice(3 * 512, 8 * 512)).toEqual(blocks(5, 6))
    expect((await run('4100000000030000020000', blocks(1, 0))).status).toBe(0)
    expect(disk.log.at(-1)).toBe('zero 3+2')
    expect((await run('9301' + '0000000000000000' + '00000004')).status).toBe(0)
    expect(disk.log.at(-1)).toBe('zero 0+4')
    expect((await run('4108000000000000010000', blocks(2, 0))).sense).toBe('05/24/00')
    expect((await run('4110000000000000010000', blocks(1, 0))).sense).toBe('05/24/00')
  })
  test('COMPARE AND WRITE writes only on a match, one after the other', async () => {
    const cdb = '8900' + '0000000000000000' + '000000' + '01'
    const data = Uint8Array.from([...blocks(1, 0), ...blocks(1, 5)])
    disk.slow = true
    const both = Promise.all([run(cdb, data), run(cdb, data, b)])
    for (let i = 0; i < 8; i++) {
      await new Promise((resolve) => setImmediate(resolve))
      disk.release(true)
    }
    const outcomes = await both
    expect(outcomes.map((o) => o.sense).sort()).toEqual(['', '0e/1d/00'])
    expect(disk.bytes.slice(0, 512)).toEqual(blocks(1, 5))
    disk.slow = false
    expect((await run(cdb, blocks(1, 5))).sense).toBe('05/24/00')
  })
  test('ORWRITE merges bits', async () => {
    disk.bytes.fill(0x0f, 0, 512)
    await run('8b00' + '0000000000000000' + '00000001', blocks(1, 0xf0))
    expect(disk.bytes[0]).toBe(0xff)
  })
  test('a flush that fails is a write error', async () => {
    disk.failWith = new AppError('disk.io', 'broken')
    expect((await run('35')).sense).toBe('03/0c/00')
  })
  test('SYNCHRONIZE CACHE waits for the disk, with IMMED it does not', async () => {
    await run('35')
    expect(disk.log).toEqual(['flush'])
    disk.slow = true
    expect((await run('3502')).status).toBe(0)
    disk.release(true)
  })
})

describe('reservations', () => {
  test('RESERVE(6) keeps others out until it is released or its session ends', async () => {
    expect((await run('16')).status).toBe(0)
    expect((await run('28000000000000000100', undefined, b)).status).toBe(0x18)
    expect((await run('12000000ff00', undefined, b)).status).toBe(0)
    expect((await run('16', undefined, b)).status).toBe(0x18)
    expect((await run('17', undefined, b)).status).toBe(0)
    expect((await run('00', undefined, b)).status).toBe(0x18)
    unit.detach(a)
    expect((await run('00', undefined, b)).status).toBe(0)
  })

  const out = (action: number, type: number, key: number, newKey: number, nexus = a): Promise<Outcome> => {
    const list = new Uint8Array(24)
    list[7] = key
    list[15] = newKey
    const head = [0x5f, action, type, 0, 0, 0, 0, 0, 24, 0].map((n) => n.toString(16).padStart(2, '0')).join('')
    return run(head, list, nexus)
  }
  const write = (nexus: Nexus): Promise<Outcome> => run('2a00000000000000010000', blocks(1, 1), nexus)

  test('write exclusive: others read, and cannot write', async () => {
    expect((await out(0, 0, 0, 1)).status).toBe(0)
    expect((await out(1, 1, 1, 0)).status).toBe(0)
    expect((await write(b)).status).toBe(0x18)
    expect((await run('28000000000000000100', undefined, b)).status).toBe(0)
    expect((await write(a)).status).toBe(0)
    expect(toHex((await run('5e01000000000000ff00')).data)).toBe(
      '00000001' + '00000010' + '0000000000000001' + '00000000' + '00010000',
    )
  })
  test('registrants only: a registered one may write, and is told when the reservation ends', async () => {
    await out(0, 0, 0, 1)
    await out(0, 0, 0, 2, b)
    await out(1, 5, 1, 0)
    expect((await write(b)).status).toBe(0)
    await out(2, 5, 1, 0)
    expect((await write(b)).sense).toBe('06/2a/04')
    expect((await write(b)).status).toBe(0)
  })
  test('preempt takes the reservation over and tells the one that lost it', async () => {
    await out(0, 0, 0, 1)
    await out(0, 0, 0, 2, b)
    await out(1, 3, 1, 0)
    expect((await run('28000000000000000100', undefined, b)).status).toBe(0x18)
    expect((await out(5, 3, 2, 1, b)).status).toBe(0)
    expect(aborted).toEqual(['a'])
    expect((await run('00')).sense).toBe('06/2a/05')
    expect((await write(a)).status).toBe(0x18)
    expect((await write(b)).status).toBe(0)
  })
  test('a wrong key conflicts, a wrong type is no release, a short list is refused', async () => {
    await out(0, 0, 0, 1)
    expect((await out(1, 1, 9, 0)).status).toBe(0x18)
    await out(1, 1, 1, 0)
    expect((await out(2, 3, 1, 0)).sense).toBe('05/26/04')
    expect((await run('5f00000000000000100000', new Uint8Array(16))).sense).toBe('05/1a/00')
  })
  test('READ FULL STATUS names the ports', async () => {
    await out(6, 0, 0, 1)
    const data = (await run('5e03000000000000ff00')).data
    expect(data[8 + 24]).toBe(0x45)
    expect(Buffer.from(data.slice(8 + 28, 8 + 29)).toString()).toBe('a')
  })
  test('keys survive the session', async () => {
    await out(0, 0, 0, 1)
    unit.detach(a)
    const again = attach('a')
    expect(toHex((await run('5e00000000000000ff00', undefined, again)).data)).toBe(
      '0000000100000008' + '0000000000000001',
    )
  })
})
