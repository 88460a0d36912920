import { describe, expect, test } from 'vitest'
import { describeMedium } from '../../../../src-main/guests/iso/describe.ts'
import type { IsoMedium } from '../../../../src-main/guests/iso/medium.ts'
import { bytesSource } from '../../../../src-main/guests/offline/disk/source.ts'
import {
  ARCH,
  DEBIAN,
  DEBIAN_LIVE,
  DEBIAN_MINI,
  FEDORA,
  UBUNTU,
  WINDOWS,
  type Layout,
} from '../../../support/iso-layouts.ts'

const GIB = 2 ** 30
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

const mediumOf = (layout: Layout, o: { label?: string; sizeBytes?: number } = {}): IsoMedium => ({
  sizeBytes: o.sizeBytes ?? 1_000_000,
  fileSystem: 'Rock Ridge',
  label: o.label ?? 'LABEL',
  bootsOn: ['BIOS', 'UEFI'],
  file: async (path) => (layout[path] === undefined ? undefined : bytesSource(layout[path])),
  text: async (path) => (layout[path] === undefined ? undefined : new TextDecoder().decode(layout[path])),
  names: async (path) => {
    const below = Object.keys(layout).filter((name) => name.startsWith(`${path}/`))
    return below.length === 0 ? undefined : [...new Set(below.map((name) => name.split('/')[path.split('/').length]!))]
  },
})

const without = (layout: Layout, ...paths: string[]): Layout =>
  Object.fromEntries(Object.entries(layout).filter(([path]) => !paths.includes(path)))

describe('what an ISO is', () => {
  test.each<[string, Layout, object]>([
    [
      'Ubuntu: the ISO is fetched whole, once',
      UBUNTU,
      {
        kind: 'ubuntu',
        title: 'Ubuntu-Server 24.04.1 LTS "Noble Numbat" - Release amd64 (20240827)',
        plan: {
          kernel: 'casper/vmlinuz',
          initrd: 'casper/initrd',
          args: 'ip=dhcp url={iso} cloud-config-url=/dev/null',
          evidence: 'documented',
          memoryBytes: 1_000_000 + 2 * GIB,
        },
      },
    ],
    [
      'Fedora with packages',
      FEDORA,
      {
        kind: 'fedora',
        title: 'Fedora 43',
        plan: {
          kernel: 'images/pxeboot/vmlinuz',
          initrd: 'images/pxeboot/initrd.img',
          args: 'inst.stage2={files} inst.repo={files} rd.neednet=1 rd.iscsi.ibft=1 rd.iscsi.firmware=1',
          evidence: 'documented',
        },
      },
    ],
    [
      'Fedora netinst, without packages and .treeinfo',
      without(FEDORA, '.treeinfo', 'repodata/repomd.xml'),
      {
        kind: 'fedora',
        title: 'Fedora 43',
        plan: { args: 'inst.stage2={files} rd.neednet=1 rd.iscsi.ibft=1 rd.iscsi.firmware=1' },
      },
    ],
    [
      'a live Fedora',
      { ...without(FEDORA, '.treeinfo', 'images/install.img'), 'LiveOS/squashfs.img': text('x') },
      {
        kind: 'fedora-live',
        plan: {
          args: 'root=live:{files}/LiveOS/squashfs.img rd.live.image ip=dhcp rd.neednet=1 rd.iscsi.ibft=1 rd.iscsi.firmware=1',
          evidence: 'untried',
        },
      },
    ],
    [
      'RHEL 7, whose installer lies where the live ones have their system',
      { ...without(FEDORA, 'images/install.img'), 'LiveOS/squashfs.img': text('x') },
      { kind: 'fedora' },
    ],
    [
      'Arch, whose address ends with a slash',
      ARCH,
      {
        kind: 'arch',
        title: 'Arch Linux 2025.11.01',
        plan: {
          kernel: 'arch/boot/x86_64/vmlinuz-linux',
          initrd: 'arch/boot/x86_64/initramfs-linux.img',
          args: 'archisobasedir=arch archiso_http_srv={files}/ ip=dhcp',
          memoryBytes: 20_000 + GIB,
        },
      },
    ],
    [
      'SystemRescue',
      { 'sysresccd/boot/x86_64/vmlinuz': text('k'), 'sysresccd/boot/x86_64/sysresccd.img': text('i') },
      { kind: 'arch', title: 'SystemRescue', plan: { args: expect.stringContaining('archisobasedir=sysresccd ') } },
    ],
    [
      'openSUSE',
      { 'boot/x86_64/loader/linux': text('k'), 'boot/x86_64/loader/initrd': text('i') },
      { kind: 'opensuse', plan: { args: 'install={files} netsetup=dhcp withiscsi=1', evidence: 'untried' } },
    ],
    [
      'a live Debian',
      DEBIAN_LIVE,
      {
        kind: 'debian-live',
        plan: {
          kernel: 'live/vmlinuz-6.12.43-amd64',
          initrd: 'live/initrd.img-6.12.43-amd64',
          args: 'boot=live components ip=dhcp fetch={files}/live/filesystem.squashfs',
        },
      },
    ],
    ["Debian's mini.iso", DEBIAN_MINI, { kind: 'debian-netboot', plan: { kernel: 'linux', initrd: 'initrd.gz' } }],
  ])('%s', async (_, layout, expected) => {
    expect(await describeMedium(mediumOf(layout))).toMatchObject(expected)
  })

  test.each<[string, Layout, string]>([
    ["Debian's CD, which insists on a drive", DEBIAN, 'debian'],
    ['Windows', WINDOWS, 'windows'],
    ['Windows that can only be repaired', { 'sources/boot.wim': text('w') }, 'windows'],
    ['something else', { 'README.TXT': text('hello') }, 'unknown'],
    ['a kernel without its initrd', { 'casper/vmlinuz': text('k') }, 'unknown'],
    ['an installer without its stage 2', without(FEDORA, 'images/install.img'), 'unknown'],
  ])('%s: not over the network, and why', async (_, layout, kind) => {
    const found = await describeMedium(mediumOf(layout))
    expect(found.kind).toBe(kind)
    expect(found.plan).toBeUndefined()
    expect(found.notes.length).toBeGreaterThan(0)
  })

  test('shows nothing of a title that could not be shown', async () => {
    const found = await describeMedium(mediumOf({ ...UBUNTU, '.disk/info': text(`\n\u001b[31mred${'x'.repeat(500)}`) }))
    expect(found.title).toMatch(/^[\x20-\x7e]{1,120}$/)
  })
})
