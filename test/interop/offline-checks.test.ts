import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FileTree } from '../../src-main/guests/offline/disk/file-system.ts'
import { contentOf } from '../../src-main/guests/offline/disk/signature.ts'
import { bytesSource } from '../../src-main/guests/offline/disk/source.ts'
import { openVolume } from '../../src-main/guests/offline/disk/volumes.ts'
import { readInitramfs } from '../../src-main/guests/offline/initramfs/read.ts'
import { inspectSystem } from '../../src-main/guests/offline/inspect.ts'
import { readPartitionTable } from '../../src-main/guests/offline/partitions/table.ts'
import { Hive } from '../../src-main/guests/offline/registry/hive.ts'
import { cpioArchive } from '../support/cpio-writer.ts'
import { writeHive } from '../support/hive-writer.ts'
import { MemoryDisk } from '../support/memory-disk.ts'
import { writeGpt } from '../support/partition-writer.ts'
import { hasProgram, runProgram } from '../support/programs.ts'
import { seededRandom } from '../support/random.ts'

/** File systems, partition tables, registry hives and archives made by foreign programs, read by ours. No Windows is at
 *  hand: what Windows writes itself is only known from these programs and from documents. */
process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
process.env['LC_ALL'] = 'C.UTF-8'
const MIB = 2 ** 20
let folder: string
/** Files of many sizes, with their paths. */
const files = new Map<string, Uint8Array>()

