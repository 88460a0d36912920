import type { DriversView, WimbootView } from '../../../src-main/api/windows.ts'
import type { AppState } from '../../state/app-state.svelte.ts'
import { Task } from '../../state/task.svelte.ts'

/** What Windows is installed with over the network: the file wimboot, and a folder of drivers for each disk. */
export class WindowsInstallForm {
  readonly task = new Task()
  wimboot = $state.raw<WimbootView>()
  /** Path of a file that is to be put in. */
  file = $state('')
  /** The disk whose drivers are shown. */
  disk = $state('')
  folder = $state('')
  drivers = $state.raw<DriversView>()
  readonly #app: Pick<AppState, 'call'>

  constructor(app: Pick<AppState, 'call'>) {
    this.#app = app
  }

  async load(): Promise<void> {
    this.wimboot = (await this.task.run(() => this.#app.call('wimboot'))) ?? this.wimboot
  }

  async putWimboot(): Promise<void> {
    const view = await this.task.run(() => this.#app.call('wimbootPut', { file: this.file.trim() }))
    if (!view) return
    this.wimboot = view
    this.file = ''
  }
  async forgetWimboot(): Promise<void> {
    this.wimboot = (await this.task.run(() => this.#app.call('wimbootPut', { file: null }))) ?? this.wimboot
  }

  async chooseDisk(disk: string): Promise<void> {
    this.disk = disk
    this.drivers = undefined
    this.folder = ''
    if (disk === '') return
    this.#show(await this.task.run(() => this.#app.call('drivers', { disk })))
  }

  /** A file that was walked to stands for its folder. */
  chooseFolder(path: string): void {
    this.folder = /\.(inf|sys|cat)$/i.test(path) ? path.replace(/[\\/][^\\/]*$/, '') : path
  }
  async putDrivers(): Promise<void> {
    const { disk, folder } = this
    this.#show(await this.task.run(() => this.#app.call('driversPut', { disk, folder: folder.trim() })))
  }
  async forgetDrivers(): Promise<void> {
    this.#show(await this.task.run(() => this.#app.call('driversPut', { disk: this.disk, folder: null })))
  }

  #show(view: DriversView | undefined): void {
    if (!view || view.disk !== this.disk) return
    this.drivers = view
    this.folder = view.folder ?? ''
  }
}
