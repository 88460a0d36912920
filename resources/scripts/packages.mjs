// What of others' work is in a release, by the lockfile: what the engine needs at run time, and what is bundled into the UI.

/** Development dependencies that end up in the bundle of the UI. */
const BUNDLED = ['@lucide/svelte', 'svelte', 'uplot']
/** One package for each platform: the package they belong to is listed. */
const PLATFORM_PARTS = /^(@koromix\/koffi-|node-(linux|win)-x64$)/

/** Name, version and licence, by name. @param lock package-lock.json, parsed. */
export function shippedPackages(lock) {
  const found = new Map()
  for (const [path, entry] of Object.entries(lock.packages)) {
    const name = path.split('node_modules/').at(-1)
    if (name === '' || PLATFORM_PARTS.test(name)) continue
    if (entry.dev && !BUNDLED.includes(name)) continue
    found.set(`${name} ${entry.version}`, { name, version: entry.version, licence: entry.license ?? 'see its files' })
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'))
}
