import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/log.ts'
import { frame } from '../../../src-main/iscsi/framer.ts'
import { openPortal, type Portal } from '../../../src-main/iscsi/portal.ts'
import { encodeLoginRequest } from '../../../src-main/iscsi/pdu/login-request.ts'
import { encodeText } from '../../../src-main/iscsi/text/text-keys.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { TARGET_NAME, TestPortal } from '../../support/test-initiator.ts'

let clock: FakeClock
let fixture: TestPortal
let portal: Portal
let sockets: Socket[]

beforeEach(async () => {
  clock = new FakeClock()
  sockets = []
  fixture = new TestPortal(new MemoryDisk())
  portal = await openPortal({
    host: '127.0.0.1',
    port: 0,
    directory: fixture.context.directory,
    observer: fixture.context.observer,
    clock,
    logger: silentLogger,
  })
})
afterEach(async () => {
  await portal.close(0)
  for (const s of sockets) s.destroy()
})

async function client(): Promise<Socket> {
  const socket = connect(portal.address.port, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => {
    // A refused connection is reset; the tests look at `close`.
  })
  await once(socket, 'connect')
  return socket
}
function login(isid: string): Uint8Array {
  const { header, data } = encodeLoginRequest({
    transit: true,
    continue: false,
    csg: 1,
    nsg: 3,
    versionMax: 0,
    versionMin: 0,
    isid,
    tsih: 0,
    initiatorTaskTag: 1,
    cid: 0,
    cmdSn: 1,
    expStatSn: 0,
    data: encodeText([
      ['InitiatorName', 'iqn.2026-11.app.bootlace:client.pc-01'],
      ['TargetName', TARGET_NAME],
    ]),
  })
  return frame(header, data, false, false)
}
async function loggedIn(isid: string): Promise<Socket> {
  const socket = await client()
  socket.write(login(isid))
  await once(socket, 'data')
  return socket
}

test('a session shows up, and is gone when its connection is', async () => {
  const socket = await loggedIn('00023d000001')
  expect(portal.sessions()).toMatchObject([{ targetName: TARGET_NAME, kind: 'system', remoteAddress: '127.0.0.1' }])
  socket.destroy()
  await expect.poll(() => portal.sessions()).toEqual([])
  expect(fixture.ended.map((e) => e.why)).toEqual(['closed'])
})

test('one address may have eight logins under way; finished ones do not count', async () => {
  for (let i = 0; i < 10; i++) await loggedIn(`00023d0001${i}0`)
  const pending = await Promise.all(Array.from({ length: 8 }, client))
  const refused = await client()
  await once(refused, 'close')
  pending[0]!.destroy()
  await expect
    .poll(async () => {
      const socket = await client()
      socket.write(login('00023d000099'))
      return Promise.race([once(socket, 'data').then(() => 'in'), once(socket, 'close').then(() => 'refused')])
    })
    .toBe('in')
})

test('a connection that says nothing is cut after 15 seconds', async () => {
  const socket = await client()
  await loggedIn('00023d000001')
  clock.advance(15_000)
  socket.resume()
  await once(socket, 'close')
  expect(portal.sessions()).toHaveLength(1)
})

test('dropTarget ends its sessions and nothing else', async () => {
  const socket = await loggedIn('00023d000001')
  await portal.dropTarget('iqn.2026-11.app.bootlace:another')
  expect(portal.sessions()).toHaveLength(1)
  const closed = once(socket, 'close')
  await portal.dropTarget(TARGET_NAME)
  await closed
  expect(portal.sessions()).toEqual([])
  expect(fixture.ended.map((e) => e.why)).toEqual(['shutdown'])
})

test('closing asks for a logout first and waits no longer than it was told', async () => {
  const socket = await loggedIn('00023d000001')
  const asked = once(socket, 'data')
  const closing = portal.close(2000)
  const [message] = (await asked) as [Buffer]
  expect(message[0]).toBe(0x32)
  expect(message[36]).toBe(1)
  clock.advance(2000)
  await closing
  await expect(
    openPortal({ ...fixture.context, host: '127.0.0.1', port: portal.address.port }).then(async (p) => p.close(0)),
  ).resolves.toBeUndefined()
})

describe('a login whose disk must be prepared', () => {
  let ready: () => void
  let asked: number
  beforeEach(async () => {
    await portal.close(0)
    asked = 0
    const preparing = new Promise<void>((done) => (ready = done))
    const { directory } = fixture.context
    portal = await openPortal({
      host: '127.0.0.1',
      port: 0,
      directory: {
        ...directory,
        find: (name, who) =>
          asked++ === 0 ? { ok: false, reason: 'wait', ready: preparing } : directory.find(name, who),
      },
      observer: fixture.context.observer,
      clock,
      logger: silentLogger,
    })
  })

  test('is answered when it is, and asked for the disk anew', async () => {
    const socket = await client()
    socket.write(login('400027230001'))
    await expect.poll(() => asked).toBe(1)
    expect(portal.sessions()).toEqual([])
    const answer = once(socket, 'data')
    ready()
    const [response] = (await answer) as [Buffer]
    // Login response, status 0000h.
    expect([response[0]! & 0x3f, response.readUInt16BE(36)]).toEqual([0x23, 0])
    expect(asked).toBe(2)
    await expect.poll(() => portal.sessions()).toHaveLength(1)
  })
  test('that sends more meanwhile is cut', async () => {
    const socket = await client()
    socket.write(login('400027230001'))
    await expect.poll(() => asked).toBe(1)
    socket.write(login('400027230001'))
    socket.resume()
    await once(socket, 'close')
    ready()
    expect(portal.sessions()).toEqual([])
  })
  test('that takes too long ends like any other, and what comes later changes nothing', async () => {
    const socket = await client()
    socket.write(login('400027230001'))
    await expect.poll(() => asked).toBe(1)
    clock.advance(15_000)
    socket.resume()
    await once(socket, 'close')
    ready()
    await new Promise((done) => setImmediate(done))
    expect(asked).toBe(1)
  })
})

test('a port in use says so', async () => {
  await expect(openPortal({ ...fixture.context, host: '127.0.0.1', port: portal.address.port })).rejects.toMatchObject({
    code: 'net.portTaken',
  })
})
