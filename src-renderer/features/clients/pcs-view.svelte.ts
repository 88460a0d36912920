import { SvelteSet } from 'svelte/reactivity'
import type { ClientView, Snapshot } from '../../../src-main/api/dto.ts'
import { DiskIndex, imageFacts } from './pc-facts.ts'

export type Mode = 'board' | 'list'

export interface Group {
  /** Undefined: PCs in no group. */
  readonly name: string | undefined
  readonly clients: readonly ClientView[]
  readonly running: number
  readonly needHelp: number
}

/** Where the choice of view is kept for the next time. */
export interface Memory {
  get(key: string): string | null
  set(key: string, value: string): void
}
const KEY = 'bootlace.pcs'
const { compare } = new Intl.Collator('en', { numeric: true })

/** What the page of PCs shows: which view, what was searched for, which groups are folded and which PCs are chosen. */
export class PcsView {
  readonly #snapshot: () => Snapshot
  readonly #memory: Memory
  #mode = $state<Mode>('board')
  readonly #folded = new SvelteSet<string>()
  readonly #chosen = new SvelteSet<string>()
  search = $state('')
  /** The PC whose details are open, by MAC. */
  openMac = $state<string>()
  index = $derived.by(() => new DiskIndex(this.#snapshot().disks))
  found = $derived.by(() => this.#found())
  groups = $derived.by(() => groupsOf(this.found))
  /** All names of groups, for choosing one. */
  groupNames = $derived.by(() => unique(this.#snapshot().clients.flatMap((c) => c.group ?? [])).sort(compare))
  /** Those that are still there. */
  chosen = $derived.by(() => this.#snapshot().clients.filter((c) => this.#chosen.has(c.mac)))

  constructor(snapshot: () => Snapshot, memory: Memory) {
    this.#snapshot = snapshot
    this.#memory = memory
    const kept = parsed(memory.get(KEY))
    this.#mode = kept.mode
    for (const name of kept.folded) this.#folded.add(name)
  }

  get mode(): Mode {
    return this.#mode
  }
  set mode(mode: Mode) {
    this.#mode = mode
    this.#remember()
  }
  get searching(): boolean {
    return this.search.trim() !== ''
  }
  get open(): ClientView | undefined {
    return this.openMac === undefined ? undefined : this.#snapshot().clients.find((c) => c.mac === this.openMac)
  }

  /** A search opens what it finds. */
  isFolded(group: Group): boolean {
    return !this.searching && this.#folded.has(group.name ?? '')
  }
  fold(group: Group): void {
    const name = group.name ?? ''
    if (!this.#folded.delete(name)) this.#folded.add(name)
    this.#remember()
  }

  isChosen(mac: string): boolean {
    return this.#chosen.has(mac)
  }
  toggle(mac: string): void {
    if (!this.#chosen.delete(mac)) this.#chosen.add(mac)
  }
  choose(clients: readonly ClientView[], chosen = true): void {
    for (const { mac } of clients) {
      if (chosen) this.#chosen.add(mac)
      else this.#chosen.delete(mac)
    }
  }
  clear(): void {
    this.#chosen.clear()
  }

  #found(): readonly ClientView[] {
    const wanted = this.search.trim().toLowerCase()
    const { clients } = this.#snapshot()
    if (wanted === '') return clients
    const bare = wanted.replace(/[:\-. ]/g, '')
    return clients.filter((c) => {
      const image = imageFacts(c, this.index, 0)?.name ?? ''
      const words = [c.name, c.live.ip ?? '', c.group ?? '', c.disk ?? '', image]
      if (words.some((text) => text.toLowerCase().includes(wanted))) return true
      return bare.length > 1 && c.mac.replaceAll(':', '').includes(bare)
    })
  }
  #remember(): void {
    this.#memory.set(KEY, JSON.stringify({ mode: this.#mode, folded: [...this.#folded] }))
  }
}

function parsed(text: string | null): { mode: Mode; folded: string[] } {
  try {
    const { mode, folded } = JSON.parse(text ?? '{}') as { mode?: unknown; folded?: unknown }
    return {
      mode: mode === 'list' ? 'list' : 'board',
      folded: Array.isArray(folded) ? folded.filter((name) => typeof name === 'string') : [],
    }
  } catch {
    // Of another version, or damaged: as if nothing had been kept.
    return { mode: 'board', folded: [] }
  }
}

const unique = <T>(list: readonly T[]): T[] => list.filter((each, i) => list.indexOf(each) === i)

/** Groups by name, PCs in no group last. */
export function groupsOf(clients: readonly ClientView[]): Group[] {
  return unique(clients.map((client) => client.group))
    .map((name) => [name, clients.filter((client) => client.group === name)] as const)
    .sort(([a], [b]) => (a === undefined ? 1 : b === undefined ? -1 : compare(a, b)))
    .map(([name, members]) => ({
      name,
      clients: members,
      running: members.filter((c) => c.live.sessions > 0).length,
      needHelp: members.filter((c) => c.live.stage === 'failed').length,
    }))
}
