import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DriversView, WimbootView } from '../../src-main/api/windows.ts'
import { lintCmd } from '../support/cmd-lint.ts'
import { ndisInf } from '../support/inf-files.ts'
import { checkIpxe } from '../support/ipxe.ts'
import { hasProgram, runProgram } from '../support/programs.ts'
import { serveEngine, type ServedEngine } from '../support/served-engine.ts'
import { SocketInitiator } from '../support/socket-initiator.ts'
import { wimbootFile } from '../support/wimboot-file.ts'
import { WINDOWS_ISO_TOOLS, writeWindowsIso, type WindowsIso } from '../support/windows-iso.ts'

/** Windows over the network, as far as it goes without Windows: the command line, what the PC is told, what it then
 *  fetches, byte for byte and in order, and its two sessions. */

const MAC = '52:54:00:0c:60:01'
const PATH_MAC = MAC.replaceAll(':', '-')
const NAME = 'iqn.2026-11.app.bootlace:client.pc-01'
const missing = [...WINDOWS_ISO_TOOLS, 'curl'].filter((program) => !hasProgram(program))
if (missing.length > 0) console.log(`skipped: installing Windows over the network needs ${missing.join(', ')}`)

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe.skipIf(missing.length > 0)('Windows over the network', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bootlace-winpe-'))
  let engine: ServedEngine
  let http: string
  let windows: WindowsIso
  const drivers = join(folder, 'drivers')
  const wimboot = join(folder, 'wimboot')

  beforeAll(async () => {
    windows = writeWindowsIso(folder)
    // A folder of loaders of its own: one that has wimboot already would be no test.
    const loaders = join(folder, 'loaders')
    mkdirSync(loaders)
    writeFileSync(join(loaders, 'undionly.kpxe'), 'loader')
    mkdirSync(join(drivers, 'x64', 'res'), { recursive: true })
    for (const file of ['rt640x64.cat', 'x64/rt640x64.sys', 'x64/res/rtmsg.dll'])
      writeFileSync(join(drivers, file), file)
    writeFileSync(join(drivers, 'rt640x64.inf'), ndisInf())
    writeFileSync(join(drivers, 'cx.inf'), `${ndisInf()}[Install.NT]\n*AccessType = 2\n`)
    writeFileSync(wimboot, wimbootFile('v2.9.0'))
    engine = await serveEngine(undefined, ['--loaders', loaders])
    http = `http://${engine.ready.http.replace(/^http:\/\//, '')}`
    expect(engine.verb('disk', 'create', 'win11', '--size', '1G').code).toBe(0)
    expect(
      engine.verb(
        'client',
        'add',
        MAC,
        '--name',
        'pc-01',
        '--disk',
        'win11',
        '--stage',
        'install',
        '--medium',
        windows.iso,
      ).code,
    ).toBe(0)
  })
  afterAll(async () => {
    await engine.remove()
    rmSync(folder, { recursive: true })
  })

  const fetched = async (url: string): Promise<Buffer> => {
    const { code, out } = await runProgram('curl', ['-sS', '-f', '-o', 'got', url], { cwd: folder })
    expect([url, code, out]).toEqual([url, 0, ''])
    return readFileSync(join(folder, 'got'))
  }
  const bootScript = async (platform: string): Promise<string> => {
    const text = (await fetched(`${http}/client/${PATH_MAC}/boot.ipxe?p=${platform}&n=01-10-ec-81-68`)).toString()
    expect(checkIpxe(text)).toEqual([])
    return text
  }

  test('needs wimboot: without it the PC is told so, and a person where to get it', async () => {
    const { code, json } = engine.verb('windows', 'wimboot')
    expect(code).toBe(0)
    expect(json).toEqual({
      url: 'https://github.com/ipxe/wimboot/releases/download/v2.9.0/wimboot',
      sha256: '5f067ccdc4d084d5bf77b6c853bd0f8402dfc2b4cd1b103d358993ae97fae8e3',
    } satisfies WimbootView)
    expect(await bootScript('efi')).toContain('st=wimbootMissing')
  })

  test('takes a wimboot that is new enough, and no other file', () => {
    writeFileSync(join(folder, 'old'), wimbootFile('v2.7.6'))
    const refused = engine.verb('windows', 'wimboot', join(folder, 'old'))
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('its version 2.7.6 is older than 2.9.0')
    const { json } = engine.verb('windows', 'wimboot', wimboot)
    expect((json as WimbootView).file).toEqual({
      version: '2.9.0',
      sha256: sha256(readFileSync(wimboot)),
      released: false,
      from: 'user',
    })
  })

  test('judges the drivers of a folder by the network card that the PC named', () => {
    const { code, json } = engine.verb('windows', 'drivers', 'win11', '--folder', drivers)
    expect(code).toBe(0)
    const view = json as DriversView
    expect(view).toMatchObject({ folder: drivers, client: 'pc-01', card: '10ec:8168' })
    expect(view.drivers.map(({ inf, verdict, files }) => [inf, verdict, files])).toEqual([
      ['cx.inf', 'refused', 0],
      ['rt640x64.inf', 'fits', 4],
    ])
    expect(engine.verb('windows', 'drivers', 'win11', '--folder', join(folder, 'gone')).code).toBe(1)
  })

  test.each(['efi', 'pcbios'])(
    'gives a PC (%s) every file in its order, each as it is in its place',
    async (platform) => {
      const script = await bootScript(platform)
      const lines = [...script.matchAll(/^(?:kernel|initrd) --name (\S+) (\S+?)(?: (\S+))? \|\| goto failed$/gm)]
      const expected: [string, Uint8Array][] = [
        ['wimboot', readFileSync(wimboot)],
        ['winpeshl.ini', Buffer.from('[LaunchApps]\r\n"bootlace.cmd"\r\n')],
        ['bootlace.cmd', await fetched(`${http}/winpe/${PATH_MAC}/bootlace.cmd`)],
        ['bldrv01.bin', readFileSync(join(drivers, 'rt640x64.inf'))],
        ['bldrv02.bin', readFileSync(join(drivers, 'rt640x64.cat'))],
        ['bldrv03.bin', readFileSync(join(drivers, 'x64/res/rtmsg.dll'))],
        ['bldrv04.bin', readFileSync(join(drivers, 'x64/rt640x64.sys'))],
        ['bootmgr', readFileSync(join(windows.tree, 'bootmgr'))],
        ['BCD', readFileSync(join(windows.tree, 'boot/bcd'))],
        ['boot.sdi', readFileSync(join(windows.tree, 'boot/boot.sdi'))],
        ['boot.wim', readFileSync(join(windows.tree, 'sources/boot.wim'))],
      ]
      expect(lines.map(([, name]) => name)).toEqual(expected.map(([name]) => name))
      for (const [i, [, name, url, argument]] of lines.entries()) {
        const bytes = await fetched(url!)
        expect([name, bytes.length, sha256(bytes)]).toEqual([name, expected[i]![1].length, sha256(expected[i]![1])])
        expect(argument).toBe(name === 'wimboot' ? undefined : name)
      }
      expect(lintCmd((await fetched(`${http}/winpe/${PATH_MAC}/bootlace.cmd`)).toString())).toEqual([])
    },
  )

  test('hands over an image that another program reads, with the one to boot marked', async () => {
    await fetched(`${http}/media/${PATH_MAC}/iso/sources/boot.wim`)
    const info = execFileSync('wimlib-imagex', ['info', join(folder, 'got')], { encoding: 'utf8' })
    expect(info).toMatch(/Boot Index:\s+2/)
    expect(() => execFileSync('wimlib-imagex', ['verify', join(folder, 'got')], { stdio: 'ignore' })).not.toThrow()
  })

  test('serves none of it for other PCs, nor anything beside it', async () => {
    for (const path of [
      `winpe/52-54-00-0c-60-99/wimboot`,
      `winpe/${PATH_MAC}/bldrv05.bin`,
      `winpe/${PATH_MAC}/..%2f..%2fboot%2fwimboot`,
      `winpe/${PATH_MAC}/a/wimboot`,
      `winpe/nobody/wimboot`,
    ]) {
      const { out } = await runProgram('curl', ['-s', '-o', 'got', '-w', '%{http_code}', `${http}/${path}`], {
        cwd: folder,
      })
      expect([path, out]).toEqual([path, '404'])
    }
  })

  describe('the sessions of a PC', () => {
    const target = (name: string) => `iqn.2026-11.app.bootlace:${name}`
    const login = (name: string, isid: string) =>
      SocketInitiator.login(engine.ready.iscsi, target(name), { name: NAME, isid })

    test('loader, Windows on its disk and Windows on its medium live side by side; the medium has the ISO', async () => {
      const iso = readFileSync(windows.iso)
      const loader = await login('win11', '400027230001')
      const system = await login('win11', '400001370000')
      const medium = await login('medium.pc-01', '400001370001')
      // Block 16 of 2048 bytes says that it is an ISO; the first quarter of it is asked for.
      expect(Buffer.from(await medium.read(16, 1))).toEqual(iso.subarray(16 * 2048, 16 * 2048 + 512))
      expect(await system.write(8, new Uint8Array(512).fill(7))).toBe(0)
      expect((await system.read(8, 1))[0]).toBe(7)
      expect((await loader.read(8, 1))[0]).toBe(7)
      expect([loader.lost, system.lost, medium.lost]).toEqual([undefined, undefined, undefined])
      // Nothing that is written to the medium arrives.
      expect(await medium.write(16, new Uint8Array(512))).not.toBe(0)
      expect(readFileSync(windows.iso).equals(iso)).toBe(true)
      for (const one of [loader, system, medium]) one.close()
    })

    test.skipIf(!hasProgram('iscsi-ls'))(
      'another initiator finds the medium as a CD drive, alone and beside the disk',
      async () => {
        const portal = `iscsi://${engine.ready.iscsi}`
        const ls = await runProgram('iscsi-ls', ['-i', NAME, '-s', portal])
        expect(ls.out).toContain(`Target:${target('medium.pc-01')}`)
        const inq = async (name: string, lun: number) =>
          (await runProgram('iscsi-inq', ['-i', NAME, `${portal}/${target(name)}/${lun}`])).out
        expect(await inq('medium.pc-01', 0)).toMatch(/Device Type:.*(MMC|CD)/i)
        expect(await inq('win11', 2)).toMatch(/Device Type:.*(MMC|CD)/i)
        expect(await inq('win11', 0)).toMatch(/Device Type:.*(DIRECT|SBC)/i)
      },
    )

    test('a PC that does not install has neither, from its next start on', async () => {
      expect(engine.verb('client', 'set', 'pc-01', '--stage', 'run').code).toBe(0)
      await bootScript('efi')
      await expect(login('medium.pc-01', '400001370001')).rejects.toThrow('login status')
      const { out } = await runProgram(
        'curl',
        ['-s', '-o', 'got', '-w', '%{http_code}', `${http}/winpe/${PATH_MAC}/wimboot`],
        {
          cwd: folder,
        },
      )
      expect(out).toBe('404')
      expect(engine.verb('client', 'set', 'pc-01', '--stage', 'install').code).toBe(0)
    })
  })

  test('reports of Setup come into the timeline in plain words, and are no failed boot', async () => {
    await fetched(`${http}/report/${PATH_MAC}?st=peSetup&err=0`)
    const { json } = engine.verb('events', '--client', 'pc-01')
    const last = (json as { text: string; type: string }[]).filter((e) => e.type === 'report').at(-1)!
    expect(last.text).toBe('Windows Setup was started from its medium.')
  })
})
