import type { Input } from '../../../src-main/api/contract.ts'
import type { ClientView, OfflineReport } from '../../../src-main/api/dto.ts'
import type { EnrolmentView, PreflightReport, SetupDraft } from '../../../src-main/api/setup.ts'
import { explain, type AppState } from '../../state/app-state.svelte.ts'
import { Task } from '../../state/task.svelte.ts'
import { DraftSaver } from '../../wizard/draft-saver.svelte.ts'
import { cloneNames, clientOf, confirmed, diskOf, nextAct, waitingClones, type NextAct, type World } from './facts.ts'
import { find } from '../../state/images.ts'

export type { SetupDraft }

const blank = (): SetupDraft => ({ step: 'goal', confirmed: [], changedMs: 0 })
/** How long new PCs are waited for. */
export const ENROL_MINUTES = 30

/** The draft, what the world looks like for it, and what the steps can do. It goes on while other pages are shown. */
export class Setup {
  readonly app: AppState
  draft = $state.raw<SetupDraft>(blank())
  report = $state.raw<PreflightReport>()
  /** What was found in the file or disk of this key. */
  inspected = $state.raw<{ readonly key: string; readonly report: OfflineReport }>()
  readonly saver: DraftSaver<SetupDraft>
  /** Looking at the network. */
  readonly checking = new Task()
  /** Looking into an image. */
  readonly looking = new Task()
  /** What the step's own button does. */
  readonly working = new Task()
  /** What was to be done by itself and did not work; it is not tried again unasked. */
  failed = $state.raw<{ readonly act: NextAct; readonly text: string }>()
  world: World = $derived.by(() => ({
    snapshot: this.app.snapshot!,
    timeline: this.app.timeline,
    report: this.report,
  }))
  /** Drafts that this window saved: what comes back of them is no news. */
  readonly #sent: number[] = []
  #known = false
  /** The last snapshot had a draft; one that is gone after that was forgotten elsewhere. */
  #seen = false
  #acting = false

  /** Shows another page of the window. */
  readonly open: (page: 'clients' | 'disks' | 'activity') => void

  constructor(app: AppState, open: (page: 'clients' | 'disks' | 'activity') => void) {
    this.app = app
    this.open = open
    this.saver = new DraftSaver<SetupDraft>((draft) => this.#save(draft), explain)
  }

  /** The chrome asks for itself. */
  get context(): this {
    return this
  }
  get client(): ClientView | undefined {
    return clientOf(this.draft, this.world)
  }
  /** A draft that somebody began and did not finish. */
  get isOpen(): boolean {
    return this.app.snapshot?.setup !== undefined && this.draft.goal !== undefined
  }
  /** Of the draft's image; also after it ended, until the next one. */
  get enrolment(): EnrolmentView | undefined {
    const { enrolment } = this.app.snapshot ?? {}
    return enrolment?.image === this.draft.diskName ? enrolment : undefined
  }
  get enrolling(): boolean {
    return this.enrolment !== undefined && this.enrolment.ended === undefined
  }

  change(fields: Partial<Omit<SetupDraft, 'changedMs'>>): void {
    // Two changes within a millisecond are still two.
    const changedMs = Math.max(Date.now(), this.draft.changedMs + 1)
    this.draft = { ...this.draft, ...fields, changedMs }
    this.saver.put(this.draft)
  }
  show(id: string): void {
    this.working.error = undefined
    this.change({ step: id })
    void this.saver.flush()
  }
  confirm(what: string): void {
    if (!confirmed(this.draft, what)) this.change({ confirmed: [...this.draft.confirmed, what] })
  }
  unconfirm(what: string): void {
    if (confirmed(this.draft, what)) this.change({ confirmed: this.draft.confirmed.filter((c) => c !== what) })
  }
  /** Forgets the answers; disks and PCs stay. */
  async forget(): Promise<void> {
    await this.saver.flush()
    await this.app.attempt(this.app.call('setupSave', null))
    this.draft = blank()
    this.#known = false
    this.report = undefined
    this.failed = undefined
  }

  async #save(draft: SetupDraft): Promise<void> {
    this.#sent.push(draft.changedMs)
    const kept = await this.app.call('setupSave', $state.snapshot(draft) as SetupDraft)
    this.#known = true
    if (kept) this.#sent.push(kept.changedMs)
  }

  /** Called with every snapshot: follows another window, and does what is due. */
  follow(): void {
    const { snapshot } = this.app
    if (!snapshot) return
    const { setup } = snapshot
    if (!this.saver.dirty) {
      if (setup && setup.changedMs !== this.draft.changedMs && !this.#sent.includes(setup.changedMs)) {
        this.draft = setup
        this.#sent.push(setup.changedMs)
        this.#known = true
      } else if (!setup && this.#known && this.#seen) {
        this.draft = blank()
        this.#known = false
      }
    }
    this.#seen = setup !== undefined
    const act = nextAct(this.draft, this.world)
    if (act !== undefined && !this.#acting && this.failed?.act !== act) void this.#act(act)
  }
  /** Tries again what did not work by itself. */
  retry(): void {
    const act = this.failed?.act
    this.failed = undefined
    if (act !== undefined) void this.#act(act)
  }
  async #act(act: NextAct): Promise<void> {
    this.#acting = true
    try {
      if (act === 'attach') await this.attach('run')
      else if (act === 'installed') await this.setInstalled()
      else if (act === 'booted') this.confirm('boot')
      else this.unconfirm('again')
    } catch (thrown) {
      this.failed = { act, text: explain(thrown) }
    } finally {
      this.#acting = false
    }
  }

  /** @param selfTest goes the whole way of a PC, which takes some seconds. */
  async checkNetwork(): Promise<void> {
    const report = await this.checking.run(() => this.app.call('preflight', { selfTest: true }))
    if (report) this.report = report
  }

