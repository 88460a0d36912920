import type { BootPlatform } from '../base/firmware.ts'

export type { BootPlatform } from '../base/firmware.ts'

/** The one question that DHCP, 4011, TFTP and HTTP ask, and the one place they report to. */

/** Two ways to say the same in an offer, named as EDK2 does: `binl` has option 60 alone, and the firmware comes to port
 *  4011 for the rest; `pxe10` has option 43 with the order to take the file of the offer. */
export type OfferForm = 'binl' | 'pxe10'

/** What a machine told us about itself.  Identity is the MAC: some boards share one UUID. */
export interface ClientHello {
  /** Lower-case colon text. */
  readonly mac: string
  /** Option 93, absent when the client did not send it. Source: RFC 4578 §2.1. */
  readonly arch?: number
  /** Absent: a kind that nobody has loaders for. */
  readonly platform?: BootPlatform
  /** True for iPXE and gPXE: user class (77) or encapsulated options (175). */
  readonly isIpxe: boolean
  /** gPXE, the ancestor: it understands few of iPXE's commands. */
  readonly isGpxe?: true
  /** `http` when the firmware's vendor class is HTTPClient. */
  readonly via: 'pxe' | 'http'
  /** The port that was asked. */
  readonly on: 'dhcp' | '4011'
  /** Seconds since the machine began to ask, as it counts them. */
  readonly secs: number
  /** Lower-case 8-4-4-4-12 text of option 97, SMBIOS byte order undone. */
  readonly uuid?: string
}

/** What to hand to that machine. */
export interface BootPlan {
  /** Loader to fetch, by its name under /loader/ and in TFTP. Absent when the machine is already in iPXE. */
  readonly loader?: string
  /** Absolute URL of the first script, for a machine that is already in iPXE. */
  readonly scriptUrl: string
  /** Absolute URL of the loader, for UEFI HTTP boot. */
  readonly loaderUrl?: string
  /** How the offer is put to plain firmware. */
  readonly offer: OfferForm
}

/** Why a machine that asked gets nothing, for the person in front of it. */
export interface BootRefusal {
  readonly refused: 'noLoader' | 'raspberryPi' | 'architecture' | 'loop'
  /** One sentence or two for people: what it is, what to do. */
  readonly text: string
}

/** Cheap and free of side effects: asked several times per boot. `undefined`: this machine is not served, and nobody needs
 *  to be told. */
export interface BootPlanner {
  plan(hello: ClientHello): BootPlan | BootRefusal | undefined
}

/** A request for a boot, as heard. */
interface Heard {
  readonly mac: string
  readonly arch?: number
  readonly platform?: BootPlatform
  readonly uuid?: string
  readonly vendorClass?: string
  readonly isIpxe: boolean
  readonly via: 'pxe' | 'http'
  readonly on: 'dhcp' | '4011'
  readonly secs: number
}

/** Facts that boot services see on the wire. `ip` is the client's, where known. */
export type BootObservation =
  | (Heard & { readonly type: 'seen' })
  /** Heard, and given nothing. */
  | (Heard & { readonly type: 'notServed' } & BootRefusal)
  | { readonly type: 'offered'; readonly mac: string; readonly via: 'dhcp' | '4011'; readonly file: string }
  /** The address the router gave the client, read from its own broadcast REQUEST or from 4011. */
  | { readonly type: 'address'; readonly mac: string; readonly ip: string }
  | {
      readonly type: 'loader'
      readonly ip: string
      readonly file: string
      readonly via: 'tftp' | 'http'
      readonly bytes: number
    }
  | { readonly type: 'script'; readonly mac?: string; readonly ip: string; readonly path: string }
  | { readonly type: 'media'; readonly ip: string; readonly path: string; readonly bytes: number }
  /** The loader's own report of a failure or a milestone, from /report/<mac>. */
  | {
      readonly type: 'report'
      readonly mac: string
      readonly ip: string
      readonly stage: string
      readonly errno: string
    }
  | {
      readonly type: 'transferFailed'
      readonly ip: string
      readonly file: string
      readonly via: 'tftp' | 'http'
      readonly why: string
    }

export interface BootObserver {
  observe(what: BootObservation): void
}
