import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/log.ts'
import { overrideOf, checkScript } from '../../../src-main/boot/own-script.ts'
import type { SettingStore } from '../../../src-main/db/stores/setting-store.ts'
import { BootChoicesBook } from '../../../src-main/engine/boot/choices.ts'
import { LEASE_SIGHT_MS, LeaseSight } from '../../../src-main/engine/boot/lease-sight.ts'
import { MenuPassword } from '../../../src-main/engine/boot/menu-password.ts'
import { OwnScripts } from '../../../src-main/engine/boot/own-scripts.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const MAC = '52:54:00:77:00:01'
const UUID = '4c4c4544-0042-3510-8052-b4c04f4d3732'

class MemorySettings implements SettingStore {
  readonly kept = new Map<string, unknown>()
  get(key: string): unknown {
    return this.kept.get(key)
  }
  set(key: string, value: unknown): void {
    this.kept.set(key, JSON.parse(JSON.stringify(value)))
  }
}

let folder: string
let clock: FakeClock
let settings: MemorySettings
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-choices-'))
  clock = new FakeClock()
  settings = new MemorySettings()
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the password of the menu', () => {
  test('opens with the right one, is kept as a hash and survives a restart', () => {
    const password = new MenuPassword(settings, clock)
    expect(password.is('')).toBe(false)
    password.set('correct horse')
    expect(password.is('correct horse')).toBe(true)
    expect(password.is('correct hors')).toBe(false)
    expect(JSON.stringify([...settings.kept])).not.toContain('correct')
    expect(new MenuPassword(settings, clock).is('correct horse')).toBe(true)
    password.set(null)
    expect(password.isSet).toBe(false)
    expect(new MenuPassword(settings, clock).is('correct horse')).toBe(false)
  })
  test('after many wrong ones an address gets no further for a minute', () => {
    const password = new MenuPassword(settings, clock)
    password.set('correct horse')
    for (let i = 0; i < 10; i++) expect(password.is(`guess ${i}`, '10.0.0.5')).toBe(false)
    expect(password.is('correct horse', '10.0.0.5')).toBe(false)
    expect(password.is('correct horse', '10.0.0.6')).toBe(true)
    clock.advance(60_000)
    expect(password.is('correct horse', '10.0.0.5')).toBe(true)
  })
  test('asking without one is no try', () => {
    const password = new MenuPassword(settings, clock)
    password.set('correct horse')
    for (let i = 0; i < 50; i++) expect(password.is(undefined)).toBe(false)
    expect(password.is('correct horse')).toBe(true)
  })
  test.each(['abc', 'x'.repeat(65), 'schlüssel', 'a\tbcd'])('%j cannot be typed at a PC', (text) => {
    expect(() => new MenuPassword(settings, clock).set(text)).toThrow('the loader cannot take that password')
  })
})

describe('an address that a PC was seen to take', () => {
  test('is the only one that counts, for a while after it was last used', () => {
    const sight = new LeaseSight(clock, () => true)
    expect(sight.isAt(MAC, '10.0.0.5')).toBe(false)
    sight.took(MAC, '10.0.0.5')
    expect(sight.isAt(MAC, '10.0.0.5')).toBe(true)
    expect(sight.isAt(MAC, '10.0.0.6')).toBe(false)
    expect(sight.isAt(MAC, undefined)).toBe(false)
    clock.advance(LEASE_SIGHT_MS)
    expect(sight.isAt(MAC, '10.0.0.5')).toBe(true)
    clock.advance(LEASE_SIGHT_MS)
    expect(sight.isAt(MAC, '10.0.0.5')).toBe(true)
    clock.advance(LEASE_SIGHT_MS + 1)
    expect(sight.isAt(MAC, '10.0.0.5')).toBe(false)
    sight.took(MAC, '10.0.0.6')
    expect(sight.isAt(MAC, '10.0.0.5')).toBe(false)
  })
  test('cannot be known where no DHCP is seen', () => {
    expect(new LeaseSight(clock, () => false).isAt(MAC, '10.0.0.5')).toBe(true)
  })
})

