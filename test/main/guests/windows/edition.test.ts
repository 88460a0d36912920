import { expect, test } from 'vitest'
import { chooseEdition, type WindowsEdition } from '../../../../src-main/guests/windows/edition.ts'

const edition = (index: number, name: string, editionId: string): WindowsEdition => ({
  index,
  name,
  editionId,
  architecture: 'amd64',
  build: '26100.8000',
  language: 'de-DE',
})
const EDITIONS = [
  edition(1, 'Windows 11 Home', 'Core'),
  edition(2, 'Windows 11 Pro', 'Professional'),
  edition(3, 'Windows Server Standard (Core)', 'ServerStandard'),
  edition(4, 'Windows Server Standard (Desktop)', 'ServerStandard'),
]

test.each([
  ['2', 2],
  [' windows 11 PRO ', 2],
  ['professional', 2],
  ['Core', 1],
  ['4', 4],
])('%j is edition %i', (wanted, index) => expect(chooseEdition(EDITIONS, wanted).index).toBe(index))

test.each([
  ['Enterprise', 'has no edition "Enterprise"'],
  ['5', 'has no edition "5"'],
  ['0', 'has no edition'],
  ['', 'has no edition'],
  ['ServerStandard', 'several editions'],
])('%j is refused, with what there is', (wanted, message) => {
  expect(() => chooseEdition(EDITIONS, wanted)).toThrowError(
    expect.objectContaining({
      code: 'config.edition',
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining('2 Windows 11 Pro') as string,
    }),
  )
})
