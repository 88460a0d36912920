import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from './random.ts'

/** What a medium for Windows has, as far as this program looks at it. Nothing in it is of Microsoft; its image is a real
 *  WIM file, made by wimlib, with two images of which the second is the one to boot, as on Microsoft's media. */
export interface WindowsIso {
  readonly iso: string
  /** The files as they went in. */
  readonly tree: string
}

export const WINDOWS_ISO_TOOLS = ['xorriso', 'wimlib-imagex'] as const

/** @param system what Windows itself lies in; without it, bytes that nobody can read. */
export function writeWindowsIso(folder: string, system: Uint8Array = Buffer.alloc(50_000, 'system')): WindowsIso {
  const tree = join(folder, 'windows')
  const image = join(folder, 'image')
  for (const path of [join(tree, 'sources'), join(tree, 'boot'), join(image, 'Windows', 'System32')])
    mkdirSync(path, { recursive: true })
  writeFileSync(join(image, 'Windows', 'System32', 'winload.exe'), seededRandom(2026).bytes(300_000))
  const wim = join(tree, 'sources', 'boot.wim')
  const wimlib = (...args: string[]) => execFileSync('wimlib-imagex', args, { stdio: 'ignore' })
  wimlib('capture', image, wim, 'Windows PE', '--compress=LZX')
  wimlib('append', image, wim, 'Windows Setup', '--boot')
  writeFileSync(join(tree, 'sources', 'install.wim'), system)
  writeFileSync(join(tree, 'setup.exe'), 'setup')
  writeFileSync(join(tree, 'bootmgr'), Buffer.alloc(4000, 'bootmgr'))
  writeFileSync(join(tree, 'boot', 'bcd'), Buffer.alloc(8192, 'bcd'))
  writeFileSync(join(tree, 'boot', 'boot.sdi'), Buffer.alloc(9000, 'sdi'))
  const iso = join(folder, 'windows.iso')
  execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', '-R', '-J', '-V', 'WINDOWS', '-o', iso, tree], {
    stdio: 'ignore',
  })
  return { iso, tree }
}
