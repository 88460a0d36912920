import { AppError } from '../../src-main/base/errors.ts'
import { openIsoMedium, type IsoMedium } from '../../src-main/guests/iso/medium.ts'
import type { ByteSource } from '../../src-main/guests/offline/disk/source.ts'

/** Everything in an ISO: paths, and what the files hold (`null` for what is no file and no folder). Stops at `limit`
 *  names, so that folders in each other end. */
export async function readTree(medium: IsoMedium, limit = 1000): Promise<Record<string, Uint8Array | null>> {
  const found: Record<string, Uint8Array | null> = {}
  const folders = ['']
  for (let n = 0; folders.length > 0 && n < limit;) {
    const folder = folders.shift()!
    for (const name of (await medium.names(folder || '/')) ?? []) {
      if (++n > limit) break
      const path = folder === '' ? name : `${folder}/${name}`
      if ((await medium.names(path)) !== undefined) folders.push(path)
      else found[path] = await wholeOf(await medium.file(path))
    }
  }
  return found
}

async function wholeOf(source: ByteSource | undefined): Promise<Uint8Array | null> {
  return source ? source.read(0, source.sizeBytes) : null
}

/** What came of reading a medium that may be damaged: `read`, or the code of the refusal. Other errors are thrown. */
export async function tryTree(source: ByteSource, limit: number): Promise<string> {
  try {
    await readTree(await openIsoMedium(source), limit)
    return 'read'
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.hint !== undefined) return thrown.code
    throw thrown
  }
}
