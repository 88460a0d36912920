import { beforeEach, expect, test } from 'vitest'
import { AppError } from '../../../src-main/base/errors.ts'
import { silentLogger } from '../../../src-main/base/log.ts'
import { createLogicalUnit } from '../../../src-main/scsi/logical-unit.ts'
import type { Nexus } from '../../../src-main/scsi/task.ts'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { ScsiDesk } from '../../support/scsi-desk.ts'

const ERASE = '4802'
const ERASE_AT_ONCE = '4882'
const EXIT = '481f'
const READ = '28000000000000000100'
let disk: MemoryDisk
let desk: ScsiDesk
let a: Nexus
function serve(device: BlockDevice): void {
  const identity = { serial: 'S1', naa: '3000000000000001' }
  desk = new ScsiDesk(createLogicalUnit({ device, identity, logger: silentLogger }))
  a = desk.attach('a')
}
beforeEach(() => {
  disk = new MemoryDisk(64)
  disk.bytes.fill(7)
  serve(disk)
})
const senseOf = async (cdb: string): Promise<string> => (await desk.run(a, cdb)).sense

test('BLOCK ERASE leaves nothing', async () => {
  expect(await senseOf(ERASE)).toBe('')
  expect(disk.bytes.every((b) => b === 0)).toBe(true)
  expect((await desk.run(a, '1201b100ff00')).data[7]).toBe(0x40)
})
test('while it runs the medium is not ready, and the drive still says who it is', async () => {
  disk.slow = true
  expect(await senseOf(ERASE_AT_ONCE)).toBe('')
  for (const cdb of ['00', READ, '1b00', ERASE]) expect(await senseOf(cdb), cdb).toBe('02/04/1b')
  for (const cdb of ['12000000ff00', '03000000ff00', '1a003f00ff00']) expect(await senseOf(cdb), cdb).toBe('')
  await new Promise((resolve) => setImmediate(resolve))
  disk.release(true)
  await new Promise((resolve) => setImmediate(resolve))
  disk.slow = false
  expect(await senseOf('00')).toBe('')
})
test('when it fails the medium stays away until EXIT FAILURE MODE, or until it succeeds', async () => {
  disk.failWith = new AppError('disk.io', 'broken')
  expect(await senseOf(ERASE)).toBe('03/0c/00')
  disk.failWith = undefined
  expect(await senseOf(READ)).toBe('03/31/03')
  expect(await senseOf(EXIT)).toBe('')
  expect(await senseOf(READ)).toBe('')
  disk.failWith = new AppError('disk.io', 'broken')
  await senseOf(ERASE)
  disk.failWith = undefined
  expect(await senseOf(ERASE)).toBe('')
  expect(await senseOf(READ)).toBe('')
})
test.each(['4801', '4803', '4800', '48020000000000000100', '481f0000000000000100'])('%s is refused', async (cdb) => {
  expect(await senseOf(cdb)).toBe('05/24/00')
  expect(disk.log).toEqual([])
})
test('a disk that stands on another does not have it', async () => {
  serve({
    blockSize: 512,
    blockCount: 64,
    readOnly: false,
    canPunch: true,
    read: (lba, into) => disk.read(lba, into),
    write: (lba, from) => disk.write(lba, from),
    zero: (lba, n) => disk.zero(lba, n),
    flush: () => disk.flush(),
    close: () => disk.close(),
  })
  for (const cdb of [ERASE, EXIT, '4801']) expect(await senseOf(cdb)).toBe('05/20/00')
  expect((await desk.run(a, '1201b100ff00')).data[7]).toBe(0)
  expect([...(await desk.run(a, 'a30c0248000200000200')).data.slice(0, 2)]).toEqual([0, 1])
})
test('a read-only disk refuses it as a write', async () => {
  serve(new MemoryDisk(64, true))
  expect(await senseOf(ERASE)).toBe('07/27/00')
})
