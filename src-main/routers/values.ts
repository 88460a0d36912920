/** What every router is to be told, and how one answer looks. Pure text. */

export interface RouterValues {
  /** Our address on the served interface. */
  readonly server: string
  /** Loader files over TFTP. */
  readonly biosLoader: string
  readonly uefiLoader: string
  /** Loaders for rarer machines, where they are there: option 93 and the file. */
  readonly others?: readonly { readonly name: 'ia32' | 'arm64'; readonly arch: number; readonly loader: string }[]
  /** For UEFI firmware that fetches over HTTP. */
  readonly uefiUrl: string
  /** What the loader, once it runs, is to be told. */
  readonly scriptUrl: string
  /** Firmware fetches from 69 and nowhere else. */
  readonly tftpPort: number
}

export type RouterKind =
  | 'dnsmasq'
  | 'pihole'
  | 'openwrt'
  | 'ddwrt'
  | 'isc-dhcpd'
  | 'kea'
  | 'opnsense'
  | 'pfsense'
  | 'mikrotik'
  | 'unifi'
  | 'windows'

export interface RouterText {
  readonly kind: RouterKind
  readonly title: string
  /** Where the text goes, one sentence. */
  readonly where: string
  readonly text: string
  /** `tried`: the program itself reads it in our tests, and answers as it should. `documentation`: after the vendor's words, not tried. */
  readonly sure: 'tried' | 'documentation'
  readonly notes: readonly string[]
}

export const lines = (...text: readonly string[]): string => text.join('\n') + '\n'
