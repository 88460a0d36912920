import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../src-main/base/errors.ts'
import { answerHandlers } from '../../../../src-main/engine/setup/answers.ts'
import { checkAnswerFile } from '../../../../src-main/guests/windows/answer-schema.ts'
import { describeMedium } from '../../../../src-main/guests/iso/describe.ts'
import { bytesSource } from '../../../../src-main/guests/offline/disk/source.ts'
import { setupKeyOf } from '../../../../src-main/guests/windows/product-keys.ts'
import { wimBytes, type WrittenImage } from '../../../support/wim-writer.ts'

const HOME: WrittenImage = { name: 'Windows 11 Home', editionId: 'Core', build: 26100, revision: 8000 }
const PRO: WrittenImage = { name: 'Windows 11 Pro', editionId: 'Professional', build: 26100, revision: 8000 }
const MEDIA: Readonly<Record<string, Record<string, Uint8Array>>> = {
  '/both.iso': { 'sources/install.wim': wimBytes({ images: [HOME, PRO] }) },
  '/one.iso': { 'sources/install.wim': wimBytes({ images: [{ ...PRO, architecture: 12 }] }) },
  '/arm.iso': {
    'sources/install.wim': wimBytes({
      images: [
        { ...HOME, architecture: 12 },
        { ...PRO, architecture: 12 },
      ],
    }),
  },
  '/mixed.iso': { 'sources/install.wim': wimBytes({ images: [{ ...HOME, architecture: 12 }, PRO] }) },
  '/unreadable.iso': { 'sources/install.wim': new Uint8Array(64), 'sources/boot.wim': new Uint8Array(64) },
  '/debian.iso': { linux: new Uint8Array(1) },
}
const { answerFile } = answerHandlers({
  async describe(path) {
    const files = MEDIA[path]
    if (!files) throw new AppError('medium.missing', 'no such ISO', { hint: 'h' })
    return describeMedium({
      sizeBytes: 1,
      fileSystem: 'UDF',
      label: '',
      bootsOn: [],
      file: async (inside) => (files[inside] ? bytesSource(files[inside]) : undefined),
      text: async () => undefined,
      names: async () => undefined,
    })
  },
})
const install = { kind: 'install', firmware: 'UEFI', language: 'de-DE' } as const
const textOf = async (more: object) => {
  const { text } = await answerFile({ ...install, ...more })
  expect(checkAnswerFile(text)).toEqual([])
  return text
}
const chosen = (text: string) => /<Key>\/IMAGE\/(\w+)<\/Key>\s*<Value>([^<]*)<\/Value>/.exec(text)?.slice(1)

describe('the edition of a medium, in the answer file', () => {
  test.each<[object]>([[{ editionIndex: 2 }], [{ editionName: 'windows 11 pro' }], [{ editionId: 'Professional' }]])(
    '%j is its number, with its key when asked',
    async (wanted) => {
      expect(chosen(await textOf({ medium: '/both.iso', ...wanted }))).toEqual(['INDEX', '2'])
      expect(await textOf({ medium: '/both.iso', genericKey: true, ...wanted })).toContain(
        setupKeyOf('Professional', 26100),
      )
    },
  )

  test('without a wish Setup asks, unless there is only one', async () => {
    expect(chosen(await textOf({ medium: '/both.iso' }))).toBeUndefined()
    const one = await textOf({ medium: '/one.iso' })
    expect(chosen(one)).toEqual(['INDEX', '1'])
    expect(one).toContain('processorArchitecture="arm64"')
    expect(one).not.toContain('processorArchitecture="amd64"')
  })

  test('of a Windows that cannot be read Setup asks which, and a wish is refused', async () => {
    expect(chosen(await textOf({ medium: '/unreadable.iso' }))).toBeUndefined()
    const wish = answerFile({ ...install, medium: '/unreadable.iso', editionIndex: 1 })
    await expect(wish).rejects.toMatchObject({ code: 'config.edition' })
  })

  test('where Setup asks which of several, what they have in common is known all the same', async () => {
    const text = await textOf({ medium: '/arm.iso' })
    expect(chosen(text)).toBeUndefined()
    expect(text).toContain('processorArchitecture="arm64"')
    expect(await textOf({ medium: '/arm.iso', architecture: 'x86' })).toContain('processorArchitecture="x86"')
    expect(await textOf({ medium: '/mixed.iso' })).toContain('processorArchitecture="amd64"')
  })

  test('what was said beside the medium holds', async () => {
    expect(await textOf({ medium: '/one.iso', architecture: 'amd64' })).toContain('processorArchitecture="amd64"')
  })

  test.each<[string, object, object]>([
    ['an edition that is not there', { medium: '/both.iso', editionIndex: 3 }, { code: 'config.edition' }],
    ['another system without a wish', { medium: '/debian.iso' }, { code: 'config.edition' }],
    ['another system', { medium: '/debian.iso', editionIndex: 1 }, { code: 'config.edition' }],
    ['no ISO', { medium: '/gone.iso' }, { code: 'medium.missing' }],
  ])('%s is refused', async (_, more, error) => {
    await expect(answerFile({ ...install, ...more })).rejects.toMatchObject(error)
  })
})
