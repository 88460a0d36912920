/** Filled in by the build from package.json. */
declare const BOOTLACE_VERSION: string | undefined

export const version: string = typeof BOOTLACE_VERSION === 'string' ? BOOTLACE_VERSION : '0.0.0-source'