describe('what is chosen for all PCs', () => {
  const book = () => new BootChoicesBook(settings, new MenuPassword(settings, clock), folder)

  test('is kept; null takes away', () => {
    const file = join(folder, 'vmlinuz')
    writeFileSync(file, '')
    book().change({ menu: { title: 'Room 2', timeoutSeconds: 30 }, maintenance: { kernel: file, attachDisk: true } })
    expect(book().view()).toMatchObject({
      menu: { title: 'Room 2', timeoutSeconds: 30, entries: ['disk', 'local'], preset: 'disk', locked: [] },
      menuPassword: false,
      maintenance: { kernel: file, attachDisk: true },
      scriptsFolder: join(folder, 'scripts'),
    })
    expect(book().mediaPath('kernel')).toBe(file)
    expect(book().mediaPath('../kernel')).toBeUndefined()
    book().change({ menu: { title: null }, maintenance: { kernel: null } })
    expect(book().view().menu.title).toBeUndefined()
    expect(book().maintenance).toEqual({ attachDisk: true })
  })
  test.each([
    [{ menu: { locked: ['local'] as const } }, 'no password that could open'],
    [{ menu: { preset: 'shell' as const } }, 'does not offer shell'],
    [{ menu: { title: 'x ${password}' } }, 'cannot show that title'],
    [{ menu: { entries: [] } }, 'needs an entry'],
    [{ menu: { locked: ['disk', 'local'] as const }, menuPassword: 'open sesame' }, 'every entry'],
    [{ maintenance: { kernel: '/nowhere/vmlinuz' } }, 'does not exist'],
    [{ maintenance: { initrd: '/etc/hostname' } }, 'needs a kernel'],
    [{ maintenance: { kernelArgs: 'a || b' } }, 'loader script'],
  ])('%j is refused, and nothing of it stays', (change, why) => {
    const before = book().view()
    expect(() => book().change(change)).toThrow(why)
    expect(book().view()).toEqual(before)
  })
  test('a password cannot go while entries ask for it', () => {
    book().change({ menuPassword: 'open sesame', menu: { locked: ['local'] } })
    expect(() => book().change({ menuPassword: null })).toThrow('no password that could open')
    expect(book().view().menuPassword).toBe(true)
  })
  test('what cannot be read has its usual value', () => {
    settings.set('boot', { menu: { timeoutSeconds: 'soon' }, maintenance: { attachDisk: true } })
    expect(book().view()).toMatchObject({ menu: { timeoutSeconds: 10 }, maintenance: { attachDisk: true } })
    settings.set('boot', 'nonsense')
    expect(book().view().menu.preset).toBe('disk')
  })
})

