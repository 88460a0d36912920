import { beforeEach, describe, expect, test } from 'vitest'
import { toHex, u32be } from '../../../../src-main/base/bytes.ts'
import { AppError } from '../../../../src-main/base/errors.ts'
import { silentLogger } from '../../../../src-main/base/log.ts'
import { OPTICAL_COMMANDS } from '../../../../src-main/scsi/optical/commands.ts'
import { createOpticalUnit } from '../../../../src-main/scsi/optical/optical-unit.ts'
import { PHASE, ScsiTask, type Nexus } from '../../../../src-main/scsi/task.ts'
import { MemoryDisk } from '../../../support/memory-disk.ts'
import { foreignBits, ScsiDesk, type Outcome } from '../../../support/scsi-desk.ts'

/** Sectors of a disc that is too long for a CD: its device tells its length and holds little. */
const DVD_SECTORS = 500_000
const DVD_LEAD_OUT = DVD_SECTORS.toString(16).padStart(8, '0')
const CD_SECTORS = 256
const ROWS = OPTICAL_COMMANDS.rows

class LongDisk extends MemoryDisk {
  override readonly blockCount = DVD_SECTORS * 4
}

let disk: MemoryDisk
let desk: ScsiDesk
let a: Nexus
let b: Nexus
function insert(device: MemoryDisk): void {
  disk = device
  const identity = { serial: 'CD01', naa: '3000000000000002' }
  desk = new ScsiDesk(createOpticalUnit({ device, identity, logger: silentLogger }))
  a = desk.attach('a')
  b = desk.attach('b')
}
beforeEach(() => insert(new MemoryDisk(CD_SECTORS * 4, true)))
const run = (cdb: string, nexus = a): Promise<Outcome> => desk.run(nexus, cdb)
const hex = async (cdb: string, nexus = a): Promise<string> => toHex((await run(cdb, nexus)).data)
const senseOf = async (cdb: string, nexus = a): Promise<string> => (await run(cdb, nexus)).sense

const EJECT = '1b0000000200'
const LOAD = '1b0000000300'
const PREVENT = '1e0000000100'
const ALLOW = '1e0000000000'
const READY = '000000000000'
const EVENT = '4a01000010000000ff00'

describe('the command table', () => {
  test.each(ROWS.map((row) => [row.name, row] as const))('%s refuses a bit that is not its own', async (_n, row) => {
    expect(row.mask[0]).toBe(row.opcode)
    for (const { cdb, field } of foreignBits(row)) {
      const refused = await run(cdb)
      expect({ sense: refused.sense, field: refused.field }).toEqual({ sense: '05/24/00', field })
    }
  })
  test.each(ROWS.map((row) => [row.name, row] as const))('%s moves data the way its row says', (_n, row) => {
    const cdb = new Uint8Array(16)
    cdb[0] = row.opcode
    if (row.serviceAction !== undefined) cdb[1] = row.serviceAction
    const task = new ScsiTask()
    task.reset(a, cdb, 0, 0)
    const phase = desk.unit.start(task)
    expect([PHASE.done, PHASE.read]).toContain(phase)
    if (row.direction === 'none') expect(task.dataIn).toBeUndefined()
  })
  test('nothing writes, and what it does not know it says', async () => {
    expect(ROWS.filter((row) => row.direction === 'out')).toEqual([])
    for (const cdb of ['2a00000000000000010000', '4200', '5f00', 'ff']) expect(await senseOf(cdb), cdb).toBe('05/20/00')
    expect(u32be((await run('a30c0000000000010000')).data, 0)).toBe(ROWS.length * 8)
  })
})

describe('identity', () => {
  test('INQUIRY: a CD drive with a medium that comes out', async () => {
    const { data } = await run('120000006000')
    expect(toHex(data.slice(0, 8))).toBe('05800612' + '5b000002')
    expect(Buffer.from(data.slice(8, 36)).toString()).toBe('BOOTLACEVIRTUAL CD-ROM  0001')
    expect(toHex(data.slice(58, 66))).toBe('00a00960046004e0')
    expect(await hex('12010000ff00')).toBe('00000003008083')
    expect(Buffer.from((await run('12018000ff00')).data.slice(4)).toString()).toBe('CD01')
    expect(await hex('12018300ff00')).toContain('01030008' + '3000000000000002')
    expect(await senseOf('1201b000ff00')).toBe('05/24/00')
  })
  test('mode pages: recovery and what it can do; nothing to change, nothing saved', async () => {
    const recovery = '010a' + '00'.repeat(10)
    const capabilities = '2a180b00' + '00002900' + '2b480000' + '02002b48' + '00'.repeat(10)
    expect(await hex('1a003f00ff00')).toBe('29000000' + recovery + capabilities)
    expect(await hex('5a002a000000000040' + '00')).toBe('0020' + '0000' + '00000000' + capabilities)
    expect(await hex('1a006a00ff00')).toBe('1d000000' + '2a18' + '00'.repeat(24))
    expect(await senseOf('1a00ea00ff00')).toBe('05/39/00')
    expect(await senseOf('1a000800ff00')).toBe('05/24/00')
    await run(PREVENT)
    expect((await run('1a002a00ff00')).data[4 + 6]).toBe(0x2b)
  })
})

