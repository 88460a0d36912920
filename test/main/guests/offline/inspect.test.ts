import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../src-main/base/errors.ts'
import { inspectSystem } from '../../../../src-main/guests/offline/inspect.ts'
import { shown, type Finding, type OfflineReport } from '../../../../src-main/guests/offline/report.ts'
import { MemoryDisk } from '../../../support/memory-disk.ts'
import { diskOf, fixtureImage, PARTITION_TYPE } from '../../../support/offline-images.ts'
import { writeMbr } from '../../../support/partition-writer.ts'

const windows = fixtureImage('windows.ntfs')
const linux = fixtureImage('linux.ext4')
const esp = fixtureImage('esp.fat')
const EFI = { type: PARTITION_TYPE.efi, content: esp }
const MIB = 2 ** 20

const bad = (report: OfflineReport): [string, string][] =>
  report.findings.filter((f) => f.severity !== 'ok').map((f) => [f.id, f.severity])
const find = (report: OfflineReport, id: string): Finding => {
  const found = report.findings.find((f) => f.id === id)
  expect(found, id).toBeDefined()
  return found!
}
const withSignature = (at: number, signature: string | number[]): Uint8Array => {
  const b = new Uint8Array(2 * MIB)
  b.set(typeof signature === 'string' ? Buffer.from(signature, 'latin1') : signature, at)
  return b
}

test('a Windows disk: what is on it, and what it lacks', async () => {
  const report = await inspectSystem(diskOf([EFI, { type: PARTITION_TYPE.windows, content: windows }]))
  expect(report.system).toEqual({
    kind: 'windows',
    name: 'Windows 11 Pro',
    version: '23H2',
    build: '22631.3447',
    partition: 2,
  })
  expect(report.partitions).toEqual([
    {
      number: 1,
      startBytes: MIB,
      sizeBytes: MIB,
      typeName: 'EFI system',
      name: '',
      active: false,
      content: 'FAT12',
      label: 'ESP',
    },
    {
      number: 2,
      startBytes: 2 * MIB,
      sizeBytes: 8 * MIB,
      typeName: 'Microsoft basic data',
      name: '',
      active: false,
      content: 'NTFS',
      label: 'Windows',
    },
  ])
  expect(bad(report)).toEqual([
    ['windows.iscsi.driver', 'problem'],
    ['windows.nic.driver', 'problem'],
    ['windows.nic.address', 'warning'],
    ['windows.filters', 'warning'],
    ['windows.fastStartup', 'warning'],
    ['windows.pageFile', 'warning'],
  ])
  expect(find(report, 'disk.start').title).toBe('The disk starts on PCs with UEFI.')
  expect(find(report, 'windows.nic.driver').title).toContain('I219-LM')
})

test('a Linux disk: what is on it, and what it lacks', async () => {
  const report = await inspectSystem(diskOf([EFI, { type: PARTITION_TYPE.linux, content: linux }]))
  expect(report.system).toEqual({ kind: 'linux', name: 'Debian GNU/Linux', version: '12 (bookworm)', partition: 2 })
  expect(bad(report)).toEqual([
    ['linux.fstab.root', 'problem'],
    ['linux.fstab.others', 'warning'],
    ['linux.network.fixed', 'warning'],
    ['linux.initiator.patience', 'warning'],
  ])
  expect(find(report, 'linux.initramfs.card').detail).toContain('e1000e')
})

test('the report is plain values, and the disk is only read', async () => {
  const disk = diskOf([EFI, { type: PARTITION_TYPE.linux, content: linux }])
  const before = disk.bytes.slice()
  const report = await inspectSystem(disk)
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  expect(disk.log.every((line) => line.startsWith('read '))).toBe(true)
  expect(disk.bytes).toEqual(before)
})

test('findings come in the order of their weight', async () => {
  const report = await inspectSystem(diskOf([EFI, { type: PARTITION_TYPE.windows, content: windows }]))
  const weight = { problem: 0, unknown: 1, warning: 2, ok: 3 }
  const order = report.findings.map((f) => weight[f.severity])
  expect(order).toEqual([...order].sort())
})

