import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { receivingSocket } from '../../../src-main/platform/receiving-socket.ts'

let server: Server
afterEach(async () => {
  if (server.listening) await new Promise((done) => server.close(done))
})

/** Both ends of one connection. `spoil`: the Node at hand lacks what it takes to read into memory of ours. */
async function pair(spoil: boolean, received: (bytes: Uint8Array) => void): Promise<{ here: Socket; there: Socket }> {
  const place = new Uint8Array(1000)
  server = createServer({ pauseOnConnect: true })
  const here = new Promise<Socket>((done) =>
    server.on('connection', (socket) => {
      if (spoil) (socket as unknown as { _handle: Record<string, unknown> })._handle['useUserBuffer'] = undefined
      done(receivingSocket(socket, { buffer: () => place, received: (n) => received(place.subarray(0, n)) }))
    }),
  )
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const there = connect((server.address() as AddressInfo).port, '127.0.0.1')
  return { here: await here, there }
}

describe.each([
  ['into memory of ours', false],
  ['where Node cannot do that', true],
])('%s', (_name, spoil) => {
  test('all bytes arrive in order, and answers go out', async () => {
    const hash = createHash('sha256')
    let total = 0
    const data = randomBytes(300_000)
    const { here, there } = await pair(spoil, (bytes) => {
      hash.update(bytes)
      total += bytes.length
      if (total === data.length) here.end('thanks')
    })
    there.write(data)
    const [answer] = (await once(there, 'data')) as [Buffer]
    expect(answer.toString()).toBe('thanks')
    expect(hash.digest('hex')).toBe(createHash('sha256').update(data).digest('hex'))
    expect(here.remoteAddress).toBe('127.0.0.1')
    there.end()
    await once(here, 'close')
  })

  test('it can be paused, and goes on', async () => {
    let total = 0
    let arrived!: () => void
    const first = new Promise<void>((done) => (arrived = done))
    let all!: () => void
    const rest = new Promise<void>((done) => (all = done))
    const { here, there } = await pair(spoil, (bytes) => {
      total += bytes.length
      if (total === bytes.length) {
        here.pause()
        arrived()
      }
      if (total === 5_000_000) all()
    })
    there.write(Buffer.alloc(5_000_000))
    await first
    const before = total
    for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done))
    // What was read already may still come, in the way that copies.
    expect(total - before).toBeLessThan(spoil ? 100_000 : 1)
    here.resume()
    await rest
    here.destroy()
    there.destroy()
  })

  test('a peer that leaves closes it, and the server counts it no more', async () => {
    const { here, there } = await pair(spoil, () => {})
    there.destroy()
    await once(here, 'close')
    await new Promise((done) => server.close(done))
    expect(server.listening).toBe(false)
  })
})
