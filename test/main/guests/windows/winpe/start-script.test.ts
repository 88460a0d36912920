import { describe, expect, test } from 'vitest'
import {
  isPlainPath,
  SHELL_INI_TEXT,
  startScript,
  type StartScript,
} from '../../../../../src-main/guests/windows/winpe/start-script.ts'
import { lintCmd } from '../../../../support/cmd-lint.ts'

const base: StartScript = {
  server: { ip: '10.77.0.2', httpPort: 8470, iscsiPort: 3260 },
  hyphenMac: '52-54-00-77-00-01',
  mediumTarget: 'iqn.2026-11.app.bootlace:medium.pc-01',
  initiatorName: 'iqn.2026-11.app.bootlace:client.pc-01',
  drivers: [],
  hasAnswers: false,
}
const DRIVERS = [
  { delivered: 'bldrv01.bin', path: '1\\e1d.inf' },
  { delivered: 'bldrv02.bin', path: '1\\x64\\e1d.sys' },
  { delivered: 'bldrv03.bin', path: '2\\rt640x64.inf' },
]
const password = { name: 'pc-01', secret: 'abcdefghjkmnpqrs', reverse: { secret: 'ABCDEFGHJKMNPQRS' } }

describe('the start script of Windows Setup', () => {
  test('is a batch file without a fault, whatever it is made of', () => {
    for (const o of [
      base,
      { ...base, drivers: DRIVERS },
      { ...base, password },
      { ...base, hasAnswers: true, password },
    ])
      expect(lintCmd(startScript(o))).toEqual([])
  })

  test('puts drivers in their folders, loads them, and only then starts the network', () => {
    const text = startScript({ ...base, drivers: DRIVERS })
    const steps = text.split('\r\n').filter((line) => /^(mkdir|copy|drvload|wpeinit)/.test(line))
    expect(steps.map((line) => line.split(' || ')[0]!.replace(/ >nul.*/, ''))).toEqual([
      'mkdir "X:\\bootlace\\drivers\\1"',
      'mkdir "X:\\bootlace\\drivers\\1\\x64"',
      'mkdir "X:\\bootlace\\drivers\\2"',
      'copy /b /y "X:\\Windows\\System32\\bldrv01.bin" "X:\\bootlace\\drivers\\1\\e1d.inf"',
      'copy /b /y "X:\\Windows\\System32\\bldrv02.bin" "X:\\bootlace\\drivers\\1\\x64\\e1d.sys"',
      'copy /b /y "X:\\Windows\\System32\\bldrv03.bin" "X:\\bootlace\\drivers\\2\\rt640x64.inf"',
      'drvload "X:\\bootlace\\drivers\\1\\e1d.inf"',
      'drvload "X:\\bootlace\\drivers\\2\\rt640x64.inf"',
      'wpeinit',
    ])
  })

  test('attaches the medium in a session of its own, with all fifteen values of a login between its kind and its count', () => {
    const values = (text: string) => /^iscsicli LoginTarget (\S+) T (.*) 0 >nul/m.exec(text)!.slice(1)
    expect(values(startScript(base))).toEqual([
      'iqn.2026-11.app.bootlace:medium.pc-01',
      '10.77.0.2 3260 * * * * * * * * * * * * *',
    ])
    const [, login] = values(startScript({ ...base, password }))
    expect(login).toBe('10.77.0.2 3260 * * * * * * * * * pc-01 abcdefghjkmnpqrs 2 *')
    expect(login!.split(' ')).toHaveLength(15)
    expect(startScript({ ...base, password })).toContain('iscsicli CHAPSecret ABCDEFGHJKMNPQRS')
    expect(startScript({ ...base, password: { name: 'pc-01', secret: 'abcdefghjkmnpqrs' } })).toContain(
      ' abcdefghjkmnpqrs 1 *',
    )
    expect(startScript(base)).not.toContain('CHAPSecret')
  })

  test('gives Setup its answers where there are some', () => {
    expect(startScript({ ...base, hasAnswers: true })).toContain(
      '"%BL_MEDIUM%\\setup.exe" /unattend:X:\\Windows\\System32\\unattend.xml\r\n',
    )
    expect(startScript(base)).toContain('"%BL_MEDIUM%\\setup.exe"\r\n')
  })

  test('has nothing that could wipe a disk', () => {
    expect(startScript({ ...base, drivers: DRIVERS, password, hasAnswers: true })).not.toMatch(
      /\b(diskpart|format|clean|del|erase|rd|rmdir|bcdedit|bootrec|fsutil)\b/i,
    )
  })

  test('holds no name that a batch file would read as something else', () => {
    for (const name of ['a b', 'a&b', '%PATH%', 'a"b', 'a^b', 'a|b', ''])
      expect(() => startScript({ ...base, mediumTarget: name })).toThrow('cannot be written')
    for (const path of ['1\\a%b.inf', '1\\..\\x.inf', '1\\a&b.sys', '\\x.inf', '1\\', 'C:\\x.inf', '1\\a ', '1\\x.'])
      expect([path, isPlainPath(path)]).toEqual([path, false])
    for (const path of ['1\\e1d.inf', '1\\my driver (2).sys', '1\\x64\\_a~1.dll'])
      expect([path, isPlainPath(path)]).toEqual([path, true])
    expect(() => startScript({ ...base, drivers: [{ delivered: 'a.bin', path: '1\\%x%.inf' }] })).toThrow('batch file')
  })

  test('runs in place of Setup', () => {
    expect(SHELL_INI_TEXT).toBe('[LaunchApps]\r\n"bootlace.cmd"\r\n')
  })
})

