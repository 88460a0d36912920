import type { LoaderChoice } from '../clients/client.ts'

/** One loader file in memory, with where it came from. */
export interface LoaderFile {
  readonly name: string
  readonly bytes: Uint8Array
  /** Lower-case hex. */
  readonly sha256: string
  /** Package version, when the folder says so. */
  readonly version?: string
  readonly origin?: string
}

/** The loaders that exist here. */
export interface LoaderSet {
  get(name: string): LoaderFile | undefined
  names(): readonly string[]
}

/** Names are looked up in lower case. */
export function createLoaderSet(files: readonly LoaderFile[]): LoaderSet {
  const byName = new Map(files.map((file) => [file.name.toLowerCase(), file]))
  return {
    get: (name) => byName.get(name.toLowerCase()),
    names: () => [...byName.keys()].sort(),
  }
}

/** A kind of machine we have loaders for. */
export type LoaderPlatform = 'bios' | 'uefi'

/** First choice and what a client may be pinned to. UEFI starts with the firmware's own driver: the loader's drivers
 *  are reported to hang at hand-over on several common network cards. */
const LOADERS: Readonly<Record<LoaderPlatform, readonly LoaderChoice[]>> = {
  bios: ['undionly.kpxe', 'ipxe.pxe'],
  uefi: ['snponly.efi', 'ipxe.efi'],
}

/** The name of the loader for a machine of this kind; a pin for the other kind of firmware does not count. */
export function chooseLoader(platform: LoaderPlatform, pinned: LoaderChoice): string {
  const choices = LOADERS[platform]
  return choices.includes(pinned) ? pinned : choices[0]!
}
