import { join } from 'node:path'
import { app, dialog, Menu, Notification, powerMonitor } from 'electron'
import { connectEngine } from '../cli/connect.ts'
import type { EngineEvent } from '../api/contract.ts'
import type { Snapshot } from '../api/dto.ts'
import type { ServedBy, ShellEvent } from '../api/shell.ts'
import type { ErrorDto } from '../api/wire.ts'
import { defaultDataDir } from '../platform/folders.ts'
import { openBridge, type Bridge } from './bridge.ts'
import { shellClock } from './clock.ts'
import { Desktop } from './desktop.ts'
import { launchEngine } from './engine-child.ts'
import { EngineLink } from './engine-link.ts'
import { HIDDEN_ARGUMENT } from './login-item.ts'
import { MainWindow } from './main-window.ts'
import { Notices, type Notice } from './notices.ts'
import { shippedNode } from './shipped-node.ts'
import { openTray, type TrayFace } from './tray.ts'
import { quitQuestion, trayState, type TrayAction } from './tray-menu.ts'
import { UpdatesDesk } from './updates-desk.ts'
import { createWindow, denyPermissions, lockDown, pageOf } from './window.ts'
import { localeOf, wordsOf, type Words } from './words/words.ts'

declare const BOOTLACE_VERSION: string

const root = join(__dirname, '..', '..')
/** Files that programs outside the archive must reach lie unpacked beside it. */
const unpacked = (path: string) => path.replace('app.asar', 'app.asar.unpacked')
const page = pageOf(join(root, 'dist'))
const icon = join(root, 'resources', 'icons', 'bootlace.png')
const dataDir = defaultDataDir()

const ownNode = shippedNode(process.resourcesPath)
if (ownNode) process.env['BOOTLACE_ENGINE_NODE'] ??= ownNode

let engine: EngineLink | undefined
let bridge: Bridge | undefined
let tray: TrayFace | undefined
let latest: Snapshot | undefined
let problem: ErrorDto | undefined
let quitting = false
let asking = false
const desktop = new Desktop()
const updates = new UpdatesDesk({
  tell: (state) => bridge?.tell({ event: 'updates', state }),
  running: () => (latest?.clients ?? []).filter((client) => client.live.sessions > 0).length,
  beforeInstall: async () => {
    quitting = true
    await engine?.stop()
  },
  words: () => words(),
})

const words = (): Words =>
  wordsOf(localeOf(latest?.settings.language ?? 'system', [...app.getPreferredSystemLanguages(), app.getLocale()]))

const servedBy = (): ServedBy | undefined => engine?.servedBy()

const mainWindow = new MainWindow({
  create: () => createWindow({ page, preload: join(__dirname, 'preload.cjs'), icon }),
  clock: shellClock,
  isQuitting: () => quitting,
  hasTray: () => tray !== undefined,
  quit: () => app.quit(),
  tell: (where) => bridge?.tell({ event: 'open', page: where }),
  keepsCrashing: () => {
    const { t } = words()
    void dialog.showMessageBox({
      type: 'error',
      message: t('The window of Bootlace keeps crashing.'),
      detail: t('PCs that run are not affected. Quit Bootlace when no PC is running, and open it again.'),
    })
  },
})
/** A second start may come before the first is ready; its window opens anyway. */
const openWindow: MainWindow['open'] = (where) => {
  if (app.isReady()) mainWindow.open(where)
}

const notices = new Notices({
  clock: shellClock,
  words,
  show: showNotice,
  history: (mac) => engine!.caller().call('timeline', { client: mac, limit: 5000 }),
  failed: (thrown) =>
    console.error(`bootlace: whether a PC started for the first time is not known: ${String(thrown)}`),
})
/** Kept until they are closed: one that is collected as garbage cannot be clicked any more. */
const shown = new Set<Notification>()

function showNotice({ title, body, page: where }: Notice): void {
  if (!Notification.isSupported()) return
  const notification = new Notification({ title, body, icon })
  shown.add(notification)
  notification.on('click', () => openWindow(where))
  notification.on('close', () => shown.delete(notification))
  notification.show()
}

