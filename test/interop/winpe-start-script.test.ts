import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startScript, type StartScript } from '../../src-main/guests/windows/winpe/start-script.ts'
import { hasProgram } from '../support/programs.ts'
import { root } from '../support/served-engine.ts'

/** The start script of Windows Setup, run by the command interpreter of Wine, which is not that of Windows. The programs of
 *  WinPE are stand-ins that write down how they were called. */

const wine = ['/usr/lib/wine/wine64', '/usr/bin/wine64'].find((path) => existsSync(path))
const missing = [!hasProgram('makensis') && 'makensis', !wine && 'wine64'].filter(Boolean)
if (missing.length > 0)
  console.log(`skipped: running the start script needs ${missing.join(' and ')} (Debian: nsis, wine64)`)

const SERVER = '10.77.0.2 3260'
const options: StartScript = {
  server: { ip: '10.77.0.2', httpPort: 8470, iscsiPort: 3260 },
  hyphenMac: '52-54-00-77-00-01',
  mediumTarget: 'iqn.2026-11.app.bootlace:medium.pc-01',
  initiatorName: 'iqn.2026-11.app.bootlace:client.pc-01',
  password: { name: 'pc-01', secret: 'abcdefghjkmnpqrs' },
  drivers: [
    { delivered: 'bldrv01.bin', path: '1\\my card.inf' },
    { delivered: 'bldrv02.bin', path: '1\\x64\\card.sys' },
  ],
  hasAnswers: true,
}

describe.skipIf(missing.length > 0)('the start script of Windows Setup, in the interpreter of Wine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bootlace-winpe-wine-'))
  const prefix = join(folder, 'prefix')
  const system32 = join(folder, 'x', 'Windows', 'System32')
  const program = join(folder, 'program.exe')
  const env = {
    ...process.env,
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mscoree,mshtml=',
    DISPLAY: '',
  }

  beforeAll(() => {
    const boot = spawnSync(wine!, ['wineboot', '--init'], { env, encoding: 'utf8', timeout: 110_000 })
    expect(boot.status, boot.stderr).toBe(0)
    const script = join(root, 'test', 'support', 'installer', 'winpe-program.nsi')
    const made = spawnSync('makensis', ['-V2', '-WX', `-DOUT=${program}`, script], { encoding: 'utf8' })
    expect(made.stdout + made.stderr).toBe('')
    mkdirSync(system32, { recursive: true })
    mkdirSync(join(folder, 'd', 'sources'), { recursive: true })
    for (const [letter, to] of [
      ['x:', 'x'],
      ['d:', 'd'],
    ] as const)
      symlinkSync(join(folder, to), join(prefix, 'dosdevices', letter))
    for (const name of ['wpeinit', 'wpeutil', 'drvload', 'iscsicli', 'curl'])
      copyFileSync(program, join(system32, `${name}.exe`))
    copyFileSync(program, join(folder, 'd', 'setup.exe'))
    for (const { delivered } of options.drivers) writeFileSync(join(system32, delivered), delivered)
  })
  afterAll(() => {
    spawnSync('/usr/lib/wine/wineserver', ['-k'], { env })
    spawnSync('/usr/lib/wine/wineserver', ['-w'], { env })
    rmSync(folder, { recursive: true, force: true })
  })

  test('orders the drivers, starts the network, attaches the medium when it does not come by itself, and runs Setup', () => {
    // Whether this machine has an address is not what is tried here.
    const script = startScript(options).replace(/^ipconfig .*$/m, 'ver >nul')
    writeFileSync(join(system32, 'bootlace.cmd'), script.replaceAll(/\r?\n/g, '\r\n'), 'latin1')
    const run = spawnSync(wine!, ['cmd', '/c', 'x: & cd \\windows\\system32 & bootlace.cmd'], {
      env,
      encoding: 'utf8',
      timeout: 110_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect(run.stdout).toContain('Bootlace: the medium is drive D:')
    const ran = readFileSync(join(folder, 'x', 'ran.txt'), 'utf8')
      .split('\r\n')
      .filter((line) => line !== '')
      .map((line) => line.replace('"X:\\Windows\\System32\\curl.exe" -s -m 5 -o nul ', 'curl ').trim())
    const report = (step: string) => `curl "http://10.77.0.2:8470/report/52-54-00-77-00-01?st=${step}&err=0"`
    expect(ran).toEqual([
      'drvload "X:\\bootlace\\drivers\\1\\my card.inf"',
      'wpeinit',
      'wpeutil InitializeNetwork',
      'wpeutil WaitForNetwork',
      report('peNetwork'),
      `iscsicli NodeName ${options.initiatorName}`,
      `iscsicli AddTargetPortal ${SERVER} * * * * * * * * * pc-01 abcdefghjkmnpqrs 1`,
      `iscsicli LoginTarget ${options.mediumTarget} T ${SERVER} * * * * * * * * * pc-01 abcdefghjkmnpqrs 1 * 0`,
      report('peSetup'),
      '"D:\\setup.exe" /unattend:X:\\Windows\\System32\\unattend.xml',
    ])
    const driver = (path: string) => readFileSync(join(folder, 'x', 'bootlace', 'drivers', '1', path), 'utf8')
    expect(driver('my card.inf')).toBe('bldrv01.bin')
    expect(driver('x64/card.sys')).toBe('bldrv02.bin')
  })
})
