import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { bytesSource } from '../../../../../src-main/guests/offline/disk/source.ts'
import { isNetworkDriver } from '../../../../../src-main/guests/offline/initramfs/contents.ts'
import { CpioReader } from '../../../../../src-main/guests/offline/initramfs/cpio.ts'
import { unpackLz4Block } from '../../../../../src-main/guests/offline/initramfs/lz4.ts'
import { readInitramfs } from '../../../../../src-main/guests/offline/initramfs/read.ts'
import { cpioArchive } from '../../../../support/cpio-writer.ts'
import { seededRandom } from '../../../../support/random.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const join = (...parts: (Uint8Array | string)[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((p) => (typeof p === 'string' ? text(p) : p))))

const MAIN = cpioArchive({
  '.': '',
  'scripts/local-top/iscsi': '#!/bin/sh',
  'conf/initramfs.conf': 'MODULES=most\n',
  'etc/iscsi.initramfs': 'ISCSI_AUTO=true\n',
  'sbin/iscsistart': seededRandom(2).bytes(70_001),
  'lib/modules/6.1.0/kernel/drivers/scsi/iscsi_tcp.ko': 'm',
  'usr/lib/modules/6.1.0/kernel/drivers/firmware/iscsi_ibft.ko.xz': 'm',
  'lib/modules/6.1.0/kernel/drivers/net/ethernet/intel/igc/igc.ko.zst': 'm',
  'lib/modules/6.1.0/kernel/drivers/net/virtio_net.ko': 'm',
  'lib/modules/6.1.0/kernel/drivers/net/dummy.ko': 'm',
  'lib/modules/6.1.0/kernel/net/ipv4/udp-tunnel.ko': 'm',
})
const EARLY = join(cpioArchive({ 'kernel/x86/microcode/GenuineIntel.bin': 'x'.repeat(5000) }), new Uint8Array(300))
const read = (...parts: Uint8Array[]): ReturnType<typeof readInitramfs> => readInitramfs(bytesSource(join(...parts)))
/** LZ4's old form with a block of literals only. */
const lz4 = (content: Uint8Array): Uint8Array => {
  const lengths: number[] = []
  for (let rest = content.length - 15; rest >= 0; rest -= 255) lengths.push(Math.min(rest, 255))
  const block = join(Uint8Array.of(0xf0, ...lengths), content)
  const size = new Uint8Array(4)
  new DataView(size.buffer).setUint32(0, block.length, true)
  return join(Uint8Array.of(0x02, 0x21, 0x4c, 0x18), size, block)
}

describe('an initramfs', () => {
  test.each([
    ['gzip', gzipSync(MAIN)],
    ['zstd', zstdCompressSync(MAIN)],
    ['lz4', lz4(MAIN)],
    ['none', MAIN],
  ])('behind microcode, packed with %s', async (packing, main) => {
    const { contents, packings } = await read(EARLY, new Uint8Array(main))
    expect(packings.at(-1)).toBe(packing)
    expect(contents).toMatchObject({
      maker: 'initramfs-tools',
      hook: 'scripts/local-top/iscsi',
      networkDrivers: ['igc', 'virtio_net'],
    })
    expect(contents.modules).toEqual(new Set(['iscsi_tcp', 'iscsi_ibft', 'igc', 'virtio_net', 'dummy', 'udp_tunnel']))
    expect(contents.programs).toEqual(new Set(['iscsistart']))
    expect(contents.files.get('etc/iscsi.initramfs')).toBe('ISCSI_AUTO=true\n')
  })

  test('several packed archives, and padding behind them', async () => {
    const one = cpioArchive({ 'usr/lib/dracut/hooks/cmdline/90-parse-iscsiroot.sh': 'x' })
    for (const pack of [gzipSync, zstdCompressSync])
      for (const padding of [new Uint8Array(0), new Uint8Array(4096)]) {
        const { contents } = await read(new Uint8Array(pack(one)), new Uint8Array(pack(MAIN)), padding)
        expect(contents.maker).toBe('dracut')
        expect(contents.programs.has('iscsistart')).toBe(true)
      }
  })

  test.each([
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
    ['lzma', [0x5d, 0x00, 0x00, 0x80, 0x00, 0xff]],
    ['bzip2', [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41]],
    ['lzo', [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d]],
  ])('packed with %s is said to be that', async (name, magic) => {
    await expect(read(EARLY, Uint8Array.from(magic), new Uint8Array(99).fill(7))).rejects.toThrow(
      `it is compressed with ${name}`,
    )
  })

  test.each([
    ['nothing', new Uint8Array(0)],
    ['zeros', new Uint8Array(5000)],
    ['a text', text('not an archive')],
    ['an archive that is cut off', MAIN.slice(0, 3000)],
    ['a packed one that is cut off', new Uint8Array(gzipSync(MAIN)).slice(0, 20_000)],
    ['a packed one with damage', new Uint8Array(gzipSync(MAIN)).map((v, i) => (i === 30_000 ? v ^ 255 : v))],
    [
      'one packed with zstd, with damage',
      new Uint8Array(zstdCompressSync(MAIN)).map((v, i) => (i === 6 ? v ^ 255 : v)),
    ],
    ['something else, packed', new Uint8Array(gzipSync(text('hello')))],
  ])('%s is not one', async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: expect.stringMatching(/^(codec|guest)\./) as string })
  })

  test('what the disk says comes before what the decompressor says', async () => {
    const packed = new Uint8Array(gzipSync(seededRandom(4).bytes(900_000)))
    const source = bytesSource(packed)
    const broken = {
      sizeBytes: source.sizeBytes,
      read: async (at: number, length: number) => {
        if (at > 300_000) throw Object.assign(new Error('worn out'), { code: 'disk.io' })
        return source.read(at, length)
      },
    }
    await expect(readInitramfs(broken)).rejects.toThrow()
  })

  test('a file that claims to be endless is not read', async () => {
    const endless = { sizeBytes: 2 ** 50, read: async (_: number, length: number) => new Uint8Array(length) }
    await expect(readInitramfs(endless)).rejects.toThrow('it is larger than 1 GiB')
  })

  test('a bomb is not unpacked to its end', async () => {
    const bomb = gzipSync(new Uint8Array(64 * 2 ** 20))
    await expect(read(new Uint8Array(bomb), new Uint8Array(bomb))).rejects.toThrow('there is no archive in it')
  })
})