describe('a CD', () => {
  test('its capacity is in sectors of 2048 bytes', async () => {
    expect(await hex('25')).toBe('000000ff' + '00000800')
    expect(desk.unit.blockSize).toBe(2048)
  })
  test.each(['28000000000300000200', 'a80000000003000000020000'])('READ %s', async (cdb) => {
    disk.bytes.fill(9, 3 * 2048, 5 * 2048)
    expect((await run(cdb)).data).toEqual(new Uint8Array(4096).fill(9))
    expect(disk.log).toEqual(['read 12+8'])
  })
  test('a file that ends within its last sector is filled up with zeros', async () => {
    insert(new MemoryDisk(4 * 4 + 1, true))
    disk.bytes.fill(9)
    expect(await hex('25')).toBe('00000004' + '00000800')
    const { data } = await run('28000000000300000200')
    expect(data).toEqual(Uint8Array.from({ length: 4096 }, (_, i) => (i < 2048 + 512 ? 9 : 0)))
  })
  test('past the end, and too much at a time', async () => {
    expect(await senseOf('2800000000ff00000200')).toBe('05/21/00')
    expect(await senseOf('28000000010000000000')).toBe('05/21/00')
    insert(new LongDisk(16, true))
    expect(await senseOf('a80000000000' + '00000801' + '0000')).toBe('05/24/00')
  })
  test('a file that cannot be read is a medium error', async () => {
    disk.failWith = new AppError('disk.io', 'gone')
    expect(await senseOf('28000000000000000100')).toBe('03/11/00')
  })
  test('TOC by block and by minute, sessions, full TOC', async () => {
    expect(await hex('43000000000000ff0000')).toBe('0012' + '0101' + '00140100' + '00000000' + '0014aa00' + '00000100')
    expect(await hex('43020000000000ff0000')).toBe('0012' + '0101' + '00140100' + '00000200' + '0014aa00' + '0000051f')
    expect(await hex('430000000000aaff0000')).toBe('000a' + '0101' + '0014aa00' + '00000100')
    expect(await hex('4300010000000000ff00')).toBe('000a' + '0101' + '00140100' + '00000000')
    expect(await hex('43000000000000000440')).toBe('000a0101')
    expect(await hex('4302020000000000ff00')).toBe(
      '002e0101' +
        ('011400a0' + '00000000' + '010000') +
        ('011400a1' + '00000000' + '010000') +
        ('011400a2' + '00000000' + '00051f') +
        ('01140001' + '00000000' + '000200'),
    )
    expect(await senseOf('43000000000002ff0000')).toBe('05/24/00')
    expect(await senseOf('4300050000000000ff00')).toBe('05/24/00')
  })
  test('disc and track: finished, one session', async () => {
    expect(await hex('5100000000000000ff00')).toBe(
      '0020' + '0e0101010120' + '00'.repeat(8) + 'ff'.repeat(8) + '00'.repeat(10),
    )
    const track = '0022' + '0101000401' + '00'.repeat(17) + '00000100' + '00'.repeat(8)
    expect(await hex('5201000000010000ff00')).toBe(track)
    expect(await hex('5200000000ff0000ff00')).toBe(track)
    expect(await senseOf('5201000000020000ff00')).toBe('05/24/00')
    expect(await senseOf('5200000001000000ff00')).toBe('05/24/00')
  })
  test('GET CONFIGURATION: the CD profile is the current one', async () => {
    const serial = '01080304' + toHex(Buffer.from('CD01'))
    const power = '01000300' + '01050704' + '00000000'
    const core = '00010b08' + '0000000101000000' + '00030704' + '29000000'
    const cd = '00100108' + '00000800' + '00010000' + '001e0904' + '00000000'
    const body = '00000308' + '00100000' + '00080100' + core + cd
    expect(await hex('46010000000000ff0000')).toBe('0000004c' + '00000008' + body + power + serial)
    expect(await hex('46020010000000ff0000')).toBe('00000010' + '00000008' + '00100108' + '00000800' + '00010000')
    expect(await hex('4602ffff000000ff0000')).toBe('00000004' + '00000008')
    expect(await senseOf('46030000000000ff0000')).toBe('05/24/00')
  })
  test('has no DVD structure', async () => {
    expect(await senseOf('ad00000000000000ff000000')).toBe('05/30/02')
  })
})

