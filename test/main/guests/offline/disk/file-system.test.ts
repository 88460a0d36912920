import { describe, expect, test } from 'vitest'
import { FileTree } from '../../../../../src-main/guests/offline/disk/file-system.ts'
import { volumeNamed, type FoundVolume } from '../../../../../src-main/guests/offline/disk/found-volume.ts'
import { memoryFiles } from '../../../../support/memory-files.ts'

const tree = new FileTree(
  memoryFiles({
    '/etc/os-release': 'NAME=x',
    '/etc/link': { link: 'os-release' },
    '/usr/lib/file': 'there',
    '/lib': { link: 'usr/lib' },
    '/absolute': { link: '/usr/lib/../lib/file' },
    '/loop/a': { link: 'b' },
    '/loop/b': { link: 'a' },
    '/up': { link: '../../../etc' },
    '/broken': { link: 'nowhere' },
  }),
)

describe('paths', () => {
  test.each([
    ['/etc/os-release', 'NAME=x'],
    ['etc//./os-release', 'NAME=x'],
    ['/etc/link', 'NAME=x'],
    ['/lib/file', 'there'],
    ['/absolute', 'there'],
    ['/lib/../lib/file', 'there'],
    ['/up/os-release', 'NAME=x'],
  ])('%s is found', async (path, text) => {
    expect(await tree.text(path)).toBe(text)
  })

  test.each(['/etc/nothing', '/etc/os-release/below', '/broken', '/ETC/os-release', '/etc'])(
    '%s is no file',
    async (path) => {
      expect(await tree.text(path)).toBeUndefined()
    },
  )

  test('a link that leads to itself ends', async () => {
    await expect(tree.find('/loop/a')).rejects.toMatchObject({ code: 'guest.unreadable' })
  })

  test('a link can be looked at itself', async () => {
    expect((await tree.find('/loop/a', { link: 'return' }))?.kind).toBe('symlink')
  })

  test('names of a directory', async () => {
    expect(await tree.names('/etc')).toEqual(['os-release', 'link'])
    expect(await tree.names('/etc/os-release')).toBeUndefined()
  })

  test('case does not matter where the file system does not mind it', async () => {
    const windows = new FileTree(memoryFiles({ '/Windows/System32/config/SYSTEM': 'hive' }, { caseSensitive: false }))
    expect(await windows.text('/WINDOWS/system32/Config/system')).toBe('hive')
  })
})

describe('names of volumes', () => {
  const volume = (number: number, uuid: string, label: string): FoundVolume => ({
    partition: {
      number,
      startBytes: 0,
      sizeBytes: 0,
      type: '',
      typeName: '',
      name: `name${number}`,
      partitionUuid: `0000000${number}-aa`,
      active: false,
      fits: true,
    },
    files: new FileTree(memoryFiles({}, { uuid, label })),
  })
  const volumes = [volume(1, '1234-ABCD', 'EFI'), volume(2, 'aaaa-bbbb', 'root')]

  test.each([
    ['UUID=1234-abcd', 1],
    ['UUID="AAAA-bbbb"', 2],
    ['LABEL=root', 2],
    ['PARTUUID=00000001-AA', 1],
    ['PARTLABEL=name2', 2],
    ['/dev/disk/by-uuid/aaaa-bbbb', 2],
    ['/dev/sda2', 2],
    ['/dev/nvme0n1p1', 1],
    ['/dev/mapper/vg-root', undefined],
    ['UUID=none', undefined],
    ['UUID=', undefined],
    ['LABEL=', undefined],
  ])('%s', (device, number) => {
    expect(volumeNamed(device, volumes)?.partition.number).toBe(number)
  })
})
