import { execFileSync, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { silentLogger } from '../../src-main/base/log.ts'
import { IsoShelf } from '../../src-main/engine/disks/iso-shelf.ts'
import { openIsoMedium } from '../../src-main/guests/iso/medium.ts'
import { bytesSource, type ByteSource } from '../../src-main/guests/offline/disk/source.ts'
import { writeLayout, type Layout } from '../support/iso-layouts.ts'
import { readTree, tryTree } from '../support/iso-tree.ts'
import { hasProgram } from '../support/programs.ts'
import { seededRandom } from '../support/random.ts'

/** ISOs of the programs that real ones are made with, read by us; then thousands of damaged ones. */

const FILES: Layout = {
  'README.TXT': new TextEncoder().encode('hello\n'),
  'empty.bin': new Uint8Array(),
  'sources/install.wim': seededRandom(1).bytes(300_001),
  'a long name, with spaces & Ümläuts.text': seededRandom(2).bytes(2048),
  'one/two/three/four/five/six/seven/eight/nine/deep.bin': seededRandom(3).bytes(5000),
  [`many/${'n'.repeat(150)}-1.rpm`]: seededRandom(4).bytes(10),
  ...Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`many/file-${i}.rpm`, seededRandom(i).bytes(i)])),
}
let folder: string
let tree: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-iso-'))
  tree = writeLayout(join(folder, 'tree'), FILES)
})
afterAll(() => rmSync(folder, { recursive: true }))

function make(name: string, program: string, ...args: string[]): Buffer {
  const out = join(folder, `${name}.iso`)
  execFileSync(program, [...args, '-quiet', '-V', 'A_LABEL', '-o', out, tree], { stdio: 'ignore' })
  return readFileSync(out)
}
const asHex = (files: Record<string, Uint8Array | null>) =>
  Object.fromEntries(Object.entries(files).map(([path, b]) => [path, b && Buffer.from(b).toString('hex')]))
const sameAs = (layout: Layout, named: (path: string) => string = (path) => path) =>
  asHex(Object.fromEntries(Object.entries(layout).map(([path, b]) => [named(path), b])))

