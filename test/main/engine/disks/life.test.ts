import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEEPEST_CHAIN } from '../../../../src-main/engine/disks/library.ts'
import { DiskLab, MIB, unwatched } from '../../../support/disk-lab.ts'

let lab: DiskLab
beforeEach(async () => {
  lab = new DiskLab()
  await lab.start()
})
afterEach(() => lab.end())

const notes = (name: string) => lab.library.pointsOf(name).map((p) => p.note)

describe.each(['vhdx', 'vhd', 'raw'] as const)('restore points of a %s disk', (format) => {
  beforeEach(async () => {
    await lab.library.create('pc', 4 * MIB, false, format)
    await lab.write('pc', 8, 'first')
  })

  test('what was written before one is there again after going back, and what came later is kept as another', async () => {
    const point = await lab.life.snapshot('pc', 'clean')
    expect(await lab.read('pc', 8)).toBe('first')
    await lab.write('pc', 8, 'second')
    const { kept } = await lab.life.revert('pc', {})
    expect(await lab.read('pc', 8)).toBe('first')
    expect(kept?.note).toBe('before going back to “clean”')
    await lab.restart()
    expect(await lab.read('pc', 8)).toBe('first')
    await lab.life.revert('pc', { point: kept!.id })
    expect(await lab.read('pc', 8)).toBe('second')
    await lab.life.revert('pc', { point: point.id, discard: true })
    expect(await lab.read('pc', 8)).toBe('first')
    expect(notes('pc')).toEqual(['clean', 'before going back to “clean”'])
  })

  test('going back twice without writing keeps nothing, because there is nothing', async () => {
    await lab.life.snapshot('pc', 'clean')
    expect((await lab.life.revert('pc', {})).kept).toBeUndefined()
    expect((await lab.life.revert('pc', {})).kept).toBeUndefined()
    expect(readdirSync(lab.disks)).toHaveLength(2)
  })

  test('removing the point that the disk stands on leaves the disk as it is, on one file fewer', async () => {
    await lab.life.snapshot('pc', 'one')
    await lab.write('pc', 16, 'second')
    await lab.life.snapshot('pc', 'two')
    await lab.write('pc', 24, 'third')
    const [one, two] = lab.library.pointsOf('pc')
    expect(() => lab.life.planRemoval('pc', one!.id)).toThrowError(/stands on restore point/)
    await lab.life.planRemoval('pc', two!.id).run(unwatched)
    await lab.life.planRemoval('pc', one!.id).run(unwatched)
    await lab.restart()
    expect([await lab.read('pc', 8), await lab.read('pc', 16), await lab.read('pc', 24)]).toEqual([
      'first',
      'second',
      'third',
    ])
    expect(readdirSync(lab.disks)).toHaveLength(1)
    expect(lab.library.depthOf(lab.library.find('pc'))).toBe(0)
  })

  test('a cancelled removal changes nothing and leaves no file', async () => {
    await lab.life.snapshot('pc', 'one')
    const abort = new AbortController()
    const { run } = lab.life.planRemoval('pc', lab.library.find('pc').basePoint!)
    await expect(run({ progress: () => abort.abort(), signal: abort.signal })).rejects.toMatchObject({
      code: 'job.cancelled',
    })
    expect(notes('pc')).toEqual(['one'])
    expect(readdirSync(lab.disks)).toHaveLength(2)
    expect(lab.library.heldBecause('pc')).toBeUndefined()
    await lab.write('pc', 24, 'goes on')
  })
})

test('a chain ends where every read would cost too much, and says what to do', async () => {
  await lab.library.create('pc', MIB, false)
  for (let i = 0; i < DEEPEST_CHAIN; i++) {
    await lab.write('pc', i, `layer ${i}`)
    await lab.life.snapshot('pc', `n${i}`)
  }
  await expect(lab.life.snapshot('pc', 'too many')).rejects.toMatchObject({ code: 'disk.chain' })
  await lab.restart()
  for (let i = 0; i < DEEPEST_CHAIN; i++) expect(await lab.read('pc', i)).toBe(`layer ${i}`)
})

