import type { ClientValues } from '../../../src-main/api/dhcp.ts'
import type { ClientSecret } from '../../../src-main/api/dto.ts'
import type { AppState } from '../../state/app-state.svelte.ts'
import { Task } from '../../state/task.svelte.ts'

/** What is typed into firmware or an iSCSI card by hand; the password only while it is shown. */
export class ValuesSheet {
  readonly task = new Task()
  values = $state.raw<ClientValues>()
  secret = $state.raw<ClientSecret>()
  readonly #app: Pick<AppState, 'call'>
  #mac = ''

  constructor(app: Pick<AppState, 'call'>) {
    this.#app = app
  }

  /** Of this PC from now on; what was shown of another one is gone. */
  async load(mac: string): Promise<void> {
    if (mac !== this.#mac) this.forget()
    this.#mac = mac
    const values = await this.task.run(() => this.#app.call('clientValues', { id: mac }))
    if (values && this.#mac === mac) this.values = values
  }
  async show(): Promise<void> {
    const mac = this.#mac
    const secret = await this.task.run(() => this.#app.call('clientSecret', { id: mac }))
    if (secret && this.#mac === mac) this.secret = secret
  }
  hide(): void {
    this.secret = undefined
  }
  forget(): void {
    this.values = undefined
    this.secret = undefined
    this.task.error = undefined
  }
}
