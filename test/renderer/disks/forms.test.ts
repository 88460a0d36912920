import { describe, expect, test } from 'vitest'
import {
  LimitForm,
  MergeForm,
  PromoteForm,
  ResetForm,
  RevertForm,
} from '../../../src-renderer/features/disks/disk-forms.svelte.ts'
import { EXPORT_FORMATS, ExportForm, formatLabel } from '../../../src-renderer/features/disks/export-form.svelte.ts'
import { client, disk, image, point } from '../views.ts'

const GIB = 2 ** 30
const v1 = image('debian', 'debian', 1, 'production')
const v2 = image('debian-v2', 'debian', 2, 'test')
const mine = disk('pc-01', { parent: 'debian', clients: ['pc-01'], restorePoints: [point(1, 'a'), point(4, 'b')] })
const snapshot = {
  disks: [v1, v2, mine],
  clients: [client('pc-01', { disk: 'pc-01', channel: 'test' })],
}

test('going back begins with the newest point and says what happens to what the disk holds', () => {
  const form = new RevertForm(mine)
  expect(form.toInput()).toEqual({ name: 'pc-01', point: 4 })
  expect(form.words).toMatch(/is kept as a further restore point/)
  form.discard = true
  form.point = 1
  expect(form.toInput()).toEqual({ name: 'pc-01', point: 1, discard: true })
  expect(form.words).toMatch(/lost for good/)
  expect(new RevertForm(mine, 1).point).toBe(1)
})

describe('a reset', () => {
  test('goes to the version that its PC is to have, or to another one', () => {
    const form = new ResetForm(mine, false, snapshot)
    expect(form.proposed?.name).toBe('debian-v2')
    expect(form.versions.map((v) => v.name)).toEqual(['debian-v2', 'debian'])
    expect(form.toInput()).toEqual({ name: 'pc-01' })
    expect(form.words).toMatch(/exactly like debian, version 2, now. .*kept as a further restore point/)
    form.image = 'debian'
    form.discard = true
    expect(form.toInput()).toEqual({ name: 'pc-01', image: 'debian', discard: true })
    expect(form.words).toMatch(/version 1, now. .*lost for good/)
  })
  test('of a disk in use waits for the next start, and throws nothing away', () => {
    const form = new ResetForm(mine, true, snapshot)
    form.discard = true
    expect(form.toInput()).toEqual({ name: 'pc-01', atNextBoot: true })
    expect(form.words).toMatch(/^When pc-01 starts the next time/)
  })
})

test('a new version has the next number, and is tried first by the PCs that try', () => {
  const form = new MergeForm(mine, snapshot)
  expect([form.family, form.version, form.testers]).toEqual(['debian', 3, ['pc-01']])
  expect(form.toInput()).toEqual({ name: 'pc-01', channel: 'test' })
  Object.assign(form, { note: ' updates ', name: 'deb-new', channel: 'production' })
  expect(form.toInput()).toEqual({ name: 'pc-01', note: 'updates', as: 'deb-new', channel: 'production' })
})

test('giving a version to others shows who moves, and cannot take the last one away', () => {
  const form = new PromoteForm(v2)
  expect([form.fixed, new PromoteForm(v1).fixed]).toEqual([false, true])
  expect(form.preview(snapshot, 0)).toEqual({ moving: [], staying: ['pc-01'] })
  form.everyone = true
  expect(form.toInput()).toEqual({ name: 'debian-v2', channel: 'production', everyone: true })
  form.channel = 'none'
  expect(form.preview(snapshot, 0)).toEqual({ moving: [], staying: [] })
})

test('a limit is a number of GiB or none', () => {
  const form = new LimitForm(mine)
  expect([form.toInput(), form.gib]).toEqual([{ name: 'pc-01', quotaBytes: null }, 32])
  form.limited = 'yes'
  form.gib = null
  expect(form.problem).toBe('Say how many GiB it may take.')
  form.gib = 0.5
  expect([form.problem, form.exceeded, form.toInput().quotaBytes]).toEqual([undefined, true, GIB / 2])
  expect(new LimitForm({ ...mine, quotaBytes: 20 * GIB })).toMatchObject({ limited: 'yes', gib: 20 })
})

describe('an export', () => {
  test('names the file by its format until it is named otherwise', () => {
    const form = new ExportForm(mine)
    expect(form.fileName).toBe('pc-01.vhdx')
    form.format = 'raw'
    expect(form.fileName).toBe('pc-01.img')
    form.fileName = 'backup'
    form.format = 'vhd'
    expect(form.fileName).toBe('backup')
    expect(EXPORT_FORMATS.map(formatLabel)).toEqual(EXPORT_FORMATS.map(() => expect.stringMatching(/, for /) as string))
  })
  test('is a path of the computer that runs Bootlace', () => {
    const form = new ExportForm(mine)
    expect(form.problem).toBe('Choose a folder first.')
    form.folder = '/mnt/usb/'
    expect(form.toInput()).toEqual({ name: 'pc-01', file: '/mnt/usb/pc-01.vhdx', format: 'vhdx' })
    form.folder = '/'
    expect(form.path).toBe('/pc-01.vhdx')
    form.folder = 'D:\\Copies'
    expect(form.path).toBe('D:\\Copies\\pc-01.vhdx')
    form.folder = 'D:\\'
    expect(form.path).toBe('D:\\pc-01.vhdx')
  })
  test('does not begin where it must fail', () => {
    const form = new ExportForm(mine)
    form.folder = '/x'
    form.entries = [{ name: 'pc-01.vhdx', path: '/x/pc-01.vhdx', folder: false, sizeBytes: 1 }]
    expect(form.problem).toMatch(/in this folder already/)
    form.fileName = 'a/b'
    expect(form.problem).toMatch(/slashes/)
    form.fileName = ' '
    expect(form.problem).toMatch(/Give the file a name/)
    form.fileName = 'other.vhdx'
    expect(form.problem).toBeUndefined()
  })
})
