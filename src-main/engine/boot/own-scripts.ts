import { mkdirSync } from 'node:fs'
import { copyFile, lstat, mkdir, readdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { OwnScriptView } from '../../api/boot.ts'
import { AppError } from '../../base/errors.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import { checkScript, overrideOf } from '../../boot/own-script.ts'

/** Scripts and what they include; kernels and images belong to /media/. */
const ENDINGS = ['.ipxe', '.cfg', '.php', '.txt'] as const
const LARGEST_BYTES = 1 << 20
const MOST_FILES = 2000
const DEEPEST = 4
/** Scripts may hold passwords: they are for PCs, and for no other user of this computer. */
const PRIVATE = 0o700
/** So long a list of the folder is taken as it is. */
const FRESH_MS = 1000

interface OwnFile {
  readonly bytes: Uint8Array
  readonly mtimeMs: number
}

/** Scripts that people wrote themselves. The folder is read into memory, and answers come from there only: no path of a PC
 *  ever reaches the file system. Links are not followed. */
export class OwnScripts {
  readonly #folder: () => string
  readonly #clock: Clock
  readonly #logger: Logger
  #files: ReadonlyMap<string, OwnFile> = new Map()
  #readMs = -Infinity
  #reading: Promise<void> | undefined

  constructor(o: { folder: () => string; clock: Clock; logger: Logger }) {
    this.#folder = o.folder
    this.#clock = o.clock
    this.#logger = o.logger.child({ component: 'engine.ownScripts' })
  }

  /** Resolves when what is in memory is what is in the folder. */
  refresh(force = false): Promise<void> {
    if (!force && this.#clock.now() - this.#readMs < FRESH_MS) return Promise.resolve()
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined))
    return this.#reading
  }

  /** For an address below /scripts/. */
  file(path: string): Uint8Array | undefined {
    return this.#files.get(path)?.bytes
  }

  /** The script for one PC: by its UUID, else by its MAC, else by its name. One that cannot run does not count. */
  scriptFor(pc: {
    readonly mac: string
    readonly name?: string | undefined
    readonly uuid: string | undefined
  }): string | undefined {
    for (const kind of ['uuid', 'mac', 'hostname'] as const) {
      const wanted = { uuid: pc.uuid?.toLowerCase(), mac: pc.mac, hostname: pc.name }[kind]
      if (wanted === undefined) continue
      for (const path of this.#files.keys()) {
        const names = overrideOf(path)
        if (names?.kind === kind && names.of === wanted && this.#problems(path).length === 0) return path
      }
    }
    return undefined
  }

  /** The menu among them: `menu.ipxe` in the folder itself, else the first script of all, `boot.ipxe`. */
  menu(): string | undefined {
    return ['menu.ipxe', 'boot.ipxe'].find((path) => this.#files.has(path) && this.#problems(path).length === 0)
  }

  async list(): Promise<OwnScriptView[]> {
    await this.refresh(true)
    return [...this.#files].map(([path, { bytes, mtimeMs }]) => {
      const names = overrideOf(path)
      return {
        path,
        sizeBytes: bytes.length,
        changedMs: mtimeMs,
        ...(names && { forPc: `${names.kind} ${names.of}` }),
        problems: this.#problems(path),
      }
    })
  }

  /** Copies the scripts of a folder into ours, links left out. What is there under the same name is replaced.
   *  Errors: scripts.folder. */
  async import(from: string): Promise<OwnScriptView[]> {
    const source = resolve(from)
    const target = this.#folder()
    if (`${target}${sep}`.startsWith(`${source}${sep}`) || `${source}${sep}`.startsWith(`${target}${sep}`))
      throw new AppError('scripts.folder', `${source} and the folder of the scripts lie in each other`, {
        hint: 'Name the folder that your scripts are in now.',
      })
    const paths = await scriptPaths(source)
    if (paths.length === 0)
      throw new AppError('scripts.folder', `there are no scripts in ${source}`, {
        hint: `Name a folder with files that end in ${ENDINGS.join(', ')}.`,
      })
    for (const path of paths) {
      const to = join(target, ...path.split('/'))
      await mkdir(dirname(to), { recursive: true, mode: PRIVATE })
      await copyFile(join(source, ...path.split('/')), to)
    }
    const imported = new Set(paths)
    return (await this.list()).filter(({ path }) => imported.has(path))
  }

  #problems(path: string): string[] {
    return checkScript(path, this.#files.get(path)!.bytes, (other) => this.#files.has(other))
  }

  async #read(): Promise<void> {
    const folder = this.#folder()
    const files = new Map<string, OwnFile>()
    try {
      for (const path of await scriptPaths(folder)) {
        const full = join(folder, ...path.split('/'))
        const { mtimeMs, size } = await lstat(full)
        const known = this.#files.get(path)
        const same = known?.mtimeMs === mtimeMs && known.bytes.length === size
        files.set(path, same ? known : { bytes: await readFile(full), mtimeMs })
      }
      this.#files = files
    } catch (thrown) {
      // The PCs keep what was read last.
      this.#logger.warn({ folder, error: (thrown as Error).message }, 'the folder of own scripts cannot be read')
    }
    this.#readMs = this.#clock.now()
  }
}

/** Paths below a folder, with `/` between their parts. Errors: scripts.folder. */
async function scriptPaths(folder: string): Promise<string[]> {
  const found: string[] = []
  const look = async (below: readonly string[]): Promise<void> => {
    const entries = await readdir(join(folder, ...below), { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = [...below, entry.name]
      if (entry.name.startsWith('.') || /[\\/\0]/.test(entry.name)) continue
      if (entry.isDirectory() && path.length < DEEPEST) await look(path)
      else if (entry.isFile() && ENDINGS.some((ending) => entry.name.toLowerCase().endsWith(ending))) {
        const { size } = await lstat(join(folder, ...path))
        if (size <= LARGEST_BYTES && found.length < MOST_FILES) found.push(path.join('/'))
      }
    }
  }
  try {
    await look([])
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT' && found.length === 0) return []
    throw new AppError('scripts.folder', `${folder} cannot be read: ${(thrown as Error).message}`, {
      hint: 'Name a folder that you may read.',
    })
  }
  return found
}

/** So that people find it. A folder that cannot be made is told of when it is used. */
export function makeScriptsFolder(folder: string, logger: Logger): void {
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE })
  } catch (thrown) {
    logger.warn({ folder, error: (thrown as Error).message }, 'the folder of own scripts cannot be made')
  }
}
