import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { BHS, BHS_LENGTH, dataSegmentLengthOf, paddingOf } from '../../../../src-main/iscsi/pdu/bhs.ts'
import { describePdu } from '../../../../src-main/iscsi/pdu/describe.ts'
import { decodePdu } from '../../../../src-main/iscsi/pdu/index.ts'
import { readPcap } from '../../../support/pcap.ts'
import { expectGolden } from '../../../support/golden.ts'

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), '../../../fixtures/iscsi')
const CAPTURES = [
  'seabios-ipxe-rom-virtio-debian-boot',
  'ovmf-pxe-ipxe-efi-debian-boot',
  'seabios-keep-san-empty-lun-then-cd',
]

/** PDUs that lie whole in a TCP segment; a segment that starts inside bulk data has none. */
function pdusOf(payload: Uint8Array): string[] {
  const lines: string[] = []
  for (let at = 0; at + BHS_LENGTH <= payload.length;) {
    const ahs = payload[at + BHS.totalAhsLength]! * 4
    const length = dataSegmentLengthOf(payload, at)
    const dataAt = at + BHS_LENGTH + ahs
    if (dataAt + length > payload.length) break
    lines.push(describePdu(decodePdu(payload.subarray(at, at + BHS_LENGTH), payload.subarray(dataAt, dataAt + length))))
    at = dataAt + length + paddingOf(length)
  }
  return lines
}

test.each(CAPTURES)('describes %s as recorded', (name) => {
  const lines: string[] = []
  for (const p of readPcap(join(FIXTURES, `${name}.pcap`))) {
    if (p.proto !== 'tcp' || p.payload.length === 0 || (p.srcPort !== 3260 && p.dstPort !== 3260)) continue
    const arrow = p.dstPort === 3260 ? `${p.srcPort} ->` : `${p.dstPort} <-`
    for (const line of pdusOf(p.payload)) lines.push(`${arrow} ${line}`)
  }
  expect(lines.length).toBeGreaterThan(100)
  expectGolden(join(FIXTURES, `${name}.iscsi.txt`), lines.join('\n'))
})
