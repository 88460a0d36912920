import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../../../src-main/base/log.ts'
import type { Client } from '../../../../src-main/clients/client.ts'
import { WimbootFile } from '../../../../src-main/engine/windows/wimboot-file.ts'
import { WindowsInstall } from '../../../../src-main/engine/windows/install-desk.ts'
import type { MediumKind } from '../../../../src-main/guests/iso/description.ts'
import { ndisInf } from '../../../support/inf-files.ts'
import { lintCmd } from '../../../support/cmd-lint.ts'
import { wimbootFile } from '../../../support/wimboot-file.ts'

const MAC = '52:54:00:77:00:01'
const ISO = '/isos/windows.iso'
const base: Client = {
  mac: MAC,
  name: 'pc-01',
  disk: 'win11',
  stage: 'install',
  loader: 'auto',
  medium: ISO,
  keep: 'always',
  channel: 'production',
  createdMs: 0,
}
let client: Client
let folder: string
let kind: MediumKind | undefined
let inside: Record<string, number>
let cards: Map<string, string>
let driverFolder: string | undefined
let hasWimboot: boolean
let answers: string | undefined

beforeEach(() => {
  client = base
  folder = mkdtempSync(join(tmpdir(), 'bootlace-windows-'))
  kind = 'windows'
  inside = { 'sources/boot.wim': 500 << 20, bootmgr: 1, 'boot/bcd': 1, 'boot/boot.sdi': 1 }
  cards = new Map()
  driverFolder = undefined
  hasWimboot = true
  answers = undefined
})
afterEach(() => rmSync(folder, { recursive: true }))

const current = { bytes: Buffer.from('wimboot'), version: '2.9.0', sha256: '', isReleased: true, from: 'user' as const }
const desk = () =>
  new WindowsInstall({
    shelf: {
      settled: () => undefined,
      installerOf: () => undefined,
      kindOf: () => kind,
      file: async (_medium, path) =>
        inside[path] === undefined
          ? undefined
          : { sizeBytes: inside[path], modified: new Date(0), read: async () => new Uint8Array(), close: () => {} },
    },
    wimboot: { current: hasWimboot ? current : undefined },
    store: {
      driverFolderOf: () => driverFolder,
      putDriverFolder: () => {},
      networkCardOf: (mac) => cards.get(mac),
      putNetworkCard: (mac, busId) => void cards.set(mac, busId),
      installAnswersOf: (mac) => (mac === MAC ? answers : undefined),
      putInstallAnswers: () => {},
    },
    registry: { byMac: (mac) => (mac === MAC ? client : undefined), usersOf: () => [client] },
    server: { ip: '10.77.0.2', httpPort: 8470, iscsiPort: 3260 },
    passwordOf: () => undefined,
    logger: silentLogger,
  })
const granted = () => true
/** As a PC asks: its script is awaited, then written. */
async function asked(one = desk(), busId?: string) {
  await one.settled(client.medium, { mac: MAC, ...(busId !== undefined && { busId }) })
  return { one, pe: one.windowsPeOf(client) }
}
function writeDriver(name: string, id: string): void {
  mkdirSync(join(folder, name, 'x64', 'res'), { recursive: true })
  writeFileSync(join(folder, name, `${name}.inf`), ndisInf().replaceAll('VEN_10EC&DEV_8168', id))
  for (const file of ['rt640x64.cat', 'x64/rt640x64.sys', 'x64/res/rtmsg.dll'])
    writeFileSync(join(folder, name, file), name)
}