describe('a DVD', () => {
  beforeEach(() => insert(new LongDisk(16, true)))

  test('is told by its length', async () => {
    expect((await hex('46020000000000ff0000')).slice(8, 16)).toBe('00000010')
    expect(await hex('430000000000aaff0000')).toBe('000a' + '0101' + '0014aa00' + DVD_LEAD_OUT)
    expect(await hex('430200000000aaff0000')).toBe('000a' + '0101' + '0014aa00' + '00633b4a')
  })
  test('its structures', async () => {
    const { data } = await run('ad0000000000000008' + '040000')
    expect(data).toHaveLength(2052)
    const last = (0x30000 + DVD_SECTORS - 1).toString(16).padStart(8, '0')
    expect(toHex(data.slice(0, 20))).toBe('08020000' + '01020100' + '00030000' + last + '00000000')
    expect(await hex('ad00000000000001ff000000')).toBe('00060000' + '00000000')
    expect(await hex('ad000000000000ffff000000')).toBe('000a0000' + '00400804' + '01400008')
    expect(await senseOf('ad00000000000033ff000000')).toBe('05/24/00')
  })
})

describe('the tray', () => {
  test('what was ejected is not there for anybody, until it is loaded', async () => {
    expect(await senseOf(EJECT)).toBe('')
    for (const cdb of [READY, '25', '28000000000000000100', '43000000000000ff0000', '5100000000000000ff00']) {
      expect(await senseOf(cdb, b), cdb).toBe('02/3a/02')
    }
    expect(await hex('46010000000000ff0000')).toMatch(/^[0-9a-f]{8}00000000/)
    expect(await hex('bd0000000000000000080000')).toBe('0010000000000000')
    expect(await senseOf(LOAD)).toBe('')
    expect(await senseOf(READY)).toBe('06/28/00')
    expect(await senseOf(READY)).toBe('')
    expect(await senseOf(READY, b)).toBe('06/28/00')
    expect(await hex('bd0000000000000000080000')).toBe('00'.repeat(8))
  })
  test('stays shut while anybody prevents it, and no longer than his session', async () => {
    await run(PREVENT)
    expect(await senseOf(EJECT, b)).toBe('05/53/02')
    await run(ALLOW, b)
    expect(await senseOf(EJECT, b)).toBe('05/53/02')
    desk.unit.detach(a)
    expect(await senseOf(EJECT, b)).toBe('')
  })
  test('a reset lets go of it', async () => {
    await run(PREVENT)
    desk.unit.reset()
    expect(await senseOf(READY)).toBe('06/29/03')
    expect(await senseOf(EJECT)).toBe('')
  })
  test('starting and stopping without LOEJ moves nothing', async () => {
    for (const byte of ['00', '01', '20']) await run(`1b000000${byte}00`)
    expect(await senseOf(READY)).toBe('')
  })
  test('its events are told to each who asks, once', async () => {
    expect(await hex(EVENT)).toBe('00060410' + '00020000')
    await run(EJECT)
    expect(await hex(EVENT, b)).toBe('00060410' + '03010000')
    expect(await hex(EVENT, b)).toBe('00060410' + '00010000')
    await run(LOAD)
    expect(await hex(EVENT)).toBe('00060410' + '02020000')
    expect(await hex('4a01000002000000ff00')).toBe('00028010')
    expect(await senseOf('4a00000010000000ff00')).toBe('05/24/00')
  })
  test('is shut again for the first who comes when nobody was there', async () => {
    await run(EJECT)
    desk.unit.detach(a)
    const c = desk.attach('c')
    expect(await senseOf(READY, c)).toBe('02/3a/02')
    desk.unit.detach(b)
    desk.unit.detach(c)
    expect(await senseOf(READY, desk.attach('d'))).toBe('')
  })
})
