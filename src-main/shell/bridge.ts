import { pathToFileURL } from 'node:url'
import { ipcMain, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron'
import { EngineError, type ChannelCaller } from '../api/caller.ts'
import type { EngineEvent, MethodName } from '../api/contract.ts'
import { UPDATE_ACTIONS, type ShellEvent, type UpdateAction } from '../api/shell.ts'

export interface Bridge {
  /** To every window that listens. */
  tell(event: EngineEvent | ShellEvent): void
}

/** The page's way to the engine. Only our own page, in its main frame, may call; what it says is checked by the engine.
 *  `now` gives what a page that begins to listen must know at once. */
export function openBridge(o: {
  readonly page: string
  readonly caller: () => ChannelCaller
  /** Asked of updates by a person. */
  readonly update: (action: UpdateAction) => Promise<void>
  readonly now: () => readonly (EngineEvent | ShellEvent)[]
}): Bridge {
  const listeners = new Set<WebContents>()
  const ours = pathToFileURL(o.page).href
  const isOurs = (event: IpcMainInvokeEvent | IpcMainEvent): boolean => {
    const frame = event.senderFrame
    return frame !== null && frame === event.sender.mainFrame && frame.url.split('#')[0] === ours
  }
  ipcMain.handle('bootlace:call', async (event, method: MethodName, input: unknown) => {
    if (!isOurs(event))
      return { ok: false, error: { code: 'engine.denied', message: 'this page may not call the engine' } }
    try {
      return { ok: true, output: await o.caller().call(method, input as never) }
    } catch (thrown) {
      const error =
        thrown instanceof EngineError
          ? { code: thrown.code, message: thrown.message, hint: thrown.hint, data: thrown.data }
          : { code: 'bug', message: String(thrown) }
      return { ok: false, error }
    }
  })
  ipcMain.handle('bootlace:update', async (event, action: unknown) => {
    const known = UPDATE_ACTIONS.find((each) => each === action)
    if (isOurs(event) && known) await o.update(known)
  })
  ipcMain.on('bootlace:subscribe', (event) => {
    if (!isOurs(event)) return
    listeners.add(event.sender)
    for (const one of o.now()) event.sender.send('bootlace:event', one)
  })
  return {
    tell(event) {
      for (const contents of listeners) {
        if (contents.isDestroyed()) listeners.delete(contents)
        else contents.send('bootlace:event', event)
      }
    },
  }
}