describe('an ISO of Windows as the medium of a PC', () => {
  test('is started with the files of this program and those of older media, and the memory it takes is said', async () => {
    expect((await asked()).pe).toEqual({
      own: ['winpeshl.ini', 'bootlace.cmd'],
      boot: [
        { name: 'bootmgr', path: 'bootmgr' },
        { name: 'BCD', path: 'boot/bcd' },
        { name: 'boot.sdi', path: 'boot/boot.sdi' },
      ],
      image: 'sources/boot.wim',
      hasAnswers: false,
      memoryMib: 3584,
    })
    inside = { 'sources/boot.wim': 1 }
    expect((await asked()).pe).toMatchObject({ boot: [] })
  })

  test('is not started without wimboot, and other ISOs are not started with it', async () => {
    hasWimboot = false
    expect((await asked()).pe).toBe('missing')
    hasWimboot = true
    kind = 'debian'
    expect((await asked()).pe).toBeUndefined()
  })

  test('comes with the drivers for the card that the loader named, under names of their own', async () => {
    writeDriver('intel', 'VEN_8086&DEV_153C')
    writeDriver('realtek', 'VEN_10EC&DEV_8168')
    driverFolder = folder
    const { one, pe } = await asked(desk(), '01-80-86-15-3C')
    expect(cards.get(MAC)).toBe('01-80-86-15-3c')
    const drivers = ['bldrv01.bin', 'bldrv02.bin', 'bldrv03.bin', 'bldrv04.bin']
    expect(pe).toMatchObject({ own: ['winpeshl.ini', 'bootlace.cmd', ...drivers] })
    const script = Buffer.from((await one.windowsPeFile(MAC, 'bootlace.cmd', granted))!).toString()
    expect(lintCmd(script)).toEqual([])
    expect(script).toContain('drvload "X:\\bootlace\\drivers\\1\\intel.inf"')
    expect(script).not.toContain('realtek.inf')
    expect(Buffer.from((await one.windowsPeFile(MAC, 'bldrv04.bin', granted))!).toString()).toBe('intel')
    // A card that is not known yet gets all that could be meant.
    cards.clear()
    expect((await asked()).pe).toMatchObject({ own: { length: 10 } })
  })

  test('comes without drivers where the folder is gone, or holds more than wimboot has room for', async () => {
    driverFolder = join(folder, 'gone')
    expect((await asked()).pe).toMatchObject({ own: ['winpeshl.ini', 'bootlace.cmd'] })
    for (let i = 0; i < 9; i++) writeDriver(`d${i}`, 'VEN_8086&DEV_153C')
    driverFolder = folder
    expect((await asked()).pe).toMatchObject({ own: { length: 2 + 32 } })
  })

  test('comes with answers where there are some', async () => {
    answers = '<unattend/>'
    const { one, pe } = await asked()
    expect(pe).toMatchObject({ own: ['winpeshl.ini', 'bootlace.cmd', 'unattend.xml'], hasAnswers: true })
    expect(Buffer.from((await one.windowsPeFile(MAC, 'unattend.xml', granted))!).toString()).toBe('<unattend/>')
    expect(Buffer.from((await one.windowsPeFile(MAC, 'bootlace.cmd', granted))!).toString()).toContain('/unattend:')
  })

  test('keeps the answers of a start that is under way; what is put meanwhile counts from the next one on', async () => {
    answers = '<unattend/>'
    const { one } = await asked()
    const given = async () => Buffer.from((await one.windowsPeFile(MAC, 'unattend.xml', granted))!).toString()
    const script = async () => Buffer.from((await one.windowsPeFile(MAC, 'bootlace.cmd', granted))!).toString()
    answers = '<other/>'
    expect(await given()).toBe('<unattend/>')
    answers = undefined
    expect(await given()).toBe('<unattend/>')
    expect(await script()).toContain('/unattend:')
    expect((await asked(one)).pe).toMatchObject({ hasAnswers: false })
    expect(await script()).not.toContain('/unattend:')
    expect(await one.windowsPeFile(MAC, 'unattend.xml', granted)).toBeUndefined()
  })

  test('hands out its answers only where that is granted, and asks for nothing else', async () => {
    answers = '<unattend/>'
    const { one } = await asked()
    let times = 0
    const refused = () => {
      times++
      return false
    }
    expect(await one.windowsPeFile(MAC, 'unattend.xml', refused)).toBeUndefined()
    expect(times).toBe(1)
    expect(await one.windowsPeFile(MAC, 'bootlace.cmd', refused)).toBeDefined()
    expect(await one.windowsPeFile(MAC, 'wimboot', refused)).toBeDefined()
    expect(times).toBe(1)
  })

  test('is looked into before it is said to be the medium of a PC', async () => {
    expect(await desk().mediumOf(client)).toBe(ISO)
    expect(await desk().mediumOf({ ...base, kernel: '/linux' })).toBeUndefined()
    kind = 'debian'
    expect(await desk().mediumOf(client)).toBeUndefined()
  })

  test('serves its files to PCs that install only, after a restart of this program, too', async () => {
    expect(Buffer.from((await desk().windowsPeFile(MAC, 'wimboot', granted))!).toString()).toBe('wimboot')
    expect(await desk().windowsPeFile(MAC, 'bootlace.cmd', granted)).toBeDefined()
    for (const file of ['bldrv01.bin', 'unattend.xml', '../../etc/passwd'])
      expect(await desk().windowsPeFile(MAC, file, granted)).toBeUndefined()
    client = { ...base, stage: 'run' }
    expect(await desk().windowsPeFile(MAC, 'wimboot', granted)).toBeUndefined()
    expect(await desk().windowsPeFile('52:54:00:77:00:02', 'wimboot', granted)).toBeUndefined()
  })

  test('is a CD drive of the PC, and a target of its own, while it installs', async () => {
    const { one } = await asked()
    expect(one.driveOf('win11')).toBe(ISO)
    expect(one.targetOf('win11')).toBe('iqn.2026-11.app.bootlace:medium.pc-01')
    client = { ...base, stage: 'run' }
    expect(desk().driveOf('win11')).toBeUndefined()
    expect(desk().targetOf('win11')).toBeUndefined()
    client = base
    kind = 'debian'
    expect(desk().driveOf('win11')).toBeUndefined()
  })

  test('stays with a PC that installs once only, until its next start', async () => {
    client = { ...base, stage: 'run', next: 'install' }
    const { one } = await asked()
    client = { ...base, stage: 'run' }
    expect(one.driveOf('win11')).toBe(ISO)
    expect(await one.windowsPeFile(MAC, 'bootlace.cmd', granted)).toBeDefined()
    await one.settled(ISO, { mac: MAC })
    expect(one.driveOf('win11')).toBeUndefined()
  })
})