describe.each(['vhdx', 'vhd', 'raw'] as const)('a clone of a %s image', (format) => {
  beforeEach(async () => {
    await lab.image('debian', 'image', { format })
    await lab.library.clone('debian', ['pc-01'])
  })

  test('is the image again after a reset; what it held is a restore point that comes back', async () => {
    await lab.write('pc-01', 0, 'mine')
    const { kept } = await lab.life.reset('pc-01', {})
    expect(await lab.read('pc-01', 0)).toBe('image')
    await lab.write('pc-01', 3, 'new')
    await lab.life.revert('pc-01', { point: kept!.id, discard: true })
    expect([await lab.read('pc-01', 0), await lab.read('pc-01', 3)]).toEqual(['mine', ''])
    const before = lab.library.find('debian').contentHash
    await lab.life.reset('pc-01', { discard: true })
    await lab.restart()
    expect(await lab.read('pc-01', 0)).toBe('image')
    expect(lab.library.find('debian').contentHash).toBe(before)
  })

  test('keeps its serial and target name through all of it, and its files go with it', async () => {
    const { serial, naa } = lab.library.find('pc-01')
    await lab.write('pc-01', 0, 'mine')
    await lab.life.snapshot('pc-01', 'one')
    await lab.life.reset('pc-01', {})
    await lab.life.revert('pc-01', { point: lab.library.pointsOf('pc-01')[0]!.id })
    expect(lab.library.find('pc-01')).toMatchObject({ serial, naa })
    await lab.library.remove('pc-01', () => Promise.resolve())
    expect(readdirSync(lab.disks)).toHaveLength(1)
    await lab.restart()
    expect(lab.library.all().map((d) => d.name)).toEqual(['debian'])
  })
})

describe('what is refused', () => {
  test('a golden image takes no restore point, and a disk without an image cannot be reset', async () => {
    await lab.image('debian', 'x')
    await expect(lab.life.snapshot('debian', '')).rejects.toMatchObject({ code: 'disk.sealed' })
    await lab.library.create('alone', MIB, false)
    await expect(lab.life.reset('alone', {})).rejects.toMatchObject({ code: 'disk.noImage' })
    await expect(lab.life.revert('alone', {})).rejects.toMatchObject({ code: 'disk.point' })
    await expect(lab.life.revert('alone', { point: 7 })).rejects.toThrowError(/no restore point 7/)
  })
  test('an image that a restore point stands on cannot be deleted by its name alone', async () => {
    await lab.image('debian', 'x')
    await lab.image('other', 'y')
    await lab.library.clone('debian', ['pc-01'])
    await lab.write('pc-01', 0, 'mine')
    await lab.life.reset('pc-01', { image: 'other' })
    expect(lab.library.find('pc-01').parent).toBe('other')
    expect(lab.library.childrenOf('debian')).toEqual(['pc-01'])
  })
  test('two things at once', async () => {
    await lab.library.create('pc', MIB, false)
    const release = lab.library.hold('pc', 'it is being exported')
    await expect(lab.life.snapshot('pc', '')).rejects.toThrowError(/it is being exported/)
    release()
    await lab.life.snapshot('pc', '')
  })
})

describe('when something breaks in the middle', () => {
  test('a new file that could not be recorded is removed, and the disk goes on with the old one', async () => {
    await lab.image('debian', 'image')
    await lab.library.clone('debian', ['pc-01'])
    await lab.write('pc-01', 0, 'mine')
    lab.db.exec("CREATE TRIGGER full BEFORE UPDATE ON disks BEGIN SELECT raise(ABORT, 'database or disk is full'); END")
    await expect(lab.life.reset('pc-01', {})).rejects.toThrowError(/disk is full/)
    expect(await lab.read('pc-01', 0)).toBe('mine')
    expect(notes('pc-01')).toEqual([])
    expect(readdirSync(lab.disks).sort()).toEqual(['debian.vhdx', 'pc-01.vhdx'])
  })
  test('files of work that the end of the program cut off are gone at the next start, and no others', async () => {
    await lab.library.create('pc', MIB, false)
    const outside = join(lab.folder, 'export.vhdx.part')
    for (const file of ['pc~2.vhdx', outside]) {
      await lab.library.makeFile(file, (path) => Promise.resolve(writeFileSync(path, 'half')))
    }
    writeFileSync(join(lab.disks, 'mine.txt'), 'a user put this here')
    await lab.restart()
    expect(readdirSync(lab.disks).sort()).toEqual(['mine.txt', 'pc.vhdx'])
    expect(existsSync(outside)).toBe(false)
  })
})

test('a limit refuses what would take more space, survives a restart, and goes when it is lifted', async () => {
  await lab.image('debian', 'image')
  await lab.library.clone('debian', ['pc'])
  await lab.life.snapshot('pc', 'a')
  const limitTo = (quotaBytes: number | undefined) => {
    const { quotaBytes: _, ...disk } = lab.library.find('pc')
    lab.library.put({ ...disk, ...(quotaBytes !== undefined && { quotaBytes }) })
  }
  limitTo(MIB)
  await expect(lab.write('pc', 4000, 'more')).rejects.toMatchObject({ code: 'disk.full' })
  await lab.restart()
  await expect(lab.write('pc', 4000, 'more')).rejects.toMatchObject({ code: 'disk.full' })
  expect(await lab.read('pc', 0)).toBe('image')
  limitTo(undefined)
  await lab.write('pc', 4000, 'more')
  expect(await lab.read('pc', 4000)).toBe('more')
})
