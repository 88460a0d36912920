import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import { parseMac } from '../base/units.ts'
import { createBootPolicy } from '../boot/boot-policy.ts'
import { initiatorNameOf } from '../boot/names.ts'
import type { LiveBoard } from '../clients/live-board.ts'
import type { ClientRegistry } from '../clients/registry.ts'
import { openProxyDhcp } from '../dhcp/listener.ts'
import { openBootHttp } from '../http/server.ts'
import { openPortal, type Portal } from '../iscsi/portal.ts'
import type { LoginIdentity, SessionView, TargetDirectory } from '../iscsi/target.ts'
import type { ServedInterface } from '../platform/interfaces.ts'
import { openTftp } from '../tftp/listener.ts'
import { recordBootObservation } from './boot-facts.ts'
import type { DiskLibrary } from './disk-library.ts'
import { loadLoaders } from './loaders.ts'
import type { EngineOptions, Ready } from './options.ts'
import type { Services } from './services.ts'

export interface Network {
  sessions(): readonly SessionView[]
  /** The machine behind a session, by its initiator name, else by its address. */
  macOf(who: { initiatorName: string; remoteAddress: string }): string | undefined
  readonly addresses: Omit<Ready, 'event' | 'admin'>
  close(): Promise<void>
}

interface Neighbours {
  readonly options: EngineOptions
  readonly served: ServedInterface
  readonly registry: ClientRegistry
  readonly board: LiveBoard
  readonly disks: DiskLibrary
  readonly services: Services
  readonly clock: Clock
  readonly logger: Logger
  readonly changed: () => void
}

/** How long initiators get to answer the logout request at shutdown. */
const GRACE_MS = 2000
