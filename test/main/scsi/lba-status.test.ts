import { expect, test } from 'vitest'
import { u32be, u64be } from '../../../src-main/base/bytes.ts'
import { silentLogger } from '../../../src-main/base/log.ts'
import { createLogicalUnit } from '../../../src-main/scsi/logical-unit.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { ScsiDesk } from '../../support/scsi-desk.ts'

function deskOf(disk: MemoryDisk) {
  const unit = createLogicalUnit({
    device: disk,
    identity: { serial: 'S1', naa: '3000000000000001' },
    logger: silentLogger,
  })
  const desk = new ScsiDesk(unit)
  const nexus = desk.attach('a')
  /** Runs as `lba+blocks`, those that are mapped with an m. */
  return async (lba: number, room = 4096): Promise<string[] | string> => {
    const cdb = '9e12' + lba.toString(16).padStart(16, '0') + room.toString(16).padStart(8, '0') + '0000'
    const { data, sense } = await desk.run(nexus, cdb)
    if (sense !== '') return sense
    expect(u32be(data, 0)).toBe(data.length - 4)
    return Array.from({ length: (data.length - 8) / 16 }, (_, i) => {
      const at = 8 + i * 16
      return `${u64be(data, at)}+${u32be(data, at + 8)}${data[at + 12] === 0 ? 'm' : ''}`
    })
  }
}
const fill = (disk: MemoryDisk, lba: number, blocks: number): void =>
  void disk.bytes.fill(1, lba * 512, (lba + blocks) * 512)

test('holes are told as they are, in whole physical blocks', async () => {
  const disk = new MemoryDisk(256)
  const status = deskOf(disk)
  expect(await status(0)).toEqual(['0+256'])
  fill(disk, 16, 8)
  fill(disk, 67, 3)
  expect(await status(0)).toEqual(['0+16', '16+8m', '24+40', '64+8m', '72+184'])
  expect(await status(40)).toEqual(['40+24', '64+8m', '72+184'])
})
test('what was asked for in the middle of a mapped physical block begins with the next', async () => {
  const disk = new MemoryDisk(256)
  const status = deskOf(disk)
  fill(disk, 8, 24)
  expect(await status(9)).toEqual(['16+16m', '32+224'])
  expect(await status(27)).toEqual(['27+5m', '32+224'])
  expect(await status(35)).toEqual(['35+221'])
})
test('a disk that ends within a physical block is told to its end', async () => {
  const disk = new MemoryDisk(251)
  const status = deskOf(disk)
  expect(await status(0)).toEqual(['0+251'])
  fill(disk, 248, 3)
  expect(await status(0)).toEqual(['0+248', '248+3m'])
  expect(await status(250)).toEqual(['250+1m'])
  expect(await status(251)).toBe('05/21/00')
})
test('no more is told than there is room for, and never more than 256 runs', async () => {
  const disk = new MemoryDisk(8192)
  const status = deskOf(disk)
  for (let lba = 0; lba < disk.blockCount; lba += 16) fill(disk, lba, 8)
  expect(await status(0, 24)).toEqual(['0+8m'])
  expect(await status(0, 8 + 16 * 3)).toEqual(['0+8m', '8+8', '16+8m'])
  expect(await status(0, 65_535)).toHaveLength(256)
})
test('a disk that gives no space back is mapped', async () => {
  expect(await deskOf(new MemoryDisk(256, true))(3)).toEqual(['3+253m'])
})
