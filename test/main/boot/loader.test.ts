import { expect, test } from 'vitest'
import type { BootPlatform } from '../../../src-main/boot/boot-planner.ts'
import { createLoaderSet, loaderLadder, missingLoader } from '../../../src-main/boot/loader.ts'
import { LoaderChoice as ChosenLoader } from '../../../src-main/api/dto.ts'
import { LOADER_CHOICES, type LoaderChoice } from '../../../src-main/clients/client.ts'

const folder = (...names: string[]) =>
  createLoaderSet(names.map((name) => ({ name, bytes: new Uint8Array(), sha256: '00' })))
const DEBIAN = ['undionly.kpxe', 'ipxe.pxe', 'snponly.efi', 'ipxe.efi', 'ipxe-arm64.efi']

test.each<[string, BootPlatform, LoaderChoice, string[], string[]]>([
  ['BIOS', 'bios', 'auto', DEBIAN, ['undionly.kpxe', 'ipxe.pxe']],
  ['UEFI', 'uefi-x64', 'auto', DEBIAN, ['snponly.efi', 'ipxe.efi']],
  ['ARM', 'uefi-arm64', 'auto', DEBIAN, ['ipxe-arm64.efi']],
  ['32-bit UEFI without a loader', 'uefi-ia32', 'auto', DEBIAN, []],
  ['32-bit ARM without a loader', 'uefi-arm32', 'auto', DEBIAN, []],
  ['a Raspberry Pi', 'pi', 'auto', DEBIAN, []],
  [
    'UEFI with both shims',
    'uefi-x64',
    'auto',
    [...DEBIAN, 'snponly-shim.efi', 'ipxe-shim.efi'],
    ['snponly-shim.efi', 'ipxe-shim.efi', 'snponly.efi', 'ipxe.efi'],
  ],
  ['a shim without what it starts', 'uefi-x64', 'auto', ['snponly-shim.efi', 'ipxe.efi'], ['ipxe.efi']],
  ['a shim without what it falls back to', 'uefi-x64', 'auto', ['snponly-shim.efi', 'snponly.efi'], ['snponly.efi']],
  ['a pin', 'uefi-x64', 'ipxe.efi', DEBIAN, ['ipxe.efi']],
  ['a pinned shim', 'uefi-x64', 'ipxe-shim.efi', [...DEBIAN, 'ipxe-shim.efi'], ['ipxe-shim.efi']],
  ['a pin for another kind of machine', 'bios', 'ipxe.efi', DEBIAN, ['undionly.kpxe', 'ipxe.pxe']],
  ['an ARM pin on a PC', 'uefi-x64', 'ipxe-arm64.efi', DEBIAN, ['snponly.efi', 'ipxe.efi']],
  ['a pin that is not there', 'uefi-x64', 'snponly-shim.efi', DEBIAN, []],
])('the ladder of %s', (_name, platform, pinned, names, want) => {
  expect(loaderLadder(platform, pinned, folder(...names))).toEqual(want)
})

test('no kind of machine is given a file of another kind', () => {
  const all = folder(
    ...DEBIAN,
    'snponly-shim.efi',
    'ipxe-shim.efi',
    'snponly-arm64.efi',
    'ipxe-ia32.efi',
    'ipxe-arm32.efi',
  )
  const ladders = (['bios', 'uefi-x64', 'uefi-ia32', 'uefi-arm64', 'uefi-arm32', 'pi'] as const).map((platform) =>
    loaderLadder(platform, 'auto', all),
  )
  const given = ladders.flat()
  expect(new Set(given).size).toBe(given.length)
})

test('what is missing is named: the pin, else the plain first choice', () => {
  expect(missingLoader('uefi-x64', 'auto')).toBe('snponly.efi')
  expect(missingLoader('uefi-x64', 'snponly-shim.efi')).toBe('snponly-shim.efi')
  expect(missingLoader('uefi-arm64', 'ipxe.efi')).toBe('snponly-arm64.efi')
})

test('the window and the command line offer every loader that a PC may be pinned to', () => {
  expect(ChosenLoader.options).toEqual([...LOADER_CHOICES])
})
