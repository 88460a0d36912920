import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { toHex } from '../../../../src-main/base/bytes.ts'
import { silentLogger, type Logger } from '../../../../src-main/base/log.ts'
import type { DiskRecord } from '../../../../src-main/disks/disk-record.ts'
import { MediaDrives } from '../../../../src-main/engine/disks/media-drives.ts'
import type { LogicalUnit } from '../../../../src-main/scsi/logical-unit.ts'
import { ScsiDesk } from '../../../support/scsi-desk.ts'

let folder: string
let iso: string
let drives: MediaDrives
let warnings: string[]
const disk = (name: string, naa: string): DiskRecord =>
  ({ name, naa, file: name, format: 'raw', sizeBytes: 512, serial: name, createdMs: 1 }) as DiskRecord
const pc1 = disk('pc-01', '3000000000000001')
const pc2 = disk('pc-02', '3000000000000002')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-media-'))
  iso = join(folder, 'a.iso')
  writeFileSync(iso, new Uint8Array(8192))
  warnings = []
  const logger: Logger = { ...silentLogger, warn: (_f, text) => void warnings.push(text), child: () => logger }
  drives = new MediaDrives(logger)
})
afterEach(async () => {
  await drives.closeAll()
  rmSync(folder, { recursive: true })
})
/** As a login asks: again, when it was told to wait. */
async function driveOf(system: DiskRecord): Promise<LogicalUnit | undefined> {
  const first = drives.unitFor(system, iso)
  if (!(first instanceof Promise)) return first
  await first
  const second = drives.unitFor(system, iso)
  if (second instanceof Promise) throw new Error('it has to wait a second time')
  return second
}
const pageOf = async (unit: LogicalUnit, code: string): Promise<string> => {
  const desk = new ScsiDesk(unit)
  return toHex((await desk.run(desk.attach('a'), `1201${code}00ff00`)).data)
}

test('each PC has a drive of its own, which says who it is for ever', async () => {
  const one = (await driveOf(pc1))!
  const two = (await driveOf(pc2))!
  expect(await driveOf(pc1)).toBe(one)
  expect(two).not.toBe(one)
  for (const code of ['80', '83']) expect(await pageOf(one, code)).not.toBe(await pageOf(two, code))
  const before = await pageOf(one, '83')
  writeFileSync(iso, new Uint8Array(4096))
  const other = (await driveOf(pc1))!
  expect(other.blockCount).toBe(2)
  expect(await pageOf(other, '83')).toBe(before)
  expect(before.slice(16, 17)).toBe('3')
})
test('a file that still grows keeps nobody waiting', async () => {
  const waiting = drives.unitFor(pc1, iso)
  appendFileSync(iso, new Uint8Array(2048))
  await waiting
  expect(drives.unitFor(pc1, iso)).toMatchObject({ blockCount: 4 })
  expect(warnings).toEqual([])
})
test('a file that is gone gives no drive, and the log says so', async () => {
  rmSync(iso)
  expect(await driveOf(pc1)).toBeUndefined()
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('cannot be given to a PC')
  writeFileSync(iso, new Uint8Array(2048))
  expect(await driveOf(pc1)).toMatchObject({ blockCount: 1 })
})
