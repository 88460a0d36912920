import { createHash, randomFillSync } from 'node:crypto'
import { createReadStream, mkdtempSync, openSync, closeSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRawDisk } from '../../src-main/disks/raw-device.ts'
import { audited, type AuditedTarget } from '../support/iscsi-auditor/proxy.ts'
import { hasProgram, startBootlace } from '../support/targets.mjs'
import { runProgram } from '../support/run-program.ts'

/** Foreign clients against the target: libiscsi's command line tools and QEMU's block layer. */

const GIB = 2 ** 30
const TOOL_TIMEOUT_MS = 20_000
const COPY_TIMEOUT_MS = 120_000

let folder: string
let disk: string
let target: AuditedTarget

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-interop-'))
  disk = join(folder, 'disk.img')
  await createRawDisk(disk, GIB)
  target = await audited(await startBootlace(disk))
})
afterAll(async () => {
  await target.stop()
  rmSync(folder, { recursive: true, force: true })
  expect(target.auditor.violations).toEqual([])
  expect(target.auditor.checked).toBeGreaterThan(0)
})

function sha256(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256')
    createReadStream(path)
      .on('data', (chunk) => hash.update(chunk))
      .once('end', () => resolve(hash.digest('hex')))
      .once('error', reject)
  })
}

describe.skipIf(!hasProgram('iscsi-inq'))('libiscsi tools (skipped when libiscsi-bin is not installed)', () => {
  test('iscsi-ls finds the target and its disk at LUN 0', async () => {
    const r = await runProgram('iscsi-ls', ['-s', `iscsi://${target.portal}/`], TOOL_TIMEOUT_MS)
    expect(r.code).toBe(0)
    expect(r.stdout).toContain(`Target:${target.iqn} Portal:${target.portalBehind},1`)
    expect(r.stdout).toMatch(/Lun:0\s+Type:DIRECT_ACCESS \(Size:1023M\)/)
  })

  test('iscsi-inq reads the standard data', async () => {
    const r = await runProgram('iscsi-inq', [target.url], TOOL_TIMEOUT_MS)
    expect(r.code).toBe(0)
    expect(r.stdout).toContain('Vendor:BOOTLACE')
    expect(r.stdout).toContain('Peripheral Device Type:DIRECT_ACCESS')
  })

  test.each([
    [0x00, /Page:0xb2 LOGICAL_BLOCK_PROVISIONING/],
    [0x80, /Unit Serial Number:\[BENCH00000000001\]/],
    [0x83, /Designator Type:\(3\) NAA/],
    [0xb0, /optimal transfer length granularity:8/],
    [0xb1, /Medium Rotation Rate:1RPM/],
    [0xb2, /provisioning type:2/],
  ])('iscsi-inq reads VPD page %i', async (page, expected) => {
    const r = await runProgram('iscsi-inq', ['-e', '1', '-c', String(page), target.url], TOOL_TIMEOUT_MS)
    expect(r.code).toBe(0)
    expect(r.stdout).toMatch(expected)
  })

  test('iscsi-readcapacity16 sees 512-byte blocks on 4096-byte ones', async () => {
    const r = await runProgram('iscsi-readcapacity16', [target.url], TOOL_TIMEOUT_MS)
    expect(r.code).toBe(0)
    expect(r.stdout).toContain('RETURNED LOGICAL BLOCK ADDRESS:2097151')
    expect(r.stdout).toContain('LOGICAL BLOCK LENGTH IN BYTES:512')
    expect(r.stdout).toContain('LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT:3')
  })
})

describe.skipIf(!hasProgram('qemu-img'))('QEMU (skipped when qemu-utils is not installed)', () => {
  test('qemu-img writes an image, compares it, and the file on the host has the same bytes', async () => {
    const source = join(folder, 'source.img')
    // Data, a hole, data at an odd block, and the last block.
    const fd = openSync(source, 'w')
    truncateSync(source, GIB)
    for (const [at, length] of [
      [0, 40 * 2 ** 20],
      [300 * 2 ** 20 + 512, 3 * 2 ** 20 + 1536],
      [GIB - 512, 512],
    ] as const) {
      writeSync(fd, randomFillSync(Buffer.alloc(length)), 0, length, at)
    }
    closeSync(fd)
    const converted = await runProgram(
      'qemu-img',
      ['convert', '-n', '-f', 'raw', '-O', 'raw', source, target.url],
      COPY_TIMEOUT_MS,
    )
    expect(converted.stderr).toBe('')
    expect(converted.code).toBe(0)
    const compared = await runProgram(
      'qemu-img',
      ['compare', '-f', 'raw', '-F', 'raw', source, target.url],
      COPY_TIMEOUT_MS,
    )
    expect(compared.stdout).toContain('Images are identical')
    expect(await sha256(disk)).toBe(await sha256(source))
  })

  test('qemu-img dd copies 1 GiB through libiscsi with equal checksums both ways', async () => {
    const source = join(folder, 'full.img')
    const back = join(folder, 'back.img')
    const fd = openSync(source, 'w')
    const chunk = Buffer.alloc(4 * 2 ** 20)
    for (let at = 0; at < GIB; at += chunk.length) writeSync(fd, randomFillSync(chunk))
    closeSync(fd)
    // dd of this QEMU cannot write to a target that it does not create: there convert writes, dd reads.
    const written = await runProgram(
      'qemu-img',
      ['convert', '-n', '-S', '0', '-f', 'raw', '-O', 'raw', source, target.url],
      COPY_TIMEOUT_MS,
    )
    expect(written.code).toBe(0)
    const read = await runProgram(
      'qemu-img',
      ['dd', '-f', 'raw', '-O', 'raw', 'bs=1M', `if=${target.url}`, `of=${back}`],
      COPY_TIMEOUT_MS,
    )
    expect(read.code).toBe(0)
    expect(statSync(back).size).toBe(GIB)
    const sum = await sha256(source)
    expect(await sha256(disk)).toBe(sum)
    expect(await sha256(back)).toBe(sum)
  })
})
