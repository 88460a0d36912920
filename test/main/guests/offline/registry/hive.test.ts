import { describe, expect, test } from 'vitest'
import { bytesSource } from '../../../../../src-main/guests/offline/disk/source.ts'
import { Hive } from '../../../../../src-main/guests/offline/registry/hive.ts'
import { writeHive } from '../../../../support/hive-writer.ts'

const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`Key${i}`, { values: { n: i } }]))
const big = Uint8Array.from({ length: 40_000 }, (_, i) => i % 251)
const open = (bytes: Uint8Array): Promise<Hive> => Hive.open(bytesSource(bytes))

describe.each(['lf', 'li', 'ri'] as const)('a hive with lists of kind %s', async (lists) => {
  const hive = await open(
    writeHive(
      {
        values: { top: 'yes' },
        keys: {
          Software: {
            values: { Name: 'Ünïcode', Count: 5, Rows: ['a', 'bc'], Short: 'x', Big: big, '': 'default' },
            keys: many,
          },
          Empty: {},
        },
      },
      { lists },
    ),
  )

  test('gives keys and values, whatever their case', async () => {
    const key = (await hive.key('SOFTWARE'))!
    expect(key.name).toBe('Software')
    expect(await key.text('name')).toBe('Ünïcode')
    expect(await key.text('')).toBe('default')
    expect(await key.text('SHORT')).toBe('x')
    expect(await key.number('Count')).toBe(5)
    expect(await key.texts('Rows')).toEqual(['a', 'bc'])
    expect(await (await hive.root()).text('top')).toBe('yes')
    expect(hive.closed).toBe(true)
  })

  test('gives keys below, in order', async () => {
    const keys = await (await hive.key('Software'))!.subkeys()
    expect(keys).toHaveLength(300)
    expect(new Set(keys.map((k) => k.name)).size).toBe(300)
    expect(await (await hive.key('software\\key271'))!.number('N')).toBe(271)
    expect(await (await hive.key('Empty'))!.subkeys()).toEqual([])
  })

  test('what is not there is undefined, and so is another type', async () => {
    const key = (await hive.key('Software'))!
    expect(await hive.key('Software\\None\\Below')).toBeUndefined()
    expect(await key.text('none')).toBeUndefined()
    expect(await key.number('Name')).toBeUndefined()
    expect(await key.text('Count')).toBeUndefined()
    expect(await key.texts('Big')).toBeUndefined()
  })
})

test('data in several cells come as one', async () => {
  const rows = Array.from({ length: 90 }, (_, i) => `row ${i} `.repeat(50))
  const hive = await open(writeHive({ values: { Rows: rows } }))
  expect(await (await hive.root()).texts('Rows')).toEqual(rows)
})

test('a text is not longer than people write', async () => {
  const root = await (await open(writeHive({ values: { Text: 'x'.repeat(9000), Rows: ['y'.repeat(9000)] } }))).root()
  expect((await root.text('Text'))!.length).toBe(4096)
  expect((await root.texts('Rows'))![0]!.length).toBe(4096)
})

test('a hive that was not closed says so', async () => {
  expect((await open(writeHive({}, { dirty: true }))).closed).toBe(false)
})

describe('damage', () => {
  const good = writeHive({ values: { a: 'text of some length' }, keys: { Below: { keys: { Deep: {} } } } })
  const changed = (at: number, ...values: number[]): Uint8Array => {
    const b = good.slice()
    b.set(values, at)
    return b
  }
  const cellOf = (signature: string, nth = 0): number => {
    let at = -1
    for (let i = 0; i <= nth; i++) at = Buffer.from(good).indexOf(signature, Math.max(at + 1, 4096 + 32), 'latin1')
    return at
  }

  test.each([
    ['another signature', changed(0, 0x78), 'signature'],
    ['a wrong checksum', changed(508, 1, 2, 3), 'checksum'],
    ['a cut head', good.slice(0, 100), 'signature'],
  ])('of the head: %s', async (_, bytes, field) => {
    await expect(open(bytes)).rejects.toThrow(field)
  })

  test.each([
    ['a list that names itself', cellOf('lf'), [0x72, 0x69]],
    ['a list with too many rows', cellOf('lf') + 2, [0xff, 0xff]],
    ['a list of another kind', cellOf('lf'), [0x78, 0x78]],
    ['a key with another mark', cellOf('nk', 1), [0x78]],
    ['a key with a long name', cellOf('nk', 1) + 72, [0xff, 0xff]],
    ['a cell that is free', cellOf('nk', 1) - 4, [0x50, 0, 0, 0]],
    ['a cell without a length', cellOf('nk', 1) - 4, [0, 0, 0, 0]],
  ])('of a cell: %s', async (_, at, values) => {
    const hive = await open(changed(at, ...values))
    await expect(hive.key('Below\\Deep')).rejects.toMatchObject({
      code: expect.stringMatching(/^(codec|guest)\./) as string,
    })
  })

  test('of a value', async () => {
    const value = cellOf('vk')
    for (const [at, bytes] of [
      [value + 4, [0xff, 0xff, 0xff, 0x7f]],
      [value + 4, [0xff, 0, 0, 0x80]],
      [value + 8, [0xf0, 0xff, 0xff, 0x7f]],
      [value + 2, [0xff, 0xff]],
    ] as const) {
      const hive = await open(changed(at, ...bytes))
      await expect((await hive.root()).text('a'), `${at - value}`).rejects.toMatchObject({
        code: expect.stringMatching(/^(codec|guest)\./) as string,
      })
    }
  })
})
