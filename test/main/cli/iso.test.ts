import { expect, test } from 'vitest'
import type { MediumReport } from '../../../src-main/api/iso.ts'
import { describeMediumReport } from '../../../src-main/cli/iso.ts'
import { describeMedium } from '../../../src-main/guests/iso/describe.ts'
import { bytesSource } from '../../../src-main/guests/offline/disk/source.ts'
import { wimBytes } from '../../support/wim-writer.ts'

test('a Windows is printed with its editions and with what speaks against it', async () => {
  const pro = { name: 'Windows 11 Pro', build: 26100, revision: 1742, language: 'de-DE' }
  const files: Readonly<Record<string, Uint8Array>> = {
    'sources/install.wim': wimBytes({ images: [{ ...pro, name: 'Windows 11 Home', editionId: 'Core' }, pro] }),
    'sources/boot.wim': wimBytes({}),
    'efi/boot/bootx64.efi': new Uint8Array(1),
    'efi/microsoft/boot/bcd': new Uint8Array(1),
  }
  const found = await describeMedium({
    sizeBytes: 5_000_000_000,
    fileSystem: 'UDF',
    label: 'CCCOMA',
    bootsOn: ['UEFI'],
    file: async (path) => (files[path] ? bytesSource(files[path]) : undefined),
    text: async () => undefined,
    names: async () => undefined,
  })
  const report: MediumReport = { file: '/w.iso', ...found, bootsOn: [...found.bootsOn], notes: [...found.notes] }
  const lines = describeMediumReport(report).split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      'system     Windows 11 (24H2/25H2)',
      'build      26100.1742',
      'for        amd64',
      'language   de-DE',
      'boot files UEFI',
      'image      sources/install.wim (WIM, LZX)',
      'editions    1  Windows 11 Home',
      '            2  Windows 11 Pro',
      'STOP: This build of Windows starts once from the network, then no more.',
      '  How sure: reported by others; NexBoot, README: Windows 11 24H2 and 25H2; it names Microsoft KB5074105; 2026-01-29',
    ]),
  )
  expect(lines.findIndex((line) => line.startsWith('STOP'))).toBeLessThan(
    lines.findIndex((line) => line.startsWith('NOTE')),
  )
})
