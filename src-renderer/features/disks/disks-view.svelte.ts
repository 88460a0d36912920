import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import type { ClientView, DiskView, Snapshot } from '../../../src-main/api/dto.ts'
import { find } from '../../state/images.ts'
import { shownJobs } from './job-words.ts'
import { libraryOf } from './library.ts'
import type { ActionId } from './disk-actions.ts'

/** With more disks than this, images begin closed. */
const FEW = 24
/** Of a long list this many are shown at first. */
export const SHOWN_FIRST = 6

export type Question = ActionId | 'deletePoint'

/** What the page of disks shows: what was searched for, what is open, and which dialog. */
export class DisksView {
  readonly #snapshot: () => Snapshot
  search = $state('')
  /** Groups and disks that were opened or closed by hand. */
  readonly #open = new SvelteMap<string, boolean>()
  readonly #hiddenJobs = new SvelteSet<string>()
  #asked = $state.raw<{ readonly question: Question; readonly disk: string; readonly point?: number | undefined }>()
  library = $derived.by(() => libraryOf(this.#snapshot().disks, this.search))

  constructor(snapshot: () => Snapshot) {
    this.#snapshot = snapshot
  }

  get disks(): readonly DiskView[] {
    return this.#snapshot().disks
  }
  get clients(): readonly ClientView[] {
    return this.#snapshot().clients
  }
  get searching(): boolean {
    return this.search.trim() !== ''
  }

  /** A search opens what it finds. */
  isFamilyOpen(family: string): boolean {
    return this.searching || (this.#open.get(`family ${family}`) ?? this.disks.length <= FEW)
  }
  toggleFamily(family: string): void {
    this.#set(`family ${family}`, !this.isFamilyOpen(family))
  }
  isOpen(disk: string): boolean {
    return this.#open.get(`disk ${disk}`) ?? false
  }
  toggle(disk: string): void {
    this.#set(`disk ${disk}`, !this.isOpen(disk))
  }
  /** Opens the details of a disk that another one names. */
  show(disk: string): void {
    this.#set(`disk ${disk}`, true)
    const button = document.querySelector<HTMLElement>(`[data-disk="${CSS.escape(disk)}"] button`)
    button?.focus()
    button?.scrollIntoView({ block: 'center' })
  }
  /** All disks of a list, or the first of a long one. */
  shownOf(list: string, disks: readonly DiskView[]): readonly DiskView[] {
    // One more line costs as much space as the button that would hide it.
    return this.isWhole(list) || disks.length <= SHOWN_FIRST + 2 ? disks : disks.slice(0, SHOWN_FIRST)
  }
  isWhole(list: string): boolean {
    return this.#open.get(`list ${list}`) ?? false
  }
  toggleWhole(list: string): void {
    this.#set(`list ${list}`, !this.isWhole(list))
  }
  #set(key: string, open: boolean): void {
    this.#open.set(key, open)
  }

  jobs(nowMs: number) {
    return shownJobs(this.#snapshot().jobs, this.#hiddenJobs, nowMs)
  }
  hideJob(id: string): void {
    this.#hiddenJobs.add(id)
  }

  /** The dialog that is open; none when its disk is gone meanwhile. */
  get asked():
    { readonly question: Question; readonly disk: DiskView; readonly point?: number | undefined } | undefined {
    const disk = find(this.disks, this.#asked?.disk)
    return this.#asked && disk && { question: this.#asked.question, disk, point: this.#asked.point }
  }
  ask(question: Question, disk: string, point?: number): void {
    this.#asked = { question, disk, point }
  }
  close(): void {
    this.#asked = undefined
  }
}
