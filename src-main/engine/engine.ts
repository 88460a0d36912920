import { randomBytes } from 'node:crypto'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import type { EngineEvent, Handlers } from '../api/contract.ts'
import type { Snapshot } from '../api/dto.ts'
import type { Logger } from '../base/log.ts'
import { LiveBoard } from '../clients/live-board.ts'
import { ClientRegistry } from '../clients/registry.ts'
import { WakeDesk } from '../clients/wake-desk.ts'
import { lockDataFolder } from '../db/data-lock.ts'
import { openDatabase } from '../db/database.ts'
import { createBootPathStore } from '../db/stores/boot-path-store.ts'
import { createChapSecretStore } from '../db/stores/chap-secret-store.ts'
import { createInitiatorNameStore } from '../db/stores/initiator-name-store.ts'
import { createClientStore } from '../db/stores/client-store.ts'
import { createDiskStore } from '../db/stores/disk-store.ts'
import { createJobStore } from '../db/stores/job-store.ts'
import { createLeaseStore } from '../db/stores/lease-store.ts'
import { createMachineStore } from '../db/stores/machine-store.ts'
import { createReservationStore } from '../db/stores/reservation-store.ts'
import { createSettingStore } from '../db/stores/setting-store.ts'
import { createSpaceStore } from '../db/stores/space-store.ts'
import { createWindowsStore } from '../db/stores/windows-store.ts'
import { createTimelineStore } from '../db/stores/timeline-store.ts'
import { createUserDataStore } from '../db/stores/user-data-store.ts'
import { createWakeScheduleStore } from '../db/stores/wake-schedule-store.ts'
import { chooseInterface, type ServedInterface } from '../platform/interfaces.ts'
import { LatencyProbe } from '../iscsi/latency-probe.ts'
import { wakeOnLan } from '../platform/wake-on-lan.ts'
import { Access } from './access.ts'
import { adminUrlOf, openAdminServer } from './admin-server.ts'
import { BootChoicesBook } from './boot/choices.ts'
import { BootDesk } from './boot/desk.ts'
import { Identities } from './boot/identities.ts'
import { MenuPassword } from './boot/menu-password.ts'
import { makeScriptsFolder, OwnScripts } from './boot/own-scripts.ts'
import { openControlSocket } from './control-socket.ts'
import { DhcpService } from './dhcp/dhcp-service.ts'
import { BlockCache, cacheBytesFor } from '../disks/cache.ts'
import { FreshStarts } from './disks/fresh-starts.ts'
import { Images } from './disks/images.ts'
import { DiskLibrary } from './disks/library.ts'
import { DiskLife } from './disks/life.ts'
import { IsoShelf } from './disks/iso-shelf.ts'
import { MediaDrives } from './disks/media-drives.ts'
import { SpaceWatch } from './disks/space.ts'
import { createHandlers } from './handlers.ts'
import { InstallWatch } from './install-watch.ts'
import { Jobs } from './jobs.ts'
import { LetIn } from './let-in.ts'
import { logTail } from './log-tail.ts'
import { createLogger } from './logger.ts'
import { MetricsBook } from './metrics.ts'
import { startNetwork, type Network } from './network.ts'
import type { EngineOptions, Ready } from './options.ts'
import type { EngineFace } from './rpc.ts'
import { Services } from './services.ts'
import { SettingsBook } from './settings.ts'
import { snapshot, snapshotEveryMs, type Parts } from './snapshot.ts'
import { createSetup } from './setup/setup.ts'
import { systemClock } from './system-clock.ts'
import { Traffic } from './traffic.ts'
import { runAll } from './unwind.ts'
import { WimbootFile } from './windows/wimboot-file.ts'

const SAMPLE_MS = 1000

/** Everything clients depend on, without a window. Hosts start one, hand callers to it, and stop it. */
export class Engine implements EngineFace {
  readonly handlers: Handlers
  readonly ready: Ready
  readonly logger: Logger
  readonly #parts: Parts
  readonly #listeners: Set<(event: EngineEvent) => void>
  readonly #stopAll: () => Promise<void>
  #stopping: Promise<void> | undefined

