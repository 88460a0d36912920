import { expect, test } from 'vitest'
import { clientNameOf, initiatorNameOf, targetNameOf } from '../../../src-main/boot/names.ts'
import { describeReport } from '../../../src-main/boot/stages.ts'

test.each([
  [
    'sanboot',
    '1d852039',
    'the disk could not be booted: the disk is blank, which is normal before the first installation (iPXE error 1d852039)',
  ],
  [
    'sanboot',
    '0x34852006',
    'the disk could not be booted: the names are too long for the boot table (iPXE error 34852006)',
  ],
  ['sanhook', '2d0c618e', 'the disk could not be attached (iPXE error 2d0c618e)'],
  [
    'sanboot',
    '0xf0a6039',
    'the disk could not be booted: the server refuses the connection, its iSCSI service is not running (iPXE error 0f0a6039)',
  ],
  [
    'sanboot',
    '0xf0a6095',
    'the disk could not be booted: the server refuses the connection, its iSCSI service is not running (iPXE error 0f0a6095)',
  ],
  ['unknown', '0', 'the PC is not set up in Bootlace yet'],
  ['local', '', 'the PC goes on to its own disk'],
  ['mine', '', 'the loader reported mine'],
])('a report of %s with error "%s" reads well', (stage, errno, want) => {
  expect(describeReport(stage, errno)).toBe(want)
})

test('names on the wire are lower case and can be read back', () => {
  expect(targetNameOf('Win11')).toBe('iqn.2026-11.app.bootlace:win11')
  expect(initiatorNameOf('PC-01')).toBe('iqn.2026-11.app.bootlace:client.pc-01')
  expect(clientNameOf(initiatorNameOf('PC-01'))).toBe('pc-01')
  expect(clientNameOf('iqn.1993-08.org.debian:01:x')).toBeUndefined()
})
