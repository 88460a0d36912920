import type { BootPlatform, OfferForm } from './boot-planner.ts'

/** What is kept of a machine across restarts; one that boots as BIOS and as UEFI has a path for each. */
export interface StoredPath {
  readonly mac: string
  readonly platform: BootPlatform
  /** Maker and product. */
  readonly model?: string
  readonly loader?: string
  readonly loaderWorked: boolean
  readonly form?: OfferForm
  readonly formWorked: boolean
  readonly changedMs: number
}

/** What worked on machines of one model. */
export interface ModelPath {
  readonly model: string
  readonly platform: BootPlatform
  readonly loader?: string
  readonly form?: OfferForm
}

export interface BootPathStore {
  /** The latest change last. */
  machines(): StoredPath[]
  models(): ModelPath[]
  putMachine(path: StoredPath): void
  putModel(path: ModelPath): void
}
