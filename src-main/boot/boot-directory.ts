import type { Client } from '../clients/client.ts'

/** Who may boot and what; the registry of clients answers. Cheap: asked several times per boot. */
export interface BootDirectory {
  /** `mac` is lower-case colon text. */
  clientByMac(mac: string): Client | undefined
  /** Whether a machine that is not set up is offered a script that shows its MAC. */
  unknownAllowed(): boolean
  /** While a machine is being given a name and a disk: resolves when that is over or takes too long to wait for. */
  underWay?(mac: string): Promise<void> | undefined
  /** What the loader of this PC must know to reach its disks; absent or undefined: nothing. */
  passwordOf?(client: Client): SanPassword | undefined
}

/** The names and passwords of both sides (CHAP). */
export interface SanPassword {
  readonly name: string
  readonly secret: string
  readonly reverse?: { readonly name: string; readonly secret: string }
}

/** Where clients find us, on the served interface. */
export interface ServerAddresses {
  readonly ip: string
  readonly httpPort: number
  readonly iscsiPort: number
}
