import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../base/errors.ts'
import { readRecord } from './loader-folder.ts'

/** Files of the loader folder that a boot medium is made of. */
const FILES = {
  ipxeLkrn: 'ipxe.lkrn',
  ipxeEfi: 'ipxe.efi',
  isolinux: 'isolinux.bin',
  ldlinux: 'ldlinux.c32',
  stickCode: 'isohdpfx.bin',
} as const

type Part = keyof typeof FILES
export type StoredParts = Readonly<Record<Part, Uint8Array>> & { readonly origins: readonly string[] }

const FETCH = 'Fetch them with "node resources/scripts/fetch-loaders.mjs" on Linux, or name a folder with --loaders.'

/** The parts of boot media. Each must have the hash that was recorded when it was fetched; a folder of the user's own files
 *  has no record.
 *  Errors: config.mediumParts, config.loaders. */
export async function readMediumParts(folder: string): Promise<StoredParts> {
  const recorded = await readRecord(folder)
  const parts: Partial<Record<Part, Uint8Array>> = {}
  const missing: string[] = []
  const origins = new Set<string>()
  for (const [part, name] of Object.entries(FILES) as [Part, string][]) {
    const bytes = await readFile(join(folder, name)).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'ENOENT')
        throw new AppError('config.mediumParts', `${name} cannot be read`, { hint: FETCH, cause: thrown })
      missing.push(name)
      return undefined
    })
    if (bytes === undefined) continue
    const record = recorded.find((r) => r.name === name)
    if (record && record.sha256 !== createHash('sha256').update(bytes).digest('hex'))
      throw new AppError('config.mediumParts', `${name} is not the file that was fetched`, { hint: FETCH })
    origins.add(typeof record?.origin === 'string' ? record.origin : `${name}, put there by the user`)
    parts[part] = bytes
  }
  if (missing.length > 0)
    throw new AppError('config.mediumParts', `a boot medium cannot be made without ${missing.join(', ')}`, {
      hint: FETCH,
      data: { missing },
    })
  return { ...(parts as Record<Part, Uint8Array>), origins: [...origins] }
}
