import { describe, expect, test } from 'vitest'
import { bytesSource } from '../../../../../src-main/guests/offline/disk/source.ts'
import { crc32 } from '../../../../../src-main/guests/offline/partitions/gpt.ts'
import { decodeMbr } from '../../../../../src-main/guests/offline/partitions/mbr.ts'
import { readPartitionTable, type PartitionTable } from '../../../../../src-main/guests/offline/partitions/table.ts'
import { fixtureImage, PARTITION_TYPE } from '../../../../support/offline-images.ts'
import { writeGpt, writeMbr } from '../../../../support/partition-writer.ts'

const read = (disk: Uint8Array, blockSize = 512): Promise<PartitionTable> =>
  readPartitionTable(bytesSource(disk), blockSize)
const places = (table: PartitionTable): [number, number, number][] =>
  table.partitions.map((p) => [p.number, p.startBytes, p.sizeBytes])
const MIB = 2 ** 20

describe('GUID partition table', () => {
  const made = (blockSize = 512): Uint8Array => {
    const disk = new Uint8Array(8 * MIB)
    writeGpt(
      disk,
      [
        { type: PARTITION_TYPE.efi, firstLba: MIB / blockSize, blocks: MIB / blockSize, name: 'EFI system partition' },
        { type: PARTITION_TYPE.linux, firstLba: (2 * MIB) / blockSize, blocks: MIB / blockSize, active: true },
      ],
      blockSize,
    )
    return disk
  }

  test('the checksum is the usual one', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
  })

  test.each([512, 4096])('is read with blocks of %i', async (blockSize) => {
    const table = await read(made(blockSize), blockSize)
    expect(table).toMatchObject({ kind: 'gpt', notes: [], bootCode: 'absent' })
    expect(places(table)).toEqual([
      [1, MIB, MIB],
      [2, 2 * MIB, MIB],
    ])
    expect(table.partitions[0]).toMatchObject({
      typeName: 'EFI system',
      name: 'EFI system partition',
      active: false,
      partitionUuid: '00000000-1111-2222-3333-444444444444',
    })
    expect(table.partitions[1]).toMatchObject({ typeName: 'Linux', active: true, fits: true })
  })

  test.each([
    ['its head', 512 + 40],
    ['its rows', 1024 + 20],
    ['its signature', 512],
  ])('is read from its copy when %s is damaged', async (_, at) => {
    const disk = made()
    disk[at]! ^= 0x10
    const table = await read(disk)
    expect(places(table)).toHaveLength(2)
    expect(table.notes.join(' ')).toContain('Its copy at the end was used.')
  })

  test('says when the copy is lost, as on an image that was made larger', async () => {
    const disk = made()
    disk.fill(0, disk.length - 512)
    const table = await read(disk)
    expect(places(table)).toHaveLength(2)
    expect(table.notes.join(' ')).toContain('The copy of the partition table at the end of the disk is not readable')
  })

  test('says so when both are damaged', async () => {
    const disk = made()
    disk[600]! ^= 1
    disk[disk.length - 500]! ^= 1
    const table = await read(disk)
    expect(table).toMatchObject({ kind: 'gpt', partitions: [] })
    expect(table.notes).toHaveLength(2)
  })

  test('shows what reaches beyond the end of a cut image', async () => {
    const table = await read(made().slice(0, 2.5 * MIB))
    expect(table.partitions.map((p) => p.fits)).toEqual([true, false])
  })
})

describe('master boot record', () => {
  const made = (): Uint8Array => {
    const disk = new Uint8Array(16 * MIB)
    disk.set([0x33, 0xc0, 0x8e], 0)
    new DataView(disk.buffer).setUint32(440, 0x12345678, true)
    writeMbr(disk, [
      { type: 0x07, firstLba: 2048, blocks: 2048, active: true },
      undefined,
      { type: 0x0f, firstLba: 8192, blocks: 16384 },
    ])
    writeMbr(
      disk,
      [
        { type: 0x83, firstLba: 2048, blocks: 2048 },
        { type: 0x05, firstLba: 4096, blocks: 4096 },
      ],
      8192,
    )
    writeMbr(disk, [{ type: 0x82, firstLba: 2048, blocks: 1024 }], 8192 + 4096)
    return disk
  }

  test('gives primary and logical partitions their Linux numbers', async () => {
    const table = await read(made())
    expect(table).toMatchObject({ kind: 'mbr', notes: [], bootCode: 'present' })
    expect(places(table)).toEqual([
      [1, MIB, MIB],
      [5, 10240 * 512, MIB],
      [6, 14336 * 512, MIB / 2],
    ])
    expect(table.partitions[0]).toMatchObject({ active: true, type: '07', partitionUuid: '12345678-01' })
    expect(table.partitions[2]).toMatchObject({ typeName: 'Linux swap', partitionUuid: '12345678-06' })
  })

  test('knows the boot program of GRUB', async () => {
    const disk = made()
    disk.set(new TextEncoder().encode('GRUB '), 0x180)
    expect((await read(disk)).bootCode).toBe('grub')
    disk.fill(0, 0, 440)
    expect((await read(disk)).bootCode).toBe('absent')
  })

  test('a chain of logical partitions that leads back to itself ends', async () => {
    const disk = made()
    writeMbr(
      disk,
      [
        { type: 0x82, firstLba: 2048, blocks: 1024 },
        { type: 0x05, firstLba: 4096, blocks: 4096 },
      ],
      8192 + 4096,
    )
    const table = await read(disk)
    expect(places(table)).toHaveLength(3)
    expect(table.notes).toEqual(['The chain of logical partitions leads back to itself.'])
  })

  test('a chain that leads outside is said', async () => {
    const disk = made()
    writeMbr(
      disk,
      [
        { type: 0x83, firstLba: 2048, blocks: 2048 },
        { type: 0x05, firstLba: 0x7fffffff, blocks: 1 },
      ],
      8192,
    )
    expect((await read(disk)).notes[0]).toContain('Logical partitions from number 6 on are not readable')
  })

  test('the first sector of a file system is no table', async () => {
    for (const name of ['windows.ntfs', 'esp.fat', 'linux.ext4'] as const) {
      const table = await read(fixtureImage(name))
      expect(table.kind, name).toBe('none')
      expect(table.partitions).toMatchObject([{ number: 0, startBytes: 0 }])
    }
  })

  test('refuses rows that are neither active nor inactive', () => {
    const sector = made().slice(0, 512)
    sector[446] = 0x01
    expect(() => decodeMbr(sector)).toThrow('neither active nor inactive')
    expect(() => decodeMbr(sector.subarray(0, 100))).toThrow('cut off')
  })

  test('an empty disk has nothing', async () => {
    expect(await read(new Uint8Array(MIB))).toMatchObject({ kind: 'none', bootCode: 'absent' })
  })
})
