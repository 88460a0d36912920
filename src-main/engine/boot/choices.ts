import { statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { BootMenu, Maintenance, type BootChoices, type BootChoicesChange } from '../../api/boot.ts'
import { AppError } from '../../base/errors.ts'
import { scriptWords } from '../../boot/ipxe-script.ts'
import { MAINTENANCE_MEDIA, type Maintenance as WhatToStart } from '../../boot/maintenance-script.ts'
import { checkMenu, USUAL_MENU, type BootMenu as Menu } from '../../clients/boot-menu.ts'
import type { SettingStore } from '../../db/stores/setting-store.ts'
import type { MenuPassword } from './menu-password.ts'

const KEY = 'boot'

const Stored = z.object({
  menu: BootMenu.catch({}).default({}),
  maintenance: Maintenance.catch({ attachDisk: false }).default({ attachDisk: false }),
  scriptsFolder: z.string().optional().catch(undefined),
})
type Stored = z.infer<typeof Stored>

/** What people chose for the start of all PCs, read once and kept in memory. */
export class BootChoicesBook {
  readonly #store: SettingStore
  readonly #password: MenuPassword
  readonly #usualFolder: string
  #now: Stored

  constructor(store: SettingStore, password: MenuPassword, dataDir: string) {
    this.#store = store
    this.#password = password
    this.#usualFolder = join(dataDir, 'scripts')
    this.#now = Stored.catch({ menu: {}, maintenance: { attachDisk: false } }).parse(store.get(KEY) ?? {})
  }

  get menu(): Menu {
    return given(this.#now.menu)
  }
  get maintenance(): WhatToStart {
    return given(this.#now.maintenance)
  }
  get scriptsFolder(): string {
    return this.#now.scriptsFolder ?? this.#usualFolder
  }

  view(): BootChoices {
    const { entries, locked, ...rest } = { ...USUAL_MENU, ...this.menu }
    return {
      menu: { ...rest, entries: [...entries], locked: [...locked] },
      menuPassword: this.#password.isSet,
      maintenance: { ...this.maintenance },
      scriptsFolder: this.scriptsFolder,
    }
  }

  /** The file of the maintenance system that a PC asks for. */
  mediaPath(file: string): string | undefined {
    const { kernel, initrd, script } = this.maintenance
    if (file === MAINTENANCE_MEDIA.kernel) return kernel
    if (file === MAINTENANCE_MEDIA.initrd) return initrd
    return file === MAINTENANCE_MEDIA.script ? script : undefined
  }

  /** All of it or nothing. Errors: client.menu, client.file, client.fields, config.scriptText, menu.password. */
  change(change: BootChoicesChange): BootChoices {
    const menu = merged(this.#now.menu, change.menu)
    checkMenu(given(menu))
    const maintenance = merged(this.#now.maintenance, change.maintenance)
    checkMaintenance(maintenance)
    const willHavePassword = change.menuPassword === undefined ? this.#password.isSet : change.menuPassword !== null
    if (!willHavePassword && (menu.locked ?? []).length > 0)
      throw new AppError('menu.password', 'there is no password that could open those entries', {
        hint: 'Give the menu a password first, or let no entry ask for one.',
      })
    if (change.menuPassword !== undefined) this.#password.set(change.menuPassword)
    const scriptsFolder = change.scriptsFolder === undefined ? this.#now.scriptsFolder : change.scriptsFolder
    this.#now = { menu, maintenance, ...(typeof scriptsFolder === 'string' && { scriptsFolder }) }
    this.#store.set(KEY, this.#now)
    return this.view()
  }
}

function checkMaintenance(what: Maintenance): void {
  if (what.kernel !== undefined && what.script !== undefined)
    throw new AppError('client.fields', 'maintenance starts a kernel or a script, not both', {
      hint: 'Take one of them away first.',
    })
  if (what.initrd !== undefined && what.kernel === undefined)
    throw new AppError('client.fields', 'an initrd needs a kernel', { hint: 'Give the kernel too.' })
  for (const path of [what.kernel, what.initrd, what.script]) {
    if (path !== undefined && !isFile(path))
      throw new AppError('client.file', `${path} does not exist or cannot be read`, {
        hint: 'Give the path of a file on the computer that runs Bootlace.',
      })
  }
  if (what.kernelArgs !== undefined) scriptWords(what.kernelArgs)
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    // Missing, or in a folder that this user may not enter: of no use to a PC either way.
    return false
  }
}

/** `null` takes away, absent stays. */
function merged<T extends object>(now: T, change: object | undefined): T {
  const all = { ...now, ...given(change ?? {}) }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== '')) as T
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> }
const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>