describe.skipIf(!hasProgram('xorriso') || !hasProgram('genisoimage'))('an ISO is read as it was made', () => {
  test.each<[string, string, string[], string]>([
    ['xorriso', 'xorriso', ['-as', 'mkisofs', '-R', '-J', '-joliet-long'], 'Rock Ridge'],
    ['genisoimage, deep folders moved', 'genisoimage', ['-R', '-J', '-joliet-long'], 'Rock Ridge'],
    [
      'genisoimage, Rock Ridge, UDF and Joliet',
      'genisoimage',
      ['-R', '-J', '-udf', '-joliet-long', '-D'],
      'Rock Ridge',
    ],
    ['as Windows media are', 'genisoimage', ['-udf', '-D'], 'UDF'],
  ])('%s', async (name, program, args, type) => {
    const medium = await openIsoMedium(bytesSource(make(`read-${name.replace(/\W/g, '')}`, program, ...args)))
    expect([medium.fileSystem, medium.label]).toEqual([type, 'A_LABEL'])
    expect(asHex(await readTree(medium))).toEqual(sameAs(FILES))
  })

  test('Joliet alone, without regard to case', async () => {
    const image = make('joliet', 'genisoimage', '-J', '-joliet-long', '-D')
    const medium = await openIsoMedium(bytesSource(image))
    expect(medium.fileSystem).toBe('Joliet')
    expect(await medium.text('readme.txt')).toBe('hello\n')
    const wim = await medium.file('SOURCES/INSTALL.WIM')
    expect(Buffer.from(await wim!.read(0, 300_001)).equals(FILES['sources/install.wim']!)).toBe(true)
  })

  test('plain ISO 9660', async () => {
    const medium = await openIsoMedium(bytesSource(make('plain', 'genisoimage', '-D')))
    expect(medium.fileSystem).toBe('ISO 9660')
    expect(await medium.text('readme.txt')).toBe('hello\n')
    expect(await medium.names('sources')).toEqual(['INSTALL.WIM'])
  })

  test('links are followed, those in a circle are refused', async () => {
    const linked = join(folder, 'linked')
    mkdirSync(join(linked, 'dists/trixie'), { recursive: true })
    writeFileSync(join(linked, 'dists/trixie/Release'), 'Suite: stable\n')
    symlinkSync('trixie', join(linked, 'dists/stable'))
    symlinkSync('.', join(linked, 'debian'))
    symlinkSync('/dists/../debian/dists/stable/Release', join(linked, 'absolute'))
    symlinkSync('b', join(linked, 'a'))
    symlinkSync('a', join(linked, 'b'))
    const out = join(folder, 'linked.iso')
    execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', '-R', '-o', out, linked], { stdio: 'ignore' })
    const medium = await openIsoMedium(bytesSource(readFileSync(out)))
    expect(await medium.text('debian/debian/dists/stable/Release')).toBe('Suite: stable\n')
    expect(await medium.text('absolute')).toBe('Suite: stable\n')
    await expect(medium.text('a')).rejects.toMatchObject({ code: 'medium.unreadable' })
  })

  test('what firmware it boots on is read from its catalog', async () => {
    writeLayout(join(folder, 'boot'), { 'bios.img': new Uint8Array(2048), 'efi.img': new Uint8Array(4096) })
    const out = join(folder, 'boot.iso')
    const bios = ['-b', 'bios.img', '-no-emul-boot', '-boot-load-size', '4']
    const both = [...bios, '-eltorito-alt-boot', '-e', 'efi.img', '-no-emul-boot']
    for (const [args, expected] of [
      [bios, ['BIOS']],
      [both, ['BIOS', 'UEFI']],
    ] as const) {
      execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', ...args, '-o', out, join(folder, 'boot')], {
        stdio: 'ignore',
      })
      expect((await openIsoMedium(bytesSource(readFileSync(out)))).bootsOn).toEqual(expected)
    }
  })

  /** The beginning of a medium with a file of 5 GiB: what describes it stands before it, and its bytes follow each other. */
  function largeMedium(program: string): { source: ByteSource; bytes: number; marker: { at: number; text: string } } {
    const bytes = 5 * 2 ** 30 + 123
    const large = join(folder, 'large')
    writeLayout(large, { 'sources/install.wim': new TextEncoder().encode('FIRST-BYTES') })
    truncateSync(join(large, 'sources/install.wim'), bytes)
    const made = spawnSync('sh', ['-c', `${program} "$0" | head -c 2097152`, large], {
      maxBuffer: 4 << 20,
    })
    const head = made.stdout
    const start = head.indexOf('FIRST-BYTES')
    expect(start).toBeGreaterThan(0)
    const marker = { at: 4 * 2 ** 30 + 4096, text: 'BEHIND-FOUR-GIB' }
    const sizeBytes = Math.ceil((start + bytes) / 2048 + 400) * 2048
    return {
      bytes,
      marker,
      source: {
        sizeBytes,
        async read(at, length) {
          const out = Buffer.alloc(length)
          if (at < head.length) head.copy(out, 0, at, Math.min(at + length, head.length))
          const from = start + marker.at - at
          if (from >= 0 && from < length) out.write(marker.text, from)
          return out
        },
      },
    }
  }

  test.each([
    ['UDF', 'genisoimage -quiet -udf -allow-limited-size'],
    ['Rock Ridge', 'xorriso -as mkisofs -quiet -R -iso-level 3'],
  ])('a file of 5 GiB on %s', async (type, program) => {
    const { source, bytes, marker } = largeMedium(program)
    const medium = await openIsoMedium(source)
    expect(medium.fileSystem).toBe(type)
    const file = await medium.file('sources/install.wim')
    expect(file!.sizeBytes).toBe(bytes)
    expect(Buffer.from(await file!.read(marker.at, marker.text.length)).toString()).toBe(marker.text)
    // Across the border of its pieces, at which a wrong sum would show.
    const across = await file!.read(marker.at - 8192, 16_384)
    expect(Buffer.from(across).indexOf(marker.text)).toBe(8192)
  })

  test('a download that was cut off says so, and what helps', async () => {
    const image = make('cut', 'xorriso', '-as', 'mkisofs', '-R')
    const cut = await openIsoMedium(bytesSource(image.subarray(0, image.length / 2)))
    await expect(readTree(cut)).rejects.toMatchObject({
      code: 'medium.unreadable',
      message: expect.stringContaining('incomplete'),
      hint: expect.stringContaining('Download it again'),
    })
    for (const no of [new Uint8Array(), new Uint8Array(100_000), seededRandom(5).bytes(100_000)])
      await expect(openIsoMedium(bytesSource(no))).rejects.toMatchObject({ code: 'medium.unreadable' })
  })
})

describe.skipIf(!hasProgram('mkudffs'))('UDF by its revisions', () => {
  const empty = (name: string, ...args: string[]): ByteSource => {
    const path = join(folder, `${name}.udf`)
    writeFileSync(path, '')
    truncateSync(path, 8 << 20)
    execFileSync('mkudffs', ['-b', '2048', '--label=A_LABEL', ...args, path], { stdio: 'ignore' })
    return bytesSource(readFileSync(path))
  }

  test.each(['1.02', '1.50', '2.01'])('%s', async (revision) => {
    const medium = await openIsoMedium(empty(`r${revision}`, '--media-type=hd', `--udfrev=${revision}`))
    expect([medium.fileSystem, medium.label, await medium.names('/')]).toEqual(['UDF', 'A_LABEL', []])
  })

  test.each([['cdr'], ['dvdrw', '--spartable=2']])(
    'what is for writing to a %s is refused by name',
    async (type, ...more) => {
      await expect(openIsoMedium(empty(type, `--media-type=${type}`, '--udfrev=2.01', ...more))).rejects.toMatchObject({
        code: 'medium.unreadable',
        message: expect.stringContaining('rewritable or Blu-ray'),
      })
    },
  )
})

