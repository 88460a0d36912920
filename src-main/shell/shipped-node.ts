import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The Node that a package brings along: the engine runs in it, because it is the one that every test ran in, and because the
 *  window's own program then need not be usable as a Node (a fuse). Undefined in a clone.
 *  Shape: `resources` is Electron's process.resourcesPath. */
export function shippedNode(resources: string, platform: NodeJS.Platform = process.platform): string | undefined {
  const path = join(resources, 'node', platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(path) ? path : undefined
}
