import { app, dialog } from 'electron'
import type { UpdateAction, UpdateState } from '../api/shell.ts'
import type { Updates } from './updates.ts'
import type { UpdateChannel } from './update-signature.ts'
import type { Words } from './words/words.ts'

declare const BOOTLACE_UPDATE_CHANNEL: UpdateChannel | null

const CHECK_EVERY_MS = 24 * 3600_000

interface Needs {
  readonly tell: (state: UpdateState) => void
  /** PCs that are connected. */
  readonly running: () => number
  /** Ends the engine in good order. */
  readonly beforeInstall: () => Promise<void>
  readonly words: () => Words
}

/** Updates as the window sees them: their state, and what a person may ask. electron-updater is loaded only where there is a
 *  channel and a key, and the program was packaged. */
export class UpdatesDesk {
  #updates: Updates | undefined
  #state: UpdateState = { is: 'off', why: app.isPackaged ? 'noChannel' : 'development' }
  readonly #o: Needs

  constructor(o: Needs) {
    this.#o = o
  }

  get state(): UpdateState {
    return this.#updates?.state ?? this.#state
  }

  async start(): Promise<void> {
    if (!app.isPackaged || !BOOTLACE_UPDATE_CHANNEL?.url || !BOOTLACE_UPDATE_CHANNEL.publicKey) return
    const { openUpdates } = await import('./update-installer.ts')
    const updates = openUpdates({
      onChange: this.#o.tell,
      note: (sentence) => console.error(`bootlace: ${sentence}`),
      beforeInstall: this.#o.beforeInstall,
    })
    this.#updates = updates
    await updates.check()
    setInterval(() => void updates.check(), CHECK_EVERY_MS).unref()
  }

  async act(action: UpdateAction): Promise<void> {
    const updates = this.#updates
    if (!updates) return
    if (action === 'check') return updates.check()
    if (action === 'download') return void (await updates.download())
    const running = this.#o.running()
    updates.install({ running, agreed: running === 0 || (await this.#agreed(running)) })
  }

  async #agreed(running: number): Promise<boolean> {
    const { t, tn } = this.#o.words()
    const { response } = await dialog.showMessageBox({
      type: 'warning',
      message: tn(running, '{n} PC is running from this computer.', '{n} PCs are running from this computer.'),
      detail: t('Its disk is gone until the new Bootlace runs, about a minute. Shut PCs down first if you can.'),
      buttons: [t('Not now'), t('Install all the same')],
      defaultId: 0,
      cancelId: 0,
    })
    return response === 1
  }
}
