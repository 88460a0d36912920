import { describe, expect, test } from 'vitest'
import { MediumForm } from '../../../src-renderer/features/services/medium/medium-form.svelte.ts'

const form = (set: Partial<Pick<MediumForm, 'folder' | 'client' | 'kind' | 'fixed' | 'address' | 'netmask'>> = {}) =>
  Object.assign(new MediumForm(), { folder: '/home/me', ...set })

describe('the file of a boot medium', () => {
  test('is named after what it is for, until somebody names it', () => {
    const made = form()
    expect(made.path).toBe('/home/me/bootlace.img')
    made.kind = 'cd'
    made.client = 'pc-01'
    expect(made.path).toBe('/home/me/bootlace-pc-01.iso')
    made.fileName = 'mine.img'
    made.kind = 'cd'
    expect(made.path).toBe('/home/me/mine.img')
  })

  test('may lie on a computer of another kind', () => {
    expect(form({ folder: 'C:\\Users\\me\\' }).path).toBe('C:\\Users\\me\\bootlace.img')
  })
})

test('only what was filled in is asked for', () => {
  expect(form().toInput()).toEqual({ file: '/home/me/bootlace.img' })
  expect(form({ address: '10.0.0.5' }).toInput()).toEqual({ file: '/home/me/bootlace.img' })
  expect(form({ client: 'pc-01', fixed: true, address: ' 10.0.0.5 ', netmask: '' }).toInput()).toEqual({
    file: '/home/me/bootlace-pc-01.img',
    client: 'pc-01',
    address: '10.0.0.5',
  })
})

test.each<[string, (f: MediumForm) => void, string | undefined]>([
  ['all is said', () => {}, undefined],
  ['no folder is chosen', (f) => (f.folder = ''), 'Choose a folder first.'],
  ['the name has a slash', (f) => (f.fileName = 'a/b.iso'), 'slashes'],
  ['the name does not say what it is', (f) => (f.fileName = 'bootlace'), '.img for a stick or .iso for a CD'],
  [
    'the file is there',
    (f) => (f.entries = [{ name: 'bootlace.img', path: '', folder: false, sizeBytes: 1 }]),
    'already',
  ],
  ['the address is missing', (f) => (f.fixed = true), 'Give the address'],
])('when %s', (_name, change, problem) => {
  const made = form()
  change(made)
  if (problem === undefined) expect(made.problem).toBeUndefined()
  else expect(made.problem).toContain(problem)
})
