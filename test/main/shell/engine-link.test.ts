import { beforeEach, describe, expect, test } from 'vitest'
import { createCaller, EngineError } from '../../../src-main/api/caller.ts'
import type { ToEngine } from '../../../src-main/api/wire.ts'
import { EngineLink, type ChildEvents, type EngineConnection } from '../../../src-main/shell/engine-link.ts'
import { FakeClock } from '../../support/fake-clock.ts'

interface FakeChild {
  readonly events: ChildEvents
  readonly sent: (ToEngine | 'stop' | 'kill')[]
}

let clock: FakeClock
let link: EngineLink
let told: string[]
let children: FakeChild[]
/** What runs on the data folder beside us. */
let service: (EngineConnection & { sent: ToEngine[]; closed: boolean }) | undefined
let denied = false

function newService() {
  const sent: ToEngine[] = []
  const caller = createCaller((message) => sent.push(message))
  const made = Object.assign(caller, {
    sent,
    closed: false,
    close: () => {
      made.closed = true
    },
  })
  return made
}
const error = (code: string) => new EngineError({ code, message: code, hint: 'do' })

function start(): EngineLink {
  return new EngineLink({
    connect: () =>
      denied
        ? Promise.reject(error('engine.denied'))
        : service
          ? Promise.resolve(service)
          : Promise.reject(error('engine.notRunning')),
    launch: (events) => {
      const child: FakeChild = { events, sent: [] }
      children.push(child)
      return {
        caller: createCaller((message) => child.sent.push(message)),
        askToStop: () => child.sent.push('stop'),
        kill: () => child.sent.push('kill'),
      }
    },
    clock,
    onEvent: (event) => told.push(event.event),
    onServed: (by) => told.push(`served by ${by}`),
    onLost: () => told.push('lost'),
    onProblem: (problem) => told.push(problem.code),
  })
}
/** Lets answers of `connect` arrive. */
const settle = async () => {
  for (let n = 0; n < 5; n++) await Promise.resolve()
}
const pass = async (ms: number) => {
  for (let left = ms; left > 0; left -= 100) {
    clock.advance(Math.min(100, left))
    await settle()
  }
}

beforeEach(() => {
  clock = new FakeClock()
  told = []
  children = []
  service = undefined
  denied = false
})

describe('where no engine runs', () => {
  beforeEach(async () => {
    link = start()
    await settle()
    children[0]!.events.started()
  })

  test('one is started, and its events come', () => {
    expect(children).toHaveLength(1)
    expect(told).toEqual(['served by app'])
    expect(children[0]!.sent).toEqual([{ subscribe: true }])
    link.caller().receive({ event: 'timeline', entry: {} as never })
    expect(told.at(-1)).toBe('timeline')
    expect(link.servedBy()).toBe('app')
  })

  test('one that dies is started again within a second, and calls under way fail', async () => {
    const call = link.caller().call('snapshot')
    children[0]!.events.ended()
    await expect(call).rejects.toMatchObject({ code: 'engine.gone' })
    await pass(900)
    expect(children).toHaveLength(2)
    children[1]!.events.started()
    expect(told).toEqual(['served by app', 'lost', 'served by app'])
    expect(children[1]!.sent).toEqual([{ subscribe: true }])
  })

  test('one that keeps dying is left down, with a message; five tries take under ten seconds', async () => {
    for (let n = 0; n < 6; n++) {
      children.at(-1)!.events.ended()
      await pass(4000)
    }
    expect(children).toHaveLength(6)
    expect(told.at(-1)).toBe('engine.crashing')
    await pass(120_000)
    expect(children).toHaveLength(6)
  })

  test('deaths that are far apart do not add up', async () => {
    for (let n = 0; n < 12; n++) {
      children.at(-1)!.events.ended()
      await pass(20_000)
      children.at(-1)!.events.started()
    }
    expect(children).toHaveLength(13)
    expect(told).not.toContain('engine.crashing')
  })

  test('stopping asks it to end and waits, and kills it when it does not', async () => {
    let done = false
    void link.stop().then(() => (done = true))
    expect(children[0]!.sent.at(-1)).toBe('stop')
    await pass(9000)
    expect(children[0]!.sent.at(-1)).toBe('stop')
    await pass(1500)
    expect(children[0]!.sent.at(-1)).toBe('kill')
    expect(done).toBe(false)
    children[0]!.events.ended()
    await settle()
    expect(done).toBe(true)
    await pass(60_000)
    expect(children).toHaveLength(1)
  })
})

describe('what keeps an engine from starting', () => {
  test('is said once, and tried again until it has passed', async () => {
    link = start()
    await settle()
    for (let n = 0; n < 3; n++) {
      children.at(-1)!.events.failed({ code: 'config.interface', message: 'no network' })
      children.at(-1)!.events.ended()
      await pass(10_500)
    }
    expect(told).toEqual(['config.interface'])
    expect(children).toHaveLength(4)
    children.at(-1)!.events.started()
    expect(told.at(-1)).toBe('served by app')
  })

  test('a data folder that another engine holds is no error while that one comes up: it is used', async () => {
    link = start()
    await settle()
    children[0]!.events.failed({ code: 'engine.dataInUse', message: 'in use' })
    children[0]!.events.ended()
    service = newService()
    await pass(1100)
    expect(told).toEqual(['served by service'])
    expect(children).toHaveLength(1)
  })

  test('one that holds it and never answers is named in the end', async () => {
    link = start()
    await settle()
    for (let n = 0; n < 20; n++) {
      children.at(-1)!.events.failed({ code: 'engine.dataInUse', message: 'in use' })
      children.at(-1)!.events.ended()
      await pass(1000)
    }
    expect(told).toEqual(['engine.dataInUse'])
    service = newService()
    await pass(1100)
    expect(told.at(-1)).toBe('engine.dataInUse')
    children.at(-1)!.events.failed({ code: 'engine.dataInUse', message: 'in use' })
    children.at(-1)!.events.ended()
    await pass(1100)
    expect(told.at(-1)).toBe('served by service')
  })

  test('an engine of another user is said, and none is started beside it', async () => {
    denied = true
    link = start()
    await pass(25_000)
    expect(told).toEqual(['engine.denied'])
    expect(children).toEqual([])
  })
})

describe('where a service runs', () => {
  beforeEach(async () => {
    service = newService()
    link = start()
    await settle()
  })

  test('it is used, and none is started', () => {
    expect(told).toEqual(['served by service'])
    expect(children).toEqual([])
    expect(link.servedBy()).toBe('service')
    expect(service!.sent).toEqual([{ subscribe: true }])
  })

  test('quitting leaves it alone', async () => {
    await link.stop()
    expect(service!.closed).toBe(true)
    expect(service!.sent).toEqual([{ subscribe: true }])
    service!.lost('closed')
    await pass(30_000)
    expect(told).toEqual(['served by service'])
  })

  test('one that is started anew is found again', async () => {
    service!.lost('the engine ended')
    service = undefined
    await pass(5000)
    service = newService()
    await pass(1100)
    expect(told).toEqual(['served by service', 'lost', 'served by service'])
    expect(service.sent).toEqual([{ subscribe: true }])
    expect(children).toEqual([])
  })

  test('one that stays away is missed after a quarter of a minute, its data folder is not taken, and it is still looked for', async () => {
    service!.lost('the engine ended')
    service = undefined
    await pass(30_000)
    expect(told).toEqual(['served by service', 'lost', 'engine.serviceGone'])
    expect(children).toEqual([])
    service = newService()
    await pass(1100)
    expect(told.at(-1)).toBe('served by service')
  })
})
