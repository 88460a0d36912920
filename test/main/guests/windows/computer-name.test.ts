import { describe, expect, test } from 'vitest'
import { keepScript, nameCommands, nameScript, writeFile } from '../../../../src-main/guests/windows/computer-name.ts'
import { initiatorNameOf } from '../../../../src-main/boot/names.ts'
import { routeOf } from '../../../../src-main/http/routes.ts'
import { lintPowerShell } from '../../../support/powershell-lint.ts'

/** What cmd writes into a file for a command of ours: without quotes, a caret makes the next sign plain. */
function echoed(command: string): { file: string; line: string; first: boolean } {
  const [, mark, file, text] = /^cmd \/c (>>?)(\S+) echo (.*)$/.exec(command)!
  if (/["%]/.test(text!)) throw new Error(`cmd reads quotes and percent signs: ${text}`)
  let line = ''
  for (let i = 0; i < text!.length; i++) {
    if (text![i] === '^') i++
    else if (/[&|<>()]/.test(text![i]!)) throw new Error(`cmd reads "${text![i]}" of: ${text}`)
    line += text![i]
  }
  return { file: file!, line, first: mark === '>' }
}

describe.each([undefined, 'http://192.168.178.100:8470'])('with the server %s', (serverUrl) => {
  const commands = nameCommands(serverUrl)
  const written = new Map<string, string[]>()
  for (const command of commands.slice(0, -1)) {
    const { file, line, first } = echoed(command)
    if (first) written.set(file, [])
    written.get(file)!.push(line)
  }
  test('both scripts come out of cmd as they went in, and the first is run', () => {
    expect([...written.values()]).toEqual([nameScript(serverUrl), keepScript()])
    expect(commands.at(-1)).toBe(`powershell.exe -NoProfile -ExecutionPolicy Bypass -File ${[...written.keys()][0]}`)
    expect(nameScript(serverUrl).join('\n')).toContain([...written.keys()][1])
  })
  test('no command is longer than Setup takes', () => {
    expect(Math.max(...commands.map((c) => c.length))).toBeLessThanOrEqual(259)
  })
  test('the scripts pass the strict reader', () => {
    expect(lintPowerShell(nameScript(serverUrl).join('\n'))).toEqual([])
    expect(lintPowerShell(keepScript().join('\n'))).toEqual([])
  })
})

test('the pattern takes the name out of the initiator names that PCs are given, and of no others', () => {
  const line = nameScript().find((l) => l.startsWith('$names ='))!
  const match = new RegExp(/-match '([^']+)'/.exec(line)![1]!, 'i')
  const replace = new RegExp(/-replace '([^']+)', ''/.exec(line)![1]!, 'i')
  const nameFrom = (initiator: string) => (match.test(initiator) ? initiator.replace(replace, '') : undefined)
  expect(nameFrom(initiatorNameOf('PC-07'))).toBe('pc-07')
  expect(nameFrom('iqn.1991-05.com.microsoft:desktop-1a2b')).toBeUndefined()
  expect(nameFrom(`${initiatorNameOf('pc-07')}'; exit`)).toBeUndefined()
})

test('the server stands in the script only when it was asked for, at a path that its boot port can read', () => {
  expect(nameScript().join('\n')).not.toMatch(/http/i)
  const script = nameScript('http://10.0.0.5:8470').join('\n')
  const [, before, after] = /'http:\/\/10\.0\.0\.5:8470(\/client\/)' \+ \S+ \+ '([^']+)'/.exec(script)!
  // The boot script of a PC lies beside it: the address of the PC is written in the same way.
  expect(routeOf(`${before}00:11:22:aa:bb:cc/boot.ipxe`).to).toBe('clientScript')
  expect(after).toBe('/identity')
})

test('signs that cmd reads are written so that it does not', () => {
  const line = "a ^ b & c | d < e > f ( g ) 'h'"
  expect(writeFile('X:\\a', [line, line]).map(echoed)).toEqual([
    { file: 'X:\\a', line, first: true },
    { file: 'X:\\a', line, first: false },
  ])
})
