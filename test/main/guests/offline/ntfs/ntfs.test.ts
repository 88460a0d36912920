import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { FileTree } from '../../../../../src-main/guests/offline/disk/file-system.ts'
import { bytesSource } from '../../../../../src-main/guests/offline/disk/source.ts'
import {
  decodeNtfsBootSector,
  hibernationOf,
  isBitLocker,
  isLogClosed,
} from '../../../../../src-main/guests/offline/ntfs/boot-sector.ts'
import { decodeIndexNode } from '../../../../../src-main/guests/offline/ntfs/index-block.ts'
import { unpackLznt1 } from '../../../../../src-main/guests/offline/ntfs/lznt1.ts'
import { applyFixups, decodeRuns } from '../../../../../src-main/guests/offline/ntfs/record.ts'
import { openNtfs } from '../../../../../src-main/guests/offline/ntfs/volume.ts'
import { fixtureImage, fixtureSums } from '../../../../support/offline-images.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/ /g, ''), 'hex'))
const image = fixtureImage('windows.ntfs')

describe('runs', () => {
  test.each([
    // Linux-NTFS documentation, "Data Runs": example 1 to 4.
    ['21 18 34 56 00', [[0x5634, 0x18]]],
    [
      '31 38 73 25 34 32 14 01 E5 11 02 31 42 AA 00 03 00',
      [
        [0x342573, 0x38],
        [0x363758, 0x114],
        [0x393802, 0x42],
      ],
    ],
    [
      '11 30 60 21 10 00 01 11 20 E0 00',
      [
        [0x60, 0x30],
        [0x160, 0x10],
        [0x140, 0x20],
      ],
    ],
    [
      '11 30 20 01 60 11 10 30 00',
      [
        [0x20, 0x30],
        [undefined, 0x60],
        [0x50, 0x10],
      ],
    ],
    ['00', []],
  ])('%s', (hex, expected) => {
    expect(decodeRuns(bytes(hex), 0x1000000).map((r) => [r.lcn, r.clusters])).toEqual(expected)
  })

  test.each([
    ['a length of nothing', '10 34 00'],
    ['a length below zero', '11 80 34 00'],
    ['more bytes than are there', '31 38 73'],
    ['a width above eight', '19 01 02 03 04 05 06 07 08 09 34 00'],
    ['a place in front of the volume', '11 10 F0 00'],
    ['a place behind the volume', '31 10 FF FF 7F 00'],
  ])('refuses %s', (_, hex) => {
    expect(() => decodeRuns(bytes(hex), 0x100000)).toThrow('dataRuns')
  })
})

describe('LZNT1', () => {
  const unpacked = (hex: string, length: number): string => {
    const out = new Uint8Array(length)
    unpackLznt1(bytes(hex), out)
    return Buffer.from(out).toString('latin1')
  }
  test('unpacks literals and references', () => {
    // One chunk of 5 bytes: flags 08h, three literals, a reference three back, twelve long.
    expect(unpacked('05 B0 08 61 62 63 09 20', 15)).toBe('abcabcabcabcabc')
    // A reference may overlap what it makes.
    expect(unpacked('03 B0 02 41 06 00', 10)).toBe('AAAAAAAAAA')
  })
  test('takes chunks that are stored as they are, and stops at the end mark', () => {
    const chunk = 'FF 3F ' + '5A '.repeat(4096)
    expect(unpacked(chunk + '00 00 41', 8192)).toBe('Z'.repeat(4096) + '\0'.repeat(4096))
  })
  test.each([
    ['a chunk that is cut off', 'FF BF 00 41'],
    ['a reference in front of the start', '03 B0 01 06 00 41'],
  ])('refuses %s', (_, hex) => {
    expect(() => unpacked(hex, 100)).toThrow('lznt1')
  })
})

describe('fixups', () => {
  const record = (): Uint8Array => {
    const b = Buffer.alloc(1024)
    b.write('FILE', 0, 'latin1')
    b.writeUInt16LE(48, 4)
    b.writeUInt16LE(3, 6)
    for (const [at, value] of [
      [48, 0x0101],
      [50, 0xaaaa],
      [52, 0xbbbb],
      [510, 0x0101],
      [1022, 0x0101],
    ] as const)
      b.writeUInt16LE(value, at)
    return new Uint8Array(b)
  }
  test('put back what was replaced', () => {
    const b = record()
    applyFixups(b, 'FILE')
    expect([b[510], b[511], b[1022], b[1023]]).toEqual([0xaa, 0xaa, 0xbb, 0xbb])
  })
  test('a torn write is told', () => {
    const b = record()
    b[1022] = 9
    expect(() => applyFixups(b, 'FILE')).toThrow('written in part')
  })
  test('another record is refused', () => {
    expect(() => applyFixups(record(), 'INDX')).toThrow('it is INDX')
    const b = record()
    b.set(new TextEncoder().encode('BAAD'))
    expect(() => applyFixups(b, 'FILE')).toThrow('Windows marked it as damaged')
    const long = record()
    long[6] = 200
    expect(() => applyFixups(long, 'FILE')).toThrow('updateSequence')
  })
})

