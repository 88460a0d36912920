import { expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/log.ts'
import { createOpticalUnit } from '../../../src-main/scsi/optical/optical-unit.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { TARGET_NAME, TestInitiator, TestPortal } from '../../support/test-initiator.ts'

const SECTORS = 256
const CD_LUN = 2

/** A disk with a CD drive beside it, logged in to. */
function pcWith(segment: string): { pc: TestInitiator; iso: MemoryDisk } {
  const iso = new MemoryDisk(SECTORS * 4, true)
  iso.bytes.forEach((_, i) => (iso.bytes[i] = (i * 7 + (i >>> 9)) & 0xff))
  const portal = new TestPortal(new MemoryDisk())
  const identity = { serial: 'CD01', naa: '3000000000000002' }
  const drive = createOpticalUnit({ device: iso, identity, logger: silentLogger })
  const target = { ...portal.target, name: TARGET_NAME, luns: new Map([...portal.target.luns, [CD_LUN, drive]]) }
  portal.context.directory.find = () => ({ ok: true, target })
  const pc = new TestInitiator(portal)
  pc.login([['MaxRecvDataSegmentLength', segment]])
  pc.send(pc.commandPdu([0, 0, 0, 0, 0, 0], { lun: CD_LUN }))
  pc.wire.take()
  return { pc, iso }
}

test.each(['512', '1500', '2048', '3072', '8192', '70000', '262144'])(
  'sectors of 2048 bytes arrive whole in segments of %s bytes',
  async (segment) => {
    for (const sectors of [1, 3, 20, 32, 33, 200]) {
      const { pc, iso } = pcWith(segment)
      pc.send(pc.read10(5, sectors, { lun: CD_LUN, length: sectors * 2048 }))
      const { data, pdus } = pc.takeRead()
      expect(Buffer.from(data).equals(iso.bytes.subarray(5 * 2048, (5 + sectors) * 2048)), `${sectors}`).toBe(true)
      for (const pdu of pdus) expect(pdu.data.length).toBeLessThanOrEqual(Number(segment))
    }
  },
)
