import { createHash } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { planCheck } from '../../../../src-main/engine/disks/check-job.ts'
import { DiskLab, MIB, unwatched } from '../../../support/disk-lab.ts'

let lab: DiskLab
beforeEach(async () => {
  lab = new DiskLab()
  await lab.start()
})
afterEach(() => lab.end())

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const fileHash = (file: string) => hashOf(readFileSync(join(lab.disks, file)))
const imageOf = (name: string) => lab.library.find(name).image

describe('sealing', () => {
  test('hashes the content, makes it read-only for ever, and keeps logins off meanwhile', async () => {
    await lab.library.create('gold', 3 * MIB + 512, false)
    const bytes = new Uint8Array(3 * MIB + 512)
    bytes.fill(7, MIB, 2 * MIB)
    await lab.library.opened('gold')!.device.write(0, [bytes])
    const seen: number[] = []
    const { run } = lab.images.planSeal('Gold')
    expect(lab.library.heldBecause('gold')).toBe('it is being sealed')
    expect(() => lab.images.planSeal('gold')).toThrowError(/it is being sealed/)
    await run({ ...unwatched, progress: (done) => seen.push(done) })
    expect(lab.library.heldBecause('gold')).toBeUndefined()
    expect(lab.library.find('gold')).toMatchObject({ contentHash: hashOf(bytes) })
    expect(seen).toEqual([MIB, 2 * MIB, 3 * MIB, 3 * MIB + 512])
    const { device } = lab.library.opened('gold')!
    expect(device.readOnly).toBe(true)
    expect(() => device.write(0, [bytes.subarray(0, 512)])).toThrowError(/cannot be written/)
    expect(() => lab.images.planSeal('gold')).toThrowError(/golden image already/)
    expect(imageOf('gold')).toEqual({ family: 'gold', version: 1, channel: 'production' })
    expect(statSync(join(lab.disks, 'gold.vhdx')).mode & 0o222).toBe(0)
    const before = lab.library.find('gold')
    await lab.restart()
    expect(lab.library.find('gold')).toEqual(before)
  })
  test('a cancelled sealing leaves the disk as it was', async () => {
    await lab.library.create('gold', 4 * MIB, false)
    for (const lba of [0, 4000, 8000]) await lab.write('gold', lba, 'x')
    const abort = new AbortController()
    const { run } = lab.images.planSeal('gold')
    await expect(run({ progress: () => abort.abort(), signal: abort.signal })).rejects.toThrowError(/cancelled/)
    expect(lab.library.find('gold').sealedMs).toBeUndefined()
    expect(lab.library.heldBecause('gold')).toBeUndefined()
    await lab.library.opened('gold')!.device.write(0, [new Uint8Array(512)])
  })
})

