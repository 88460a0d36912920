import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../base/errors.ts'

/** One loader as it lies in the folder. */
export interface StoredLoader {
  readonly name: string
  readonly bytes: Uint8Array
  /** Lower-case hex, computed from the bytes. */
  readonly sha256: string
  readonly version?: string
  readonly origin?: string
}

/** A line of loaders.json, written beside the files by resources/scripts/fetch-loaders.mjs. */
export interface Recorded {
  readonly name?: unknown
  readonly version?: unknown
  readonly origin?: unknown
  readonly sha256?: unknown
}

const LOADER_NAME = /\.(kpxe|kkpxe|pxe|efi|lkrn)$/i

/** Every loader file of a folder. A file that loaders.json knows must have the recorded hash; files it does not know
 *  are taken as the user's own.
 *  Errors: config.loaders when there is no such folder, no loader in it, or a file was changed since it was fetched. */
export async function readLoaderFolder(folder: string): Promise<StoredLoader[]> {
  const names = await readdir(folder).catch((thrown: unknown) => {
    throw new AppError('config.loaders', `the loader folder ${folder} cannot be read`, { hint: FETCH, cause: thrown })
  })
  const recorded = await readRecord(folder)
  const loaders: StoredLoader[] = []
  for (const name of names.filter((n) => LOADER_NAME.test(n)).sort()) {
    const bytes = await readFile(join(folder, name))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const record = recorded.find((r) => r.name === name)
    if (record && record.sha256 !== sha256)
      throw new AppError('config.loaders', `the loader ${name} is not the file that was fetched`, {
        hint: FETCH,
        data: { name, sha256 },
      })
    loaders.push({
      name,
      bytes,
      sha256,
      ...(typeof record?.version === 'string' ? { version: record.version } : {}),
      ...(typeof record?.origin === 'string' ? { origin: record.origin } : {}),
    })
  }
  if (loaders.length === 0) throw new AppError('config.loaders', `no loader lies in ${folder}`, { hint: FETCH })
  return loaders
}

const FETCH = 'Fetch the loaders with "node resources/scripts/fetch-loaders.mjs", or name a folder with --loaders.'

/** What loaders.json says of the files beside it. Errors: config.loaders. */
export async function readRecord(folder: string): Promise<readonly Recorded[]> {
  let text: string
  try {
    text = await readFile(join(folder, 'loaders.json'), 'utf8')
  } catch {
    // A folder of the user's own files has no record.
    return []
  }
  try {
    const parsed = JSON.parse(text) as { files?: unknown }
    if (Array.isArray(parsed.files)) return parsed.files as Recorded[]
  } catch (thrown) {
    throw new AppError('config.loaders', `loaders.json in ${folder} is not JSON`, { hint: FETCH, cause: thrown })
  }
  throw new AppError('config.loaders', `loaders.json in ${folder} has no list of files`, { hint: FETCH })
}
