import { beforeEach, describe, expect, test } from 'vitest'
import { fromHex, toHex, u16be, u32be, utf8Bytes } from '../../../src-main/base/bytes.ts'
import { silentLogger } from '../../../src-main/base/log.ts'
import { createLogicalUnit } from '../../../src-main/scsi/logical-unit.ts'
import type { Nexus } from '../../../src-main/scsi/task.ts'
import { MemoryDisk } from '../../support/memory-disk.ts'
import { ScsiDesk, type Outcome } from '../../support/scsi-desk.ts'

const NAA = '3000000000000001'
const BLOCKS = 8192
let disk: MemoryDisk
let desk: ScsiDesk
let a: Nexus
beforeEach(() => {
  disk = new MemoryDisk(BLOCKS)
  desk = new ScsiDesk(createLogicalUnit({ device: disk, identity: { serial: 'S1', naa: NAA }, logger: silentLogger }))
  a = desk.attach('a')
})

interface Segment {
  readonly type?: number
  readonly source?: number
  readonly destination?: number
  readonly blocks?: number
  readonly from?: number
  readonly to?: number
}
function target(o: { type?: number; nul?: boolean; designator?: Uint8Array; kind?: number; block?: number } = {}) {
  const b = new Uint8Array(32)
  const designator = o.designator ?? fromHex(NAA)
  b.set([o.type ?? 0xe4, o.nul ? 0x20 : 0])
  b.set([0x01, o.kind ?? 0x03, 0, designator.length], 4)
  b.set(designator, 8)
  new DataView(b.buffer).setUint32(28, o.block ?? 512)
  return b
}
function segment(o: Segment): Uint8Array {
  const b = new Uint8Array(28)
  const v = new DataView(b.buffer)
  b.set([o.type ?? 0x02, 0, 0, 24])
  v.setUint16(4, o.source ?? 0)
  v.setUint16(6, o.destination ?? 0)
  v.setUint16(10, o.blocks ?? 8)
  v.setBigUint64(12, BigInt(o.from ?? 0))
  v.setBigUint64(20, BigInt(o.to ?? 1000))
  return b
}
function list(targets: Uint8Array[], segments: Uint8Array[], o: { id?: number; usage?: number; inline?: number } = {}) {
  const parts = [new Uint8Array(16), ...targets, ...segments]
  const b = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  const v = new DataView(b.buffer)
  let at = 0
  for (const p of parts) {
    b.set(p, at)
    at += p.length
  }
  b.set([o.id ?? 1, (o.usage ?? 0) << 3])
  v.setUint16(2, targets.length * 32)
  v.setUint32(8, segments.length * 28)
  v.setUint32(12, o.inline ?? 0)
  return b
}
const copy = (data: Uint8Array, length = data.length, nexus = a): Promise<Outcome> =>
  desk.run(nexus, '8300' + '00'.repeat(8) + length.toString(16).padStart(8, '0') + '0000', data)
const status = (id: number, nexus = a): Promise<Outcome> =>
  desk.run(nexus, '8400' + id.toString(16).padStart(2, '0') + '00'.repeat(7) + '000000ff0000')

