import { createHash } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import type { Logger } from '../../../src-main/base/log.ts'
import type { LoginResponse } from '../../../src-main/iscsi/pdu/login-response.ts'
import { decodeText, type KeyValue } from '../../../src-main/iscsi/text/text-keys.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { TARGET_NAME, TestInitiator, TestPortal } from '../../support/test-initiator.ts'

const PC = 'iqn.2026-11.app.bootlace:client.pc-01'
const SECRET = 'correcthorse1234'
const security = (transit: boolean) => ({ csg: 0, nsg: transit ? 1 : 0, transit })

let portal: TestPortal
let logged: string[]
beforeEach(() => {
  portal = new TestPortal(new MemoryDisk(64))
  logged = []
  const hear = (fields: object, message: string): void => void logged.push(`${JSON.stringify(fields)} ${message}`)
  const logger: Logger = { error: hear, warn: hear, info: hear, debug: hear, trace: hear, child: () => logger }
  Object.assign(portal.context, {
    logger,
    directory: {
      ...portal.context.directory,
      credentials: (who: { initiatorName: string }) =>
        who.initiatorName === PC ? { name: 'pc-01', secret: SECRET } : undefined,
    },
  })
})

class ChapInitiator extends TestInitiator {
  ask(keys: readonly KeyValue[], transit: boolean): LoginResponse {
    this.send(this.loginPdu(keys, security(transit)))
    return this.wire.take() as LoginResponse
  }
  /** Up to the answer to its proof, or to what ended it before. */
  authenticate(secret: string): LoginResponse {
    const names: KeyValue[] = [
      ['InitiatorName', PC],
      ['TargetName', TARGET_NAME],
      ['AuthMethod', 'CHAP'],
    ]
    const first = this.ask(names, false)
    if (first.status !== 0) return first
    const asked = new Map(decodeText(this.ask([['CHAP_A', '5']], false).data))
    const hash = createHash('md5')
      .update(Buffer.from([Number(asked.get('CHAP_I'))]))
      .update(secret)
      .update(Buffer.from(asked.get('CHAP_C')!.slice(2), 'hex'))
    return this.ask(
      [
        ['CHAP_N', 'pc-01'],
        ['CHAP_R', `0x${hash.digest('hex')}`],
      ],
      true,
    )
  }
}

test('a password opens the session, and the log tells neither it nor what could be tried against', () => {
  const pc = new ChapInitiator(portal)
  expect(pc.authenticate(SECRET)).toMatchObject({ status: 0, transit: true })
  pc.send(pc.loginPdu([]))
  expect(pc.wire.take()).toMatchObject({ status: 0, transit: true, nsg: 3 })
  expect(portal.logins).toHaveLength(1)
  const text = logged.join('\n')
  expect(text).toContain('CHAP_N=pc-01 CHAP_R=(not shown)')
  expect(text).toContain('CHAP_C=(not shown)')
  expect(text).not.toMatch(/CHAP_[CR]=0/)
  expect(text).not.toContain(SECRET)
})

test('nothing but login requests is heard before the password was right', () => {
  const pc = new ChapInitiator(portal)
  pc.ask(
    [
      ['InitiatorName', PC],
      ['TargetName', TARGET_NAME],
      ['AuthMethod', 'CHAP'],
    ],
    true,
  )
  pc.send(pc.read10(0, 1))
  expect(pc.wire.state).toBe('ended')
  expect(pc.wire.pdus).toEqual([])
  expect(portal.logins).toEqual([])
})

test('ten thousand wrong passwords are told of a few times only, and another PC logs in meanwhile', () => {
  const statuses = new Map<number, number>()
  for (let i = 0; i < 10_000; i++) {
    const pc = new ChapInitiator(portal)
    const { status } = pc.authenticate('wrong')
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    expect(pc.wire.state).toBe('ended')
    if (i % 1000 === 0) {
      const other = new TestInitiator(portal)
      other.login([], '00023d000009', 'iqn.2026-11.app.bootlace:client.pc-02')
      void other.connection.terminate('closed')
    }
  }
  // No time passes: what was allowed at once is used up, and the rest costs no hash.
  expect([...statuses]).toEqual([
    [0x0201, 20],
    [0x0301, 9_980],
  ])
  expect(portal.refused).toHaveLength(20)
  expect(portal.registry.all().filter((c) => !c.ended)).toEqual([])
  // From another address, and from this one after a second, the right password is taken.
  expect(new ChapInitiator(portal, '192.0.2.77').authenticate(SECRET).status).toBe(0)
  expect(new ChapInitiator(portal).authenticate(SECRET).status).toBe(0x0301)
  portal.clock.advance(1001)
  expect(new ChapInitiator(portal).authenticate(SECRET).status).toBe(0)
})
