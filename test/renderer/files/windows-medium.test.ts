import { afterEach, expect, test } from 'vitest'
import type { MediumFindingView, MediumReport, WindowsMediumView } from '../../../src-main/api/iso.ts'
import { blockOf, gradeWords, mediumLine } from '../../../src-renderer/files/windows-medium.ts'
import { setLocale } from '../../../src-renderer/i18n/i18n.svelte.ts'

const finding = (o: Partial<MediumFindingView>): MediumFindingView => ({
  id: 'x',
  level: 'note',
  grade: 'read',
  title: 't',
  reason: 'r',
  cure: 'c',
  ...o,
})
const windows: WindowsMediumView = {
  product: 'Windows 11',
  release: '',
  build: '26100.1742',
  editions: [],
  architectures: ['amd64'],
  languages: ['de-DE'],
  setupLanguages: [],
  channel: '',
  fixedEdition: '',
  hasKey: false,
  hasBootImage: true,
  bootFiles: ['UEFI'],
  findings: [],
}
const report = (...levels: MediumFindingView['level'][]): MediumReport => ({
  file: '/w.iso',
  kind: 'windows',
  title: 'Windows 11',
  label: '',
  sizeBytes: 1,
  fileSystem: 'UDF',
  bootsOn: [],
  notes: [],
  windows: { ...windows, findings: levels.map((level) => finding({ level })) },
})

afterEach(() => setLocale('en'))

test('build, processor and languages in one line', () => {
  expect(mediumLine(windows)).toBe('Build 26100.1742 · 64-bit · German (Germany)')
  setLocale('de')
  expect(mediumLine(windows)).toBe('Build 26100.1742 · 64 Bit · Deutsch (Deutschland)')
})

test('what the medium does not say is left out, and what is no language is shown as it stands', () => {
  expect(mediumLine({ ...windows, build: '', architectures: ['unknown'], languages: [] })).toBe('')
  expect(mediumLine({ ...windows, architectures: ['arm64'], languages: ['???', 'en-US', 'fr-FR', 'ja-JP'] })).toBe(
    'Build 26100.1742 · 64-bit ARM · ??? · American English · French (France) · …',
  )
})

test('the grade says who says so, and when', () => {
  expect(gradeWords(finding({ grade: 'read' }))).toBe('Read from this ISO.')
  expect(gradeWords(finding({ grade: 'reported', source: 'Somebody', asOf: '2026-01-29' }))).toBe(
    'Others report it; we have not tried it: Somebody, 2026-01-29',
  )
  expect(gradeWords(finding({ grade: 'documented', source: 'Microsoft KB1' }))).toBe('Its makers say so: Microsoft KB1')
})

test('the gravest finding decides', () => {
  expect(blockOf(undefined)).toBeUndefined()
  expect(blockOf(report('note', 'warn'))).toBeUndefined()
  expect(blockOf(report('warn', 'stop'))).toBe('stop')
  expect(blockOf(report('stop', 'refuse'))).toBe('refuse')
})