describe('EXTENDED COPY', () => {
  test('copies blocks within the disk, however long the segment is', async () => {
    disk.bytes.forEach((_, i) => (disk.bytes[i] = (i * 7) & 0xff))
    const source = disk.bytes.slice(0, 3000 * 512)
    const outcome = await copy(list([target()], [segment({ blocks: 3000, to: 4000 })]))
    expect(outcome.status).toBe(0)
    expect(disk.bytes.slice(4000 * 512, 7000 * 512)).toEqual(source)
    // 0xf1: counted in blocks.
    expect(toHex((await status(1)).data)).toBe('00000008' + '01' + '0001' + 'f1' + '00000bb8')
  })
  test('is named by its T10 designator, too, whatever LU ID TYPE says', async () => {
    const t10 = target({ designator: utf8Bytes('BOOTLACES1'), kind: 1 })
    t10[1] = 0xc0
    expect((await copy(list([t10], [segment({})]))).status).toBe(0)
  })
  test('nothing is copied unless all of the list is right', async () => {
    const outcome = await copy(list([target()], [segment({}), segment({ from: BLOCKS - 1 })]))
    expect(outcome.sense).toBe('0a/00/00')
    expect(disk.log).toEqual([])
  })
  test.each([
    ['another disk', () => list([target({ designator: fromHex('3000000000000002') })], [segment({})]), '0a/08/04'],
    ['no device', () => list([target({ nul: true })], [segment({})]), '0a/08/04'],
    ['a target that is not there', () => list([target()], [segment({ destination: 1 })]), '0a/08/04'],
    ['a kind of target', () => list([target({ type: 0xe0 })], [segment({})]), '05/26/07'],
    ['a kind of segment', () => list([target()], [segment({ type: 3 })]), '05/26/09'],
    ['another block length', () => list([target({ block: 4096 })], [segment({})]), '05/26/00'],
    ['too many targets', () => list([target(), target(), target()], [segment({})]), '05/26/06'],
    [
      'too many segments',
      () =>
        list(
          [target()],
          Array.from({ length: 65 }, () => segment({})),
        ),
      '05/26/08',
    ],
    ['inline data', () => list([target()], [segment({})], { inline: 4 }), '05/26/0b'],
  ] as const)('%s is refused', async (_what, data, sense) => {
    expect((await copy(data())).sense).toBe(sense)
    expect(disk.log).toEqual([])
  })
  test('a list that is cut off is refused; none is nothing to do', async () => {
    const whole = list([target()], [segment({})])
    for (const length of [15, 16 + 31, whole.length - 1]) {
      expect((await copy(whole.slice(0, length))).sense, `${length}`).toBe('05/1a/00')
    }
    expect((await copy(new Uint8Array(0))).status).toBe(0)
  })
  test('is a write: durable for loaders, kept out by write protection and reservations', async () => {
    const loader = desk.attach('loader', { writeThrough: true })
    await copy(list([target()], [segment({})]), undefined, loader)
    expect(disk.log.at(-1)).toBe('flush')
    await desk.run(a, '16')
    expect((await copy(list([target()], [segment({})]), undefined, loader)).status).toBe(0x18)
    await desk.run(a, '17')
    await desk.run(a, '151000001000', fromHex('00000000' + '0a0a001008' + '00'.repeat(7)))
    expect((await copy(list([target()], [segment({})]))).sense).toBe('07/27/02')
  })
})

describe('RECEIVE COPY RESULTS', () => {
  test('knows the copies of its own nexus that were to be kept', async () => {
    const b = desk.attach('b')
    await copy(list([target()], [segment({})], { id: 7 }))
    await copy(list([target()], [segment({})], { id: 8, usage: 3 }))
    await copy(list([target()], [segment({})], { id: 9, usage: 2 }))
    expect((await status(7)).status).toBe(0)
    for (const id of [6, 8, 9]) expect((await status(id)).sense).toBe('05/24/00')
    expect((await status(7, b)).sense).toBe('05/24/00')
  })
  test('a copy that failed says how far it came', async () => {
    disk.slow = true
    const copying = copy(list([target()], [segment({}), segment({ from: 16 })], { id: 3 }))
    for (let i = 0; i < 12; i++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (disk.log.length === 3 && disk.waiting === 1) disk.bytes = new Uint8Array(0)
      disk.release(true)
    }
    expect((await copying).status).toBe(2)
    disk.slow = false
    expect(toHex((await status(3)).data)).toBe('00000008' + '02' + '0001' + 'f1' + '00000008')
  })
  test('the limits are told, and there is no VPD page 8Fh', async () => {
    const { data } = await desk.run(a, '8403' + '00'.repeat(8) + '000000ff0000')
    expect(u32be(data, 0)).toBe(data.length - 4)
    expect([u16be(data, 8), u16be(data, 10), u32be(data, 12)]).toEqual([2, 64, 1856])
    expect(toHex(data.slice(43))).toBe('02' + '02e4')
    // Windows takes that page for a sign of ODX.
    expect((await desk.run(a, '12018f00ff00')).sense).toBe('05/24/00')
  })
})