describe.each(['vhdx', 'vhd', 'raw'] as const)('versions of a %s image', (format) => {
  beforeEach(async () => {
    await lab.image('debian', 'one', { format })
    await lab.library.clone('debian', ['work', 'pc-01'])
    await lab.write('work', 0, 'two')
    await lab.write('work', 100, 'more')
  })

  test('a clone becomes the next version, the image stays bit for bit, and the clone stands on its version', async () => {
    const file = lab.library.find('debian').file
    const before = fileHash(file)
    const made = await lab.images.planMerge('work', { channel: 'test', note: 'updates' }).run(unwatched)
    expect(made).toMatchObject({
      name: 'debian-v2',
      parent: 'debian',
      image: { family: 'debian', version: 2, channel: 'test', note: 'updates' },
    })
    expect(fileHash(file)).toBe(before)
    expect(lab.library.find('work').parent).toBe('debian-v2')
    expect(lab.library.pointsOf('work')).toEqual([])
    await lab.restart()
    for (const name of ['work', 'debian-v2']) {
      expect([await lab.read(name, 0), await lab.read(name, 100)]).toEqual(['two', 'more'])
    }
    expect([await lab.read('pc-01', 0), await lab.read('pc-01', 100)]).toEqual(['one', ''])
  })

  test('only one version is for everybody, one is tried, and clones are made from the one for everybody', async () => {
    await lab.images.planMerge('work', { channel: 'test' }).run(unwatched)
    expect(lab.library.findVersion('debian').name).toBe('debian')
    lab.images.promote('debian-v2', 'production')
    expect([imageOf('debian')!.channel, imageOf('debian-v2')!.channel]).toEqual([undefined, 'production'])
    expect((await lab.library.clone('debian', ['new']))[0]!.parent).toBe('debian-v2')
    expect((await lab.library.clone('debian@1', ['old']))[0]!.parent).toBe('debian')
    expect(() => lab.library.findVersion('debian@9')).toThrowError(
      expect.objectContaining({ hint: 'There are: debian@1, debian@2.' }),
    )
    lab.images.promote('debian', 'production')
    expect([imageOf('debian')!.channel, imageOf('debian-v2')!.channel]).toEqual(['production', undefined])
    expect(() => lab.images.promote('debian', undefined)).toThrowError(/what PCs of debian start from/)
    expect(() => lab.images.promote('work', 'test')).toThrowError(/no golden image/)
  })

  test('versions of versions do not grow into a chain without end', async () => {
    for (let i = 0; i < 8; i++) {
      await lab.write('work', 200 + i, `v${i}`)
      await lab.images.planMerge('work', { channel: 'production' }).run(unwatched)
    }
    const disks = lab.library.all()
    expect(Math.max(...disks.map((d) => lab.library.depthOf(d)))).toBeLessThanOrEqual(6)
    expect(imageOf(lab.library.find('work').parent!)).toMatchObject({ family: 'debian', version: 9 })
    await lab.restart()
    for (let i = 0; i < 8; i++) expect(await lab.read('work', 200 + i)).toBe(`v${i}`)
    expect(await lab.read('work', 100)).toBe('more')
  })

  test('a cancelled merge leaves the clone, the name and the folder as they were', async () => {
    const files = readdirSync(lab.disks)
    const abort = new AbortController()
    const { run } = lab.images.planMerge('work', { channel: 'test', as: 'next' })
    await expect(run({ progress: () => abort.abort(), signal: abort.signal })).rejects.toThrowError(/cancelled/)
    expect(readdirSync(lab.disks)).toEqual(files)
    expect(await lab.read('work', 0)).toBe('two')
    await lab.images.planMerge('work', { channel: 'test', as: 'next' }).run(unwatched)
    expect(imageOf('next')).toMatchObject({ version: 2 })
  })
})

test('what is no clone makes no version, and says what to do instead', async () => {
  await lab.image('debian', 'one')
  await lab.library.create('alone', MIB, false)
  expect(() => lab.images.planMerge('debian', { channel: 'test' })).toThrowError(/is a golden image/)
  expect(() => lab.images.planMerge('alone', { channel: 'test' })).toThrowError(/was not made from an image/)
})

describe('an image that somebody changed', () => {
  beforeEach(async () => {
    await lab.image('debian', 'one', { format: 'raw' })
    await lab.library.clone('debian', ['pc-01'])
  })
  const path = () => join(lab.disks, 'debian.img')

  test('is refused with its clones, and the check says that it is not what it was', async () => {
    const bytes = readFileSync(path())
    bytes[5000] = 1
    chmodSync(path(), 0o600)
    writeFileSync(path(), bytes)
    await lab.restart()
    expect(lab.library.problemOf(lab.library.find('debian'))).toMatchObject({ code: 'disk.imageChanged' })
    expect(lab.library.problemOf(lab.library.find('pc-01'))).toMatchObject({ code: 'disk.parentMissing' })
    await expect(planCheck(lab.library, 'debian').run(unwatched)).rejects.toThrowError(/not what was sealed/)
    expect(lab.library.opened('debian')).toBeUndefined()
  })

  test('a copy that was put back is compared with its hash, and everything is served again', async () => {
    utimesSync(path(), 1, 1)
    await lab.restart()
    expect(lab.library.opened('pc-01')).toBeUndefined()
    expect(await planCheck(lab.library, 'debian').run(unwatched)).toMatch(/exactly as it was/)
    expect(await lab.read('pc-01', 0)).toBe('one')
    await lab.restart()
    expect(lab.library.problemOf(lab.library.find('debian'))).toBeUndefined()
  })
})

test('a check of a disk with restore points reads all of it and leaves it in use', async () => {
  await lab.library.create('pc', MIB, false)
  await lab.write('pc', 0, 'one')
  await lab.life.snapshot('pc', 'a')
  await lab.write('pc', 9, 'two')
  expect(await planCheck(lab.library, 'pc').run(unwatched)).toBe('pc is in order: 2 files, all 1 MiB readable')
  await lab.write('pc', 10, 'goes on')
})
