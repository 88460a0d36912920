import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { app, nativeTheme, powerSaveBlocker } from 'electron'
import type { Snapshot } from '../api/dto.ts'
import { autostartFile, autostartText, ownCommand } from './login-item.ts'
import { isServing } from './tray-menu.ts'

/** What settings and running PCs ask of this desktop: its theme, starting with the session, staying awake. Called with
 *  every snapshot; does something only when something changed. */
export class Desktop {
  #blocker: number | undefined
  #startsAtLogin: boolean | undefined

  follow(snapshot: Snapshot): void {
    const { settings } = snapshot
    if (nativeTheme.themeSource !== settings.theme) nativeTheme.themeSource = settings.theme
    this.#stayAwake(settings.keepAwake && isServing(snapshot))
    if (this.#startsAtLogin !== settings.startAtLogin) {
      this.#startsAtLogin = settings.startAtLogin
      startAtLogin(settings.startAtLogin)
    }
  }

  /** The screen may go dark; the disks of the other PCs may not. */
  #stayAwake(wanted: boolean): void {
    if (wanted === (this.#blocker !== undefined)) return
    if (this.#blocker === undefined) this.#blocker = powerSaveBlocker.start('prevent-app-suspension')
    else {
      powerSaveBlocker.stop(this.#blocker)
      this.#blocker = undefined
    }
  }
}

function startAtLogin(wanted: boolean): void {
  const command = ownCommand({
    execPath: process.execPath,
    isPackaged: app.isPackaged,
    appPath: app.getAppPath(),
    env: process.env,
  })
  try {
    if (process.platform === 'linux') return writeAutostart(wanted, command)
    const [path, ...args] = command
    // Setting it again would undo what the user chose in the system's own list.
    if (app.getLoginItemSettings({ path: path!, args }).openAtLogin === wanted) return
    app.setLoginItemSettings({ openAtLogin: wanted, path: path!, args })
  } catch (error) {
    console.error(`bootlace: starting with the session could not be set up: ${String(error)}`)
  }
}

function writeAutostart(wanted: boolean, command: readonly string[]): void {
  const file = autostartFile(process.env, homedir())
  if (!wanted) {
    rmSync(file, { force: true })
    return
  }
  const text = autostartText(command)
  if (textOf(file) === text) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Not there yet; or it cannot be read, and then writing says why.
    return undefined
  }
}
