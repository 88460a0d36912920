import type { DhcpMode } from '../api/dhcp.ts'

/** How an engine is started; the same for all hosts. */
export interface EngineOptions {
  readonly dataDir: string
  /** Name or address; absent: that of the default route. */
  readonly interface?: string | undefined
  /** Absent: what was chosen in the window, else the proxy. */
  readonly dhcp?: DhcpMode | undefined
  /** `FIRST-LAST`, for `server`. */
  readonly dhcpRange?: string | undefined
  /** Give addresses even though another server does. */
  readonly dhcpForce?: boolean | undefined
  readonly iscsiPort: number
  readonly httpPort: number
  readonly tftpPort: number
  /** Absent: no UI for browsers. */
  readonly admin?: { readonly host: string; readonly port: number } | undefined
  readonly loadersDir: string
  readonly uiDir: string
  /** True: a service that cannot start ends the start (`bootlace serve`). False: it is shown with its remedy (the app). */
  readonly strict: boolean
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly logToStderr: boolean
  readonly version: string
}

export const DEFAULT_PORTS = { iscsi: 3260, http: 8470, tftp: 69, admin: 8471 } as const

/** Where everything listens, once it does. The contract's first event of `serve --json`. */
export interface Ready {
  readonly event: 'ready'
  /** With the token a browser needs. */
  readonly admin: string | null
  readonly iscsi: string | null
  readonly http: string | null
  readonly tftp: string | null
  readonly dhcp: string | null
}
