import { EnrolmentView, type NewEnrolment } from '../../api/setup.ts'
import type { Clock } from '../../base/clock.ts'
import { AppError, toAppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Fact } from '../../clients/live-board.ts'
import { parseClientName, type ClientRegistry } from '../../clients/registry.ts'
import type { SettingStore } from '../../db/stores/setting-store.ts'
import type { Client } from '../../clients/client.ts'
import type { DiskRecord } from '../../disks/disk-record.ts'
import type { DiskLibrary } from '../disks/library.ts'
import { numberedName } from '../disks/names.ts'
import { problemOf } from '../services.ts'

const KEY = 'enrolment'
/** Firmware repeats its question for a quarter of a minute; a PC that could not be given a disk is tried again at its next start. */
const AGAIN_AFTER_MS = 20_000
/** How long a loader that asks for its script is kept waiting; it gives up after eight seconds. */
const KEEP_WAITING_MS = 4000

interface Needs {
  readonly settings: SettingStore
  readonly registry: ClientRegistry
  readonly disks: Pick<
    DiskLibrary,
    'all' | 'clone' | 'findVersion' | 'imageFor' | 'heldBecause' | 'problemOf' | 'pointsOf'
  >
  /** All stores change, or none. */
  atomically(work: () => void): void
  /** Tells people. */
  record(fact: Fact): void
  readonly clock: Clock
  readonly logger: Logger
  readonly changed: () => void
}

/** The window in which PCs that nobody has named are given the next free name and a disk made from an image, at the boot at
 *  which they are seen first. PCs that have a name are never touched. */
export class Enrolment {
  readonly #n: Needs
  #kept: EnrolmentView | undefined
  #cancelEnd: () => void = () => {}
  /** PCs that are being given a name and a disk. */
  readonly #under = new Map<string, Promise<void>>()
  /** When it last failed, by PC. */
  readonly #failed = new Map<string, number>()
  /** One after the other, so that no two take the same name. */
  #line: Promise<void> = Promise.resolve()

  constructor(needs: Needs) {
    this.#n = needs
    const kept = EnrolmentView.safeParse(needs.settings.get(KEY))
    this.#kept = kept.success ? kept.data : undefined
    this.#wait()
  }