const missing = (...programs: readonly string[]): string | undefined => {
  const absent = programs.filter((name) => !hasProgram(name))
  return absent.length === 0 ? undefined : `not installed: ${absent.join(', ')}`
}
const skip = (why: string | undefined): { readonly if: boolean; readonly why: string } => ({
  if: why !== undefined,
  why: why === undefined ? '' : ` (skipped: ${why})`,
})
const run = async (command: string, args: readonly string[], cwd = folder): Promise<string> => {
  const { code, out } = await runProgram(command, args, { cwd, timeoutMs: 120_000 })
  expect(code, `${command} ${args.join(' ')}: ${out}`).toBe(0)
  return out
}
const image = (name: string, sizeBytes: number): string => {
  const path = join(folder, name)
  writeFileSync(path, '')
  truncateSync(path, sizeBytes)
  return path
}
const source = (path: string): ReturnType<typeof bytesSource> => bytesSource(new Uint8Array(readFileSync(path)))
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function expectAllFiles(path: string, from: ReadonlyMap<string, Uint8Array> = files): Promise<FileTree> {
  const tree = new FileTree((await openVolume(source(path))).fileSystem)
  for (const [name, content] of from) {
    const file = await tree.file(name)
    expect(file?.sizeBytes, name).toBe(content.length)
    expect(sha(await file!.read(0, content.length)), name).toBe(sha(content))
  }
  return tree
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-offline-'))
  const random = seededRandom(11)
  for (const size of [0, 1, 59, 60, 61, 155, 160, 511, 4096, 4097, 70_000, 900_000])
    files.set(`/sizes/${size}`, random.bytes(size))
  for (let i = 0; i < 400; i++)
    files.set(`/many/a rather long name to fill the directory with, number ${i}.txt`, random.bytes(3))
  const sparse = new Uint8Array(3_000_000)
  sparse.set(random.bytes(5000), 2_500_000)
  // mke2fs -d with inline_data makes a file end where its last data end.
  sparse.set([1], sparse.length - 1)
  files.set('/sparse', sparse)
  files.set('/Ünïcode/ein größerer Name.txt', random.bytes(10))
  for (const [name, content] of files) {
    const path = join(folder, 'tree', name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, content)
  }
  symlinkSync('sizes/60', join(folder, 'tree/fast'))
  symlinkSync(`${'./'.repeat(60)}sizes/60`, join(folder, 'tree/slow'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const noExt = skip(missing('mke2fs'))
describe.skipIf(noExt.if)(`mke2fs${noExt.why}`, () => {
  test.each([
    ['ext2', '-t ext2 -b 1024'],
    ['ext2', '-t ext2 -b 4096 -I 128'],
    ['ext2', '-t ext2 -r 0'],
    ['ext3', '-t ext3 -b 2048'],
    ['ext4', '-t ext4'],
    ['ext4', '-t ext4 -O ^64bit,^flex_bg,^metadata_csum -b 1024'],
    ['ext4', '-t ext4 -O inline_data -I 256'],
    ['ext4', '-t ext4 -O inline_data -I 1024'],
    ['ext4', '-t ext4 -b 1024 -O meta_bg,^resize_inode -g 1024'],
    ['ext4', '-t ext4 -O sparse_super2'],
    ['ext4', '-t ext4 -O bigalloc -C 16384'],
    ['ext4', '-t ext4 -O large_dir,ea_inode,metadata_csum_seed'],
  ])('%s: %s', async (type, options) => {
    const path = image('volume.ext', 64 * MIB)
    await run('mke2fs', ['-q', '-F', ...options.split(' '), '-L', 'label', '-d', 'tree', path])
    const tree = await expectAllFiles(path)
    expect(tree.fileSystem).toMatchObject({ type, label: 'label', unclean: undefined })
    expect((await tree.names('/many'))!.length).toBe(400)
    for (const link of ['/fast', '/slow'])
      expect(sha(await (await tree.file(link))!.read(0, 60)), link).toBe(sha(files.get('/sizes/60')!))
  })

  const noMount = skip(
    process.getuid?.() === 0 && existsSync('/dev/loop-control') ? undefined : 'mounting needs root and loop devices',
  )
  test.skipIf(noMount.if)(`an ext4 that Linux has mounted says that it is open${noMount.why}`, async (context) => {
    const path = image('mounted.ext4', 32 * MIB)
    await run('mke2fs', ['-q', '-F', '-t', 'ext4', path])
    const mount = join(folder, 'mount')
    mkdirSync(mount)
    if ((await runProgram('mount', ['-o', 'loop', path, mount])).code !== 0)
      return context.skip('mounting is not allowed here')
    const random = seededRandom(3)
    const written = new Map<string, Uint8Array>()
    try {
      // Written in turn, so that neither lies in one piece; some removed, so that holes are filled.
      for (let i = 0; i < 60; i++) writeFileSync(join(mount, `gap${i}`), random.bytes(100_000))
      for (let i = 0; i < 60; i += 2) rmSync(join(mount, `gap${i}`))
      for (const name of ['a', 'b', 'c']) {
        const content = random.bytes(700_000)
        writeFileSync(join(mount, name), content)
        written.set(`/${name}`, content)
      }
      await run('sync', ['-f', mount])
      copyFileSync(path, join(folder, 'open.ext4'))
    } finally {
      await run('umount', [mount])
    }
    const open = await openVolume(source(join(folder, 'open.ext4')))
    expect(open.fileSystem.unclean).toContain('what is shown may be older')
    expect((await expectAllFiles(path, written)).fileSystem.unclean).toBeUndefined()
  })
})

const noFat = skip(missing('mkfs.fat', 'mcopy'))
describe.skipIf(noFat.if)(`mkfs.fat and mtools${noFat.why}`, () => {
  test.each([
    ['FAT12', '-F 12 -s 8', 12 * MIB],
    ['FAT16', '-F 16', 40 * MIB],
    ['FAT32', '-F 32', 70 * MIB],
    ['FAT32', '-F 32 -S 4096', 300 * MIB],
  ])('%s: %s', async (type, options, size) => {
    const path = image('volume.fat', size)
    await run('mkfs.fat', [...options.split(' '), '-n', 'LABEL', '-i', 'ABCD1234', path])
    await run('mcopy', [
      '-Q',
      '-s',
      '-i',
      path,
      ...readdirSync(join(folder, 'tree'))
        .filter((n) => /^(sizes|many|sparse|Ü)/.test(n))
        .map((n) => `tree/${n}`),
      '::',
    ])
    const tree = await expectAllFiles(path)
    expect(tree.fileSystem).toMatchObject({ type, label: 'LABEL', uuid: 'ABCD-1234' })
    expect((await tree.names('/MANY'))!.length).toBe(400)
  })
})

function ntfsGap(): string | undefined {
  const absent = missing('mkntfs', 'ntfs-3g', 'setfattr')
  if (absent !== undefined) return absent
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK)
    return process.getuid?.() === 0 ? undefined : 'mounting needs root'
  } catch {
    return '/dev/fuse may not be used here'
  }
}
const noNtfs = skip(ntfsGap())
describe.skipIf(noNtfs.if)(`mkntfs and ntfs-3g${noNtfs.why}`, () => {
  test.each([512, 1024, 4096, 65536, 131072])('clusters of %i bytes', async (cluster) => {
    const path = image('volume.ntfs', 96 * MIB)
    await run('mkntfs', ['-F', '-q', '-c', `${cluster}`, '-p', '63', '-H', '255', '-S', '63', '-L', 'Lábel', path])
    const mount = mkdtempSync(join(folder, 'ntfs-'))
    const packed = new Map<string, Uint8Array>()
    await run('ntfs-3g', [path, mount, '-o', 'compression'])
    try {
      await run('cp', ['-r', 'tree/.', mount])
      if (cluster <= 4096) {
        mkdirSync(join(mount, 'packed'))
        // FILE_ATTRIBUTE_COMPRESSED and FILE_ATTRIBUTE_DIRECTORY.
        await run('setfattr', ['-h', '-n', 'system.ntfs_attrib_be', '-v', '0x00000810', join(mount, 'packed')])
        const random = seededRandom(cluster)
        const text = new TextEncoder().encode(Array.from({ length: 40_000 }, (_, i) => `line ${i % 777}\n`).join(''))
        const mixed = new Uint8Array(500_000)
        mixed.set(random.bytes(100_000), 120_000)
        mixed.set(text.subarray(0, 150_000), 300_000)
        for (const [name, content] of [
          ['text', text],
          ['mixed', mixed],
          ['noise', random.bytes(200_001)],
          ['zeros', new Uint8Array(300_000)],
        ] as const) {
          writeFileSync(join(mount, 'packed', name), content)
          packed.set(`/packed/${name}`, content)
        }
      }
    } finally {
      await run('umount', [mount])
    }
    const tree = await expectAllFiles(path)
    await expectAllFiles(path, packed)
    expect(tree.fileSystem).toMatchObject({ type: 'NTFS', label: 'Lábel' })
    expect((await tree.names('/MANY'))!.length).toBe(400)
    if (hasProgram('ntfsinfo') && packed.size > 0)
      expect(await run('ntfsinfo', ['-F', '/packed/text', path])).toMatch(/COMPRESSED/)
  })

  const noCopy = skip(missing('ntfscp'))
  test.skipIf(noCopy.if)(`a file put there by ntfscp${noCopy.why}`, async () => {
    const path = image('copied.ntfs', 8 * MIB)
    await run('mkntfs', ['-F', '-q', '-p', '63', '-H', '255', '-S', '63', path])
    writeFileSync(join(folder, 'hiberfil.sys'), 'hibr'.padEnd(10_000, 'x'))
    await run('ntfscp', [path, 'hiberfil.sys', '/hiberfil.sys'])
    const tree = new FileTree((await openVolume(source(path))).fileSystem)
    expect(Buffer.from(await (await tree.file('/HIBERFIL.SYS'))!.read(0, 5)).toString()).toBe('hibrx')
  })
})

const noHive = skip(missing('hivexget', 'hivexsh', 'hivexml'))
describe.skipIf(noHive.if)(`hivex${noHive.why}`, () => {
  test.each(['lf', 'li', 'ri'] as const)(
    'reads what our writer for tests makes, with lists of kind %s',
    async (lists) => {
      const path = join(folder, 'ours.hive')
      const keys = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`Key${i}`, { values: { n: i } }]))
      writeFileSync(
        path,
        writeHive({ keys: { Top: { values: { Text: 'größer', Count: 7, Rows: ['a', 'b'] }, keys } } }, { lists }),
      )
      expect(await run('hivexget', [path, 'Top', 'Text'])).toBe('größer\n')
      expect(await run('hivexget', [path, 'Top\\Key37'])).toContain('dword:00000025')
      // It cannot write to a socket, which is what a child of this process gets.
      expect((await run('sh', ['-c', 'hivexml "$1" | cat', 'sh', path])).match(/<node name="Key/g)).toHaveLength(40)
    },
  )

  test('writes what we read', async () => {
    const empty = join(folder, 'empty.hive')
    const path = join(folder, 'theirs.hive')
    writeFileSync(empty, writeHive({}))
    const lines = ['add ControlSet001', 'cd ControlSet001', 'add Services', 'cd Services']
    for (let i = 0; i < 120; i++)
      lines.push(
        `add Service${i}`,
        `cd Service${i}`,
        'setval 2',
        'Start',
        `dword:${i % 5}`,
        'ImagePath',
        `string:drivers\\s${i}.sys`,
        'cd ..',
      )
    lines.push(`commit ${path}`, '')
    writeFileSync(join(folder, 'commands'), lines.join('\n'))
    await run('hivexsh', ['-w', '-f', 'commands', empty])
    const hive = await Hive.open(source(path))
    const services = (await hive.key('controlset001\\SERVICES'))!
    expect(await services.subkeys()).toHaveLength(120)
    for (const i of [0, 3, 77, 119]) {
      const service = (await services.subkey(`service${i}`))!
      expect(await service.number('Start')).toBe(i % 5)
      expect(await service.text('imagepath')).toBe(`drivers\\s${i}.sys`)
    }
  })
})