test('progress is told, and cancelling ends it', async () => {
  const told: string[] = []
  await inspectSystem(diskOf([EFI, { type: PARTITION_TYPE.linux, content: linux }]), {
    progress: (text) => told.push(text),
  })
  expect(told).toContain('Looking at partition 2')
  expect(told.some((text) => text.includes('initrd.img-6.1.0-1-amd64'))).toBe(true)
  const abort = new AbortController()
  const cancelled = inspectSystem(diskOf([EFI, { type: PARTITION_TYPE.windows, content: windows }]), {
    signal: abort.signal,
    progress: (text) => text === 'Looking at partition 2' && abort.abort(),
  })
  await expect(cancelled).rejects.toMatchObject({ code: 'job.cancelled' })
})

test('a disk whose start cannot be read is an error', async () => {
  const disk = diskOf([EFI])
  disk.failWith = new AppError('disk.io', 'worn out')
  await expect(inspectSystem(disk)).rejects.toMatchObject({ code: 'disk.io' })
})

test('an image that takes too much reading is given up, and what was seen is shown', async () => {
  const report = await inspectSystem(diskOf([EFI, { type: PARTITION_TYPE.windows, content: windows }]), {
    limits: { bytes: 3 * MIB, calls: 100 },
  })
  expect(find(report, 'disk.damaged').severity).toBe('unknown')
  expect(report.partitions.length).toBeGreaterThan(0)
})

describe('partitions that are not read', () => {
  test.each([
    ['LUKS encryption', withSignature(0, 'LUKS\xba\xbe'), 'unknown'],
    ['LVM', withSignature(512, 'LABELONE' + '\0'.repeat(16) + 'LVM2 001'), 'unknown'],
    ['XFS', withSignature(0, 'XFSB'), 'unknown'],
    ['Btrfs', withSignature(65600, '_BHRfS_M'), 'unknown'],
    ['ZFS', withSignature(128 * 1024 + 5 * 1024, [0x0c, 0xb1, 0xba, 0, 0, 0, 0, 0]), 'unknown'],
    ['Linux RAID', withSignature(4096, [0xfc, 0x4e, 0x2b, 0xa9]), 'unknown'],
    ['ReFS', withSignature(3, 'ReFS\0\0\0\0'), 'unknown'],
  ])('%s', async (name, content, severity) => {
    const report = await inspectSystem(diskOf([EFI, { type: PARTITION_TYPE.linux, content }]))
    expect(report.partitions[1]).toMatchObject({
      content: name,
      note: expect.stringMatching(/^not readable: /) as string,
    })
    expect(find(report, 'disk.partition.2')).toMatchObject({
      severity,
      title: `Partition 2 (${name}) is not readable here.`,
    })
    expect(find(report, 'disk.system').severity).toBe('unknown')
    expect(report.system).toBeUndefined()
  })

  test('BitLocker is a problem with commands', async () => {
    const report = await inspectSystem(
      diskOf([EFI, { type: PARTITION_TYPE.windows, content: withSignature(3, '-FVE-FS-') }]),
    )
    expect(find(report, 'windows.bitLocker')).toMatchObject({
      severity: 'problem',
      remedy: expect.stringContaining('manage-bde -off C:') as string,
    })
  })

  test('swap and empty space are nothing to talk about', async () => {
    const report = await inspectSystem(
      diskOf([
        EFI,
        { type: PARTITION_TYPE.linux, content: linux },
        { type: PARTITION_TYPE.linux, content: withSignature(4086, 'SWAPSPACE2') },
        { type: PARTITION_TYPE.linux, content: new Uint8Array(MIB) },
      ]),
    )
    expect(report.partitions.slice(2).map((p) => [p.content, p.note])).toEqual([
      ['Linux swap', undefined],
      ['empty', undefined],
    ])
    expect(report.findings.some((f) => f.id.startsWith('disk.partition'))).toBe(false)
  })

  test('a file system with damage is unknown, with the reason', async () => {
    const damaged = windows.slice()
    damaged[13] = 0x03
    const report = await inspectSystem(diskOf([EFI, { type: PARTITION_TYPE.windows, content: damaged }]))
    expect(find(report, 'disk.partition.2').detail).toMatch(/^Not readable: ntfs-boot-sector: sectorsPerCluster is 3/)
  })
})