describe.skipIf(!hasProgram('xorriso'))('the shelf of ISOs', () => {
  test('keeps few open, and none that is being sent is closed', async () => {
    const image = make('shelf', 'xorriso', '-as', 'mkisofs', '-R')
    const paths = Array.from({ length: 12 }, (_, i) => join(folder, `shelf-${i}.iso`))
    for (const path of paths) writeFileSync(path, image)
    const shelf = new IsoShelf(silentLogger)
    const open = () => readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith(join(folder, 'shelf-'))).length
    const sent = (await shelf.file(paths[0]!, 'README.TXT'))!
    for (const path of paths.slice(1)) await shelf.describe(path)
    expect(Buffer.from(await sent.read(0, 5)).toString()).toBe('hello')
    await expect.poll(open).toBe(9)
    sent.close()
    await expect.poll(open).toBe(8)
    await shelf.closeAll()
    expect(open()).toBe(0)
  })

  const linkOf = (fd: string): string => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      // The one that listed the folder is closed already.
      return ''
    }
  }

  test('looks into an ISO once, and again into a new file under its name', async () => {
    const path = join(folder, 'one.iso')
    writeFileSync(path, make('one-a', 'xorriso', '-as', 'mkisofs', '-R'))
    const shelf = new IsoShelf(silentLogger)
    expect(shelf.installerOf(path)).toBeUndefined()
    await Promise.all(Array.from({ length: 32 }, () => shelf.settled(path)))
    expect(shelf.settled(path)).toBeUndefined()
    writeFileSync(path, make('one-b', 'xorriso', '-as', 'mkisofs', '-R', '-J'))
    expect(shelf.settled(path)).toBeInstanceOf(Promise)
    await shelf.closeAll()
    expect(shelf.settled(join(folder, 'nothing.iso'))).toBeUndefined()
  })
})

describe.skipIf(!hasProgram('xorriso') || !hasProgram('genisoimage'))(
  'a damaged ISO never hangs or breaks the reader',
  () => {
    const small: Layout = {
      'README.TXT': FILES['README.TXT']!,
      'a/b/c.bin': new Uint8Array(3000),
      'a/long name that goes on.text': new Uint8Array(10),
    }

    test.each<[string, string, string[]]>([
      ['Rock Ridge', 'xorriso', ['-as', 'mkisofs', '-R', '-no-pad']],
      ['moved folders', 'genisoimage', ['-R', '-no-pad']],
      ['Joliet', 'genisoimage', ['-J', '-no-pad']],
      ['UDF', 'genisoimage', ['-udf', '-no-pad']],
    ])('%s: 5000 mutations', async (name, program, args) => {
      const deep = name === 'moved folders' ? { 'd/e/f/g/h/i/j/k/l.bin': new Uint8Array(9) } : {}
      const source = writeLayout(join(folder, `small ${name}`), { ...small, ...deep })
      const out = join(folder, `mutant-${name}.iso`)
      execFileSync(program, [...args, '-quiet', '-o', out, source], { stdio: 'ignore' })
      const image = readFileSync(out)
      const used = bytesInUse(image)
      const random = seededRandom(name.length)
      const results = new Map<string, number>()
      for (let n = 0; n < 5000; n++) {
        const undo = mutate(image, used, random)
        const result = await tryTree(bytesSource(image), 200)
        results.set(result, (results.get(result) ?? 0) + 1)
        undo()
      }
      // Both must have happened often, or the damage was nowhere, or everywhere.
      expect([...results.keys()].sort()).toEqual(['medium.unreadable', 'read'])
      expect(results.get('medium.unreadable')).toBeGreaterThan(100)
      expect(results.get('read')).toBeGreaterThan(100)
    })

    /** What describes the medium: files hold zeros, and names in descriptors are filled up with spaces. */
    const bytesInUse = (image: Buffer): number[] => [...image.keys()].filter((i) => image[i] !== 0 && image[i] !== 0x20)

    const EVIL = [0, 1, 2, 0x7f, 0x80, 0xff]
    /** One to four bytes that mean something; the checksums of UDF are made right again half of the time. Returns what takes
     *  it back. */
    function mutate(image: Buffer, used: readonly number[], random: ReturnType<typeof seededRandom>): () => void {
      const place = Math.min(used[random.below(used.length)]!, image.length - 4)
      const at = Math.floor(place / 2048) * 2048
      const before = Buffer.from(image.subarray(at, at + 4096))
      const count = 1 + random.below(4)
      for (let i = 0; i < count; i++)
        image[place + i] = random.below(2) === 0 ? EVIL[random.below(EVIL.length)]! : random.below(256)
      if (random.below(2) === 0) repairTag(image, at)
      return () => void before.copy(image, at)
    }

    function repairTag(image: Buffer, at: number): void {
      const length = image.readUInt16LE(at + 10)
      if (length > 2032) return
      let crc = 0
      for (let i = at + 16; i < at + 16 + length; i++) {
        crc ^= image[i]! << 8
        for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
      }
      if (![1, 2, 5, 6, 256, 257, 258, 261, 266].includes(image.readUInt16LE(at))) return
      image.writeUInt16LE(crc, at + 8)
      let sum = 0
      for (let i = 0; i < 16; i++) if (i !== 4) sum = (sum + image[at + i]!) & 0xff
      image[at + 4] = sum
    }
  },
)
