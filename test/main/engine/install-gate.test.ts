import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src-main/base/errors.ts'
import type { Client } from '../../../src-main/clients/client.ts'
import type { ClientFields } from '../../../src-main/clients/registry.ts'
import { checkInstallMedia } from '../../../src-main/engine/install-gate.ts'
import { describeMedium } from '../../../src-main/guests/iso/describe.ts'
import type { MediumDescription } from '../../../src-main/guests/iso/description.ts'
import { bytesSource } from '../../../src-main/guests/offline/disk/source.ts'
import { wimBytes } from '../../support/wim-writer.ts'

/** A shelf with one Windows of every kind, described as real ones are. */
const IMAGES: Readonly<Record<string, Uint8Array>> = {
  '/old.iso': wimBytes({ images: [{ name: 'Windows Vista', build: 6002 }] }),
  '/failing.iso': wimBytes({ images: [{ name: 'Windows 11 Pro', build: 26100, revision: 1742 }] }),
  '/good.iso': wimBytes({ images: [{ name: 'Windows 11 Pro', build: 26100, revision: 8000 }] }),
}
const shelf = {
  async describe(path: string): Promise<MediumDescription> {
    const image = IMAGES[path]
    if (!image) throw new AppError('medium.unreadable', 'this file is not an ISO')
    return describeMedium({
      sizeBytes: 1,
      fileSystem: 'UDF',
      label: '',
      bootsOn: [],
      file: async (inside) => (inside === 'sources/install.wim' ? bytesSource(image) : undefined),
      text: async () => undefined,
      names: async () => undefined,
    })
  },
}
const check = (wanted: ClientFields, o: { before?: Partial<Client>; knowingly?: boolean } = {}) =>
  checkInstallMedia(shelf, { before: o.before as Client | undefined, wanted, knowingly: o.knowingly ?? false })

describe('a medium that a PC is given', () => {
  test.each<[ClientFields]>([[{ medium: '/failing.iso' }], [{ mediumDrive: '/failing.iso' }]])(
    '%j is stopped unless somebody knows',
    async (wanted) => {
      await expect(check(wanted)).rejects.toMatchObject({
        code: 'medium.knownFault',
        message: expect.stringContaining('starts once from the network') as string,
        hint: expect.stringMatching(/newer ISO .* --anyway/) as string,
        data: { finding: 'windows.24h2' },
      })
      await check(wanted, { knowingly: true })
    },
  )

  test('that cannot work is refused, whoever knows', async () => {
    for (const knowingly of [false, true])
      await expect(check({ mediumDrive: '/old.iso' }, { knowingly })).rejects.toMatchObject({
        code: 'medium.refused',
        data: { finding: 'windows.tooOld' },
      })
  })

  test('that it has already is not asked about again', async () => {
    const before = { medium: '/failing.iso' }
    await check({ medium: '/failing.iso', stage: 'install' }, { before })
    await check({ stage: 'install' }, { before })
    await expect(check({ mediumDrive: '/failing.iso' }, { before })).rejects.toMatchObject({
      code: 'medium.knownFault',
    })
  })

  test('that is good, that nobody knows, or that is taken away passes', async () => {
    await check({ medium: '/good.iso' })
    await check({ mediumDrive: '/tools.iso' })
    await check({ medium: undefined })
  })

  test('a fault of our own is not taken for one of the medium', async () => {
    const broken = { describe: () => Promise.reject(new TypeError('x')) }
    await expect(
      checkInstallMedia(broken, { before: undefined, wanted: { medium: '/x' }, knowingly: true }),
    ).rejects.toThrow(TypeError)
  })
})
