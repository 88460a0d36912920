import { describe, expect, test } from 'vitest'
import { probeFormat, PROBE_HEAD, PROBE_TAIL } from '../../../src-main/disks/probe.ts'
import { createVhd } from '../../../src-main/disks/vhd/create.ts'
import { flatDescriptor, smallQcow2, smallVmdk } from '../../support/foreign-images.ts'
import { MemoryFile } from '../../support/memory-file.ts'

const probe = (bytes: Uint8Array): string =>
  probeFormat(bytes.subarray(0, PROBE_HEAD), bytes.subarray(-PROBE_TAIL), bytes.length)
const withText = (length: number, at: number, text: string): Uint8Array => {
  const b = new Uint8Array(length)
  b.set(Buffer.from(text, 'latin1'), at)
  return b
}
async function vhd(kind: 'fixed' | 'dynamic'): Promise<Uint8Array> {
  const file = new MemoryFile()
  await createVhd(file, { kind, sizeBytes: 2 ** 20, uniqueId: new Uint8Array(16), createdMs: 0 })
  return file.content()
}

describe('a format is told by its signature', () => {
  test.each([
    ['vhdx', withText(2 ** 20, 0, 'vhdxfile')],
    ['qcow2', smallQcow2()],
    ['vmdk', smallVmdk(false)],
    ['vmdk', smallVmdk(true)],
    ['vmdk', flatDescriptor()],
    ['vmdk', withText(4096, 0, 'COWD')],
    ['iso', withText(100_000, 32769, 'CD001')],
    ['raw', withText(100_000, 32770, 'CD001')],
    ['raw', new Uint8Array(2 ** 20)],
    ['raw', new Uint8Array(3)],
    ['raw', new Uint8Array(0)],
    ['raw', withText(2 ** 20, 2 ** 20 - 512, 'conectix')],
  ])('%s', (format, bytes) => {
    expect(probe(bytes)).toBe(format)
  })
  test('VHD by either end', async () => {
    const dynamic = await vhd('dynamic')
    expect(probe(dynamic)).toBe('vhd')
    expect(probe(await vhd('fixed'))).toBe('vhd')
    dynamic.fill(0, 0, 512)
    expect(probe(dynamic)).toBe('vhd')
    // The footer of Virtual PC before 2004 lacks its last byte.
    expect(probe(dynamic.subarray(0, -1))).toBe('vhd')
    expect(probe((await vhd('fixed')).subarray(0, -1))).toBe('vhd')
    expect(probe((await vhd('fixed')).subarray(0, -2))).toBe('raw')
  })
  test('an ISO with a boot sector of a disk in front stays an ISO', () => {
    const hybrid = withText(100_000, 32769, 'CD001')
    hybrid.set([0x55, 0xaa], 510)
    expect(probe(hybrid)).toBe('iso')
  })
})