describe('cpio', () => {
  test('comes out the same in pieces of any size', () => {
    for (const size of [1, 3, 7, 110, 4096]) {
      const names: string[] = []
      const kept = new Map<string, string>()
      const reader = new CpioReader({
        file: (name) => names.push(name) > 0 && name.startsWith('etc/'),
        content: (name, bytes) => kept.set(name, Buffer.from(bytes).toString()),
      })
      for (let at = 0; at < MAIN.length; at += size) {
        const piece = MAIN.subarray(at, at + size)
        expect(reader.push(piece)).toBe(piece.length)
      }
      expect(names).toHaveLength(11)
      expect(kept).toEqual(new Map([['etc/iscsi.initramfs', 'ISCSI_AUTO=true\n']]))
      expect(reader).toMatchObject({ atRest: true, archives: 1 })
    }
  })

  test('leaves what is not its own', () => {
    const reader = new CpioReader({ file: () => false, content: () => {} })
    expect(reader.push(join(EARLY, Uint8Array.of(0x1f, 0x8b, 8)))).toBe(EARLY.length)
  })

  test.each([
    ['c_magic', text(`070709${'0'.repeat(104)}`)],
    ['c_filesize', text(`070701${'0'.repeat(48)}zzzzzzzz${'0'.repeat(32)}00000002${'0'.repeat(8)}`)],
    ['c_namesize', text(`070701${'0'.repeat(88)}00100000${'0'.repeat(8)}`)],
    ['c_namesize', text(`070701${'0'.repeat(104)}`)],
  ])('refuses an impossible %s', (field, bytes) => {
    expect(() => new CpioReader({ file: () => false, content: () => {} }).push(bytes)).toThrow(field)
  })
})

describe('LZ4', () => {
  const unpacked = (...values: number[]): string => {
    const out = new Uint8Array(100)
    return Buffer.from(out.subarray(0, unpackLz4Block(Uint8Array.from(values), out))).toString('latin1')
  }
  test('literals and matches', () => {
    expect(unpacked(0x30, 97, 98, 99)).toBe('abc')
    expect(unpacked(0x32, 97, 98, 99, 3, 0, 0x10, 100)).toBe('abcabcabcd')
    expect(unpacked(0x1f, 97, 1, 0, 5, 0x10, 98)).toBe('a'.repeat(25) + 'b')
  })
  test.each([
    [[0x50, 97]],
    [[0xf0]],
    [[0x14, 97, 2, 0, 0]],
    [[0x14, 97, 0, 0]],
    [[0x14, 97, 1]],
    [[0x1f, 97, 1, 0, 255, 0]],
  ])('refuses %j', (values) => {
    expect(() => unpacked(...values)).toThrow('lz4-block')
  })
})

test.each([
  ['kernel/drivers/net/ethernet/realtek/r8169.ko', true],
  ['kernel/drivers/net/vmxnet3/vmxnet3.ko.xz', true],
  ['kernel/drivers/net/usb/r8152.ko', true],
  ['kernel/drivers/net/tun.ko', false],
  ['kernel/drivers/net/wireless/intel/iwlwifi/iwlwifi.ko', false],
  ['kernel/drivers/net/phy/realtek.ko', false],
  ['kernel/net/core/pktgen.ko', false],
])('%s drives a wired card: %s', (path, is) => {
  expect(isNetworkDriver(path)).toBe(is)
})
