import type { LoaderChoice } from '../clients/client.ts'
import type { BootPlatform } from './boot-planner.ts'

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

/** What each kind of machine may be given, in the order in which it is tried.
 *  - The firmware's own network driver comes first: the loader's drivers are reported to hang at hand-over on several
 *    common network cards, and a ROM that could fetch the loader can fetch the rest.
 *  - A shim comes before everything else. Nothing on the wire tells whether Secure Boot is on; with it on, only a shim
 *    starts, and with it off a shim starts what it would start anyway. Whoever puts one into the folder wants it used. The
 *    plain loaders follow, for firmware that a shim does not get on with. */
const LADDERS: Readonly<Record<BootPlatform, readonly LoaderChoice[]>> = {
  bios: ['undionly.kpxe', 'ipxe.pxe'],
  'uefi-x64': ['snponly-shim.efi', 'ipxe-shim.efi', 'snponly.efi', 'ipxe.efi'],
  'uefi-ia32': ['snponly-ia32.efi', 'ipxe-ia32.efi'],
  'uefi-arm64': ['snponly-arm64.efi', 'ipxe-arm64.efi'],
  'uefi-arm32': ['snponly-arm32.efi', 'ipxe-arm32.efi'],
  pi: [],
}

/** A shim fetches its second stage itself: the file of its own name without `-shim`, and `ipxe.efi` where the firmware does
 *  not tell it its name. Source: ipxe/shim. */
const SECOND_STAGES: ReadonlyMap<string, readonly string[]> = new Map([
  ['snponly-shim.efi', ['snponly.efi', 'ipxe.efi']],
  ['ipxe-shim.efi', ['ipxe.efi']],
])

/** The loaders for a machine of this kind that exist here, first choice first. A pin is the only rung; one for another kind
 *  of machine does not count. */
export function loaderLadder(
  platform: BootPlatform,
  pinned: LoaderChoice,
  loaders: LoaderSet,
): readonly LoaderChoice[] {
  const exists = (name: string): boolean => loaders.get(name) !== undefined
  const rungs = LADDERS[platform]
  const wanted = rungs.includes(pinned) ? [pinned] : rungs
  return wanted.filter((name) => exists(name) && (SECOND_STAGES.get(name) ?? []).every(exists))
}

/** The plain loader that a machine of this kind starts with when everything is there. */
export const usualLoader = (platform: Exclude<BootPlatform, 'pi'>): LoaderChoice =>
  LADDERS[platform].find((name) => !SECOND_STAGES.has(name))!

/** What is missing when the ladder is empty: the pin, or the usual one. */
export const missingLoader = (platform: Exclude<BootPlatform, 'pi'>, pinned: LoaderChoice): LoaderChoice =>
  LADDERS[platform].includes(pinned) ? pinned : usualLoader(platform)
