import { expect, test } from 'vitest'
import { AppError } from '../../../src-main/base/errors.ts'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { probeFormat, PROBE_HEAD, PROBE_TAIL } from '../../../src-main/disks/probe.ts'
import { openQcow2 } from '../../../src-main/disks/qcow2-device.ts'
import { createVhd } from '../../../src-main/disks/vhd/create.ts'
import { openVhd } from '../../../src-main/disks/vhd/open.ts'
import { openVmdk } from '../../../src-main/disks/vmdk-device.ts'
import { flatDescriptor, smallQcow2, smallVmdk } from '../../support/foreign-images.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { MemoryFile } from '../../support/memory-file.ts'
import { seededRandom } from '../../support/random.ts'

const SEED = 20_261_122
const CASES = 4000
/** Opening and a few reads may ask for so much at most: tables and caches, never what a field claims. */
const MOST_READ_BYTES = 2 * 2 ** 20
const EXTREMES = [
  0n,
  1n,
  2n,
  511n,
  512n,
  0x7fffffffn,
  0xffffffffn,
  0x7fffffffffffffffn,
  0xffffffffffffffffn,
  2n ** 53n,
  2n ** 62n,
  2n ** 32n,
]
const random = seededRandom(SEED)
const PARENT_ID = new Uint8Array(16).fill(3)

/** Changes a few fields, cuts or copies pieces, mostly where the structures are. */
function damage(image: Uint8Array, hot: readonly [from: number, to: number][]): Uint8Array {
  let b = image.slice()
  for (let n = 1 + random.below(4); n > 0; n--) {
    const [from, to] = hot[random.below(hot.length)]!
    const at = from + random.below(Math.min(to, b.length) - from)
    const view = new DataView(b.buffer)
    const value = EXTREMES[random.below(EXTREMES.length)]!
    const field = at - (at % 4)
    switch (random.below(6)) {
      case 0:
        b[at] = random.below(256)
        break
      case 1:
        b[at]! ^= 1 << random.below(8)
        break
      case 2:
        if (field + 8 <= b.length) view.setBigUint64(field, value, random.below(2) === 0)
        break
      case 3:
        if (field + 4 <= b.length) view.setUint32(field, Number(value & 0xffffffffn), random.below(2) === 0)
        break
      case 4:
        // A pointer that leads somewhere in the file: at another block, a table, itself.
        if (field + 4 <= b.length) view.setUint32(field, random.below(b.length / 512 + 2), random.below(2) === 0)
        break
      case 5:
        if (random.below(8) === 0) b = b.slice(0, Math.max(600, random.below(b.length)))
        else b.copyWithin(at, from, Math.min(to, from + 64))
    }
    if (b.length < 2000) break
  }
  return b
}

async function expectBounded(image: Uint8Array, open: (file: MemoryFile) => Promise<BlockDevice>): Promise<boolean> {
  const file = new MemoryFile(image, { path: 'fuzzed' })
  probeFormat(image.subarray(0, PROBE_HEAD), image.subarray(-PROBE_TAIL), image.length)
  try {
    const device = await open(file)
    expect(device.blockCount).toBeGreaterThan(0)
    expect(Number.isSafeInteger(device.blockCount)).toBe(true)
    const into = new Uint8Array(512 * 20)
    const last = Math.max(0, device.blockCount - 20)
    for (const lba of [0, last, random.below(Math.min(last, 0xffffffff) + 1)])
      await device.read(lba, into.subarray(0, Math.min(20, device.blockCount) * 512))
    if (!device.readOnly && random.below(4) === 0) {
      const lba = random.below(Math.min(last, 0xffffffff) + 1)
      await device.write(lba, [new Uint8Array(512).fill(0x5a)])
      await device.flush()
      const again = await open(file.clone())
      await again.read(lba, into.subarray(0, 512))
      expect(into[0]).toBe(0x5a)
    }
    return true
  } catch (e) {
    if (!(e instanceof AppError) || e.code === 'bug') throw e
    return false
  } finally {
    expect(file.readBytes).toBeLessThan(MOST_READ_BYTES)
  }
}

