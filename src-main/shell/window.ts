import { join } from 'node:path'
import { BrowserWindow, session, shell } from 'electron'

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
    backgroundColor: '#f7f4ef',
    autoHideMenuBar: true,
    webPreferences: {
      preload: o.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  window.webContents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https://')) void shell.openExternal(url)
    return { action: 'deny' }
  })
  window.webContents.on('will-navigate', (event) => event.preventDefault())
  window.once('ready-to-show', () => window.show())
  void window.loadFile(o.page)
  return window
}

/** No page of ours needs the camera, the location or the like. */
export function denyPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.defaultSession.setPermissionCheckHandler(() => false)
}

export const pageOf = (dist: string): string => join(dist, 'renderer', 'index.html')
