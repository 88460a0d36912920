import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/log.ts'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import { openHostFile } from '../../../src-main/disks/host-file-device.ts'
import { PendingLog } from '../../../src-main/disks/pending-log.ts'
import { createVhd } from '../../../src-main/disks/vhd/create.ts'
import { openVhd } from '../../../src-main/disks/vhd/open.ts'
import { createVhdx, openVhdx } from '../../../src-main/disks/vhdx-device.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { seededRandom } from '../../support/random.ts'

const MIB = 2 ** 20
const GRAIN = 4096
const SIZE = 24 * MIB
const GRAINS = SIZE / GRAIN
const PARENT_GUID = '11111111-2222-3333-4444-555555555555'
const PARENT_ID = Uint8Array.from({ length: 16 }, (_, i) => i + 1)
const BOOT = 'boot-a'
/** What the parent holds everywhere; nothing else writes it. */
const PARENT_VALUE = 0xffff

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-pending-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

interface Kind {
  readonly name: string
  readonly child: boolean
  create(path: string): Promise<void>
  open(path: string, pending: PendingLog): Promise<BlockDevice>
}

const parentDisk = (): BlockDevice => {
  const disk = new MemoryDisk(SIZE / 512)
  void disk.write(0, [grains(0, GRAINS, PARENT_VALUE)])
  return disk
}

const KINDS: readonly Kind[] = [false, true].flatMap((child) => [
  {
    name: child ? 'differencing VHDX' : 'dynamic VHDX',
    child,
    async create(path) {
      const file = await openHostFile(path, { create: true })
      const parent = { dataWriteGuid: PARENT_GUID, relativePath: './parent.img' }
      await createVhdx({ file, sizeBytes: SIZE, ...(child && { parent }) })
      await file.close()
    },
    async open(path, pending) {
      const file = await openHostFile(path)
      const parent = child ? { parent: { device: parentDisk(), dataWriteGuid: PARENT_GUID } } : {}
      return openVhdx(file, { pending, ...parent })
    },
  },
  {
    name: child ? 'differencing VHD' : 'dynamic VHD',
    child,
    async create(path) {
      const file = await openHostFile(path, { create: true })
      const common = { sizeBytes: SIZE, uniqueId: PARENT_ID.map((v) => v + 100), createdMs: 1_700_000_000_000 }
      const parent = { uniqueId: PARENT_ID, modifiedMs: 1_700_000_000_000, fileName: 'p', relativePath: '.\\p' }
      await createVhd(file, child ? { ...common, kind: 'differencing', parent } : { ...common, kind: 'dynamic' })
      await file.close()
    },
    async open(path, pending) {
      const file = await openHostFile(path)
      return openVhd(file, { pending, ...(child && { parent: { device: parentDisk(), uniqueId: PARENT_ID } }) })
    },
  },
])

/** Each grain tells its number and the write it is of. */
function grains(first: number, count: number, value: number): Uint8Array {
  const bytes = new Uint32Array((count * GRAIN) / 4)
  for (let i = 0; i < bytes.length; i += 2) {
    bytes[i] = value
    bytes[i + 1] = value === 0 ? 0 : first + Math.floor((i * 4) / GRAIN)
  }
  return new Uint8Array(bytes.buffer)
}

const log = (path: string, boot = BOOT, records?: number): PendingLog =>
  new PendingLog(`${path}.pending`, boot, silentLogger, records)

