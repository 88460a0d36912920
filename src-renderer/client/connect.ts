import type { Client } from './client.ts'
import { createIpcClient, hasBridge } from './ipc-transport.ts'
import { createWebSocketClient } from './ws-transport.ts'

/** The way to the engine that this page has. */
export function createClient(): Client {
  return hasBridge() ? createIpcClient() : createWebSocketClient()
}