const noTables = skip(missing('sfdisk'))
describe.skipIf(noTables.if)(`partition tables of sfdisk${noTables.why}`, () => {
  test('with logical partitions', async () => {
    const path = image('mbr.raw', 64 * MIB)
    const script = join(folder, 'script')
    writeFileSync(
      script,
      'label: dos\nlabel-id: 0x1234abcd\nsize=4MiB, type=7, bootable\nsize=4MiB, type=83\nsize=40MiB, type=5\nsize=2MiB, type=82\nsize=3MiB, type=83\nsize=4MiB, type=8e\n',
    )
    await run('sh', ['-c', `sfdisk --quiet ${path} < ${script}`])
    const listed = JSON.parse(await run('sfdisk', ['--json', path])) as {
      partitiontable: { partitions: { node: string; start: number; size: number; type: string }[] }
    }
    const table = await readPartitionTable(source(path), 512)
    expect(table).toMatchObject({ kind: 'mbr', notes: [] })
    expect(
      table.partitions.map((p) => [p.number, p.startBytes / 512, p.sizeBytes / 512, parseInt(p.type, 16)]),
    ).toEqual(
      listed.partitiontable.partitions
        .filter((p) => p.type !== '5')
        .map((p) => [Number(/(\d+)$/.exec(p.node)![1]), p.start, p.size, parseInt(p.type, 16)]),
    )
    expect(table.partitions.filter((p) => p.active).map((p) => p.number)).toEqual([1])
    expect(table.partitions[0]!.partitionUuid).toBe('1234abcd-01')
  })

  const noSgdisk = skip(missing('sgdisk'))
  test.skipIf(noSgdisk.if)(`with GUIDs, and ours in the eyes of sgdisk${noSgdisk.why}`, async () => {
    const path = image('gpt.raw', 64 * MIB)
    await run('sgdisk', [
      '-n',
      '1:2048:+8M',
      '-t',
      '1:ef00',
      '-c',
      '1:EFI Größe',
      '-n',
      '4:0:+4M',
      '-t',
      '4:8300',
      '-A',
      '4:set:2',
      '-u',
      '4:AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE',
      path,
    ])
    const table = await readPartitionTable(source(path), 512)
    expect(table).toMatchObject({ kind: 'gpt', notes: [] })
    expect(table.partitions).toMatchObject([
      { number: 1, startBytes: MIB, sizeBytes: 8 * MIB, typeName: 'EFI system', name: 'EFI Größe', active: false },
      {
        number: 4,
        sizeBytes: 4 * MIB,
        typeName: 'Linux',
        active: true,
        partitionUuid: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      },
    ])
    const ours = new Uint8Array(16 * MIB)
    writeGpt(ours, [{ firstLba: 2048, blocks: 2048, type: '0FC63DAF-8483-4772-8E79-3D69D8477DE4', name: 'x' }])
    writeFileSync(join(folder, 'ours.raw'), ours)
    expect(await run('sgdisk', ['-v', join(folder, 'ours.raw')])).toContain('No problems found')
  })
})