/** What each grain may hold: what was answered last, and what was sent since. */
class Model {
  readonly #may: Set<number>[]
  constructor(child: boolean) {
    this.#may = Array.from({ length: GRAINS }, () => new Set([child ? PARENT_VALUE : 0]))
  }
  sent(first: number, count: number, value: number): void {
    for (let g = first; g < first + count; g++) this.#may[g]!.add(value)
  }
  answered(first: number, count: number, value: number): void {
    for (let g = first; g < first + count; g++) this.#may[g] = new Set([value])
  }
  copy(): Model {
    const model = new Model(false)
    this.#may.forEach((set, g) => (model.#may[g] = new Set(set)))
    return model
  }
  async wrong(device: BlockDevice): Promise<string[]> {
    const found: string[] = []
    for (const [g, values] of (await contentOf(device)).entries()) {
      const strange = [...values].filter((value) => value === undefined || !this.#may[g]!.has(value))
      // A write that was not answered may be there in part; then each part is of one that was sent.
      if (strange.length > 0)
        found.push(`grain ${g} holds ${[...values].join(' and ')}, wanted ${[...this.#may[g]!].join(' or ')}`)
    }
    return found
  }
}

/** The writes that each grain holds something of; undefined stands for what is of none, or of another grain. */
async function contentOf(device: BlockDevice): Promise<Set<number | undefined>[]> {
  const bytes = new Uint8Array(SIZE)
  for (let at = 0; at < SIZE; at += MIB) await device.read(at / 512, bytes.subarray(at, at + MIB))
  const words = new Uint32Array(bytes.buffer)
  return Array.from({ length: GRAINS }, (_, g) => {
    const values = new Set<number | undefined>()
    for (let i = (g * GRAIN) / 4; i < ((g + 1) * GRAIN) / 4; i += 2) {
      const value = words[i]!
      values.add(words[i + 1] === (value === 0 ? 0 : g) ? value : undefined)
    }
    return values
  })
}

describe.each(KINDS)('a $name when the program crashes and the computer does not', (kind) => {
  test('a write that was answered and not flushed is there again, and after a flush for good', async () => {
    const path = join(folder, 'disk')
    await kind.create(path)
    const device = await kind.open(path, log(path))
    await device.write(0, [grains(0, 64, 7)])
    const crashed = join(folder, 'crashed')
    for (const end of ['', '.pending']) copyFileSync(path + end, crashed + end)
    await device.close()

    const again = await kind.open(crashed, log(crashed))
    const model = new Model(kind.child)
    model.answered(0, 64, 7)
    expect(await model.wrong(again)).toEqual([])
    // Recovering made it durable: the file alone is enough now.
    const alone = join(folder, 'alone')
    copyFileSync(crashed, alone)
    expect(existsSync(`${crashed}.pending`)).toBe(false)
    await again.close()
    const last = await kind.open(alone, log(alone))
    expect(await model.wrong(last)).toEqual([])
    await last.close()
  })

  test('after a crash of the computer, or for another disk, the notes are not used', async () => {
    const path = join(folder, 'disk')
    await kind.create(path)
    const device = await kind.open(path, log(path))
    await device.write(0, [grains(0, 8, 7)])
    await device.flush()
    await device.write(4096, [grains(512, 8, 9)])
    const crashed = join(folder, 'crashed')
    for (const end of ['', '.pending']) copyFileSync(path + end, crashed + end)
    copyFileSync(`${path}.pending`, `${crashed}.kept`)
    await device.close()
    const other = await kind.open(crashed, log(crashed, 'boot-b'))
    const model = new Model(kind.child)
    model.answered(0, 8, 7)
    // Its block may have been there already.
    model.sent(512, 8, 9)
    expect(await model.wrong(other)).toEqual([])
    await other.close()

    // The disk was opened since, by a program that knows no notes.
    const stranger = join(folder, 'stranger')
    for (const end of ['', '.pending']) copyFileSync(crashed + (end && '.kept'), stranger + end)
    const strange = await kind.open(stranger, log(stranger))
    expect(await model.wrong(strange)).toEqual([])
    await strange.close()
  })

  test('a disk that was closed leaves no notes', async () => {
    const path = join(folder, 'disk')
    await kind.create(path)
    const device = await kind.open(path, log(path))
    await device.write(0, [grains(0, 8, 7)])
    expect(existsSync(`${path}.pending`)).toBe(true)
    await device.close()
    expect(existsSync(`${path}.pending`)).toBe(false)
  })

  test.each([
    ['with room for all notes', 20_000, 11],
    ['with room for few', 40, 12],
  ])('at any moment of a random load, %s (seed %#)', { timeout: 120_000 }, async (_name, records, seed) => {
    const random = seededRandom(seed)
    const path = join(folder, 'disk')
    await kind.create(path)
    let device = await kind.open(path, log(path, BOOT, records))
    let model = new Model(kind.child)
    let value = 0
    for (let life = 0; life < 12; life++) {
      const busy = new Set<number>()
      const under: Promise<unknown>[] = []
      const steps = 20 + random.below(120)
      for (let step = 0; step < steps; step++) {
        const roll = random.below(20)
        if (roll === 0) under.push(Promise.resolve(device.flush()))
        else {
          const count = 1 + random.below(random.below(6) === 0 ? 600 : 12)
          const first = random.below(GRAINS - count)
          const range = Array.from({ length: count }, (_, i) => first + i)
          // What overlaps may come in any order: the model does not know which.
          if (range.some((g) => busy.has(g))) continue
          const now = roll < 4 ? 0 : ++value
          model.sent(first, count, now)
          const waiting =
            now === 0
              ? device.zero((first * GRAIN) / 512, (count * GRAIN) / 512)
              : device.write((first * GRAIN) / 512, [grains(first, count, now)])
          if (!waiting) model.answered(first, count, now)
          else {
            const mine = model
            for (const g of range) busy.add(g)
            under.push(
              waiting.then(() => {
                mine.answered(first, count, now)
                for (const g of range) busy.delete(g)
              }),
            )
          }
        }
        if (random.below(3) === 0) await new Promise((done) => setImmediate(done))
      }
      // The crash: what the files hold at this moment, and what had been answered by then.
      const next = join(folder, `life-${life}`)
      copyFileSync(path.replace(/disk$/, life === 0 ? 'disk' : `life-${life - 1}`), next)
      const notes = `${life === 0 ? path : join(folder, `life-${life - 1}`)}.pending`
      if (existsSync(notes)) copyFileSync(notes, `${next}.pending`)
      const seen = model.copy()
      await Promise.all(under)
      await device.close()
      device = await kind.open(next, log(next, BOOT, records))
      expect(await seen.wrong(device), `life ${life}`).toEqual([])
      // What it holds now is what it holds; the next life goes on from there.
      model = await settledModel(device, kind.child)
    }
    await device.close()
  })
})

async function settledModel(device: BlockDevice, child: boolean): Promise<Model> {
  const model = new Model(child)
  for (const [g, values] of (await contentOf(device)).entries()) {
    const [first, ...others] = [...values].filter((value) => value !== undefined)
    model.answered(g, 1, first!)
    for (const value of others) model.sent(g, 1, value)
  }
  return model
}
