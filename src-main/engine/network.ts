import type { Clock } from '../base/clock.ts'
import { toAppError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { createBootPolicy } from '../boot/boot-policy.ts'
import { LateHearings } from '../boot/late-hearing.ts'
import { BootPaths, type BootPathView } from '../boot/boot-paths.ts'
import { createLoaderSet, loaderLadder, type LoaderSet } from '../boot/loader.ts'
import { createMediaRegistry } from '../boot/media.ts'
import type { BootPathStore } from '../boot/path-store.ts'
import type { LiveBoard } from '../clients/live-board.ts'
import type { ClientRegistry } from '../clients/registry.ts'
import type { WindowsStore } from '../clients/stores.ts'
import { KITS } from '../guests/linux/kit/all.ts'
import { CONVERT_SCRIPT } from '../guests/windows/convert-script.ts'
import { openBootHttp } from '../http/server.ts'
import type { LatencyProbe } from '../iscsi/latency-probe.ts'
import { openPortal, type Portal } from '../iscsi/portal.ts'
import type { IscsiObserver, SessionView } from '../iscsi/target.ts'
import type { ServedInterface } from '../platform/interfaces.ts'
import { readLoaderFolder } from '../platform/loader-folder.ts'
import { openTftp } from '../tftp/listener.ts'
import type { Access } from './access.ts'
import { Afterwards } from './afterwards.ts'
import type { BootChoicesBook } from './boot/choices.ts'
import type { BootDesk } from './boot/desk.ts'
import type { Identities } from './boot/identities.ts'
import type { OwnScripts } from './boot/own-scripts.ts'
import { bootObservers } from './boot-observers.ts'
import { recordBootObservation, recordPathNews } from './boot-facts.ts'
import type { DhcpService } from './dhcp/dhcp-service.ts'
import type { FreshStarts } from './disks/fresh-starts.ts'
import type { DiskLibrary } from './disks/library.ts'
import type { EngineOptions, Ready } from './options.ts'
import type { Services } from './services.ts'
import type { MediaDrives } from './disks/media-drives.ts'
import type { IsoShelf } from './disks/iso-shelf.ts'
import type { LetIn } from './let-in.ts'
import type { Enrolment } from './setup/enrolment.ts'
import { mediumDriveOf, secondDiskOf, targetDirectory } from './target-directory.ts'
import { runAll } from './unwind.ts'
import { WindowsInstall } from './windows/install-desk.ts'
import type { WimbootFile } from './windows/wimboot-file.ts'

/** All that clients reach: disks, boot answers, loaders, scripts. */
export interface Network {
  sessions(): readonly SessionView[]
  /** The machine that began a session, even when names changed since. */
  macOf(session: SessionView): string | undefined
  /** Ends all sessions of a target; resolves when nothing of them works on its disk any more. */
  endSessions(targetName: string): Promise<void>
  readonly addresses: Omit<Ready, 'event' | 'admin'>
  readonly loaders: LoaderSet
  /** How Windows is installed over the network. */
  readonly windows: WindowsInstall
  /** PCs whose first questions did not come through. */
  readonly heardLate: Pick<LateHearings, 'list' | 'hasHeard'>
  /** How a machine is sent on its way; undefined until it asked for a boot. */
  bootPathOf(mac: string): BootPathView | undefined
  close(): Promise<void>
}

interface Neighbours {
  readonly options: EngineOptions
  readonly served: ServedInterface
  readonly registry: ClientRegistry
  readonly board: LiveBoard
  readonly bootPaths: BootPathStore
  readonly disks: DiskLibrary
  readonly mediaDrives: MediaDrives
  readonly isoShelf: IsoShelf
  readonly wimboot: WimbootFile
  readonly windowsStore: WindowsStore
  readonly services: Services
  readonly clock: Clock
  readonly logger: Logger
  readonly changed: () => void
  readonly freshStarts: Pick<FreshStarts, 'before'>
  readonly bootsPaused: () => boolean
  readonly enrolment: Pick<Enrolment, 'asked' | 'underWay'>
  readonly latency: LatencyProbe
  readonly access: Access
  readonly letIn: Pick<LetIn, 'noteRefused'>
  readonly desk: BootDesk
  readonly identities: Identities
  readonly bootChoices: BootChoicesBook
  readonly ownScripts: OwnScripts
  readonly dhcp: DhcpService
}

/** The machine behind an initiator name of ours, else behind an address. */
type MacOf = (who: { initiatorName: string; remoteAddress: string }) => string | undefined

/** How long initiators get to answer the logout request at shutdown. */
const GRACE_MS = 2000

/** Starts what can be started. With `strict` the first failure ends it all; else failures are shown with their remedy. */
export async function startNetwork(n: Neighbours): Promise<Network> {
  const { options: o, served, services } = n
  const open: { close(): Promise<void> }[] = []
  let portal: Portal | undefined
  let iscsiPort = o.iscsiPort
  let httpPort = o.httpPort

  const macOf: MacOf = ({ initiatorName, remoteAddress }) => {
    return n.access.clientOf(initiatorName)?.mac ?? n.registry.macOfIp(remoteAddress)
  }
  const macOfSession = new Map<number, string>()
  const server = {
    ip: served.address,
    get iscsiPort() {
      return iscsiPort
    },
    get httpPort() {
      return httpPort
    },
  }
  const windows = new WindowsInstall({
    shelf: n.isoShelf,
    wimboot: n.wimboot,
    store: n.windowsStore,
    registry: n.registry,
    server,
    passwordOf: (client) => n.access.credentialsOf(client),
    logger: n.logger,
  })
  const tryTo = async <T>(
    id: 'iscsi' | 'tftp' | 'http',
    work: () => Promise<{ address: string; close(): Promise<void> } & T>,
  ) => {
    try {
      const service = await work()
      open.push(service)
      services.running(id, service.address)
      return service
    } catch (thrown) {
      const error = services.failed(id, thrown)
      // The host that ends because of it says it once.
      if (o.strict) throw error
      n.logger.error({ component: 'engine.network', service: id, code: error.code }, error.message)
      return undefined
    }
  }

  try {
    const iscsi = await tryTo('iscsi', async () => {
      portal = await openPortal({
        host: served.address,
        port: o.iscsiPort,
        directory: targetDirectory(n.disks, {
          sessions: () => portal?.sessions() ?? [],
          before: (disk, targetName, who) => n.freshStarts.before(disk, targetName, who),
          secondDiskOf: (disk) => secondDiskOf(n.registry, disk),
          access: n.access,
          mediumDriveOf: (disk) => {
            const path = mediumDriveOf(n.registry, disk.name) ?? windows.driveOf(disk.name)
            return typeof path === 'string' ? n.mediaDrives.unitFor(disk, path) : path
          },
          mediumTargetOf: (disk) => windows.targetOf(disk.name),
        }),
        observer: sessionObserver(n, macOf, macOfSession),
        clock: n.clock,
        logger: n.logger,
        latency: n.latency,
      })
      const opened = portal
      iscsiPort = opened.address.port
      return { address: `${served.address}:${iscsiPort}`, close: () => opened.close(GRACE_MS) }
    })
    const loaders = await loadLoaders(n)
    const afterwards = new Afterwards((thrown) =>
      n.logger.error(
        { component: 'engine.network', error: String(thrown) },
        'what was heard could not be written down',
      ),
    )
    // The last of all: what came in while the services closed is still written.
    open.unshift({ close: async () => afterwards.drain() })
    const paths = new BootPaths({
      store: n.bootPaths,
      clock: n.clock,
      ladder: (mac, platform) => loaderLadder(platform, n.registry.byMac(mac)?.loader ?? 'auto', loaders),
      later: (job) => afterwards.later(job),
      tell: (mac, news) => recordPathNews(mac, news, n.board),
    })
    const policy = createBootPolicy({
      directory: {
        clientByMac: (mac) => n.registry.byMac(mac),
        unknownAllowed: () => true,
        underWay: (mac) => n.enrolment.underWay(mac),
        passwordOf: (client) => n.access.credentialsOf(client),
      },
      server,
      loaders,
      paths,
      media: createMediaRegistry(),
      installers: windows,
      desk: n.desk,
      identities: n.identities,
      maintenancePath: (file) => n.bootChoices.mediaPath(file),
      ownScripts: n.ownScripts,
      paused: n.bootsPaused,
      kits: new Map([...KITS, ['windows', CONVERT_SCRIPT]]),
      logger: n.logger,
    })
    const heardLate = new LateHearings(n.clock.now())
    const observers = bootObservers({
      afterwards,
      paths,
      macOfIp: (ip) => n.registry.macOfIp(ip),
      write: (what) => {
        heardLate.heard(what, n.clock.now())
        n.desk.observe(what)
        recordBootObservation(what, n.registry, n.board)
        // A loader from a medium is seen for the first time when it asks for its script.
        const asks = what.type === 'seen' || what.type === 'script'
        if (asks && what.mac !== undefined && !n.bootsPaused()) n.enrolment.asked(what.mac)
        n.changed()
      },
    })
    const common = { observer: observers.now, clock: n.clock, logger: n.logger }
    const http = await tryTo('http', async () => {
      const opened = await openBootHttp({ host: served.address, port: o.httpPort, content: policy, ...common })
      httpPort = opened.port
      return { address: `http://${served.address}:${httpPort}`, close: () => opened.close() }
    })
    const tftp = await tryTo('tftp', async () => {
      const opened = await openTftp({ host: served.address, port: o.tftpPort, files: policy, ...common })
      return { address: `${served.address}:${opened.port}`, close: () => opened.close() }
    })
    await n.dhcp.start({ planner: policy, observer: observers.afterTheAnswer }).catch((thrown: unknown) => {
      if (o.strict) throw thrown
      n.logger.error({ component: 'engine.network', service: 'dhcp' }, toAppError(thrown).message)
    })
    // A mode that cannot be had may be changed for one that can.
    open.push(n.dhcp)
    return {
      sessions: () => portal?.sessions() ?? [],
      macOf: (session) => macOfSession.get(session.id),
      endSessions: async (targetName) => portal?.dropTarget(targetName),
      loaders,
      windows,
      heardLate,
      bootPathOf: (mac) => paths.of(mac),
      addresses: {
        iscsi: iscsi?.address ?? null,
        http: http?.address ?? null,
        tftp: tftp?.address ?? null,
        get dhcp() {
          return n.dhcp.address
        },
      },
      close: () => closeAll(open),
    }
  } catch (thrown) {
    await closeAll(open)
    throw thrown
  }
}

/** Boot answers first, disks last: nobody is sent to a disk that is about to go. One that fails does not keep the others. */
const closeAll = (open: { close(): Promise<void> }[]): Promise<void> =>
  runAll(open.reverse().map((service) => () => service.close()))

async function loadLoaders(n: Neighbours): Promise<LoaderSet> {
  try {
    return createLoaderSet(await readLoaderFolder(n.options.loadersDir))
  } catch (thrown) {
    // Disks and running PCs do not need loaders; PCs that start do, and the window says so.
    n.services.note('tftp', thrown)
    n.logger.error({ component: 'engine.network' }, `no PC can start yet: ${(thrown as Error).message}`)
    return createLoaderSet([])
  }
}

/** Known, but not for this disk. Source: RFC 7143 §11.13.5. */
const AUTHORIZATION_FAILURE = 2

/** `macOfSession`: filled here. A session belongs to the machine it began with, even when names change meanwhile. */
function sessionObserver(n: Neighbours, macOf: MacOf, macOfSession: Map<number, string>): IscsiObserver {
  const log = n.logger.child({ component: 'engine.sessions' })
  return {
    login(session) {
      const mac = macOf(session)
      log.info(
        {
          initiator: session.initiatorName,
          target: session.targetName,
          from: session.remoteAddress,
          kind: session.kind,
        },
        'a session began',
      )
      if (mac === undefined) return n.changed()
      macOfSession.set(session.id, mac)
      n.registry.noteMachine(mac, { ip: session.remoteAddress })
      n.board.sessionOpened(mac, session.kind, session.remoteAddress)
      n.changed()
    },
    ended(session, why) {
      log.info({ initiator: session.initiatorName, target: session.targetName, why }, 'a session ended')
      const mac = macOfSession.get(session.id)
      macOfSession.delete(session.id)
      if (mac !== undefined && why !== 'shutdown') n.board.sessionEnded(mac, session.kind, why)
      n.changed()
    },
    refused(who, statusClass, statusDetail, why) {
      log.warn(
        { initiator: who.initiatorName, target: who.targetName, from: who.remoteAddress, statusClass, statusDetail },
        `initiator error: login refused: ${why}`,
      )
      if (statusClass === 2 && statusDetail === AUTHORIZATION_FAILURE) {
        n.letIn.noteRefused({ ...who, targetName: who.targetName ?? '' })
        n.changed()
      }
      const mac = macOf(who)
      if (mac === undefined) return
      n.board.record({
        mac,
        type: 'loginRefused',
        stage: 'failed',
        text: `Asked for the disk ${who.targetName} as ${who.initiatorName} and was refused: ${why}.`,
        data: {
          target: who.targetName,
          initiator: who.initiatorName,
          ip: who.remoteAddress,
          statusClass,
          statusDetail,
        },
      })
    },
  }
}
