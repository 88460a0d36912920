import { expect, test } from 'vitest'
import { inspectSystem } from '../../../../src-main/guests/offline/inspect.ts'
import type { OfflineReport } from '../../../../src-main/guests/offline/report.ts'
import { diskOf, fixtureImage, PARTITION_TYPE } from '../../../support/offline-images.ts'
import type { MemoryDisk } from '../../../support/memory-disk.ts'
import { seededRandom, type SeededRandom } from '../../../support/random.ts'

/** Damaged and hostile images: the check always ends, with a report, and without reading more than a few times the
 *  image. The seed of a failure is in its name. */
const CASES = 40
const LIMITS = { bytes: 512 * 2 ** 20, calls: 400_000 }
const EXTREMES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff]

const esp = { type: PARTITION_TYPE.efi, content: fixtureImage('esp.fat') }
const IMAGES = {
  windows: diskOf([esp, { type: PARTITION_TYPE.windows, content: fixtureImage('windows.ntfs') }]),
  linux: diskOf([esp, { type: PARTITION_TYPE.linux, content: fixtureImage('linux.ext4') }]),
}

/** Places that are not zero: damage in the rest of a small image changes nothing. */
function filledSectors(bytes: Uint8Array): number[] {
  const sectors: number[] = []
  for (let at = 0; at < bytes.length; at += 512) if (bytes.subarray(at, at + 512).some((v) => v !== 0)) sectors.push(at)
  return sectors
}

/** Turns bits, writes extreme numbers, copies structures over others: pointers then lead to themselves. */
function damage(bytes: Uint8Array, sectors: readonly number[], random: SeededRandom): void {
  const view = new DataView(bytes.buffer)
  const somewhere = (): number => sectors[random.below(sectors.length)]!
  for (let n = 1 + random.below(40); n > 0; n--) {
    const at = somewhere() + random.below(512)
    const field = at & ~3
    switch (random.below(5)) {
      case 0:
        bytes[at]! ^= 1 << random.below(8)
        break
      case 1:
        bytes[at] = random.below(256)
        break
      case 2:
        view.setUint32(field, EXTREMES[random.below(EXTREMES.length)]!, true)
        break
      case 3:
        view.setUint16(at & ~1, EXTREMES[random.below(EXTREMES.length)]! & 0xffff, true)
        break
      case 4:
        bytes.copyWithin(somewhere(), somewhere(), somewhere() + 512)
        break
    }
  }
}

async function checkDamaged(
  name: keyof typeof IMAGES,
  seed: number,
): Promise<{ report: OfflineReport; readBytes: number }> {
  const disk = IMAGES[name] as MemoryDisk
  const good = disk.bytes.slice()
  const random = seededRandom(seed)
  // The head of the disk is small, and without it nothing else is reached: most damage goes behind it.
  const sectors = filledSectors(good).filter((at) => random.below(8) === 0 || at >= 2 ** 20)
  disk.log.length = 0
  try {
    damage(disk.bytes, sectors, random)
    const report = await inspectSystem(disk, { limits: LIMITS })
    const readBytes = disk.log.reduce((n, line) => n + Number(line.split('+')[1]) * 512, 0)
    return { report, readBytes }
  } finally {
    disk.bytes.set(good)
  }
}

test.each(['windows', 'linux'] as const)(
  'damage of all kinds in a %s image never ends in an error',
  async (name) => {
    let unreadable = 0
    for (let i = 0; i < CASES; i++) {
      const seed = 1000 + i
      const { report, readBytes } = await checkDamaged(name, seed).catch((error: unknown) => {
        throw new Error(`seed ${seed}`, { cause: error })
      })
      expect(report.findings.length, `seed ${seed}`).toBeGreaterThan(0)
      expect(
        report.findings.filter((f) => f.id === 'disk.damaged'),
        `seed ${seed}`,
      ).toEqual([])
      // A page may be read again after 256 others: some times the image is a bound, what a field claims is none.
      expect(readBytes, `seed ${seed}`).toBeLessThan(10 * IMAGES[name].bytes.length)
      if (report.findings.some((f) => f.severity === 'unknown')) unreadable++
    }
    // Else the damage would not hit anything.
    expect(unreadable).toBeGreaterThan(CASES / 20)
  },
  120_000,
)

test('random bytes are no disk, and no trouble', async () => {
  const disk = IMAGES.linux as MemoryDisk
  const good = disk.bytes.slice()
  try {
    for (let seed = 1; seed <= 10; seed++) {
      const random = seededRandom(seed)
      // Signatures stay, so that every reader gets its share of noise.
      for (let at = 2 ** 20; at < disk.bytes.length; at += 3 + random.below(200)) disk.bytes[at] = random.below(256)
      disk.bytes.set(good.subarray(2 ** 20, 2 ** 20 + 512), 2 ** 20)
      disk.bytes.set(good.subarray(2 * 2 ** 20 + 1024, 2 * 2 ** 20 + 2048), 2 * 2 ** 20 + 1024)
      const report = await inspectSystem(disk, { limits: LIMITS })
      expect(report.partitions).toHaveLength(2)
    }
  } finally {
    disk.bytes.set(good)
  }
})
