import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MediumView, NewMedium } from '../../../../src-main/api/medium.ts'
import { AppError } from '../../../../src-main/base/errors.ts'
import { silentLogger } from '../../../../src-main/base/log.ts'
import type { Client } from '../../../../src-main/clients/client.ts'
import { mediumHandlers, type MediumNeeds } from '../../../../src-main/engine/media/boot-medium.ts'
import { fakeMediumParts } from '../../../support/medium-parts.ts'

let folder: string
let loaders: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-media-'))
  loaders = mkdtempSync(join(tmpdir(), 'bootlace-loaders-'))
  const parts = fakeMediumParts()
  const files = {
    'ipxe.lkrn': parts.ipxeLkrn,
    'ipxe.efi': parts.ipxeEfi,
    'isolinux.bin': parts.isolinux,
    'ldlinux.c32': parts.ldlinux,
    'isohdpfx.bin': parts.stickCode,
  }
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(loaders, name), bytes)
})
afterEach(() => {
  for (const dir of [folder, loaders]) rmSync(dir, { recursive: true, force: true })
})

const create = (o: Omit<NewMedium, 'file'> & { file?: string }, needs: Partial<MediumNeeds> = {}) =>
  Promise.resolve().then<MediumView>(() =>
    mediumHandlers({
      loadersDir: loaders,
      served: { address: '10.0.0.2', netmask: '255.255.255.0' },
      httpUrl: () => 'http://10.0.0.2:8470',
      clientByName: (id) => {
        if (id !== 'pc-01') throw new AppError('client.unknown', `there is no PC ${id}`)
        return { name: 'pc-01', mac: '52:54:00:77:00:01' } as Client
      },
      randomId: () => 7,
      nowMs: () => Date.UTC(2026, 10, 21),
      logger: silentLogger,
      ...needs,
    }).mediumCreate({ file: join(folder, 'medium.iso'), ...o }),
  )

describe('a boot medium', () => {
  test('is written whole, and told of', async () => {
    const made = await create({ client: 'pc-01', address: '10.0.0.50' })
    expect(made).toEqual({
      file: join(folder, 'medium.iso'),
      sizeBytes: readFileSync(made.file).length,
      asks: 'http://10.0.0.2:8470/client/52-54-00-77-00-01/boot.ipxe',
      client: 'pc-01',
      address: '10.0.0.50',
    })
    expect(readdirSync(folder)).toEqual(['medium.iso'])
    // The address had no netmask: it is on the served network.
    expect(readFileSync(made.file, 'latin1')).toContain('netmask 255.255.255.0')
  })

  test('for a CD and for a stick are the same bytes', async () => {
    const [cd, stick] = [await create({}), await create({ file: join(folder, 'medium.IMG') })]
    expect(readFileSync(cd.file).equals(readFileSync(stick.file))).toBe(true)
    expect(cd.asks).toBe('http://10.0.0.2:8470/boot.ipxe')
  })

  test('never replaces a file, nor the half of one that somebody else is writing', async () => {
    const file = join(folder, 'mine.iso')
    writeFileSync(file, 'mine')
    await expect(create({ file })).rejects.toMatchObject({ code: 'media.file', message: `${file} exists already` })
    writeFileSync(join(folder, 'other.iso.part'), 'theirs')
    await expect(create({ file: join(folder, 'other.iso') })).rejects.toMatchObject({ code: 'media.file' })
    expect(readFileSync(join(folder, 'other.iso.part'), 'utf8')).toBe('theirs')
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  test.each([
    ['a name without an extension', { file: '/tmp/x' }, 'media.file'],
    ['a drive', { file: '/dev/sda' }, 'media.file'],
    ['a path that is not whole', { file: 'medium.iso' }, 'media.file'],
    ['a folder that is not there', { file: '/nowhere/at/all/medium.iso' }, 'media.file'],
    ['a PC that is not there', { client: 'pc-99' }, 'client.unknown'],
    ['an address that is none', { address: '10.0.0' }, 'config.usage'],
    ['a gateway without an address', { gateway: '10.0.0.1' }, 'config.usage'],
  ])('is not made for %s', async (_name, o, code) => {
    await expect(create(o)).rejects.toMatchObject({ code })
    expect(readdirSync(folder)).toEqual([])
  })

  test('is not made while nothing would answer it', async () => {
    await expect(create({}, { httpUrl: () => null })).rejects.toMatchObject({ code: 'media.noHttp' })
    const alone = create({}, { httpUrl: () => 'http://127.0.0.1:8470' })
    await expect(alone).rejects.toMatchObject({ code: 'media.noHttp', hint: expect.stringContaining('--interface') })
  })
})