/** With the right checksum a damage gets past the first check. */
function repairChecksum(b: Uint8Array, from: number, length: number, at: number): void {
  if (b.length < from + length) return
  const view = new DataView(b.buffer)
  view.setUint32(from + at, 0)
  let sum = 0
  for (let i = from; i < from + length; i++) sum += b[i]!
  view.setUint32(from + at, ~sum >>> 0)
}

async function vhdImage(kind: 'dynamic' | 'differencing'): Promise<Uint8Array> {
  const file = new MemoryFile()
  const parent = { uniqueId: PARENT_ID, modifiedMs: 0, fileName: 'p.vhd', relativePath: '.\\p.vhd' }
  await createVhd(file, {
    kind,
    sizeBytes: 2 ** 20,
    blockBytes: 128 * 1024,
    uniqueId: PARENT_ID,
    createdMs: 0,
    ...(kind === 'differencing' ? { parent } : {}),
  })
  const device = await openVhd(file, { parent: { device: new MemoryDisk(2048), uniqueId: PARENT_ID } })
  await device.write(0, [new Uint8Array(512 * 3).fill(1)])
  await device.write(1000, [new Uint8Array(512 * 3).fill(2)])
  await device.flush()
  return file.content()
}

test.each(['dynamic', 'differencing'] as const)(`${CASES} damaged %s VHDs (seed ${SEED})`, async (kind) => {
  const image = await vhdImage(kind)
  const parent = { device: new MemoryDisk(2048), uniqueId: PARENT_ID }
  let opened = 0
  for (let i = 0; i < CASES; i++) {
    const b = damage(image, [
      [0, 512],
      [512, 1536],
      [1536, 2600],
      [image.length - 512, image.length],
    ])
    if (i % 3 > 0) {
      repairChecksum(b, 0, 512, 64)
      repairChecksum(b, 512, 1024, 36)
      if (i % 3 > 1 && b.length >= 2048) repairChecksum(b, b.length - 512, 512, 64)
    }
    if (await expectBounded(b, (file) => openVhd(file, { parent }))) opened++
  }
  expect(opened).toBeGreaterThan(CASES / 20)
  expect(opened).toBeLessThan(CASES * 0.95)
})

test(`${CASES} damaged qcow2 images (seed ${SEED})`, async () => {
  const image = smallQcow2()
  let opened = 0
  for (let i = 0; i < CASES; i++) {
    const hot: [number, number][] = [
      [0, 112],
      [4096, 4112],
      [8192, 8216],
      [16384, 16900],
    ]
    if (await expectBounded(damage(image, hot), (file) => openQcow2(file.clone({ readOnly: true })))) opened++
  }
  expect(opened).toBeGreaterThan(CASES / 20)
  expect(opened).toBeLessThan(CASES * 0.95)
})

test.each([false, true])(`${CASES} damaged VMDKs, compressed %s (seed ${SEED})`, async (compressed) => {
  const image = smallVmdk(compressed)
  let opened = 0
  for (let i = 0; i < CASES; i++) {
    const hot: [number, number][] = [
      [0, 80],
      [4096, 4128],
      [8192, 8200],
      [20480, 20540],
      [image.length - 1024, image.length - 900],
    ]
    if (await expectBounded(damage(image, hot), (file) => openVmdk(file))) opened++
  }
  expect(opened).toBeGreaterThan(CASES / 20)
  expect(opened).toBeLessThan(CASES * 0.95)
})

test(`${CASES} damaged VMDK descriptors (seed ${SEED})`, async () => {
  const flat = new MemoryFile(new Uint8Array(2 ** 20), { path: 'flat' })
  const words = [
    'RW 2048 FLAT "disk-flat.vmdk" 0\n',
    'RW 99999999999999999999 ZERO\n',
    'RW 9 ZERO\n',
    '"',
    '\n',
    'RW 0 ZERO',
  ]
  let opened = 0
  for (let i = 0; i < CASES; i++) {
    let text = Buffer.from(flatDescriptor()).toString('latin1')
    for (let n = random.below(4); n >= 0; n--) {
      const at = random.below(text.length)
      text = text.slice(0, at) + words[random.below(words.length)]! + text.slice(at + random.below(3))
    }
    if (
      await expectBounded(Buffer.from(text, 'latin1'), (file) =>
        openVmdk(file, { openSibling: async () => flat.clone() }),
      )
    )
      opened++
  }
  expect(opened).toBeGreaterThan(CASES / 20)
})
