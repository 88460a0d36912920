import type { BootChoices, BootChoicesChange, MenuEntry, OwnScriptView } from '../../../src-main/api/boot.ts'
import type { AppState } from '../../state/app-state.svelte.ts'
import { Task } from '../../state/task.svelte.ts'

/** What is chosen for the start of all PCs. Choices count at once; texts when they are saved. */
export class BootChoicesForm {
  readonly task = new Task()
  /** Texts as they are typed. */
  title = $state('')
  password = $state('')
  kernel = $state('')
  initrd = $state('')
  kernelArgs = $state('')
  script = $state('')
  kind = $state<'kernel' | 'script'>('kernel')
  scripts = $state.raw<readonly OwnScriptView[]>()
  readonly #app: Pick<AppState, 'call' | 'snapshot'>
  #followed: string | undefined

  constructor(app: Pick<AppState, 'call' | 'snapshot'>) {
    this.#app = app
  }

  get now(): BootChoices | undefined {
    return this.#app.snapshot?.bootChoices
  }

  /** Takes over what the engine has when it changed there, and not while somebody types. */
  follow(): void {
    const { now } = this
    if (!now) return
    const told = JSON.stringify([now.menu.title, now.maintenance])
    if (told === this.#followed) return
    this.#followed = told
    this.title = now.menu.title ?? ''
    this.kernel = now.maintenance.kernel ?? ''
    this.initrd = now.maintenance.initrd ?? ''
    this.kernelArgs = now.maintenance.kernelArgs ?? ''
    this.script = now.maintenance.script ?? ''
    if (now.maintenance.script !== undefined) this.kind = 'script'
  }

  change(change: BootChoicesChange): Promise<BootChoices | undefined> {
    return this.task.run(() => this.#app.call('bootChoicesChange', change))
  }

  /** An entry that goes takes its lock with it, and gives the start by itself to the first that is left. */
  async offer(entry: MenuEntry, on: boolean): Promise<void> {
    const { entries, locked, preset } = this.now!.menu
    const rest = on ? [...entries, entry] : entries.filter((one) => one !== entry)
    const open = rest.filter((one) => !locked.includes(one))
    await this.change({
      menu: {
        entries: rest,
        locked: locked.filter((one) => rest.includes(one)),
        ...(!open.includes(preset) && open[0] !== undefined && { preset: open[0] }),
      },
    })
  }
  async lock(entry: MenuEntry, on: boolean): Promise<void> {
    const { locked } = this.now!.menu
    await this.change({ menu: { locked: on ? [...locked, entry] : locked.filter((one) => one !== entry) } })
  }

  async savePassword(): Promise<void> {
    if (await this.change({ menuPassword: this.password })) this.password = ''
  }

  async saveMaintenance(): Promise<void> {
    const text = (value: string) => (value.trim() === '' ? null : value.trim())
    const isKernel = this.kind === 'kernel'
    await this.change({
      maintenance: {
        kernel: isKernel ? text(this.kernel) : null,
        initrd: isKernel ? text(this.initrd) : null,
        kernelArgs: isKernel ? text(this.kernelArgs) : null,
        script: isKernel ? null : text(this.script),
      },
    })
  }

  async lookAtScripts(): Promise<void> {
    this.scripts = (await this.task.run(() => this.#app.call('scriptsList'))) ?? this.scripts
  }
}
