import { expect, test } from 'vitest'
import { createCaller, EngineError } from '../../../src-main/api/caller.ts'
import type { EngineEvent } from '../../../src-main/api/contract.ts'
import type { FromEngine } from '../../../src-main/api/wire.ts'
import { AppError } from '../../../src-main/base/errors.ts'
import { silentLogger } from '../../../src-main/base/log.ts'
import { serveRpc, type EngineFace } from '../../../src-main/engine/rpc.ts'

function connected(handlers: object) {
  const listeners = new Set<(event: EngineEvent) => void>()
  const engine = {
    handlers,
    subscribe(listener: (event: EngineEvent) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  } as unknown as EngineFace
  // Both ways through JSON, as on every real channel.
  const peer = serveRpc(
    engine,
    (message) => caller.receive(JSON.parse(JSON.stringify(message)) as FromEngine),
    silentLogger,
  )
  const caller = createCaller((message) => peer.receive(JSON.parse(JSON.stringify(message))))
  return { caller, peer, listeners }
}

test('a call arrives with its input and returns its output', async () => {
  const { caller } = connected({ diskDelete: ({ name }: { name: string }) => ({ name: name.toUpperCase() }) })
  expect(await caller.call('diskDelete', { name: 'a' })).toEqual({ name: 'A' })
})

test("an engine's refusal keeps code, message, hint and data", async () => {
  const { caller } = connected({
    diskDelete: () => {
      throw new AppError('disk.inUse', 'in use', { hint: 'Shut it down.', data: { by: 'pc-01' } })
    },
  })
  const error = await caller.call('diskDelete', { name: 'a' }).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(EngineError)
  expect(error).toMatchObject({ code: 'disk.inUse', message: 'in use', hint: 'Shut it down.', data: { by: 'pc-01' } })
})

test('input of the wrong shape never reaches the handler', async () => {
  let called = false
  const { caller } = connected({ diskDelete: () => (called = true) })
  await expect(caller.call('diskDelete', { name: 5 } as never)).rejects.toMatchObject({ code: 'engine.input' })
  expect(called).toBe(false)
})

test.each(['noSuchCall', 'constructor', '__proto__'])(
  'a call "%s" that is not in the contract is refused',
  async (method) => {
    const { caller } = connected({})
    await expect(caller.call(method as never, undefined as never)).rejects.toMatchObject({ code: 'engine.method' })
  },
)

test.each([null, 5, 'text', {}, { id: 'x', method: 'snapshot' }, { id: 1 }])(
  'a malformed message %j is ignored',
  (message) => {
    const { peer } = connected({})
    expect(() => peer.receive(message)).not.toThrow()
  },
)

test('events flow after subscribing and stop with the peer', () => {
  const { caller, peer, listeners } = connected({})
  const seen: string[] = []
  caller.subscribe((event) => seen.push(event.event))
  expect(listeners.size).toBe(1)
  for (const listener of listeners) listener({ event: 'timeline' } as EngineEvent)
  expect(seen).toEqual(['timeline'])
  peer.close()
  expect(listeners.size).toBe(0)
})

test('a lost channel fails what is under way and what comes later', async () => {
  const caller = createCaller(() => {})
  const waiting = caller.call('snapshot')
  caller.lost('the cable was cut')
  await expect(waiting).rejects.toMatchObject({ code: 'engine.gone' })
  await expect(caller.call('snapshot')).rejects.toMatchObject({ message: 'the cable was cut' })
})

test('who waits for news hears that the channel is lost, once, and at once when it is too late', async () => {
  const caller = createCaller(() => {})
  const heard: string[] = []
  caller.onLost((error) => heard.push(`first ${error.code}`))
  const stop = caller.onLost(() => heard.push('stopped listening'))
  stop()
  caller.lost('the engine ended')
  caller.lost('again')
  caller.onLost((error) => heard.push(error.message))
  expect(heard).toEqual(['first engine.gone', 'the engine ended'])
  await expect(caller.call('snapshot')).rejects.toMatchObject({ message: 'the engine ended' })
})