  view(): EnrolmentView | undefined {
    return this.#kept
  }
  get #open(): EnrolmentView | undefined {
    return this.#kept?.ended === undefined ? this.#kept : undefined
  }

  /** Errors: disk.unknown, disk.notSealed, disk.chain, client.name, enrolment.open. */
  start(wanted: NewEnrolment): EnrolmentView {
    if (this.#open) {
      throw new AppError('enrolment.open', `new PCs are being given disks from ${this.#open.image} already`, {
        hint: 'End that first: bootlace enrol --stop.',
      })
    }
    const image = this.#n.disks.findVersion(wanted.image)
    this.#n.disks.imageFor(image)
    const prefix = wanted.prefix.trim().toLowerCase()
    parseClientName(numberedName(prefix, wanted.count))
    this.#failed.clear()
    this.#keep({
      image: wanted.image.trim().toLowerCase(),
      prefix,
      endsMs: this.#n.clock.now() + wanted.minutes * 60_000,
      left: wanted.count,
      enrolled: [],
    })
    this.#wait()
    this.#n.logger.info(
      { component: 'engine.enrolment', image: image.name, count: wanted.count },
      'new PCs are enrolled',
    )
    return this.#kept!
  }

  /** Ends it, if it is open, and takes it away; returns what came of it. PCs that are under way are finished. */
  async stop(): Promise<EnrolmentView | null> {
    if (this.#open) this.#end('stopped')
    await this.#line
    const last = this.#kept
    this.#n.settings.set(KEY, null)
    this.#kept = undefined
    this.#n.changed()
    return last ?? null
  }

  /** A machine asks for a boot. Returns at once; see `underWay`. */
  asked(mac: string): void {
    const { registry, clock } = this.#n
    const open = this.#open
    // A computer that slept is late with its timers.
    if (open && clock.now() >= open.endsMs) return this.#end('time')
    if (!open || registry.byMac(mac) || this.#under.has(mac) || this.#under.size >= open.left) return
    const failedMs = this.#failed.get(mac)
    if (failedMs !== undefined && clock.now() - failedMs < AGAIN_AFTER_MS) return
    const work = this.#line.then(() => this.#enrol(mac))
    this.#line = work
    this.#under.set(mac, work)
    void work.finally(() => this.#under.delete(mac))
  }

  /** While a machine is being given its name and disk: resolves when that is over, or when its loader can wait no longer. */
  underWay(mac: string): Promise<void> | undefined {
    const work = this.#under.get(mac)
    if (!work) return undefined
    return new Promise((resolve) => {
      const cancel = this.#n.clock.after(KEEP_WAITING_MS, 'enrolment', resolve)
      void work.then(() => {
        cancel()
        resolve()
      })
    })
  }

  /** Resolves when no PC is under way. */
  idle(): Promise<void> {
    return this.#line
  }
  /** The window stays open for the next start of the engine. */
  async close(): Promise<void> {
    this.#cancelEnd()
    await this.#line
  }

  /** Never rejects: what went wrong is told, and the PC stays among the new ones. */
  async #enrol(mac: string): Promise<void> {
    const { registry, disks, record, clock, logger } = this.#n
    const open = this.#open
    // Meanwhile somebody may have named it, or ended this.
    if (!open || open.left === 0 || registry.byMac(mac)) return
    try {
      const image = disks.findVersion(open.image)
      const name = this.#nextName(open.prefix, image)
      if (!this.#unusedClone(name, image)) await disks.clone(open.image, [name])
      if (registry.byMac(mac)) return
      this.#n.atomically(() => {
        const { problem: _solved, ...rest } = this.#kept!
        const next: EnrolmentView = { ...rest, left: rest.left - 1, enrolled: [...rest.enrolled, name] }
        this.#n.settings.set(KEY, next)
        registry.add(mac, { name, disk: name, stage: 'run', ...this.#likeOthers(image) })
        this.#kept = next
      })
      record({
        mac,
        type: 'enrolled',
        text: `Was given the name ${name} and a disk made from ${open.image}.`,
        data: { name, image: image.name },
      })
      if (this.#open?.left === 0) this.#end('count')
    } catch (thrown) {
      const error = toAppError(thrown)
      this.#failed.set(mac, clock.now())
      logger.error({ component: 'engine.enrolment', mac, code: error.code }, `a new PC got no disk: ${error.message}`)
      if (this.#kept) {
        const problem = problemOf(error)
        this.#keep({ ...this.#kept, problem: { ...problem, message: `${mac} got no disk: ${problem.message}` } })
      }
    }
    this.#n.changed()
  }

  /** The first number whose name no PC has, and whose disk is not there or waits for its PC. Errors: client.name. */
  /** PCs of one image have one system, and it is told of its router or not. */
  #likeOthers({ image }: DiskRecord): Pick<Client, 'gateway'> {
    const { registry, disks } = this.#n
    const familyOf = (name: string | undefined) => {
      const disk = disks.all().find((d) => d.name === name)
      return disk?.image?.family ?? disks.all().find((d) => d.name === disk?.parent)?.image?.family
    }
    const isLike = image && registry.all().some((c) => c.gateway === 'clear' && familyOf(c.disk) === image.family)
    return isLike ? { gateway: 'clear' } : {}
  }

  #nextName(prefix: string, image: DiskRecord): string {
    const taken = new Set(this.#n.disks.all().map((disk) => disk.name))
    for (let i = 1; ; i++) {
      const name = parseClientName(numberedName(prefix, i))
      if (this.#n.registry.byName(name)) continue
      if (!taken.has(name) || this.#unusedClone(name, image)) return name
    }
  }
  /** A disk that was made for this before, and that is nobody's. */
  #unusedClone(name: string, image: DiskRecord): DiskRecord | undefined {
    const { disks, registry } = this.#n
    const disk = disks.all().find((d) => d.name === name)
    if (!disk || disk.parent !== image.name || disk.sealedMs !== undefined) return undefined
    const free =
      registry.usersOf(name).length === 0 &&
      disks.heldBecause(name) === undefined &&
      disks.problemOf(disk) === undefined &&
      disks.pointsOf(name).length === 0
    return free ? disk : undefined
  }

  #wait(): void {
    this.#cancelEnd()
    const open = this.#open
    if (!open) return
    const leftMs = open.endsMs - this.#n.clock.now()
    if (leftMs <= 0) return this.#end('time')
    this.#cancelEnd = this.#n.clock.after(leftMs, 'end of enrolment', () => this.#end('time'))
  }
  #end(ended: NonNullable<EnrolmentView['ended']>): void {
    this.#cancelEnd()
    if (this.#open) this.#keep({ ...this.#open, ended })
  }
  #keep(kept: EnrolmentView): void {
    this.#n.settings.set(KEY, kept)
    this.#kept = kept
    this.#n.changed()
  }
}
