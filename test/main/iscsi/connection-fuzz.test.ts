import { expect, test } from 'vitest'
import type { Logger } from '../../../src-main/base/log.ts'
import { BHS_LENGTH } from '../../../src-main/iscsi/pdu/bhs.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { TestInitiator, TestPortal } from '../../support/test-initiator.ts'

/** Collects what is logged as our own fault. */
function faults(): { logger: Logger; seen: string[] } {
  const seen: string[] = []
  const logger: Logger = {
    error: (_fields, message) => void seen.push(message),
    warn: () => {},
    info: () => {},
    debug: () => {},
    trace: () => {},
    child: () => logger,
  }
  return { logger, seen }
}

function generator(seed: number): (below: number) => number {
  let s = seed >>> 0
  return (below) => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0
    return Math.floor((s / 2 ** 32) * below)
  }
}

/** Seeds are run in order; a failure names its seed. */
const SEEDS = 1500

test('damaged PDUs, before and after the login, never make the connection fail by our own fault', async () => {
  const { logger, seen } = faults()
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = generator(seed)
    const portal = new TestPortal(new MemoryDisk(256))
    Object.assign(portal.context, { logger })
    const pc = new TestInitiator(portal)
    if (seed % 3 !== 0) pc.login(seed % 2 === 0 ? [] : [['MaxRecvDataSegmentLength', '512']])
    for (let i = 0; i < 12 && pc.wire.state === 'open'; i++) {
      const pdu = [
        () => pc.read10(random(300), random(40)),
        () => pc.write10(random(300), random(8), { data: new Uint8Array(random(4) * 512), final: random(2) === 0 }),
        () => pc.dataOutPdu(random(pc.nextTag + 2), random(4) * 512, new Uint8Array(random(1024))),
        () => pc.nopPdu(new Uint8Array(random(64))),
        () => pc.taskManagementPdu(random(10), random(pc.nextTag + 1), random(2)),
        () =>
          pc.commandPdu(
            Array.from({ length: 16 }, () => random(256)),
            { read: true, length: random(5000) },
          ),
        () => pc.loginPdu([['InitiatorName', 'x']], { csg: random(4), nsg: random(4) }),
      ][random(7)]!()
      const bytes = Uint8Array.from([...pdu.header, ...pdu.data, ...new Uint8Array(-pdu.data.length & 3)])
      // Half of them have some bits turned over, most often in the header.
      for (let flips = random(2) === 0 ? random(4) : 0; flips > 0; flips--) {
        const at = random(4) === 0 ? random(bytes.length) : random(BHS_LENGTH)
        bytes[at] = bytes[at]! ^ (1 << random(8))
      }
      const cut = random(bytes.length)
      pc.receive(bytes.slice(0, cut))
      pc.receive(bytes.slice(cut))
    }
    await new Promise((resolve) => setImmediate(resolve))
    await pc.connection.terminate('shutdown')
    expect(seen, `seed ${seed}`).toEqual([])
  }
})
