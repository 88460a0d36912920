import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { FileTree } from '../../../../../src-main/guests/offline/disk/file-system.ts'
import { bytesSource } from '../../../../../src-main/guests/offline/disk/source.ts'
import { extentTree, indirectMap } from '../../../../../src-main/guests/offline/ext/block-map.ts'
import { decodeDirectoryBlock } from '../../../../../src-main/guests/offline/ext/directory.ts'
import { decodeSuperblock, type ExtLayout } from '../../../../../src-main/guests/offline/ext/superblock.ts'
import { openExt } from '../../../../../src-main/guests/offline/ext/volume.ts'
import { fixtureImage, fixtureSums } from '../../../../support/offline-images.ts'

const image = fixtureImage('linux.ext4')
const superblock = (): Uint8Array => image.slice(1024, 2048)
const view = (b: Uint8Array): DataView => new DataView(b.buffer, b.byteOffset, b.length)

describe('a volume made by mke2fs', async () => {
  const fs = await openExt(bytesSource(image))
  const tree = new FileTree(fs)

  test('says what it is', () => {
    expect(fs).toMatchObject({
      type: 'ext4',
      label: 'linux',
      uuid: '01234567-89ab-cdef-0123-456789abcdef',
      unclean: undefined,
    })
  })

  test('every file has the content it was made with', async () => {
    const sums = fixtureSums('linux.ext4')
    expect(sums.length).toBeGreaterThan(120)
    for (const [path, sha256] of sums) {
      const file = (await tree.file(path))!
      const content = await file.read(0, file.sizeBytes)
      expect(createHash('sha256').update(content).digest('hex'), path).toBe(sha256)
    }
  })

  test('links are followed', async () => {
    expect(await tree.isThere('/sbin/iscsid')).toBe(true)
  })
})

describe('the superblock', () => {
  test('says that changes wait in the journal', async () => {
    const b = image.slice()
    view(b).setUint32(1024 + 96, view(b).getUint32(1024 + 96, true) | 0x4, true)
    expect((await openExt(bytesSource(b))).unclean).toContain('what is shown may be older')
  })

  test('says that it was not unmounted', async () => {
    const b = image.slice()
    view(b).setUint16(1024 + 58, 0, true)
    expect((await openExt(bytesSource(b))).unclean).toContain('not cleanly unmounted')
  })

  test.each([
    ['s_magic', 56, 2, 0],
    ['s_feature_incompat', 96, 4, 0x80000000],
    ['s_log_block_size', 24, 4, 7],
    ['s_blocks_per_group', 32, 4, 0],
    ['s_inodes_per_group', 40, 4, 0],
    ['s_inode_size', 88, 2, 100],
    ['s_first_data_block', 20, 4, 9],
    ['s_desc_size', 254, 2, 5],
  ])('an impossible %s is refused', (field, at, width, value) => {
    const b = superblock()
    if (width === 2) view(b).setUint16(at, value, true)
    else view(b).setUint32(at, value, true)
    expect(() => decodeSuperblock(b)).toThrow(field)
  })

  test('knows which groups carry copies', () => {
    const b = superblock()
    const sparse = decodeSuperblock(b)
    expect([0, 1, 2, 3, 4, 5, 7, 9, 15, 25, 27, 49, 50].filter((g) => sparse.hasCopy(g))).toEqual([
      0, 1, 3, 5, 7, 9, 25, 27, 49,
    ])
  })
})

const LAYOUT = { ...decodeSuperblock(superblock()), bytesPerBlock: 1024, blockCount: 4096 } as ExtLayout