describe('what starts the disk', () => {
  const disk = (setUp: (bytes: Uint8Array) => void, content = linux): MemoryDisk => {
    const made = new MemoryDisk(2048 + content.length / 512, true)
    made.bytes.set(content, MIB)
    setUp(made.bytes)
    writeMbr(made.bytes, [{ type: 0x83, firstLba: 2048, blocks: content.length / 512, active: true }])
    return made
  }
  const start = async (made: MemoryDisk): Promise<Finding> => find(await inspectSystem(made), 'disk.start')

  test('GRUB in the first sector', async () => {
    const finding = await start(disk((b) => b.set(Buffer.from('\xeb\x63GRUB', 'latin1'))))
    expect(finding).toMatchObject({ severity: 'ok', title: 'The disk starts on PCs with BIOS.' })
  })

  test('an active partition with a start program', async () => {
    const finding = await start(disk((b) => b.set([0x33, 0xc0]), windows))
    expect(finding).toMatchObject({ severity: 'ok', title: 'The disk starts on PCs with BIOS.' })
    // A file system that has none in its first sector.
    expect((await start(disk((b) => b.set([0x33, 0xc0])))).severity).toBe('problem')
  })

  test('nothing', async () => {
    expect(await start(disk(() => {}))).toMatchObject({
      severity: 'problem',
      title: 'Nothing on this disk can be started.',
    })
  })

  test('a loader that only the old PC knows', async () => {
    const renamed = esp.slice()
    const at = Buffer.from(renamed).indexOf('BOOTX64 EFI', 0, 'latin1')
    renamed.set(Buffer.from('OTHER   EFI', 'latin1'), at)
    const report = await inspectSystem(
      diskOf([
        { type: PARTITION_TYPE.efi, content: renamed },
        { type: PARTITION_TYPE.windows, content: windows },
      ]),
    )
    expect(find(report, 'disk.start')).toMatchObject({
      severity: 'problem',
      title: 'Other PCs do not find the loader on this disk.',
      detail: expect.stringContaining('/EFI/Microsoft/Boot/bootmgfw.efi') as string,
      remedy: expect.stringContaining(
        'copy S:\\EFI\\Microsoft\\Boot\\bootmgfw.efi S:\\EFI\\Boot\\bootx64.efi',
      ) as string,
    })
  })

  test('an EFI partition that is not readable', async () => {
    const damaged = esp.slice()
    damaged[13] = 7
    const report = await inspectSystem(
      diskOf([
        { type: PARTITION_TYPE.efi, content: damaged },
        { type: PARTITION_TYPE.linux, content: linux },
      ]),
    )
    expect(find(report, 'disk.start').severity).toBe('unknown')
  })
})

test('a partition without a table around it', async () => {
  const disk = new MemoryDisk(linux.length / 512, true)
  disk.bytes.set(linux)
  const report = await inspectSystem(disk)
  expect(report.partitions).toMatchObject([{ number: 0, typeName: 'whole disk', content: 'ext4' }])
  expect(report.system?.kind).toBe('linux')
  expect(find(report, 'disk.start').remedy).toContain('from the whole disk')
})

test('two systems: one is checked, both are told', async () => {
  const report = await inspectSystem(
    diskOf([EFI, { type: PARTITION_TYPE.windows, content: windows }, { type: PARTITION_TYPE.linux, content: linux }]),
  )
  expect(report.system).toMatchObject({ kind: 'windows', partition: 2 })
  expect(find(report, 'disk.several').detail).toContain('partitions 2, 3')
})

test('words from the image cannot command a terminal', async () => {
  const image = linux.slice()
  image.set(Buffer.from('\x1b[2J\x07evil\n\u202e', 'utf8'), 1024 + 120)
  const report = await inspectSystem(diskOf([EFI, { type: PARTITION_TYPE.linux, content: image }]))
  expect(report.partitions[1]!.label).toBe('\ufffd[2J\ufffdevil\ufffd\ufffd')
  expect(shown('x'.repeat(999))).toBe(`${'x'.repeat(256)}…`)
  expect(shown('a\nb', 10, 'lines')).toBe('a\nb')
})

test('an empty disk', async () => {
  const report = await inspectSystem(new MemoryDisk(4096, true))
  expect(report.partitions).toMatchObject([{ content: 'empty' }])
  expect(bad(report)).toEqual([
    ['disk.system', 'problem'],
    ['disk.start', 'problem'],
  ])
})

test('an image that was cut off', async () => {
  const whole = diskOf([EFI, { type: PARTITION_TYPE.linux, content: linux }])
  const cut = new MemoryDisk(whole.blockCount - 6144, true)
  cut.bytes.set(whole.bytes.subarray(0, cut.bytes.length))
  const report = await inspectSystem(cut)
  expect(find(report, 'disk.cut')).toMatchObject({ severity: 'problem', detail: 'Cut off: partition 2.' })
  expect(find(report, 'disk.table').severity).toBe('warning')
})