describe('marks', () => {
  test('of BitLocker', () => {
    const sector = new Uint8Array(512)
    sector.set(new TextEncoder().encode('-FVE-FS-'), 3)
    expect(isBitLocker(sector)).toBe(true)
    expect(isBitLocker(image)).toBe(false)
  })
  test.each([
    ['hibr', 'hibernated'],
    ['HIBR', 'hibernated'],
    ['RSTR', 'hibernated'],
    ['wake', 'resumed'],
    ['WAKE', 'resumed'],
    ['\0\0\0\0', 'none'],
    ['', 'none'],
  ])('of hiberfil.sys: %j', (head, expected) => {
    expect(hibernationOf(new TextEncoder().encode(head))).toBe(expected)
  })
  test('of the log', () => {
    const page = Buffer.alloc(4096)
    page.write('RSTR', 0, 'latin1')
    page.writeUInt16LE(48, 24)
    page.writeUInt16LE(0, 48 + 12)
    expect(isLogClosed(page)).toBe(false)
    page.writeUInt16LE(2, 48 + 14)
    expect(isLogClosed(page)).toBe(true)
    page.writeUInt16LE(0, 48 + 14)
    page.writeUInt16LE(0xffff, 48 + 12)
    expect(isLogClosed(page)).toBe(true)
    expect(isLogClosed(Buffer.alloc(4096, 0xff))).toBeUndefined()
  })
})

describe('a volume made by mkntfs and filled by ntfs-3g', async () => {
  const fs = await openNtfs(bytesSource(image))
  const tree = new FileTree(fs)

  test('says what it is', () => {
    expect(fs).toMatchObject({
      type: 'NTFS',
      label: 'Windows',
      caseSensitive: false,
      unclean: undefined,
      ntfs: { dirty: false },
    })
    expect(fs.uuid).toMatch(/^[0-9A-F]{16}$/)
  })

  test('every file has the content that ntfs-3g shows', async () => {
    const sums = fixtureSums('windows.ntfs')
    expect(sums.length).toBeGreaterThan(150)
    for (const [path, sha256] of sums) {
      const file = (await tree.file(path))!
      const content = await file.read(0, file.sizeBytes)
      expect(createHash('sha256').update(content).digest('hex'), path).toBe(sha256)
    }
  })

  test('any range of a compressed or sparse file', async () => {
    for (const path of ['/packed/numbers.txt', '/packed/half-zeros.bin', '/pieces.txt', '/sparse.bin']) {
      const file = (await tree.file(path))!
      const whole = await file.read(0, file.sizeBytes)
      for (const at of [0, 1, 4095, 65535, 65536, Math.floor(whole.length / 2), whole.length - 9].filter(
        (n) => n >= 0 && n + 9 <= whole.length,
      ))
        expect(await file.read(at, 9), `${path} at ${at}`).toEqual(whole.slice(at, at + 9))
      await expect(file.read(whole.length - 1, 2)).rejects.toMatchObject({ code: 'guest.outside' })
    }
  })

  test('names are found whatever their case', async () => {
    expect(await tree.isThere('/WINDOWS/system32/CONFIG/software')).toBe(true)
    expect((await tree.names('/many'))!.length).toBe(150)
  })

  test('the dirty mark is seen', async () => {
    const dirty = image.slice()
    // The flags stand behind the version 3.1 in $VOLUME_INFORMATION of record 3.
    const layout = decodeNtfsBootSector(image)
    const record = layout.mftCluster * layout.bytesPerCluster + 3 * layout.bytesPerRecord
    const at = Buffer.from(dirty.buffer, record, layout.bytesPerRecord).indexOf(Buffer.from([3, 1, 0, 0]))
    expect(at).toBeGreaterThan(0)
    dirty[record + at + 2] = 1
    const opened = await openNtfs(bytesSource(dirty))
    expect(opened.ntfs.dirty).toBe(true)
    expect(opened.unclean).toBe('Windows marked it for a disk check')
  })

  test('the copy of the file table is used where the first record is damaged', async () => {
    const damaged = image.slice()
    const layout = decodeNtfsBootSector(image)
    damaged.fill(
      0,
      layout.mftCluster * layout.bytesPerCluster,
      layout.mftCluster * layout.bytesPerCluster + layout.bytesPerRecord,
    )
    const opened = new FileTree(await openNtfs(bytesSource(damaged)))
    expect(await opened.isThere('/Windows/System32/config/SYSTEM')).toBe(true)
  })
})

describe('what cannot be', () => {
  test.each([
    ['bytesPerSector', 11, 7],
    ['sectorsPerCluster', 13, 3],
    ['clustersPerFileRecord', 64, 0x70],
    ['mftLcn', 53, 1],
  ])('%s is refused', (field, at, value) => {
    const sector = image.slice(0, 512)
    sector[at] = value
    expect(() => decodeNtfsBootSector(sector)).toThrow(field)
  })
  test('a directory without an end is refused', () => {
    const b = Buffer.alloc(64)
    b.writeUInt32LE(16, 0)
    b.writeUInt32LE(64, 4)
    expect(() => decodeIndexNode(b)).toThrow('entryLength')
    b.writeUInt32LE(16, 4)
    expect(() => decodeIndexNode(b)).toThrow('lastEntry')
    b.writeUInt32LE(65, 4)
    expect(() => decodeIndexNode(b)).toThrow('indexLength')
  })
})
