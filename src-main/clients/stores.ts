import type { Client, TimelineEvent } from './client.ts'

/** What the registry and the timeline keep across restarts. */
export interface ClientStore {
  all(): Client[]
  put(client: Client): void
  remove(mac: string): void
}

/** What a PC and we know of each other. Never part of a view, a log or a fact. */
export interface ChapSecrets {
  /** The PC's. */
  readonly secret: string
  /** Ours, for both directions. */
  readonly reverseSecret: string
}
export interface ChapSecretStore {
  get(mac: string): ChapSecrets | undefined
  put(mac: string, secrets: ChapSecrets): void
  remove(mac: string): void
}

/** Initiator names that are a PC's besides the one we give it; all in lower case. */
export interface InitiatorNameStore {
  macOf(name: string): string | undefined
  namesOf(mac: string): string[]
  put(name: string, mac: string): void
  /** Whether there was one. */
  remove(name: string): boolean
}

/** Whose cloud-init is told what people wrote: one PC's, or that of all PCs of an image. */
export type UserDataOf = { readonly mac: string } | { readonly family: string }
/** May hold passwords: never part of a view, a log or a fact. */
export interface UserDataStore {
  get(whose: UserDataOf): string | undefined
  /** `undefined` takes it away. */
  set(whose: UserDataOf, text: string | undefined): void
}

export interface TimelineStore {
  /** Returns the event with its id. */
  add(event: Omit<TimelineEvent, 'id'>): TimelineEvent
  /** In order of time; the newest `limit` ones, or with `afterId` the first `limit` ones after it. */
  list(query: { mac?: string; afterId?: number; limit: number }): TimelineEvent[]
}

/** A machine that was seen on the wire, named or not. */
export interface Machine {
  readonly mac: string
  readonly firmware?: string
  /** The address its router gave it last. */
  readonly ip?: string
  /** As its firmware says, in small letters; several machines may say the same. */
  readonly uuid?: string
  readonly firstSeenMs: number
  readonly lastSeenMs: number
}
export interface MachineStore {
  all(): Machine[]
  put(machine: Machine): void
}

/** What installing Windows over the network needs to know beside the client itself. */
export interface WindowsStore {
  /** The folder of drivers that goes with a disk, by its path on this computer. */
  driverFolderOf(disk: string): string | undefined
  putDriverFolder(disk: string, folder: string | undefined): void
  /** The network card that a PC starts from, as its loader names it. */
  networkCardOf(mac: string): string | undefined
  putNetworkCard(mac: string, busId: string): void
  /** What Windows Setup is answered on a PC. May hold a password: never part of a view, a log or a fact. */
  installAnswersOf(mac: string): string | undefined
  /** `undefined` takes it away. */
  putInstallAnswers(mac: string, text: string | undefined): void
}
