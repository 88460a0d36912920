import { readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Output } from '../api/contract.ts'
import { AppError } from '../base/errors.ts'

type Place = Output<'browse'>

/** What lies in a folder: folders first, hidden files left out. Entries that cannot be looked at (links to nowhere, links
 *  in a circle) are left out too. Errors: disk.source. */
export async function browse(folderText: string): Promise<Place> {
  const folder = resolve(folderText)
  let names: string[]
  try {
    names = await readdir(folder)
  } catch (cause) {
    throw new AppError('disk.source', `${folder} cannot be opened`, { hint: 'Choose another folder.', cause })
  }
  const looked = await Promise.all(
    names.filter((name) => !name.startsWith('.')).map((name) => lookAt(name, join(folder, name))),
  )
  const entries = looked.filter((entry) => entry !== undefined).sort(compare)
  const parent = dirname(folder)
  return { folder, ...(parent !== folder && { parent }), entries }
}

async function lookAt(name: string, path: string): Promise<Place['entries'][number] | undefined> {
  try {
    const info = await stat(path)
    if (!info.isDirectory() && !info.isFile()) return undefined
    return { name, path, folder: info.isDirectory(), sizeBytes: info.size }
  } catch {
    // One entry that cannot be looked at must not hide the others.
    return undefined
  }
}

const { compare: compareNames } = new Intl.Collator('en', { numeric: true })
const compare = (a: Place['entries'][number], b: Place['entries'][number]): number =>
  Number(b.folder) - Number(a.folder) || compareNames(a.name, b.name)
