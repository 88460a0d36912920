import type { MediumFile } from './installers.ts'

/** A PC as it is asked for: by its MAC, lower-case colon text, or by its UUID in small letters. */
export type AskedPc = { readonly mac: string } | { readonly uuid: string }
/** What cloud-init asks for. Source: cloud-init's documentation of the data source NoCloud. */
export const SEED_FILES = ['meta-data', 'user-data', 'vendor-data', 'network-config'] as const
export type IdentityFile = 'identity' | (typeof SEED_FILES)[number]

/** Who asks for a script. */
export interface ScriptAsker {
  readonly ip?: string
  /** What was typed at the PC for an entry of its menu (HTTP's own way, RFC 7617). */
  readonly password?: string
}

/** What boot HTTP serves. Everything but media is made in memory. */
export interface BootContent {
  /** Script for a machine that has said nothing yet; it asks for its own. */
  firstScript(): string
  /** Script of one machine. `mac` is lower-case colon text; `query` is what the first script told: p platform, a build
   *  architecture, u UUID, v loader version, m maker, d product, n network card, e the entry chosen in its menu.
   *  `undefined`: this entry asks for a password, and that was not it. */
  clientScript(mac: string, query: ReadonlyMap<string, string>, from?: ScriptAsker): string | undefined
  /** While it is being decided what a machine is given: resolves when its script can be asked for. */
  settled?(mac: string, query?: ReadonlyMap<string, string>): Promise<void> | undefined
  /** A script that prepares a system of this kind for being an image, run inside it. */
  kit?(name: string): string | undefined
  /** What tells a PC from others of its image. `undefined`: there is no such PC, or this is not for that address. */
  identityFile?(pc: AskedPc, file: IdentityFile, from: ScriptAsker): string | undefined
  /** A script of the user's, by its path below /scripts/. */
  ownFile?(path: string): Uint8Array | undefined
  loader(name: string): Uint8Array | undefined
  /** Path on this host of a registered file, `undefined` when nothing is registered under these names. */
  mediaPath(name: string, rest: string): string | undefined
  /** A file that starts Windows Setup on a machine. */
  windowsPeFile?(mac: string, file: string, from: ScriptAsker): Promise<Uint8Array | undefined> | undefined
  /** A file inside an ISO that a client installs from. */
  mediumFile?(name: string, rest: string): Promise<MediumFile | undefined> | undefined
}
