import { createCaller, EngineError, type ChannelCaller } from '../../src-main/api/caller.ts'
import type { FromEngine } from '../../src-main/api/wire.ts'
import type { Client, ClientEvent } from './client.ts'

const RETRY_MS = 1500
/** Refused this often in a row while the page itself is served: the key is wrong, not the moment. */
const REFUSALS = 2
const KEY = 'bootlace.token'

/** The token comes once in the address's fragment, which no server sees; it is kept for this tab and taken off the address. */
function takeToken(): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given) {
    sessionStorage.setItem(KEY, given)
    history.replaceState(null, '', location.pathname)
  }
  return sessionStorage.getItem(KEY) ?? undefined
}

export function createWebSocketClient(): Client {
  const token = takeToken()
  let caller: ChannelCaller | undefined
  const listeners = new Set<(event: ClientEvent) => void>()
  const tell = (event: ClientEvent) => listeners.forEach((listener) => listener(event))

  let refusals = 0
  /** A page cannot see why its WebSocket was refused; but where the page answers, Bootlace runs and the key is what is wrong. */
  const judgeRefusal = async () => {
    const answers = await fetch(location.pathname, { cache: 'no-store' }).then(
      (response) => response.ok,
      () => false,
    )
    refusals = answers ? refusals + 1 : 0
    if (refusals >= REFUSALS && !caller) {
      tell({
        event: 'engineFailed',
        problem: {
          code: 'engine.wrongToken',
          message: 'Bootlace runs here, but the key of this page is not its own (another data folder?)',
          hint: 'Open the whole address that Bootlace printed when it started; it ends in #token=…',
        },
      })
    }
  }

  const connect = () => {
    const socket = new WebSocket(`ws://${location.host}/rpc`, [`bootlace.${token}`])
    let wasOpen = false
    socket.onopen = () => {
      wasOpen = true
      refusals = 0
      const mine = createCaller((message) => socket.send(JSON.stringify(message)))
      caller = mine
      tell({ event: 'connected' })
      mine.subscribe(tell)
    }
    socket.onmessage = (message) => caller?.receive(JSON.parse(String(message.data)) as FromEngine)
    socket.onclose = () => {
      caller?.lost('the connection to Bootlace is gone')
      caller = undefined
      tell({ event: 'disconnected' })
      if (!wasOpen) void judgeRefusal()
      setTimeout(connect, RETRY_MS)
    }
  }

  return {
    kind: 'browser',
    call(method, ...input) {
      if (!caller) {
        return Promise.reject(
          new EngineError({
            code: 'engine.gone',
            message: 'Bootlace does not answer',
            hint: 'Is it still running? This page goes on by itself when it is back.',
          }),
        )
      }
      return caller.call(method, ...input)
    },
    listen(listener) {
      listeners.add(listener)
      if (token === undefined) {
        listener({
          event: 'engineFailed',
          problem: {
            code: 'engine.noToken',
            message: 'This page does not know its key',
            hint: 'Open the whole address that Bootlace printed when it started; it ends in #token=…',
          },
        })
      } else if (listeners.size === 1) connect()
      return () => void listeners.delete(listener)
    },
  }
}
