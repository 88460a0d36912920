import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeFat } from '../../src-main/boot/media-maker/fat.ts'
import { makeMedium } from '../../src-main/boot/media-maker/medium.ts'
import { fakeMediumParts } from '../support/medium-parts.ts'
import { runCli, serveEngine, type ServedEngine } from '../support/served-engine.ts'
import { hasProgram, runProgram } from '../support/programs.ts'
import { seededRandom } from '../support/random.ts'

/** Boot media as foreign programs read them. That they start PCs is a test of the lab. */
process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
process.env['LC_ALL'] = 'C.UTF-8'
let folder: string
const parts = fakeMediumParts()
const at = (name: string): string => join(folder, name)
const run = async (command: string, ...args: readonly string[]): Promise<string> => {
  const { code, out } = await runProgram(command, args, { cwd: folder })
  expect(code, `${command} ${args.join(' ')}: ${out}`).toBe(0)
  return out
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-media-'))
  const server = { ip: '10.0.0.1', httpPort: 8470 }
  writeFileSync(at('m.iso'), makeMedium({ parts, server, madeMs: Date.UTC(2026, 10, 21), id: 0xcafe1234 }))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(!hasProgram('xorriso'))('xorriso', () => {
  test('knows both boot images and the stick’s partition', async () => {
    const out = await run(
      ...(['xorriso', '-indev', 'm.iso', '-report_el_torito', 'plain', '-report_system_area', 'plain'] as const),
    )
    expect(out).toMatch(/El Torito boot img :\s+1\s+BIOS\s+y\s+none\s+0x0000\s+0x00\s+4/)
    expect(out).toMatch(/El Torito boot img :\s+2\s+UEFI\s+y\s+none/)
    expect(out).toContain('El Torito img path :   1  /ISOLINUX/ISOLINUX.BIN')
    expect(out).toContain('El Torito img path :   2  /BOOT/EFI.IMG')
    expect(out).toMatch(/El Torito img opts :\s+1\s+boot-info-table isohybrid-suitable/)
    expect(out).toMatch(/System area summary: MBR/)
    expect(out).toMatch(/MBR partition path :\s+1\s+\/BOOT\/EFI.IMG/)
  })

  test('takes the files out as they went in', async () => {
    await run('xorriso', '-osirrox', 'on', '-indev', 'm.iso', '-extract', '/', 'out')
    expect(readFileSync(at('out/ISOLINUX/IPXE.KRN')).equals(parts.ipxeLkrn)).toBe(true)
    expect(readFileSync(at('out/ISOLINUX/LDLINUX.C32')).equals(parts.ldlinux)).toBe(true)
    expect(readFileSync(at('out/ISOLINUX/SCRIPT.IPX'), 'utf8')).toMatch(/^#!ipxe\n/)
    expect(readFileSync(at('out/README.TXT'), 'utf8')).toContain('Secure Boot must be off')
    await run('chmod', '-R', 'u+w', 'out')
  })
})

test.skipIf(!hasProgram('sfdisk'))('sfdisk finds nothing wrong with the partition table', async () => {
  const { label, partitions, id } = (JSON.parse(await run('sfdisk', '--json', 'm.iso')) as { partitiontable: Table })
    .partitiontable
  expect([label, id, partitions.map((p) => [p.type, p.bootable])]).toEqual(['dos', '0xcafe1234', [['ef', true]]])
  expect(await run('sfdisk', '--verify', 'm.iso')).toContain('No errors detected')
})
interface Table {
  readonly label: string
  readonly id: string
  readonly partitions: readonly { readonly type: string; readonly bootable: boolean }[]
}

describe.skipIf(!hasProgram('fsck.fat') || !hasProgram('mtype'))('fsck.fat and mtools', () => {
  const random = seededRandom(9)
  const files = [
    { path: 'EFI/BOOT/BOOTX64.EFI', bytes: random.bytes(1_049_600) },
    { path: 'EFI/BOOT/autoexec.ipxe', bytes: random.bytes(600) },
    { path: 'EFI/BOOT/autoexec-2.ipxe', bytes: random.bytes(2048) },
    { path: 'Nothing.txt', bytes: new Uint8Array(0) },
  ]
  test.each([
    ['FAT12', 65_536, 12],
    ['FAT16', 8_000_000, 16],
  ])('agree with our %s', async (name, freeBytes, bits) => {
    const image = writeFat(files, {
      label: 'BOOTLACE',
      hiddenSectors: 1152,
      volumeId: 1,
      madeMs: Date.now(),
      freeBytes,
    })
    writeFileSync(at(name), image)
    const checked = await run('fsck.fat', '-n', '-v', name)
    expect(checked).toContain(`2 FATs, ${bits} bit entries`)
    // EFI, BOOT, the label and the four files.
    expect(checked).toMatch(new RegExp(`${name}: 7 files, `))
    for (const { path, bytes } of files) {
      await run('mcopy', '-n', '-o', '-i', name, `::/${path}`, 'copied')
      expect(readFileSync(at('copied')).equals(bytes), path).toBe(true)
    }
    // What people may do with the stick.
    writeFileSync(at('changed'), 'changed')
    await run('mcopy', '-o', '-i', name, 'changed', '::/EFI/BOOT/autoexec.ipxe')
    expect(await run('mtype', '-i', name, '::/EFI/BOOT/autoexec.ipxe')).toBe('changed')
    await run('fsck.fat', '-n', name)
  })

  test('agree with the one on a medium', async () => {
    const image = readFileSync(at('m.iso'))
    writeFileSync(at('efi'), image.subarray(image.readUInt32LE(454) * 512))
    expect(await run('fsck.fat', '-n', '-v', 'efi')).toContain(`${image.readUInt32LE(454)} hidden sectors`)
    await run('mcopy', '-n', '-i', 'efi', '::/EFI/BOOT/BOOTX64.EFI', 'copied.efi')
    expect(readFileSync(at('copied.efi')).equals(parts.ipxeEfi)).toBe(true)
  })
})

describe('the command line', () => {
  let engine: ServedEngine
  beforeAll(async () => {
    engine = await serveEngine()
  })
  afterAll(() => engine.remove())

  test('refuses a medium that would lead to this computer itself, and says what to do', () => {
    const { code, stderr } = engine.verb('media', 'create', at('x.iso'))
    expect(code).toBe(1)
    expect(stderr).toMatch(/^bootlace: only this computer itself is served.*--interface.*\n$/)
    expect(existsSync(at('x.iso'))).toBe(false)
  })

  test('refuses a name that does not say what is meant, and one that is taken', () => {
    expect(engine.verb('media', 'create', at('x')).stderr).toContain('Let it end in .iso for a CD or .img')
    const before = readFileSync(at('m.iso'))
    expect(engine.verb('media', 'create', at('m.iso'))).toMatchObject({ code: 1 })
    expect(readFileSync(at('m.iso')).equals(before)).toBe(true)
  })

  test('counts a gateway without an address as wrong usage', () => {
    const { code, stderr } = engine.verb('media', 'create', at('x.iso'), '--gateway', '10.0.0.1')
    expect([code, stderr]).toEqual([64, expect.stringContaining('belong to an address')])
  })

  test('shows an example, and wants an engine', () => {
    expect(runCli(['media', 'create', '--help']).stdout).toContain('bootlace media create bootlace.iso --client pc-01')
    expect(runCli(['media', 'create', at('x.iso'), '--data', folder]).code).toBe(3)
  })
})
