import { expect, test } from 'vitest'
import type { Logger } from '../../../src-main/base/log.ts'
import { BHS_LENGTH } from '../../../src-main/iscsi/pdu/bhs.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { encodeText, type KeyValue } from '../../../src-main/iscsi/text/text-keys.ts'
import { TARGET_NAME, TestInitiator, TestPortal } from '../../support/test-initiator.ts'

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

test('damaged PDUs, before and after the login, make neither the connection fail nor its answers illegal', async () => {
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
    expect(portal.violations, `seed ${seed}`).toEqual([])
  }
})

test('damaged logins with a password never fail by our own fault, and never let anybody in', async () => {
  const { logger, seen } = faults()
  const values = ['5', '7,5', '0x00', '0b', '0bAA==', '256', '', 'CHAP', 'CHAP,None', 'None', `0x${'ab'.repeat(16)}`]
  const names = ['AuthMethod', 'CHAP_A', 'CHAP_I', 'CHAP_C', 'CHAP_N', 'CHAP_R', 'InitiatorName', 'SessionType', 'X-y']
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = generator(seed)
    const portal = new TestPortal(new MemoryDisk(16))
    const secret = 'a secret of pc-1'
    const directory = {
      ...portal.context.directory,
      credentials: () => ({ name: 'pc', secret, reverse: { name: 'we', secret: 'another one here' } }),
    }
    Object.assign(portal.context, { logger, directory })
    const pc = new TestInitiator(portal)
    const usual: readonly (readonly KeyValue[])[] = [
      [
        ['InitiatorName', 'iqn.x:pc'],
        ['TargetName', TARGET_NAME],
        ['AuthMethod', 'CHAP'],
      ],
      [['CHAP_A', '5']],
      [
        ['CHAP_N', 'pc'],
        ['CHAP_R', `0x${'00'.repeat(16)}`],
        ['CHAP_I', '1'],
        ['CHAP_C', '0x0102'],
      ],
      [['InitialR2T', 'Yes']],
    ]
    for (const keys of usual) {
      if (pc.wire.state !== 'open') break
      const offer = keys.filter(() => random(10) > 0)
      for (let more = random(3); more > 0; more--) offer.push([names[random(9)]!, values[random(11)]!])
      const text = encodeText(offer)
      for (let flips = random(4) === 0 ? random(3) : 0; flips > 0 && text.length > 0; flips--) {
        const at = random(text.length)
        text[at] = text[at]! ^ (1 << random(8))
      }
      const csg = random(8) === 0 ? 1 : 0
      const pdu = pc.loginPdu([], { csg, nsg: random(4), transit: random(2) === 0, more: random(8) === 0 })
      pdu.header[5] = text.length >>> 16
      pdu.header[6] = text.length >>> 8
      pdu.header[7] = text.length
      pc.send({ header: pdu.header, data: text })
    }
    expect(portal.logins, `seed ${seed}`).toEqual([])
    await pc.connection.terminate('shutdown')
    expect(seen, `seed ${seed}`).toEqual([])
  }
})
