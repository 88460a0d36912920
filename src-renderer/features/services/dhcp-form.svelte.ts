import type { DhcpChoice, DhcpMode, DhcpView } from '../../../src-main/api/dhcp.ts'
import type { AppState } from '../../state/app-state.svelte.ts'
import { Task } from '../../state/task.svelte.ts'

/** What is typed, as text, beside what holds. */
interface Draft {
  mode: DhcpMode
  first: string
  last: string
  router: string
  dns: string
  leaseMinutes: number
  force: boolean
}

/** How PCs are answered: what holds, what was chosen but not used yet, and the addresses that were given. */
export class DhcpForm {
  readonly task = new Task()
  view = $state.raw<DhcpView>()
  draft = $state.raw<Draft>()
  readonly #app: Pick<AppState, 'call'>

  constructor(app: Pick<AppState, 'call'>) {
    this.#app = app
  }

  /** True when something was chosen that does not hold yet. */
  readonly changed = $derived.by(() => {
    if (!this.view || !this.draft) return false
    if (this.draft.mode !== this.view.choice.mode) return true
    return this.draft.mode === 'server' && JSON.stringify(this.draft) !== JSON.stringify(draftOf(this.view))
  })

  /** What holds now; what was typed stays. */
  async load(): Promise<void> {
    this.#take(await this.#app.call('dhcp'))
  }
  set(fields: Partial<Draft>): void {
    if (this.draft) this.draft = { ...this.draft, ...fields }
  }
  takeBack(): void {
    this.task.error = undefined
    this.draft = this.view && draftOf(this.view)
  }
  async use(): Promise<void> {
    const { draft } = this
    if (!draft) return
    const view = await this.task.run(() => this.#app.call('dhcpChoose', choiceOf(draft)))
    if (!view) return
    this.view = view
    this.draft = draftOf(view)
  }
  async keep(mac: string, address: string | null): Promise<void> {
    const view = await this.task.run(() => this.#app.call('dhcpReserve', { id: mac, address }))
    if (view) this.#take(view)
  }

  #take(view: DhcpView): void {
    const untouched = !this.changed
    this.view = view
    if (untouched || !this.draft) this.draft = draftOf(view)
  }
}

/** A range that fits stands ready for whoever has none yet. */
function draftOf({ choice, exampleRange }: DhcpView): Draft {
  const [first = '', last = ''] = exampleRange.split('-')
  return {
    mode: choice.mode,
    first: choice.first ?? first,
    last: choice.last ?? last,
    router: choice.router ?? '',
    dns: choice.dns.join(', '),
    leaseMinutes: choice.leaseMinutes,
    force: choice.force,
  }
}

function choiceOf({ mode, first, last, router, dns, leaseMinutes, force }: Draft): DhcpChoice {
  return {
    mode,
    ...(first.trim() && { first: first.trim() }),
    ...(last.trim() && { last: last.trim() }),
    ...(router.trim() && { router: router.trim() }),
    dns: dns.split(/[\s,;]+/).filter(Boolean),
    leaseMinutes,
    force: mode === 'server' && force,
  }
}