describe('the reader that checks it', () => {
  const good = startScript({ ...base, drivers: DRIVERS, password })
  test.each<[string, (text: string) => string, string]>([
    ['a line end of Linux', (t) => t.replace('\r\nwpeinit\r\n', '\nwpeinit\r\n'), 'its end is not CR LF'],
    ['no end at all', (t) => t.slice(0, -2), 'the last line has no end'],
    ['a letter outside of ASCII', (t) => t.replace('PC anew', 'PC – anew'), 'it is not plain ASCII'],
    ['a line that is too long', (t) => t.replace('echo.', `echo ${'x'.repeat(8200)}`), 'more than 8191'],
    ['an open quotation mark', (t) => t.replace('set "BL_MEDIUM="', 'set "BL_MEDIUM='), 'not closed'],
    ['an open parenthesis', (t) => t.replace('Y Z) do', 'Y Z do'), 'a parenthesis is not closed'],
    ['a parenthesis too many', (t) => t.replace('echo Bootlace: starting the network.', 'echo :)'), 'not open'],
    ['a label that is not there', (t) => t.replace(':online\r\n', ''), '“online”, which is no label'],
    ['a subroutine that is not there', (t) => t.replace(':isMedium\r\n', ''), '“:isMedium”, which is no label'],
    ['a label that is there twice', (t) => t.replace('\r\n:pause2', '\r\n:look'), 'there twice'],
    ['a single %', (t) => t.replace('This takes about a minute.', '100 % sure'), 'a % that stands for nothing'],
    ['a loop variable with one %', (t) => t.replace('call :isMedium %%d:', 'call :isMedium %d:'), '% that stands'],
    ['a name that was never set', (t) => t.replaceAll('"%BL_REPORT%?', '"%BL_REPRT%?'), '%BL_REPRT% was not set'],
    [
      'a command that is not there',
      (t) => t.replace('wpeinit\r\n', 'powershell -c x\r\n'),
      '“powershell” is no command',
    ],
    [
      'an & outside of quotes',
      (t) => t.replace('"%BL_REPORT%?st=%~1&err=0"', '%BL_REPORT%?st=%~1&err=0'),
      'no command',
    ],
    ['a file that is written', (t) => t.replace('wpeinit\r\n', 'wpeinit >X:\\log.txt\r\n'), 'it writes to'],
    ['a caret', (t) => t.replace('echo.', 'echo ^'), 'it has a ^'],
    [
      'an if that is none',
      (t) => t.replace('if defined BL_MEDIUM goto setup', 'if %BL_MEDIUM% goto setup'),
      'its “if”',
    ],
    ['a set with blanks', (t) => t.replace('set "BL_MEDIUM="', 'set BL_MEDIUM = x'), 'its “set”'],
    ['a command that is missing', (t) => t.replace('wpeinit\r\n', 'wpeinit ||\r\n'), 'missing'],
  ])('finds %s', (_name, plant, why) => {
    const bad = plant(good)
    expect(bad).not.toBe(good)
    expect(lintCmd(bad).join('\n')).toContain(why)
  })
})