function startEngine(): EngineLink {
  const value = (name: string, fallback: number) => Number(process.env[name] ?? fallback)
  const options = {
    dataDir,
    ...(process.env['BOOTLACE_INTERFACE'] && { interface: process.env['BOOTLACE_INTERFACE'] }),
    dhcp: process.env['BOOTLACE_DHCP'],
    iscsiPort: value('BOOTLACE_ISCSI_PORT', 3260),
    httpPort: value('BOOTLACE_HTTP_PORT', 8470),
    tftpPort: value('BOOTLACE_TFTP_PORT', 69),
    loadersDir: unpacked(join(root, 'resources', 'ipxe', 'loaders')),
    uiDir: unpacked(join(root, 'dist', 'renderer')),
    strict: false,
    logLevel: 'info',
    logToStderr: false,
    version: BOOTLACE_VERSION,
  }
  return new EngineLink({
    connect: () => connectEngine(dataDir),
    launch: (events) => launchEngine(unpacked(join(root, 'dist', 'main', 'engine.cjs')), options, events),
    clock: shellClock,
    onEvent: (event) => {
      if (event.event === 'snapshot') follow(event.snapshot)
      else if (event.event === 'timeline') notices.timeline(event.entry)
      bridge?.tell(event)
    },
    onServed: (by) => bridge?.tell({ event: 'servedBy', by }),
    onLost: () => bridge?.tell({ event: 'engineRestarted' }),
    onProblem: (error) => {
      problem = error
      console.error(`bootlace: ${error.message}. ${error.hint ?? ''}`)
      bridge?.tell({ event: 'engineFailed', problem: error })
      showTray()
    },
  })
}

function follow(snapshot: Snapshot): void {
  problem = undefined
  latest = snapshot
  desktop.follow(snapshot)
  notices.snapshot(snapshot)
  showTray()
}

/** What a page that comes up must know, in the order in which it would have heard it. */
function present(): (EngineEvent | ShellEvent)[] {
  const by = servedBy()
  const where = mainWindow.takePage()
  return [
    ...(by ? [{ event: 'servedBy' as const, by }] : []),
    { event: 'updates' as const, state: updates.state },
    ...(problem
      ? [{ event: 'engineFailed' as const, problem }]
      : latest
        ? [{ event: 'snapshot' as const, snapshot: latest }]
        : []),
    ...(where ? [{ event: 'open' as const, page: where }] : []),
  ]
}

const currentTray = () => trayState({ snapshot: latest, problem, servedBy: servedBy(), words: words() })
const showTray = (): void => tray?.show(currentTray())

function onTray(action: TrayAction): void {
  switch (action.do) {
    case 'open':
      return openWindow(action.page)
    case 'pause':
    case 'resume':
      engine!
        .caller()
        .call('settingsChange', { bootsPaused: action.do === 'pause' })
        .catch((error: Error) => dialog.showErrorBox('Bootlace', error.message))
      return
    case 'quit':
      return app.quit()
  }
}

app.on('before-quit', (event) => {
  if (quitting) return
  event.preventDefault()
  void quit()
})

async function quit(): Promise<void> {
  if (asking) return
  const question = quitQuestion(problem ? undefined : latest, servedBy(), words())
  if (question) {
    asking = true
    const { response } = await dialog.showMessageBox({
      type: 'warning',
      message: question.message,
      detail: question.detail,
      buttons: [...question.buttons],
      defaultId: 0,
      cancelId: 0,
    })
    asking = false
    if (response === 0) return
  }
  await end()
}

async function end(): Promise<void> {
  quitting = true
  notices.close()
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

/** Asked by the system, not by a person: nobody could answer a question. Called once the program is ready: Chromium sets its
 *  own handlers before, and theirs would ask. */
function endWithSystem(): void {
  const endNow = () => {
    if (!quitting) void end()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endNow)
  // Electron's types know nothing of the event, with which the system is asked to wait until everything is on disk.
  const onShutdown = (event?: { preventDefault(): void }) => {
    event?.preventDefault()
    endNow()
  }
  powerMonitor.on('shutdown', onShutdown)
}

if (!app.requestSingleInstanceLock()) {
  app.quit()
} else {
  lockDown()
  app.on('second-instance', (_event, argv) => {
    if (!argv.includes(HIDDEN_ARGUMENT)) openWindow()
  })
  app.on('activate', () => openWindow())
  app.on('window-all-closed', () => {
    // The tray keeps the program; quitting is a decision of its own.
  })
  void app.whenReady().then(() => {
    endWithSystem()
    denyPermissions()
    Menu.setApplicationMenu(null)
    bridge = openBridge({
      page,
      caller: () => engine!.caller(),
      update: (action) => updates.act(action),
      now: present,
    })
    void updates.start()
    engine = startEngine()
    try {
      tray = openTray(currentTray(), onTray)
    } catch (error) {
      console.error(`bootlace: there is no tray here, so closing the window quits: ${String(error)}`)
    }
    // Hidden without a tray, nobody could get to it.
    if (!process.argv.includes(HIDDEN_ARGUMENT) || !tray) openWindow()
  })
}
