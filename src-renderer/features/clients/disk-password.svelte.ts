import type { ClientChange, ClientSecret, ClientView } from '../../../src-main/api/dto.ts'
import type { AppState } from '../../state/app-state.svelte.ts'
import { Task } from '../../state/task.svelte.ts'

/** The password of one PC for its disks: whether there is one, and what it is when somebody asks. */
export class DiskPassword {
  readonly task = new Task()
  /** What is chosen; goes back to what holds when it could not be changed. */
  mode = $state<ClientView['chap']>('off')
  exclusive = $state(false)
  /** Only while it is shown. */
  secret = $state.raw<ClientSecret>()
  readonly #app: Pick<AppState, 'call'>
  #mac = ''

  constructor(app: Pick<AppState, 'call'>) {
    this.#app = app
  }

  /** What the engine says of the PC. */
  follow(client: Pick<ClientView, 'mac' | 'chap' | 'exclusive'>): void {
    if (client.mac !== this.#mac) this.task.error = undefined
    if (client.mac !== this.#mac || client.chap === 'off') this.secret = undefined
    this.#mac = client.mac
    this.mode = client.chap
    this.exclusive = client.exclusive
  }

  choose(mode: ClientView['chap']): Promise<void> {
    return this.#change({ chap: mode })
  }
  only(exclusive: boolean): Promise<void> {
    return this.#change({ exclusive })
  }

  show(): Promise<void> {
    return this.#ask('clientSecret')
  }
  renew(): Promise<void> {
    return this.#ask('clientSecretNew')
  }
  hide(): void {
    this.secret = undefined
  }

  async #change(change: Omit<ClientChange, 'id'>): Promise<void> {
    const mac = this.#mac
    const before = { mac, chap: this.mode, exclusive: this.exclusive }
    // At once, so that what is shown is what was clicked, and comes back when it was refused.
    if (change.chap !== undefined) this.mode = change.chap
    if (change.exclusive !== undefined) this.exclusive = change.exclusive
    const after = await this.task.run(() => this.#app.call('clientSet', { id: mac, ...change }))
    if (this.#mac !== mac) return
    this.secret = undefined
    this.mode = after?.chap ?? before.chap
    this.exclusive = after?.exclusive ?? before.exclusive
  }

  async #ask(method: 'clientSecret' | 'clientSecretNew'): Promise<void> {
    const mac = this.#mac
    const secret = await this.task.run(() => this.#app.call(method, { id: mac }))
    if (secret && this.#mac === mac) this.secret = secret
  }
}