describe('own scripts', () => {
  const put = (path: string, text = '#!ipxe\n') => {
    const full = join(folder, ...path.split('/'))
    mkdirSync(join(full, '..'), { recursive: true })
    writeFileSync(full, text)
  }
  const open = () => new OwnScripts({ folder: () => folder, clock, logger: silentLogger })
  const pc = { mac: MAC, name: 'pc-01', uuid: UUID }

  test('count by UUID before MAC before name, wherever in the folder they lie', async () => {
    put('hostname-pc-01.ipxe')
    const scripts = open()
    await scripts.refresh()
    expect(scripts.scriptFor(pc)).toBe('hostname-pc-01.ipxe')
    put('boot/mac-525400770001.ipxe')
    clock.advance(1001)
    await scripts.refresh()
    expect(scripts.scriptFor(pc)).toBe('boot/mac-525400770001.ipxe')
    put(`boot/uuid-${UUID}.ipxe`)
    clock.advance(1001)
    await scripts.refresh()
    expect(scripts.scriptFor(pc)).toBe(`boot/uuid-${UUID}.ipxe`)
    expect(scripts.scriptFor({ ...pc, uuid: undefined })).toBe('boot/mac-525400770001.ipxe')
    expect(scripts.scriptFor({ mac: '52:54:00:77:00:02', name: 'pc-02', uuid: undefined })).toBeUndefined()
  })

  test('one that cannot run is shown with the reason and does not count', async () => {
    put('mac-52-54-00-77-00-01.ipxe', 'echo no first line\nchain gone.ipxe\ngoto nowhere\n')
    const scripts = open()
    expect(await scripts.list()).toMatchObject([
      {
        path: 'mac-52-54-00-77-00-01.ipxe',
        forPc: `mac ${MAC}`,
        problems: [
          'its first line is not #!ipxe',
          'line 2 needs gone.ipxe, which is not there',
          'line 3 goes to nowhere, which is nowhere',
        ],
      },
    ])
    expect(scripts.scriptFor(pc)).toBeUndefined()
  })

  test('only files of the folder are given out: no links, no way up, nothing hidden, no other kind', async () => {
    const secret = mkdtempSync(join(tmpdir(), 'bootlace-secret-'))
    writeFileSync(join(secret, 'secret.ipxe'), 'secret')
    put('menu.ipxe')
    put('.hidden.ipxe')
    put('disk.raw')
    symlinkSync(join(secret, 'secret.ipxe'), join(folder, 'link.ipxe'))
    symlinkSync(secret, join(folder, 'linked'))
    const scripts = open()
    expect((await scripts.list()).map((s) => s.path)).toEqual(['menu.ipxe'])
    for (const path of [
      'link.ipxe',
      'linked/secret.ipxe',
      `../${secret.split('/').pop()}/secret.ipxe`,
      '.hidden.ipxe',
      '',
    ])
      expect(scripts.file(path), path).toBeUndefined()
    expect(scripts.file('menu.ipxe')).toBeDefined()
    expect(scripts.menu()).toBe('menu.ipxe')
    rmSync(secret, { recursive: true })
  })

  test('a folder is imported as it is, without links, and replaces what has the same name', async () => {
    const source = mkdtempSync(join(tmpdir(), 'bootlace-gist-'))
    mkdirSync(join(source, 'boot'))
    writeFileSync(join(source, 'boot.ipxe'), '#!ipxe\nchain --autofree boot.ipxe.cfg ||\nchain menu.ipxe\n')
    writeFileSync(join(source, 'boot.ipxe.cfg'), '#!ipxe\nset menu-timeout 5000\n')
    writeFileSync(join(source, 'menu.ipxe'), '#!ipxe\n:start\nmenu x\nchoose y && goto ${y}\n')
    writeFileSync(join(source, 'boot', 'mac-525400770001.ipxe'), '#!ipxe\nset menu-default local\n')
    symlinkSync('/etc/passwd', join(source, 'passwd.ipxe'))
    put('menu.ipxe', 'old')
    const scripts = open()
    const brought = await scripts.import(source)
    expect(brought.map((s) => [s.path, s.problems])).toEqual([
      ['boot/mac-525400770001.ipxe', []],
      ['boot.ipxe', []],
      ['boot.ipxe.cfg', []],
      ['menu.ipxe', []],
    ])
    expect(new TextDecoder().decode(scripts.file('menu.ipxe'))).toContain(':start')
    await expect(scripts.import(folder)).rejects.toThrow('lie in each other')
    await expect(scripts.import(join(source, 'nothing'))).rejects.toThrow('no scripts in')
    rmSync(source, { recursive: true })
  })

  test('what is no longer there no longer counts', async () => {
    const inner = join(folder, 'in')
    put('in/menu.ipxe')
    const scripts = new OwnScripts({ folder: () => inner, clock, logger: silentLogger })
    await scripts.refresh()
    expect(scripts.file('menu.ipxe')).toBeDefined()
    rmSync(inner, { recursive: true })
    await scripts.refresh()
    expect(scripts.file('menu.ipxe')).toBeDefined()
    clock.advance(1001)
    await scripts.refresh()
    expect(scripts.file('menu.ipxe')).toBeUndefined()
  })
})

describe('names and texts of scripts', () => {
  test.each([
    ['mac-52-54-00-77-00-01.ipxe', { kind: 'mac', of: MAC }],
    ['boot/MAC-525400770001.IPXE', { kind: 'mac', of: MAC }],
    [`uuid-${UUID.toUpperCase()}.ipxe`, { kind: 'uuid', of: UUID }],
    ['hostname-PC-01.ipxe', { kind: 'hostname', of: 'pc-01' }],
    ['mac-5254.ipxe', undefined],
    ['uuid-1.ipxe', undefined],
    ['menu.ipxe', undefined],
    ['mac-525400770001.cfg', undefined],
  ])('%s is for %j', (path, of) => expect(overrideOf(path)).toEqual(of))

  const problems = (text: string, path = 'a.ipxe') =>
    checkScript(path, new TextEncoder().encode(text), (other) => ['b.ipxe', 'boot/c.ipxe'].includes(other))
  test.each([
    ['#!ipxe\r\nchain b.ipxe\r\n', 'a.ipxe'],
    ['#!gpxe\nchain ../b.ipxe\n', 'boot/x.ipxe'],
    ['#!ipxe\nchain /scripts/boot/c.ipxe\n', 'a.ipxe'],
    ['#!ipxe\nchain http://10.0.0.1/gone.ipxe\n', 'a.ipxe'],
    ['#!ipxe\nchain ${boot-url}gone.ipxe\n', 'a.ipxe'],
    ['#!ipxe\nchain gone.ipxe || goto x\n:x\n', 'a.ipxe'],
    ['#!ipxe\n# goto nowhere\necho goto nowhere\n', 'a.ipxe'],
    ['#!ipxe\ngoto ${x}\n', 'a.ipxe'],
    ['#!ipxe\nisset ${x} && \\\n goto y\n:y\n', 'a.ipxe'],
  ])('%j of %s is well', (text, path) => expect(problems(text, path)).toEqual([]))
})
