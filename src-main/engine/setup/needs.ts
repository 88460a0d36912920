import type { DhcpMode } from '../../api/dhcp.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Fact } from '../../clients/live-board.ts'
import type { ClientRegistry } from '../../clients/registry.ts'
import type { SettingStore } from '../../db/stores/setting-store.ts'
import type { ServedInterface } from '../../platform/interfaces.ts'
import type { DiskLibrary } from '../disks/library.ts'
import type { Network } from '../network.ts'
import type { EngineOptions } from '../options.ts'
import type { Services } from '../services.ts'

/** What the first evening needs of the rest of the engine. */
export interface SetupNeeds {
  readonly options: EngineOptions
  /** How PCs are answered just now. */
  readonly dhcpMode: () => DhcpMode
  readonly served: ServedInterface
  readonly settings: SettingStore
  readonly registry: ClientRegistry
  readonly disks: DiskLibrary
  readonly services: Services
  /** Absent until it is open. */
  readonly network: () => Network | undefined
  /** No PC that starts is answered. */
  readonly bootsPaused: () => boolean
  /** All stores change, or none. */
  atomically(work: () => void): void
  /** Tells people of a fact of a boot. */
  record(fact: Fact): void
  readonly clock: Clock
  readonly logger: Logger
  readonly changed: () => void
}
