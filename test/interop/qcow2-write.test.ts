import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openHostFile } from '../../src-main/disks/host-file-device.ts'
import { openQcow2 } from '../../src-main/disks/qcow2-device.ts'
import { writeQcow2 } from '../../src-main/disks/qcow2/write.ts'
import { createRawDisk, openRawDevice } from '../../src-main/disks/raw-device.ts'
import { contentOf, fragmentedContent } from '../support/disk-images.ts'
import { hasProgram, runProgram } from '../support/programs.ts'
import { seededRandom } from '../support/random.ts'

const random = seededRandom(20_261_121)
const MIB = 2 ** 20
const never = { progress: () => {}, signal: new AbortController().signal }
let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bootlace-qcow2-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string) => join(folder, name)
async function qemuImg(...args: string[]): Promise<string> {
  const { code, out } = await runProgram('qemu-img', args, { cwd: folder })
  expect(out + code).toBe(`${out}0`)
  return out
}
async function exportRaw(): Promise<number[]> {
  const from = await openRawDevice(at('disk.img'), { readOnly: true })
  const file = await openHostFile(at('disk.qcow2'), { create: true })
  const seen: number[] = []
  await writeQcow2(file, from, { ...never, progress: (done) => seen.push(done) })
  await file.close()
  await from.close()
  return seen
}

const full = new Uint8Array(3 * MIB).fill(0xa5)
const odd = fragmentedContent(random, 70_000 * 512)
test.skipIf(!hasProgram('qemu-img')).each([
  ['fragmented', fragmentedContent(random, 20 * MIB)],
  ['not whole clusters', odd],
  ['full', full],
  ['empty', new Uint8Array(MIB)],
  ['one block', full.subarray(0, 512)],
])('%s content is the same for QEMU and for us, and QEMU finds no fault', async (_what, content) => {
  writeFileSync(at('disk.img'), content)
  const seen = await exportRaw()
  expect(seen.at(-1)).toBe(content.length)
  expect(await qemuImg('check', '-f', 'qcow2', 'disk.qcow2')).toContain('No errors were found')
  expect(await qemuImg('compare', '-f', 'raw', '-F', 'qcow2', 'disk.img', 'disk.qcow2')).toContain('identical')
  const ours = await openQcow2(await openHostFile(at('disk.qcow2'), { readOnly: true }))
  expect(
    Buffer.from(await contentOf(ours, random))
      .subarray(0, content.length)
      .equals(content),
  ).toBe(true)
  await ours.close()
  expect(statSync(at('disk.qcow2')).size).toBeLessThan(content.length + 8 * 65536)
})

test.skipIf(!hasProgram('qemu-img'))('a large thin disk stays small', async () => {
  await createRawDisk(at('disk.img'), 1.25 * 2 ** 30)
  const device = await openRawDevice(at('disk.img'))
  for (const mib of [0, 700, 1279]) await device.write((mib * MIB) / 512, [new Uint8Array(4096).fill(mib & 255 || 1)])
  await device.close()
  await exportRaw()
  expect(await qemuImg('check', '-f', 'qcow2', 'disk.qcow2')).toContain('No errors were found')
  expect(await qemuImg('compare', '-f', 'raw', '-F', 'qcow2', 'disk.img', 'disk.qcow2')).toContain('identical')
  expect(statSync(at('disk.qcow2')).size).toBeLessThan(2 * MIB)
})

test('until it is whole it is no qcow2, and a cancelled one says so', async () => {
  writeFileSync(at('disk.img'), full)
  const from = await openRawDevice(at('disk.img'), { readOnly: true })
  const file = await openHostFile(at('disk.qcow2'), { create: true })
  const abort = new AbortController()
  const watched = { progress: () => abort.abort(), signal: abort.signal }
  await expect(writeQcow2(file, from, watched)).rejects.toMatchObject({ code: 'job.cancelled' })
  await expect(openQcow2(file)).rejects.toThrowError(/qcow2/i)
  await file.close()
  await from.close()
})
