import { expect, test } from 'vitest'
import { answersForEdition } from '../../../../src-main/guests/windows/answer-edition.ts'
import { answerFile } from '../../../../src-main/guests/windows/answer-file.ts'
import { checkAnswerFile } from '../../../../src-main/guests/windows/answer-schema.ts'
import { setupKeyOf } from '../../../../src-main/guests/windows/product-keys.ts'

const edition = { index: 6, editionId: 'Professional', architecture: 'amd64', build: '26100.1742' }

test('an edition of a medium becomes its number, architecture and build, and a key only when asked', () => {
  expect(answersForEdition(edition, false)).toEqual({
    edition: { index: 6 },
    architecture: 'amd64',
    buildNumber: 26100,
  })
  expect(answersForEdition(edition, true).productKey).toBe(setupKeyOf('Professional', 26100))
})

test('what the medium does not say, or Windows has no answer files for, is left away', () => {
  expect(answersForEdition({ ...edition, architecture: 'ia64', build: '' }, true)).toEqual({ edition: { index: 6 } })
  expect(answersForEdition({ ...edition, editionId: 'Core' }, true).productKey).toBeUndefined()
})

test('what comes of it is an answer file without fault', () => {
  const { text } = answerFile({
    kind: 'install',
    firmware: 'UEFI',
    language: 'en-US',
    ...answersForEdition({ ...edition, architecture: 'arm64' }, true),
  })
  expect(checkAnswerFile(text)).toEqual([])
  expect(text).toContain('processorArchitecture="arm64"')
})

test.each([
  ['ServerStandard', 26100, 'TVRH6'],
  ['ServerStandard', 20348, 'VDYBN'],
  ['ServerStandard', 25398, 'VDYBN'],
  ['ServerDatacenter', 17763, 'WMDGN'],
  ['ServerDatacenter', 14393, 'CB7KF'],
  ['Enterprise', 19045, 'NPPR9'],
])('%s of build %i has the key of its version', (id, build, begins) => {
  expect(setupKeyOf(id, build)).toMatch(new RegExp(`^${begins}-`))
})

test.each([
  ['Professional', 9600],
  ['ServerStandard', 9600],
  ['CoreSingleLanguage', 26100],
])('%s of build %i has none here', (id, build) => {
  expect(setupKeyOf(id, build)).toBeUndefined()
})
