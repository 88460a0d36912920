import type { Clock } from '../base/clock.ts'
import type { BootStage, Client } from './client.ts'
import type { ClientRegistry } from './registry.ts'

/** Steps that scripts report when the PC leaves the loader as it was meant to. */
const WENT_ON: ReadonlySet<string> = new Set(['local', 'emptyDisk', 'starting', 'startingWindows', 'shell'])
/** Steps that say nothing of whether the boot works. */
const BESIDE: ReadonlySet<string> = new Set(['unknown', 'paused', 'enrolling', 'passwordWithheld', 'answersWithheld'])
/** What Windows Setup reports long after the loader was left. */
const isOfSetup = (step: string): boolean => /^pe[A-Z]/.test(step)

/** A UEFI firmware that was sent on may come again by its next boot entry (PXE, then HTTP boot) before it reaches its own
 *  drive. Where its entries cannot be told apart, that is one start for this long. */
export const SAME_START_MS = 180_000

/** One start for which the PC was given something else than its usual stage. */
interface Start {
  readonly stage: BootStage
  /** Boot entries of the firmware that it came by. */
  readonly ways: Set<string>
  /** When it went on; absent: it is still in the loader. */
  leftMs?: number
}

/** “Next start only”: what a PC is given once. It is used up when the PC has gone on with it: its system has taken the disk
 *  over, or its script has said that it leaves the loader. Asking again, and a start that fails, use nothing up. */
export class NextBoots {
  readonly #registry: Pick<ClientRegistry, 'byMac' | 'change'>
  readonly #clock: Clock
  readonly #used: (client: Client, stage: BootStage) => void
  readonly #starts = new Map<string, Start>()
  readonly #lastWay = new Map<string, string>()

  constructor(
    registry: Pick<ClientRegistry, 'byMac' | 'change'>,
    clock: Clock,
    used: (client: Client, stage: BootStage) => void,
  ) {
    this.#registry = registry
    this.#clock = clock
    this.#used = used
  }

  /** What the PC that asks for its script now is to be given. `platform`: as iPXE names it. */
  stageFor(client: Client, platform: string | undefined): BootStage {
    const { mac, next } = client
    const start = this.#starts.get(mac)
    if (next !== undefined) {
      // Chosen anew meanwhile: another start, whatever became of the last one.
      if (start?.stage !== next || start.leftMs !== undefined) this.#begin(mac, next)
      return next
    }
    if (start?.leftMs === undefined) {
      this.#starts.delete(mac)
      return client.stage
    }
    // A BIOS does not come back after it was sent on: this is a new start.
    const over = platform === 'pcbios' || this.#clock.now() - start.leftMs > SAME_START_MS
    if (!over) return start.stage
    this.#starts.delete(mac)
    return client.stage
  }

  /** The firmware of a PC, not its loader, asks the network. `way`: what tells its boot entries apart. */
  seen(mac: string, way: string): void {
    if (!this.#registry.byMac(mac)) return
    this.#lastWay.set(mac, way)
    const start = this.#starts.get(mac)
    if (!start) return
    if (start.leftMs === undefined) {
      // Switched off in the loader, and on again.
      start.ways.clear()
    } else if (start.ways.has(way)) {
      this.#starts.delete(mac)
      return
    }
    start.ways.add(way)
  }

  /** A script told how far it is. */
  reported(mac: string, step: string): void {
    const start = this.#starts.get(mac)
    if (!start || BESIDE.has(step) || isOfSetup(step)) return
    if (WENT_ON.has(step)) return this.#wentOn(mac, start)
    if (start.leftMs === undefined) return
    // It came back with an error: that start does not count.
    this.#starts.delete(mac)
    if (this.#registry.byMac(mac)?.next === undefined) this.#registry.change(mac, { next: start.stage })
  }

  /** The PC's system has taken its disk over. */
  running(mac: string): void {
    const start = this.#starts.get(mac)
    if (!start) return
    this.#wentOn(mac, start)
    // A system that runs is no boot entry that sends on.
    this.#starts.delete(mac)
  }

  #begin(mac: string, stage: BootStage): void {
    const way = this.#lastWay.get(mac)
    this.#starts.set(mac, { stage, ways: new Set(way === undefined ? [] : [way]) })
  }

  #wentOn(mac: string, start: Start): void {
    start.leftMs ??= this.#clock.now()
    const client = this.#registry.byMac(mac)
    if (client?.next !== start.stage) return
    this.#registry.change(mac, { next: undefined })
    this.#used(client, start.stage)
  }
}
