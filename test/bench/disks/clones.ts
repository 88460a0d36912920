import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { createClones, createFormat, openFormat, type OpenImage } from '../../../src-main/engine/disk-format.ts'
import { GIB, median, MIB, realBytes, recordOf, type CloneFormat, type Row } from './measure.ts'

const SIZE = 40 * GIB
const DEEPEST = 8

/** Makes `count` clones of an image of 40 GB, durably, and opens each; then opens a chain of eight. */
export async function measureClones(under: string, count: number, format: CloneFormat): Promise<Row[]> {
  const section = `clones: ${format.toUpperCase()} in ${under}`
  const folder = mkdtempSync(join(under, 'bootlace-clones-'))
  const open: BlockDevice[] = []
  try {
    const own = format === 'vhd' ? 'raw' : 'vhdx'
    const imageFile = `golden.${own}`
    await createFormat(own, join(folder, imageFile), SIZE, false, 0)
    const record = recordOf(imageFile, own, SIZE, true)
    const image: OpenImage = { record, device: await openFormat(record, join(folder, imageFile), undefined) }
    open.push(image.device)
    const paths = Array.from({ length: count }, (_, i) => join(folder, `pc-${i}.${format}`))
    const started = performance.now()
    await createClones(image, paths, 0)
    const took = performance.now() - started
    const bytes = paths.reduce((n, path) => n + realBytes(path), 0)
    const times: number[] = []
    for (const [i, path] of paths.entries()) {
      const before = performance.now()
      open.push(await openFormat(recordOf(`pc-${i}.${format}`, format, SIZE, false), path, image))
      times.push(performance.now() - before)
    }
    const closing = performance.now()
    for (const device of open.splice(1)) await device.close()
    const closed = performance.now() - closing
    const chain = await chainTimes(folder, image, format, open)
    return [
      { section, what: `${count} clones made`, value: took / 1000, unit: 's', atMost: 3 },
      { section, what: `${count} clones, real space`, value: bytes / MIB, unit: 'MiB', atMost: 1e9 / MIB },
      { section, what: 'one clone, real space', value: bytes / count / 1024, unit: 'KiB' },
      { section, what: 'open a clone, median', value: median(times), unit: 'ms' },
      { section, what: 'open a clone, slowest', value: Math.max(...times), unit: 'ms', atMost: 50 },
      { section, what: 'close a clone that was not written', value: closed / count, unit: 'ms' },
      { section, what: `open the last of a chain of ${DEEPEST}`, value: chain.last, unit: 'ms', atMost: 50 },
      { section, what: `open all of a chain of ${DEEPEST}`, value: chain.all, unit: 'ms' },
    ]
  } finally {
    for (const device of open.reverse()) await device.close()
    rmSync(folder, { recursive: true })
  }
}

/** Each generation is sealed with some blocks of its own. */
async function chainTimes(
  folder: string,
  image: OpenImage,
  format: CloneFormat,
  open: BlockDevice[],
): Promise<{ last: number; all: number }> {
  let parent = image
  let last = 0
  let all = 0
  for (let i = 0; i < DEEPEST; i++) {
    const file = `generation-${i}.${format}`
    await createClones(parent, [join(folder, file)], 0)
    const writable = await openFormat(recordOf(file, format, SIZE, false), join(folder, file), parent)
    for (let n = 0; n < 64; n++)
      await writable.write(((n * 997 + i * 31) % 20000) * 4096, [new Uint8Array(4096).fill(i + 1)])
    await writable.close()
    const record = recordOf(file, format, SIZE, true)
    const before = performance.now()
    const device = await openFormat(record, join(folder, file), parent)
    last = performance.now() - before
    all += last
    open.push(device)
    parent = { record, device }
  }
  return { last, all }
}