describe('what is recognised and not read', () => {
  test.for([
    ['XFS', 'mkfs.xfs', ['-q', '-f'], 320 * MIB],
    ['Btrfs', 'mkfs.btrfs', ['-q', '-f'], 128 * MIB],
    ['Linux swap', 'mkswap', ['-q'], 4 * MIB],
    [
      'LUKS encryption',
      'cryptsetup',
      ['luksFormat', '-q', '--type', 'luks1', '--pbkdf-force-iterations', '1000', '--key-file', 'key'],
      8 * MIB,
    ],
    [
      'LUKS encryption',
      'cryptsetup',
      [
        'luksFormat',
        '-q',
        '--type',
        'luks2',
        '--pbkdf',
        'pbkdf2',
        '--pbkdf-force-iterations',
        '1000',
        '--key-file',
        'key',
      ],
      32 * MIB,
    ],
    ['exFAT', 'mkfs.exfat', [], 16 * MIB],
  ] as const)('%s of %s %j', async ([name, program, args, size], context) => {
    const absent = missing(program)
    if (absent !== undefined) return context.skip(absent)
    writeFileSync(join(folder, 'key'), 'secret of the test')
    const path = image('foreign', size)
    await run(program, [...args, path])
    expect((await contentOf(source(path))).name).toBe(name)
  })

  const noLvm = skip(
    missing('pvcreate', 'losetup') ?? (process.getuid?.() === 0 ? undefined : 'loop devices need root'),
  )
  test.skipIf(noLvm.if)(`LVM of pvcreate${noLvm.why}`, async (context) => {
    const path = image('lvm', 16 * MIB)
    const { code, out } = await runProgram('losetup', ['-f', '--show', path])
    if (code !== 0) return context.skip('loop devices may not be used here')
    try {
      await run('pvcreate', ['-q', '-y', '--config', 'devices/use_devicesfile=0', out.trim()])
    } finally {
      await run('losetup', ['-d', out.trim()])
    }
    expect((await contentOf(source(path))).name).toBe('LVM')
  })
})