describe('the file wimboot', () => {
  const file = () =>
    new WimbootFile({ dataDir: join(folder, 'data'), loadersDir: join(folder, 'loaders'), logger: silentLogger })
  const put = (name: string, bytes: Uint8Array): string => {
    mkdirSync(join(folder, 'loaders'), { recursive: true })
    writeFileSync(join(folder, name), bytes)
    return join(folder, name)
  }

  test('is the one that a person put in, else the one that was fetched', async () => {
    expect(file().current).toBeUndefined()
    put('loaders/wimboot', wimbootFile('v2.9.0'))
    const one = file()
    expect(one.current).toMatchObject({ version: '2.9.0', from: 'fetched', isReleased: false })
    expect(await one.put(put('mine', wimbootFile('v2.10.0')))).toMatchObject({ version: '2.10.0', from: 'user' })
    expect(file().current).toMatchObject({ version: '2.10.0', from: 'user' })
    expect(await one.put(undefined)).toMatchObject({ version: '2.9.0', from: 'fetched' })
  })

  test('is not replaced by one that is refused', async () => {
    const one = file()
    await one.put(put('mine', wimbootFile('v2.9.0')))
    await expect(one.put(put('old', wimbootFile('v2.8.0')))).rejects.toMatchObject({ code: 'config.wimboot' })
    await expect(one.put(join(folder, 'gone'))).rejects.toThrow('does not exist')
    await expect(one.put(put('huge', new Uint8Array(17 << 20)))).rejects.toThrow('much too large')
    expect(file().current?.version).toBe('2.9.0')
  })

  test('that was changed on the disk is as good as missing', () => {
    put('loaders/wimboot', wimbootFile('v2.8.0'))
    expect(file().current).toBeUndefined()
  })
})
