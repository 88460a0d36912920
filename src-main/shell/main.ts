import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  Tray,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  type WebContents,
} from 'electron'
import { EngineError } from '../api/caller.ts'
import type { EngineEvent, MethodName } from '../api/contract.ts'
import type { Snapshot } from '../api/dto.ts'
import type { ErrorDto } from '../api/wire.ts'
import { defaultDataDir } from '../platform/folders.ts'
import { startEngineProcess, type EngineProcess } from './engine-process.ts'
import { shippedNode } from './shipped-node.ts'
import { quitQuestion, trayState } from './tray-menu.ts'
import { createWindow, denyPermissions, pageOf } from './window.ts'

declare const BOOTLACE_VERSION: string

const root = join(__dirname, '..', '..')
/** Files that programs outside the archive must reach lie unpacked beside it. */
const unpacked = (path: string) => path.replace('app.asar', 'app.asar.unpacked')
const page = pageOf(join(root, 'dist'))
const icon = join(root, 'resources', 'icons', 'bootlace.png')

const ownNode = shippedNode(process.resourcesPath)
if (ownNode) process.env['BOOTLACE_ENGINE_NODE'] ??= ownNode

let engine: EngineProcess | undefined
let window: BrowserWindow | undefined
let tray: Tray | undefined
let latest: Snapshot | undefined
let problem: ErrorDto | undefined
let quitting = false
let asking = false
const listeners = new Set<WebContents>()

function startEngine(): void {
  const value = (name: string, fallback: number) => Number(process.env[name] ?? fallback)
  engine = startEngineProcess({
    entry: unpacked(join(root, 'dist', 'main', 'engine.cjs')),
    options: {
      dataDir: defaultDataDir(),
      ...(process.env['BOOTLACE_INTERFACE'] && { interface: process.env['BOOTLACE_INTERFACE'] }),
      dhcp: process.env['BOOTLACE_DHCP'] ?? 'proxy',
      iscsiPort: value('BOOTLACE_ISCSI_PORT', 3260),
      httpPort: value('BOOTLACE_HTTP_PORT', 8470),
      tftpPort: value('BOOTLACE_TFTP_PORT', 69),
      loadersDir: unpacked(join(root, 'resources', 'ipxe', 'loaders')),
      uiDir: unpacked(join(root, 'dist', 'renderer')),
      strict: false,
      logLevel: 'info',
      logToStderr: false,
      version: BOOTLACE_VERSION,
    },
    onEvent: (event) => {
      if (event.event === 'snapshot') {
        problem = undefined
        latest = event.snapshot
        showTray()
      }
      tell(event)
    },
    onFailed: (error) => {
      problem = error
      console.error(`bootlace: ${error.message}. ${error.hint ?? ''}`)
      tell({ event: 'engineFailed', problem: error })
    },
    onRestart: () => tell({ event: 'engineRestarted' }),
  })
}

function tell(event: EngineEvent | { event: 'engineFailed'; problem: ErrorDto } | { event: 'engineRestarted' }): void {
  for (const contents of listeners) {
    if (contents.isDestroyed()) listeners.delete(contents)
    else contents.send('bootlace:event', event)
  }
}

/** Only our own page, in its main frame, may call. */
const isOurs = (event: IpcMainInvokeEvent | IpcMainEvent): boolean => {
  const frame = event.senderFrame
  return frame !== null && frame === event.sender.mainFrame && frame.url.split('#')[0] === pathToFileURL(page).href
}

function wireIpc(): void {
  ipcMain.handle('bootlace:call', async (event, method: MethodName, input: unknown) => {
    if (!isOurs(event))
      return { ok: false, error: { code: 'engine.denied', message: 'this page may not call the engine' } }
    try {
      return { ok: true, output: await engine!.caller().call(method, input as never) }
    } catch (thrown) {
      const error =
        thrown instanceof EngineError
          ? { code: thrown.code, message: thrown.message, hint: thrown.hint, data: thrown.data }
          : { code: 'bug', message: String(thrown) }
      return { ok: false, error }
    }
  })
  ipcMain.on('bootlace:subscribe', (event) => {
    if (!isOurs(event)) return
    listeners.add(event.sender)
    if (problem) event.sender.send('bootlace:event', { event: 'engineFailed', problem })
    else if (latest) event.sender.send('bootlace:event', { event: 'snapshot', snapshot: latest })
  })
}

function openWindow(): void {
  // A second start may come before the first is ready; its window opens anyway.
  if (!app.isReady()) return
  if (window && !window.isDestroyed()) {
    window.show()
    window.focus()
    return
  }
  window = createWindow({ page, preload: join(__dirname, 'preload.cjs'), icon })
  window.on('close', (event) => {
    if (quitting) return
    // Closing the window never takes a PC's disk away: the tray stays. Without a tray nobody could get back to it.
    event.preventDefault()
    if (tray) window?.hide()
    else app.quit()
  })
}

function showTray(): void {
  if (!tray) return
  const state = trayState(latest)
  tray.setToolTip(state.tooltip)
  tray.setContextMenu(
    Menu.buildFromTemplate(
      state.items.map((item) =>
        item.separator
          ? { type: 'separator' as const }
          : {
              label: item.label,
              enabled: item.action !== undefined,
              click: () => (item.action === 'open' ? openWindow() : item.action === 'quit' ? app.quit() : undefined),
            },
      ),
    ),
  )
}

app.on('before-quit', (event) => {
  if (quitting) return
  event.preventDefault()
  void quit()
})

async function quit(): Promise<void> {
  if (asking) return
  const question = quitQuestion(latest)
  if (question) {
    asking = true
    const { response } = await dialog.showMessageBox({
      type: 'warning',
      ...question,
      buttons: ['Keep serving', 'Quit anyway'],
      defaultId: 0,
      cancelId: 0,
    })
    asking = false
    if (response === 0) return
  }
  quitting = true
  await engine?.stop()
  tray?.destroy()
  app.quit()
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The terminal it was started from is closed; the window goes on.
    if (error.code !== 'EPIPE') throw error
  })
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Asked by the system, not by a person: nobody could answer a question.
    if (quitting) return
    quitting = true
    void Promise.resolve(engine?.stop()).then(() => app.quit())
  })
}

if (!app.requestSingleInstanceLock()) {
  app.quit()
} else {
  app.on('second-instance', openWindow)
  app.on('activate', openWindow)
  app.on('window-all-closed', () => {
    // The tray keeps the program; quitting is a decision of its own.
  })
  void app.whenReady().then(() => {
    denyPermissions()
    Menu.setApplicationMenu(null)
    wireIpc()
    startEngine()
    openWindow()
    try {
      tray = new Tray(nativeImage.createFromPath(icon).resize({ width: 22, height: 22 }))
      tray.on('click', openWindow)
      showTray()
    } catch (error) {
      console.error(`bootlace: there is no tray here, so closing the window quits: ${String(error)}`)
    }
  })
}