  async inspect(
    what: { readonly file: string } | { readonly name: string; readonly asImage?: boolean },
  ): Promise<void> {
    const key = 'file' in what ? what.file : what.name
    this.inspected = undefined
    const report = await this.looking.run(() => this.app.call('diskInspect', what))
    if (report) this.inspected = { key, report }
  }

  /** The PC is known, and is given the draft's disk at its next start. */
  async attach(stage: 'install' | 'run', disk = this.draft.diskName!): Promise<void> {
    const { draft } = this
    const name = draft.pcName!.trim().toLowerCase()
    const source = stage === 'install' ? draft.medium : undefined
    const medium = (source === 'iso' && draft.isoFile?.trim()) || null
    const kernel = (source === 'http' && draft.kernelFile?.trim()) || null
    const initrd = (source === 'http' && draft.initrdFile?.trim()) || null
    const kernelArgs = (source === 'http' && draft.kernelArgs?.trim()) || null
    // Windows would send what it reads and writes through the router.
    const knowing = medium !== null && draft.isoKnowingly && ({ knowingly: true } as const)
    const gateway = draft.system === 'windows' && ({ gateway: 'clear' } as const)
    if (this.client) {
      const change: Input<'clientSet'> = {
        ...{ id: draft.mac!, name, disk, stage, medium, kernel, initrd, kernelArgs },
        ...gateway,
        ...knowing,
      }
      await this.app.call('clientSet', change)
      return
    }
    await this.app.call('clientAdd', {
      mac: draft.mac!,
      name,
      disk,
      stage,
      ...(medium !== null && { medium }),
      ...(kernel !== null && { kernel }),
      ...(initrd !== null && { initrd }),
      ...(kernelArgs !== null && { kernelArgs }),
      ...gateway,
      ...knowing,
    })
  }

  /** Makes the empty disk and the PC's entry. What is done already is not done again. */
  createEmpty(): Promise<unknown> {
    return this.working.run(async () => {
      const name = this.draft.diskName!.trim().toLowerCase()
      if (!diskOf(this.draft, this.world)) {
        await this.app.call('diskCreate', { name, sizeBytes: this.draft.diskSizeBytes! })
        this.confirm(`disk:${name}`)
      }
      await this.attach('install')
    })
  }

  /** Brings the image in; the PC gets it when that is done. */
  importImage(): Promise<unknown> {
    return this.working.run(async () => {
      const name = this.draft.diskName!.trim().toLowerCase()
      const job = await this.app.call('diskImport', { file: this.draft.importFile!.trim(), name })
      this.failed = undefined
      this.change({
        jobId: job.id,
        confirmed: [...this.draft.confirmed.filter((c) => c !== `disk:${name}`), `disk:${name}`],
      })
    })
  }
  cancelJob(id: string): Promise<unknown> {
    return this.working.run(() => this.app.call('jobCancel', { id }))
  }

  /** An existing disk for one PC; of an image it gets a disk of its own. */
  giveExisting(): Promise<unknown> {
    return this.working.run(async () => {
      const disk = diskOf(this.draft, this.world)!
      if (!disk.sealed) return this.attach('run')
      const own = this.draft.pcName!.trim().toLowerCase()
      const there = find(this.app.snapshot!.disks, own)
      if (there?.parent !== disk.name) await this.app.call('diskClone', { image: disk.name, names: [own] })
      return this.attach('run', own)
    })
  }

  /** From its next start on the PC starts from its disk alone. */
  async setInstalled(): Promise<void> {
    await this.app.call('clientSet', { id: this.draft.mac!, stage: 'run' })
    this.confirm('install')
  }
  sayInstalled(): Promise<unknown> {
    return this.working.run(() => this.setInstalled())
  }
  /** The installation did not come out well. */
  installAgain(): Promise<unknown> {
    return this.working.run(async () => {
      this.change({
        step: 'install',
        confirmed: [...this.draft.confirmed.filter((c) => !['install', 'boot', 'again'].includes(c)), 'again'],
      })
      await this.attach('install')
    })
  }
  wake(): Promise<unknown> {
    return this.working.run(() => this.app.call('clientWake', { id: this.draft.mac! }))
  }

  seal(): Promise<unknown> {
    return this.working.run(async () => {
      const job = await this.app.call('diskSeal', { name: this.draft.diskName! })
      this.change({ jobId: job.id, imageName: this.draft.diskName })
    })
  }

  /** Disks for all PCs; the first PC goes over to its own. */
  makeClones(): Promise<unknown> {
    return this.working.run(async () => {
      const image = this.draft.diskName!
      const names = cloneNames(this.draft, this.world)
      const made = await this.app.call('diskClone', { image, names })
      const first = this.client
      // A PC that was given another disk meanwhile keeps that one.
      if (first && (first.disk === image || first.disk === undefined))
        await this.app.call('clientSet', { id: first.mac, disk: made[0]!.name, stage: 'run' })
    })
  }
  /** The image's disks that no PC has; the first PC takes one of them. */
  giveFirstClone(disk: string): Promise<unknown> {
    return this.working.run(() => this.app.call('clientSet', { id: this.draft.mac!, disk, stage: 'run' }))
  }

  openEnrolment(): Promise<unknown> {
    return this.working.run(() =>
      this.app.call('enrolStart', {
        image: this.draft.diskName!,
        prefix: this.draft.clonePrefix!.trim().toLowerCase(),
        count: Math.max(1, waitingClones(this.draft, this.world)),
        minutes: ENROL_MINUTES,
      }),
    )
  }
  closeEnrolment(): Promise<unknown> {
    return this.working.run(() => this.app.call('enrolStop'))
  }
}
