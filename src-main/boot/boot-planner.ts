/** The one question that DHCP, 4011, TFTP and HTTP ask, and the one place they report to. */

/** What a machine told us about itself.  Identity is the MAC: some boards share one UUID. */
export interface ClientHello {
  /** Lower-case colon text. */
  readonly mac: string
  /** Option 93, absent when the client did not send it. Source: RFC 4578 §2.1. */
  readonly arch?: number
  /** True for iPXE and gPXE: user class (77) or encapsulated options (175). */
  readonly isIpxe: boolean
  /** `http` when the firmware's vendor class is HTTPClient. */
  readonly via: 'pxe' | 'http'
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
}

/** Cheap and free of side effects: asked several times per boot. `undefined`: this machine is not served. */
export interface BootPlanner {
  plan(hello: ClientHello): BootPlan | undefined
}

/** Facts that boot services see on the wire. `ip` is the client's, where known. */
export type BootObservation =
  | {
      readonly type: 'seen'
      readonly mac: string
      readonly arch?: number
      readonly uuid?: string
      readonly vendorClass?: string
      readonly isIpxe: boolean
    }
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