  private constructor(o: {
    parts: Parts
    handlers: Handlers
    ready: Ready
    logger: Logger
    listeners: Set<(event: EngineEvent) => void>
    stop: () => Promise<void>
  }) {
    this.#parts = o.parts
    this.handlers = o.handlers
    this.ready = o.ready
    this.logger = o.logger
    this.#listeners = o.listeners
    this.#stopAll = o.stop
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    return subscribeTo(this.#listeners, this.#parts, listener)
  }

  /** Tells initiators, flushes, closes. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  /** Errors: engine.dataInUse, config.dataDir, config.interface, db.*, and with `strict` net.portTaken and net.permission. */
  static async start(o: EngineOptions): Promise<Engine> {
    const unwind: (() => unknown)[] = []
    const stopAll = () => runAll(unwind.reverse())
    try {
      unwind.push(lockDataFolder(o.dataDir))
      return await Engine.#assemble(o, unwind, stopAll)
    } catch (thrown) {
      await stopAll().catch(() => {
        // Why it could not start is what people need to know; the process ends after it.
      })
      throw thrown
    }
  }

  static async #assemble(o: EngineOptions, unwind: (() => unknown)[], stop: () => Promise<void>): Promise<Engine> {
    const clock = systemClock
    const logFile = join(o.dataDir, 'logs', 'engine.log')
    const logger = createLogger({
      file: logFile,
      level: o.logLevel,
      stderr: o.logToStderr,
    })
    unwind.push(() => logger.flush())
    const served: ServedInterface = chooseInterface(o.interface)
    const db = openDatabase(join(o.dataDir, 'bootlace.db'))
    unwind.push(() => db.close())
    const settings = createSettingStore(db)
    const settingsBook = new SettingsBook(settings, logger)
    const timeline = createTimelineStore(db)
    const registry = new ClientRegistry(createClientStore(db), createMachineStore(db), clock)
    const initiatorNames = createInitiatorNameStore(db)
    const access = new Access(registry, createChapSecretStore(db), initiatorNames)

    const menuPassword = new MenuPassword(settings, clock)
    const bootChoices = new BootChoicesBook(settings, menuPassword, o.dataDir)
    const ownScripts = new OwnScripts({ folder: () => bootChoices.scriptsFolder, clock, logger })
    makeScriptsFolder(bootChoices.scriptsFolder, logger)
    await ownScripts.refresh()

    const listeners = new Set<(event: EngineEvent) => void>()
    const tell = (event: EngineEvent) => {
      for (const listener of listeners) listener(event)
    }
    let pending = false
    const changed = () => {
      if (pending || listeners.size === 0) return
      pending = true
      clock.after(snapshotEveryMs(registry.all().length), 'snapshot', () => {
        pending = false
        if (listeners.size > 0) tell({ event: 'snapshot', snapshot: snapshot(parts) })
      })
    }

    const board = new LiveBoard(registry, timeline, clock, (entry) => {
      logger.info(
        { component: 'clients', mac: entry.mac, type: entry.type },
        `${entry.client ?? entry.mac}: ${entry.text}`,
      )
      tell({ event: 'timeline', entry })
      changed()
      installs.heard(entry)
      desk.heard(entry)
    })
    unwind.push(() => board.close())
    const services = new Services()
    const desk = new BootDesk({
      registry,
      board,
      choices: bootChoices,
      password: menuPassword,
      scripts: ownScripts,
      served,
      // On 4011 alone only some firmware says which address it took, and loaders do not.
      seesDhcp: () =>
        (dhcp.mode === 'proxy' || dhcp.mode === 'server') &&
        services.list().some(({ id, state }) => id === 'dhcp' && state === 'running'),
      clock,
    })
    const identities = new Identities({
      registry,
      disks: () => disks.all(),
      userData: createUserDataStore(db),
      mayTell: (mac, ip) => desk.mayHaveUserData(mac, ip),
    })
    const traffic = new Traffic()
    const installs = new InstallWatch({
      registry,
      bytesWritten: (mac) => traffic.of(mac).bytesWritten,
      record: (fact) => void board.record(fact),
    })
    const cache = new BlockCache({ maximumBytes: cacheBytesFor(totalmem()) })
    const diskFolder = join(o.dataDir, 'disks')
    const disks = new DiskLibrary(diskFolder, createDiskStore(db), clock, logger, cache, createReservationStore(db))
    disks.sweep()
    await disks.openAll()
    unwind.push(() => disks.closeAll())
    const letIn = new LetIn(registry, disks, initiatorNames, clock)
    const mediaDrives = new MediaDrives(logger)
    unwind.push(() => mediaDrives.closeAll())
    const isoShelf = new IsoShelf(logger)
    unwind.push(() => isoShelf.closeAll())
    const wimboot = new WimbootFile({ dataDir: o.dataDir, loadersDir: o.loadersDir, logger })
    const windowsStore = createWindowsStore(db)
    const life = new DiskLife(disks, clock)
    const images = new Images(disks, life, clock)
    const space = new SpaceWatch(disks, createSpaceStore(db), clock)
    space.start()
    unwind.push(() => space.stop())
    const jobs = new Jobs(createJobStore(db), clock, changed)
    const wakeDesk = new WakeDesk({
      clients: () => registry.all(),
      isRunning: (mac) => board.sessionsOf(mac) > 0,
      send: (mac) => wakeOnLan(mac, served.address),
      told: (mac, failure) =>
        void board.record({
          mac,
          type: 'woken',
          text:
            failure === undefined ? 'Was sent a wake-up packet.' : `Could not be sent a wake-up packet: ${failure}.`,
        }),
      warn: (text) => logger.warn({ component: 'engine.wake' }, text),
      store: createWakeScheduleStore(db),
      clock,
    })
    unwind.push(() => wakeDesk.close())
    const startedMs = clock.now()
    let adminUrl: string | undefined
    const running: { network?: Network } = {}
    const dhcp = new DhcpService({
      words: o,
      served,
      settings,
      leases: createLeaseStore(db),
      registry,
      services,
      workingAt: (address) =>
        (running.network?.sessions() ?? [])
          .filter((session) => session.remoteAddress === address)
          .map((session) => running.network?.macOf(session)),
      clock,
      logger,
      changed,
    })
    const setup = createSetup({
      options: o,
      dhcpMode: () => dhcp.mode,
      served,
      settings,
      registry,
      disks,
      services,
      network: () => running.network,
      bootsPaused: () => settingsBook.now().bootsPaused,
      atomically: (work) => db.transaction(work)(),
      record: (fact) => void board.record(fact),
      clock,
      logger,
      changed,
    })
    unwind.push(() => setup.close())
    const parts = {
      letIn,
      engine: () => ({
        version: o.version,
        startedMs,
        dataDir: o.dataDir,
        interfaceName: served.name,
        address: served.address,
        ...(adminUrl !== undefined && { adminUrl }),
        dhcpMode: dhcp.mode,
      }),
      services,
      registry,
      board,
      disks,
      life,
      images,
      space,
      jobs,
      traffic,
      settings: settingsBook,
      bootChoices,
      wakeDesk,
      sessions: () => running.network?.sessions() ?? [],
      bootPathOf: (mac) => running.network?.bootPathOf(mac),
      setup,
    } satisfies Parts
    const freshStarts = new FreshStarts({
      library: disks,
      life,
      clientOf: (disk) => registry.usersOf(disk).find((client) => client.disk === disk),
      sessions: parts.sessions,
      endSessions: async (targetName) => running.network?.endSessions(targetName),
      done: (client, text) => {
        if (client) board.record({ mac: client.mac, type: 'diskReset', text, data: {} })
        changed()
      },
      clock,
      logger,
    })
    const latency = new LatencyProbe()
    const network = await startNetwork({
      options: o,
      served,
      registry,
      board,
      bootPaths: createBootPathStore(db),
      disks,
      mediaDrives,
      isoShelf,
      wimboot,
      windowsStore,
      services,
      clock,
      logger,
      changed,
      freshStarts,
      bootsPaused: () => settingsBook.now().bootsPaused,
      enrolment: setup.enrolment,
      latency,
      access,
      letIn,
      desk,
      identities,
      bootChoices,
      ownScripts,
      dhcp,
    })
    running.network = network
    unwind.push(() => network.close())
    unwind.push(() => jobs.cancelAll())

    const sessions = () => network.sessions().map((s) => ({ ...s, mac: network.macOf(s) }))
    const metrics = new MetricsBook({ sessions, latency, cache }, clock.now())
    const handlers = createHandlers(parts, timeline, {
      changed,
      settings: settingsBook,
      metrics,
      access,
      letIn,
      isoShelf,
      windows: { desk: network.windows, wimboot, store: windowsStore },
      identities,
      bootChoices,
      ownScripts,
      dhcp,
      addresses: () => network.addresses,
      loaders: () => network.loaders,
      served,
      logTail: (query) => logTail(logFile, query),
      medium: {
        loadersDir: o.loadersDir,
        served,
        httpUrl: () => network.addresses.http,
        clientByName: (id) => registry.find(id),
        randomId: () => randomBytes(4).readUInt32LE(),
        nowMs: () => clock.now(),
        logger,
      },
      wake: (mac) => wakeOnLan(mac, served.address),
      endSessions: (targetName) => network.endSessions(targetName),
      now: () => clock.now(),
      logger,
    })
    const face: EngineFace = {
      handlers,
      subscribe: (listener) => subscribeTo(listeners, parts, listener),
    }
    let token = settings.get('adminToken') as string | undefined
    if (token === undefined) {
      token = randomBytes(24).toString('base64url')
      settings.set('adminToken', token)
    }
    if (o.admin) {
      try {
        const admin = await openAdminServer({ ...o.admin, uiDir: o.uiDir, token, logger }, face)
        unwind.push(() => admin.close())
        adminUrl = adminUrlOf(o.admin.host, admin.port, served.address)
        services.running('admin', adminUrl)
      } catch (thrown) {
        const error = services.failed('admin', thrown)
        if (o.strict) throw error
      }
    }
    const control = await openControlSocket(o.dataDir, face, logger)
    unwind.push(() => control.close())

    const sample = () => {
      if (traffic.sample(clock.now(), sessions())) changed()
      const point = metrics.sample(clock.now())
      if (listeners.size > 0) tell({ event: 'metrics', point })
      cancelSample = clock.after(SAMPLE_MS, 'traffic', sample)
    }
    let cancelSample = clock.after(SAMPLE_MS, 'traffic', sample)
    unwind.push(() => cancelSample())

    const ready: Ready = {
      event: 'ready',
      admin: adminUrl === undefined ? null : `${adminUrl}#token=${token}`,
      ...network.addresses,
    }
    const engine = new Engine({ parts, handlers, ready, logger, listeners, stop })
    logger.info(
      { component: 'engine', ...network.addresses },
      `Bootlace ${o.version} serves PCs on ${served.name} (${served.address})`,
    )
    return engine
  }

  snapshot(): Snapshot {
    return snapshot(this.#parts)
  }
}

type Listener = (event: EngineEvent) => void

/** The listener hears what is at once, then what happens. */
function subscribeTo(listeners: Set<Listener>, parts: Parts, listener: Listener): () => void {
  listeners.add(listener)
  listener({ event: 'snapshot', snapshot: snapshot(parts) })
  return () => void listeners.delete(listener)
}
