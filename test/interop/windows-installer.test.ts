import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasProgram } from '../support/programs.ts'
import { root } from '../support/served-engine.ts'

/** What Bootlace adds to electron-builder's installer, compiled by the real compiler and run in Wine: electron-builder's own
 *  part needs Electron for Windows and a 32-bit Wine, which are not to be had here. */

const wine = ['/usr/lib/wine/wine64', '/usr/bin/wine64'].find((path) => existsSync(path))
const missing = [!hasProgram('makensis') && 'makensis', !wine && 'wine64'].filter(Boolean)
if (missing.length > 0)
  console.log(`skipped: the Windows installer needs ${missing.join(' and ')} (Debian: nsis, wine64)`)

const scripts = join(root, 'test', 'support', 'installer')
const SERVER = 'C:\\Bootlace\\resources\\node\\node.exe'
const RULES = [
  ['Bootlace (boot answers)', 'UDP', '67,4011'],
  ['Bootlace (loaders)', 'UDP', '69'],
  ['Bootlace (disks)', 'TCP', '3260'],
  ['Bootlace (boot scripts)', 'TCP', '8470'],
] as const
const forgotten = RULES.map(([name]) => `advfirewall firewall delete rule name="${name}"`)
const allowed = RULES.map(
  ([name, protocol, ports]) =>
    `advfirewall firewall add rule name="${name}" dir=in action=allow profile=private protocol=${protocol} localport=${ports} program="${SERVER}"`,
)

describe.skipIf(missing.length > 0)('the Windows installer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bootlace-wine-'))
  const prefix = join(folder, 'prefix')
  const env = {
    ...process.env,
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mscoree,mshtml=;netsh.exe=n',
    DISPLAY: '',
  }
  const onC = (path: string) => join(prefix, 'drive_c', path)
  const log = onC('netsh.log')

  function compile(script: string, out: string, defines: Record<string, string> = {}) {
    const all = { OUT: out, INCLUDE: join(root, 'resources', 'installer', 'installer.nsh'), ...defines }
    const words = Object.entries(all).map(([name, value]) => `-D${name}=${value}`)
    const done = spawnSync('makensis', ['-V2', '-WX', ...words, join(scripts, script)], { encoding: 'utf8' })
    expect(done.stdout + done.stderr).toBe('')
  }
  function run(program: string, ...args: string[]) {
    const done = spawnSync(wine!, [program, ...args], { env, encoding: 'utf8', timeout: 60_000 })
    expect(done.status, done.stderr).toBe(0)
  }
  /** What the firewall was told since the last time. */
  function told(): string[] {
    const lines = existsSync(log) ? readFileSync(log, 'utf16le').split('\r\n') : []
    rmSync(log, { force: true })
    return lines.filter((line) => line !== '')
  }

  beforeAll(() => {
    const boot = spawnSync(wine!, ['wineboot', '--init'], { env, encoding: 'utf8', timeout: 110_000 })
    expect(boot.status, boot.stderr).toBe(0)
    const fake = join(folder, 'netsh.exe')
    compile('netsh.nsi', fake)
    copyFileSync(fake, onC('windows/system32/netsh.exe'))
    for (const mode of ['all', 'CurrentUser']) compile('setup.nsi', join(folder, `${mode}.exe`), { MODE: mode })
  })
  afterAll(() => {
    spawnSync('/usr/lib/wine/wineserver', ['-k'], { env })
    spawnSync('/usr/lib/wine/wineserver', ['-w'], { env })
    rmSync(folder, { recursive: true, force: true })
  })

  test('for everybody opens its ports on private networks, for the program that serves', () => {
    run(join(folder, 'all.exe'), '/S')
    expect(existsSync(onC('Bootlace/resources/node/node.exe'))).toBe(true)
    expect(told()).toEqual([...forgotten, ...allowed])
  })

  test('an update leaves each rule once', () => {
    run(join(folder, 'all.exe'), '/S')
    const lines = told()
    expect(lines.slice(0, RULES.length)).toEqual(forgotten)
    expect(lines.filter((line) => line.includes(' add '))).toHaveLength(RULES.length)
  })

  test('the uninstaller that an update starts keeps the rules', () => {
    run(onC('Bootlace/uninstall.exe'), '/S', '--updated', '_?=C:\\Bootlace')
    expect(told()).toEqual([])
  })

  test('uninstalling takes the rules and the files away', () => {
    run(join(folder, 'all.exe'), '/S')
    told()
    // Told where it is, the uninstaller works in place instead of going on as a copy that nobody waits for.
    run(onC('Bootlace/uninstall.exe'), '/S', '_?=C:\\Bootlace')
    expect(told()).toEqual(forgotten)
    expect(existsSync(onC('Bootlace/resources'))).toBe(false)
  })

  test('for one user, without rights, leaves the firewall alone', () => {
    run(join(folder, 'CurrentUser.exe'), '/S')
    run(onC('Bootlace/uninstall.exe'), '/S', '_?=C:\\Bootlace')
    expect(told()).toEqual([])
  })

  test('a fault in our part is found when it is compiled', () => {
    const broken = join(folder, 'broken.nsh')
    writeFileSync(
      broken,
      readFileSync(join(root, 'resources', 'installer', 'installer.nsh'), 'utf8').replace('${endif}', ''),
    )
    expect(() => compile('setup.nsi', join(folder, 'broken.exe'), { MODE: 'all', INCLUDE: broken })).toThrow()
  })
})
