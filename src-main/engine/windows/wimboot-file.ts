import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, toAppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { checkWimboot, WIMBOOT_FILE, WIMBOOT_RELEASED } from '../../boot/wimboot.ts'

export interface Wimboot {
  readonly bytes: Uint8Array
  readonly version: string
  /** Lower-case hex. */
  readonly sha256: string
  /** Whether it is, byte for byte, the file of the project's release that is known here. */
  readonly isReleased: boolean
  /** `user`: put in by a person; `fetched`: beside the loaders. */
  readonly from: 'user' | 'fetched'
}

const MAX_BYTES = 16 << 20

/** The file `wimboot`: one that a person put in counts before the one that was fetched with the loaders. */
export class WimbootFile {
  readonly #own: string
  readonly #fetched: string
  readonly #logger: Logger
  #current: Wimboot | undefined

  constructor(o: { readonly dataDir: string; readonly loadersDir: string; readonly logger: Logger }) {
    this.#own = join(o.dataDir, 'boot', WIMBOOT_FILE)
    this.#fetched = join(o.loadersDir, WIMBOOT_FILE)
    this.#logger = o.logger.child({ component: 'engine.wimboot' })
    this.#current = this.#read(this.#own, 'user') ?? this.#read(this.#fetched, 'fetched')
  }

  get current(): Wimboot | undefined {
    return this.#current
  }

  /** Takes a copy of a file; without one, that which was put in is forgotten. Errors: config.wimboot. */
  async put(path: string | undefined): Promise<Wimboot | undefined> {
    if (path === undefined) rmSync(this.#own, { force: true })
    else {
      const bytes = await bytesOf(path)
      checkWimboot(bytes)
      mkdirSync(join(this.#own, '..'), { recursive: true })
      writeFileSync(`${this.#own}.part`, bytes)
      renameSync(`${this.#own}.part`, this.#own)
    }
    this.#current = this.#read(this.#own, 'user') ?? this.#read(this.#fetched, 'fetched')
    return this.#current
  }

  #read(path: string, from: Wimboot['from']): Wimboot | undefined {
    let bytes: Uint8Array
    try {
      bytes = readFileSync(path)
    } catch {
      // Not there: Windows is then installed in other ways.
      return undefined
    }
    try {
      const { version } = checkWimboot(bytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return { bytes, version, sha256, isReleased: sha256 === WIMBOOT_RELEASED.sha256, from }
    } catch (thrown) {
      const { code, message } = toAppError(thrown)
      this.#logger.warn({ code, path }, message)
      return undefined
    }
  }
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path)
    if (size <= MAX_BYTES) return await readFile(path)
  } catch (cause) {
    throw new AppError('config.wimboot', `the file ${path} does not exist or cannot be read`, {
      hint: 'Give the path of a file on the computer that runs Bootlace.',
      cause,
    })
  }
  throw new AppError('config.wimboot', `the file ${path} is much too large for a wimboot`, {
    hint: `Take the file “wimboot” of the release: ${WIMBOOT_RELEASED.url}`,
  })
}
