import type { Clock } from '../../base/clock.ts'
import { toAppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Client, Follows } from '../../clients/client.ts'
import type { DiskRecord } from '../../disks/disk-record.ts'
import { kindOfIsid, type LoginIdentity, type SessionView } from '../../iscsi/target.ts'
import type { DiskLife } from './life.ts'
import type { DiskLibrary } from './library.ts'
import { versionFor } from './names.ts'

/** A system that was heard of so recently still runs, whoever else logs in under its name. A PC that was switched off and
 *  on needs longer to come to its loader. Milliseconds. */
const STILL_RUNNING_MS = 3000

/** The version of its image that a disk is to stand on after a reset; undefined when it has no image. */
export function planOf(disk: DiskRecord, follows: Follows, disks: Pick<DiskLibrary, 'all'>): DiskRecord | undefined {
  const all = disks.all()
  const parent = all.find((d) => d.name === disk.parent)
  if (!parent || follows === 'pinned' || !parent.image) return parent
  return versionFor(parent.image.family, follows, all) ?? parent
}

/** What a start of its PC does to a disk. */
export function startOf(
  disk: DiskRecord,
  client: Pick<Client, 'keep' | 'keepUntilMs' | 'stage'> | undefined,
  nowMs: number,
): 'keep' | 'reset' | 'resetKept' {
  if (disk.parent === undefined || disk.sealedMs !== undefined) return 'keep'
  if (disk.resetAtBoot) return 'resetKept'
  // An installation is meant to stay, and a PC that leaves to its own disk writes nothing here.
  if (!client || client.stage === 'install' || client.stage === 'local' || client.keep === 'always') return 'keep'
  return client.keep === 'never' || nowMs >= client.keepUntilMs! ? 'reset' : 'keep'
}

interface Needs {
  readonly library: DiskLibrary
  readonly life: DiskLife
  /** The PC whose system disk it is. */
  clientOf(disk: string): Client | undefined
  sessions(): readonly SessionView[]
  /** Ends all sessions of a target; resolves when nothing of them works on its disk any more. */
  endSessions(targetName: string): Promise<void>
  /** Tells people. */
  done(client: Client | undefined, text: string): void
  readonly clock: Clock
  readonly logger: Logger
}

/** Gives disks back to their image when their PC starts. A start is the login of a loader: a system that logs in again after a
 *  broken connection finds its disk as it left it. */
export class FreshStarts {
  readonly #n: Needs
  readonly #running = new Map<string, Promise<void>>()
  /** Disks that were reset for a login that is about to come. */
  readonly #ready = new Set<string>()

  constructor(needs: Needs) {
    this.#n = needs
  }

  /** Something to wait for before this login, or nothing. */
  before(disk: DiskRecord, targetName: string, who: LoginIdentity): Promise<void> | undefined {
    const { name } = disk
    const running = this.#running.get(name)
    if (running) return running
    if (this.#ready.delete(name) || kindOfIsid(who.isid) !== 'loader') return undefined
    const { library, clock, logger } = this.#n
    const client = this.#n.clientOf(name)
    const start = startOf(disk, client, clock.now())
    if (start === 'keep' || library.heldBecause(name) !== undefined) return undefined
    const sessions = this.#n.sessions().filter((s) => s.targetName === targetName)
    const alive = sessions.find(
      (s) => s.initiatorName !== who.initiatorName || clock.now() - s.lastHeardMs < STILL_RUNNING_MS,
    )
    if (alive) {
      logger.warn({ disk: name, from: alive.remoteAddress }, `${name} was not reset: a session on it is still alive`)
      return undefined
    }
    const work = this.#reset(disk, start === 'reset', targetName, sessions.length > 0, client).finally(() => {
      this.#running.delete(name)
      this.#ready.add(name)
    })
    this.#running.set(name, work)
    return work
  }

  async #reset(
    disk: DiskRecord,
    discard: boolean,
    targetName: string,
    hasDead: boolean,
    client: Client | undefined,
  ): Promise<void> {
    const { library, life, endSessions, logger } = this.#n
    try {
      if (hasDead) await endSessions(targetName)
      const image = planOf(disk, client?.channel ?? 'production', library)!
      const { kept } = await life.reset(disk.name, { image: image.name, discard })
      const moved = image.name === disk.parent ? '' : ` and moved to ${image.name}`
      const keptText = kept ? `; what it was is restore point ${kept.id}` : ''
      this.#n.done(client, `Its disk was reset${moved} before this start${keptText}.`)
    } catch (thrown) {
      // The PC starts from its disk as it is, which is better than not at all.
      const error = toAppError(thrown)
      logger.error({ disk: disk.name, code: error.code }, `${disk.name} could not be reset: ${error.message}`)
      this.#n.done(client, `Its disk could not be reset before this start: ${error.message}.`)
    }
  }
}