describe('initramfs packed by', () => {
  const main = cpioArchive({
    'conf/initramfs.conf': '',
    'sbin/iscsistart': seededRandom(5).bytes(300_000),
    'lib/modules/6/kernel/drivers/scsi/iscsi_tcp.ko': 'x'.repeat(500_000),
  })
  test.for([
    ['gzip', ['-9c']],
    ['zstd', ['-q', '-19', '-c']],
    ['zstd', ['-q', '--no-check', '-T2', '-c']],
    ['lz4', ['-q', '-l', '-9', '-c']],
    ['xz', ['--check=crc32', '-c']],
    ['bzip2', ['-c']],
    ['lzma', ['-c']],
  ] as const)('%s %j', async ([program, args], context) => {
    const absent = missing(program)
    if (absent !== undefined) return context.skip(absent)
    writeFileSync(join(folder, 'main'), main)
    await run('sh', ['-c', `${program} ${args.join(' ')} main > packed`])
    const early = cpioArchive({ 'kernel/x86/microcode/AuthenticAMD.bin': 'x'.repeat(3000) })
    const whole = bytesSource(
      new Uint8Array(Buffer.concat([early, new Uint8Array(200), readFileSync(join(folder, 'packed'))])),
    )
    if (['gzip', 'zstd', 'lz4'].includes(program)) {
      const { contents, packings } = await readInitramfs(whole)
      expect(packings).toEqual(['none', program])
      expect([...contents.modules]).toEqual(['iscsi_tcp'])
      expect([...contents.programs]).toEqual(['iscsistart'])
    } else await expect(readInitramfs(whole)).rejects.toThrow(`it is compressed with ${program}`)
  })

  const noCpio = skip(missing('cpio', 'find'))
  test.skipIf(noCpio.if)(`nothing, as cpio writes it${noCpio.why}`, async () => {
    const archive = Buffer.from(
      (await run('sh', ['-c', 'cd tree && find . | cpio --quiet -o -H newc | base64 -w0'])).trim(),
      'base64',
    )
    const { contents } = await readInitramfs(bytesSource(new Uint8Array(archive)))
    expect(contents.fileCount).toBeGreaterThan(files.size)
  })
})

const noDisk = skip(missing('mke2fs', 'mkfs.fat', 'mcopy', 'sgdisk'))
test.skipIf(noDisk.if)(`a whole disk, put together by foreign programs${noDisk.why}`, async () => {
  const path = image('disk.raw', 64 * MIB)
  await run('sgdisk', ['-n', '1:2048:+8M', '-t', '1:ef00', '-n', '2:0:+40M', '-t', '2:8300', path])
  const esp = image('esp', 8 * MIB)
  await run('mkfs.fat', [esp])
  writeFileSync(join(folder, 'loader'), 'loader')
  await run('mmd', ['-i', esp, '::EFI', '::EFI/BOOT', '::EFI/debian'])
  await run('mcopy', ['-i', esp, 'loader', '::EFI/debian/shimx64.efi'])
  const root = image('root', 40 * MIB)
  mkdirSync(join(folder, 'system/etc'), { recursive: true })
  writeFileSync(join(folder, 'system/etc/os-release'), 'NAME=Test\nVERSION=1\nID=debian\n')
  await run('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', 'system', root])
  const disk = new MemoryDisk((64 * MIB) / 512, true)
  disk.bytes.set(readFileSync(path))
  disk.bytes.set(readFileSync(esp), MIB)
  disk.bytes.set(readFileSync(root), 9 * MIB)
  const report = await inspectSystem(disk)
  expect(report.system).toMatchObject({ kind: 'linux', name: 'Test', partition: 2 })
  expect(report.findings.find((f) => f.id === 'disk.start')).toMatchObject({
    severity: 'problem',
    detail: expect.stringContaining('/EFI/debian/shimx64.efi') as string,
  })
  expect(report.findings.find((f) => f.id === 'linux.initiator')?.severity).toBe('problem')
})
