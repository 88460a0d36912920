/** Filled in by the build from package-lock.json. */
declare const BOOTLACE_PACKAGES: readonly Package[]

/** Somebody else's work that is shipped with this program. */
export interface Package {
  readonly name: string
  readonly version: string
  readonly licence: string
}

export const packages: readonly Package[] = typeof BOOTLACE_PACKAGES === 'undefined' ? [] : BOOTLACE_PACKAGES
