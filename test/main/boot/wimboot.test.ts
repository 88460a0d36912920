import { expect, test } from 'vitest'
import { checkWimboot } from '../../../src-main/boot/wimboot.ts'
import { wimbootFile } from '../../support/wimboot-file.ts'

const why = (bytes: Uint8Array): string => {
  try {
    checkWimboot(bytes)
  } catch (thrown) {
    const { code, message } = thrown as { code: string; message: string }
    expect(code).toBe('config.wimboot')
    return message.replace('this file cannot start Windows Setup: ', '')
  }
  return 'taken'
}

test('takes a wimboot of 2.9.0 and later, by what it says of itself', () => {
  for (const version of ['v2.9.0', '2.9.0', 'v2.9.1', 'v2.10.0', 'v3.0.0', 'v2.9.0-4-gabcdef0'])
    expect([version, why(wimbootFile(version))]).toEqual([version, 'taken'])
  expect(checkWimboot(wimbootFile('v2.10.3'))).toEqual({ version: '2.10.3' })
})

test('refuses older ones, and says since when newer media need more', () => {
  for (const version of ['v2.8.0', 'v2.7.6', 'v1.0.6', 'v1.99.9', 'v2.0.9'])
    expect(why(wimbootFile(version))).toContain('is older than 2.9.0 and fails on newer media')
})

test('refuses other files: other processors, kernels of Linux, cut off and made up ones', () => {
  expect(why(wimbootFile('v2.9.0', { machine: 0x14c }))).toBe('it is not the one for 64-bit PCs')
  expect(why(wimbootFile('v2.9.0', { machine: 0xaa64 }))).toBe('it is not the one for 64-bit PCs')
  // A kernel of Linux has the same headers and a version there, but no such banner.
  expect(why(wimbootFile('6.12.0-amd64', { banner: 'Linux' }))).toBe('it does not call itself wimboot')
  expect(why(wimbootFile('v2.9.0', { banner: 'wimboot v2.8.0 -- Windows Imaging Format' }))).toBe(
    'it does not call itself wimboot',
  )
  expect(why(wimbootFile('new'))).toBe('it does not call itself wimboot')
  expect(why(new Uint8Array(0x2000))).toBe('it is not a wimboot for BIOS and UEFI')
  expect(why(wimbootFile().subarray(0, 0x800))).toBe('it has not the size of a wimboot')
  expect(why(wimbootFile('v2.9.0', { sizeBytes: 17 << 20 }))).toBe('it has not the size of a wimboot')
})

test('never reads outside of the file', () => {
  const file = wimbootFile()
  for (const at of [0x3c, 0x3d, 0x3e, 0x3f, 0x20e, 0x20f]) {
    const bent = file.slice()
    bent[at] = 0xff
    expect(why(bent)).not.toBe('taken')
  }
})
