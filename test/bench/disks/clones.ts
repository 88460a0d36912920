import type { DiskFormat } from '../../../src-main/disks/disk-record.ts'
import { DiskLab } from '../../support/disk-lab.ts'
import { GIB, median, MIB, type CloneFormat, type Row } from './measure.ts'

const SIZE = 40 * GIB
const DEEPEST = 8

/** Makes `count` clones of an image of 40 GB as the program does, records included, and opens each anew; then a chain of
 *  eight restore points. */
export async function measureClones(under: string, count: number, format: CloneFormat): Promise<Row[]> {
  const section = `clones: ${format.toUpperCase()} in ${under}`
  const lab = new DiskLab(under)
  await lab.start()
  try {
    await image(lab, format)
    const names = Array.from({ length: count }, (_, i) => `pc-${i}`)
    const started = performance.now()
    const made = await lab.library.clone('golden', names)
    const took = performance.now() - started
    const bytes = made.reduce((n, disk) => n + lab.library.realBytes(disk), 0)
    const times: number[] = []
    for (const record of made) {
      const before = performance.now()
      const chain = await lab.library.openChainOf(record)
      times.push(performance.now() - before)
      await chain.close()
    }
    for (let i = 0; i < DEEPEST; i++) {
      for (let n = 0; n < 64; n++) await lab.write('pc-0', ((n * 997 + i * 31) % 20000) * 4096, `generation ${i}`)
      if (i < DEEPEST - 1) await lab.life.snapshot('pc-0', String(i))
    }
    const before = performance.now()
    const chain = await lab.library.openChainOf(lab.library.find('pc-0'))
    const deep = performance.now() - before
    await chain.close()
    return [
      { section, what: `${count} clones made`, value: took / 1000, unit: 's', atMost: 3 },
      { section, what: `${count} clones, real space`, value: bytes / MIB, unit: 'MiB', atMost: 1e9 / MIB },
      { section, what: 'one clone, real space', value: bytes / count / 1024, unit: 'KiB' },
      { section, what: 'open a clone, median', value: median(times), unit: 'ms' },
      { section, what: 'open a clone, slowest', value: Math.max(...times), unit: 'ms', atMost: 50 },
      { section, what: `open a chain of ${DEEPEST}`, value: deep, unit: 'ms', atMost: 50 },
    ]
  } finally {
    await lab.end()
  }
}

/** Sealed without reading 40 GB of zeros. */
async function image(lab: DiskLab, format: DiskFormat): Promise<void> {
  await lab.library.create('golden', SIZE, false, format)
  await lab.write('golden', 0, 'golden')
  const record = lab.library.find('golden')
  const image = { family: 'golden', version: 1, channel: 'production' } as const
  await lab.library.sealAs({ ...record, sealedMs: 1, contentHash: '00'.repeat(32), image })
}