describe('extents', () => {
  const node = (
    depth: number,
    entries: readonly (readonly [first: number, length: number, block: number])[],
    size = 60,
  ): Uint8Array => {
    const b = Buffer.alloc(size)
    b.writeUInt16LE(0xf30a, 0)
    b.writeUInt16LE(entries.length, 2)
    b.writeUInt16LE(4, 4)
    b.writeUInt16LE(depth, 6)
    for (const [i, [first, length, block]] of entries.entries()) {
      b.writeUInt32LE(first, 12 + i * 12)
      if (depth === 0) {
        b.writeUInt16LE(length, 12 + i * 12 + 4)
        b.writeUInt32LE(block, 12 + i * 12 + 8)
      } else b.writeUInt32LE(block, 12 + i * 12 + 4)
    }
    return b
  }
  const volume = new Uint8Array(4096 * 1024)

  test('give places, holes and what was reserved', async () => {
    const locate = extentTree(
      bytesSource(volume),
      LAYOUT,
      node(0, [
        [2, 3, 100],
        [10, 2, 200],
        [20, 32768 + 5, 300],
      ]),
    )
    expect(await locate(0)).toEqual({ block: undefined, blocks: 2 })
    expect(await locate(3)).toEqual({ block: 101, blocks: 2 })
    expect(await locate(5)).toEqual({ block: undefined, blocks: 5 })
    expect(await locate(11)).toEqual({ block: 201, blocks: 1 })
    expect(await locate(21)).toEqual({ block: undefined, blocks: 4 })
    expect((await locate(99)).block).toBeUndefined()
  })

  test('go through levels', async () => {
    volume.set(node(0, [[50, 4, 700]], 1024), 500 * 1024)
    const locate = extentTree(
      bytesSource(volume),
      LAYOUT,
      node(1, [
        [0, 0, 400],
        [50, 0, 500],
      ]),
    )
    expect(await locate(52)).toEqual({ block: 702, blocks: 2 })
  })

  test.each([
    ['a level that does not fall', node(2, [[0, 0, 500]])],
    ['a level too deep', node(9, [[0, 0, 500]])],
    ['a place outside', node(0, [[0, 3, 5000]])],
    ['another mark', new Uint8Array(60)],
    ['more entries than fit', node(0, []).map((v, i) => (i === 2 ? 200 : v))],
  ])('refuse %s', async (_, root) => {
    const locate = extentTree(bytesSource(volume), LAYOUT, root)
    await expect(locate(0)).rejects.toMatchObject({ code: expect.stringMatching(/^codec\./) as string })
  })
})

describe('block tables', () => {
  test('of one, two and three levels', async () => {
    const volume = new Uint8Array(4096 * 1024)
    const put = (block: number, index: number, value: number): void =>
      view(volume).setUint32(block * 1024 + index * 4, value, true)
    const root = new Uint8Array(60)
    view(root).setUint32(0, 11, true)
    view(root).setUint32(12 * 4, 20, true)
    view(root).setUint32(13 * 4, 21, true)
    view(root).setUint32(14 * 4, 22, true)
    put(20, 3, 1003)
    put(21, 1, 30)
    put(30, 5, 1005)
    put(22, 2, 31)
    put(31, 4, 32)
    put(32, 6, 1006)
    const locate = indirectMap(bytesSource(volume), LAYOUT, root)
    expect(await locate(0)).toEqual({ block: 11, blocks: 1 })
    expect((await locate(1)).block).toBeUndefined()
    expect(await locate(12 + 3)).toEqual({ block: 1003, blocks: 1 })
    expect(await locate(12 + 256 + 256 + 5)).toEqual({ block: 1005, blocks: 1 })
    expect(await locate(12 + 256 + 65536 + 2 * 65536 + 4 * 256 + 6)).toEqual({ block: 1006, blocks: 1 })
    await expect(locate(12 + 256 + 65536 + 256 ** 3)).rejects.toMatchObject({ code: 'guest.unreadable' })
  })
})

describe('a directory block', () => {
  const block = (
    rows: readonly (readonly [inode: number, length: number, name: string])[],
    size = 1024,
  ): Uint8Array => {
    const b = Buffer.alloc(size)
    let at = 0
    for (const [inode, length, name] of rows) {
      b.writeUInt32LE(inode, at)
      b.writeUInt16LE(length, at + 4)
      b.writeUInt8(name.length, at + 6)
      b.write(name, at + 8, 'latin1')
      at += length
    }
    return b
  }
  test('gives names, without rows that are free', () => {
    expect(
      decodeDirectoryBlock(
        block([
          [2, 12, '.'],
          [2, 12, '..'],
          [12, 16, 'name'],
          [0, 16, 'gone'],
          [13, 968, 'last'],
        ]),
      ),
    ).toEqual([
      { name: 'name', inode: 12 },
      { name: 'last', inode: 13 },
    ])
  })
  test.each([
    ['rec_len', block([[2, 1, 'x']])],
    ['rec_len', block([[2, 2000, 'x']])],
    ['rec_len', block([[2, 13, 'x']])],
    ['name_len', block([[2, 12, 'a name longer than its row']])],
  ])('refuses an impossible %s', (field, b) => {
    expect(() => decodeDirectoryBlock(b)).toThrow(field)
  })
})
