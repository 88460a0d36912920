import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../../../src-main/base/log.ts'
import { BlockCache } from '../../../../src-main/disks/cache.ts'
import type { DiskStore } from '../../../../src-main/disks/disk-record.ts'
import { openDatabase } from '../../../../src-main/db/database.ts'
import { createDiskStore } from '../../../../src-main/db/stores/disk-store.ts'
import { DiskLibrary } from '../../../../src-main/engine/disks/library.ts'
import { parseDiskName } from '../../../../src-main/engine/disks/names.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const MIB = 2 ** 20
let folder: string
let store: DiskStore
let library: DiskLibrary
const noSessions = () => Promise.resolve()

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'bootlace-library-')), 'disks')
  store = createDiskStore(openDatabase(':memory:'))
  library = new DiskLibrary(folder, store, new FakeClock(), silentLogger, new BlockCache({ maximumBytes: MIB }))
})
afterEach(async () => {
  await library.closeAll()
  rmSync(join(folder, '..'), { recursive: true })
})

describe('names', () => {
  test('only one of two that want the same name at once gets it, and the other learns why', async () => {
    const [first, second] = await Promise.allSettled([
      library.create('a', MIB, false, 'raw'),
      library.create('A', 2 * MIB, false, 'raw'),
    ])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'disk.nameTaken' } })
    expect(library.find('a').sizeBytes).toBe(MIB)
  })
  test('a name that an import works under cannot be made meanwhile, and is free when the import gave up', async () => {
    const { name, release } = library.reserve('a', MIB, 0)
    expect(name).toBe('a')
    await expect(library.create('a', MIB, false, 'raw')).rejects.toMatchObject({ code: 'disk.nameTaken' })
    expect(() => library.reserve('a', MIB, 0)).toThrowError(/being made/)
    release()
    expect((await library.create('a', MIB, false, 'raw')).name).toBe('a')
  })
  test('a refused size does not keep the name', async () => {
    await expect(library.create('a', 5, false)).rejects.toMatchObject({ code: 'disk.size' })
    await library.create('a', MIB, false, 'raw')
  })
  test('a file that belongs to no disk is named, not overwritten', async () => {
    writeFileSync(join(folder, 'a.img'), 'precious')
    await expect(library.create('a', MIB, false, 'raw')).rejects.toThrowError(/a\.img lies there already/)
    expect(statSync(join(folder, 'a.img')).size).toBe(8)
  })
  test.each(['con', 'NUL', 'com1', 'lpt9', 'aux.old'])('%s is a device on Windows and no name here', (name) =>
    expect(() => parseDiskName(name)).toThrowError(/cannot be a disk's name/),
  )
})

describe('deleting', () => {
  test('nobody finds the disk any more while its sessions end and its file goes', async () => {
    await library.create('a', MIB, false, 'raw')
    let openWhileEnding: unknown
    const removing = library.remove('a', (target) => {
      expect(target).toBe('iqn.2026-11.app.bootlace:a')
      openWhileEnding = library.opened('a')
      return Promise.resolve()
    })
    expect(() => library.find('a')).toThrowError(/there is no disk/)
    await expect(library.create('a', MIB, false, 'raw')).rejects.toMatchObject({ code: 'disk.nameTaken' })
    await removing
    expect([openWhileEnding, readdirSync(folder)]).toEqual([undefined, []])
    await library.create('a', 2 * MIB, false, 'raw')
    expect(library.find('a').sizeBytes).toBe(2 * MIB)
  })
  test('what the store refuses stays served', async () => {
    await library.create('a', MIB, false, 'raw')
    store.remove = () => {
      throw new Error('FOREIGN KEY constraint failed')
    }
    await expect(library.remove('a', noSessions)).rejects.toThrowError(/FOREIGN KEY/)
    expect(library.opened('a')).toBeDefined()
    expect(existsSync(join(folder, 'a.img'))).toBe(true)
  })
})

describe('what can go wrong', () => {
  test('a disk that cannot be recorded leaves no file behind', async () => {
    store.put = () => {
      throw new Error('database is full')
    }
    await expect(library.create('a', MIB, false, 'raw')).rejects.toThrowError(/database is full/)
    expect(readdirSync(folder)).toEqual([])
    expect(library.all()).toEqual([])
  })
  test('a disk that cannot be opened says so instead of looking well', async () => {
    writeFileSync(join(folder, 'a.img'), 'short')
    await expect(
      library.adopt(library.newRecord('a', { file: 'a.img', format: 'raw', sizeBytes: MIB })),
    ).rejects.toMatchObject({ code: 'disk.size' })
    expect(library.problemOf(library.find('a'))).toMatchObject({ code: 'disk.size' })
  })
  test('a broken disk does not stop the others, and can be deleted', async () => {
    await library.create('a', MIB, false, 'raw')
    await library.create('b', MIB, false, 'raw')
    await library.closeAll()
    rmSync(join(folder, 'a.img'))
    await library.openAll()
    expect(library.openedNames()).toEqual(['b'])
    expect(library.problemOf(library.find('a'))).toMatchObject({ code: 'disk.missing' })
    await library.remove('a', noSessions)
    expect(library.all().map((d) => d.name)).toEqual(['b'])
  })
  test('a start removes cut-off imports and nothing else', () => {
    for (const name of ['a.part', 'b.img', 'notes.txt']) writeFileSync(join(folder, name), 'x')
    library.sweep()
    expect(readdirSync(folder).sort()).toEqual(['b.img', 'notes.txt'])
  })
  test('only the owner can look into the folder', () => {
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })
})
