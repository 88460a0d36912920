import { join } from 'node:path'
import { app, BrowserWindow, nativeTheme, session, shell } from 'electron'

/** The one window: sandboxed, cut off from Node, showing only our own page. */
export function createWindow(o: { page: string; preload: string; icon: string }): BrowserWindow {
  const window = new BrowserWindow({
    width: 1180,
    height: 800,
    minWidth: 760,
    minHeight: 560,
    show: false,
    title: 'Bootlace',
    icon: o.icon,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#1b1815' : '#f7f4ef',
    autoHideMenuBar: true,
    webPreferences: {
      preload: o.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  void window.loadFile(o.page)
  return window
}

/** What holds for every page that could ever come up in this program, not for the one window alone. */
export function lockDown(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(({ url }) => {
      if (url.startsWith('https://')) void shell.openExternal(url)
      return { action: 'deny' }
    })
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
}

/** No page of ours needs the camera, the location, a USB device or the like. */
export function denyPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.defaultSession.setPermissionCheckHandler(() => false)
  session.defaultSession.setDevicePermissionHandler(() => false)
}

export const pageOf = (dist: string): string => join(dist, 'renderer', 'index.html')
