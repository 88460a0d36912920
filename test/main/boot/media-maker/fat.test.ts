import { describe, expect, test } from 'vitest'
import { writeFat, type FatFile } from '../../../../src-main/boot/media-maker/fat.ts'
import { FileTree } from '../../../../src-main/guests/offline/disk/file-system.ts'
import { bytesSource } from '../../../../src-main/guests/offline/disk/source.ts'
import { openFat } from '../../../../src-main/guests/offline/fat/volume.ts'
import { seededRandom } from '../../../support/random.ts'

const random = seededRandom(3)
const options = {
  label: 'BOOTLACE',
  hiddenSectors: 64,
  volumeId: 0x1234abcd,
  madeMs: Date.UTC(2026, 10, 21),
  freeBytes: 4096,
}
const files: FatFile[] = [
  { path: 'EFI/BOOT/BOOTX64.EFI', bytes: random.bytes(70_001) },
  { path: 'EFI/BOOT/autoexec.ipxe', bytes: random.bytes(500) },
  { path: 'EFI/BOOT/autoexec-of-another.ipxe', bytes: random.bytes(2048) },
  { path: 'EMPTY.TXT', bytes: new Uint8Array(0) },
  { path: 'a file with a name that is longer than two entries hold.text'.replaceAll(' ', '-'), bytes: random.bytes(1) },
]

describe.each([
  ['FAT12', 4096],
  ['FAT16', 9_000_000],
])('a %s', (type, freeBytes) => {
  const image = writeFat(files, { ...options, freeBytes })

  test('says what it is', () => {
    expect(Buffer.from(image.subarray(54, 62)).toString()).toBe(type.padEnd(8))
    expect(Buffer.from(image).readUInt32LE(28)).toBe(64)
    expect([image[510], image[511]]).toEqual([0x55, 0xaa])
  })

  test('gives back every file by its long name, whatever the case', async () => {
    const tree = new FileTree(await openFat(bytesSource(image)))
    for (const { path, bytes } of files) {
      for (const name of [path, path.toUpperCase()]) {
        const file = await tree.file(`/${name}`)
        expect(file?.sizeBytes, name).toBe(bytes.length)
        expect(Buffer.compare(await file!.read(0, bytes.length), bytes)).toBe(0)
      }
    }
  })

  test('has two tables that say the same', () => {
    const sectors = Buffer.from(image).readUInt16LE(22)
    const table = (n: number) => image.subarray((1 + n * sectors) * 512, (1 + (n + 1) * sectors) * 512)
    expect(Buffer.compare(table(0), table(1))).toBe(0)
  })
})

test('a name that FAT cannot have is a mistake of ours', () => {
  expect(() => writeFat([{ path: 'ä.txt', bytes: random.bytes(1) }], options)).toThrow('cannot be a name')
})

test('more than a FAT16 holds is refused', () => {
  expect(() => writeFat([], { ...options, freeBytes: 200 << 20 })).toThrow('do not fit')
})
