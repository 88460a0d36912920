import { describe, expect, test } from 'vitest'
import { CONVERT_SCRIPT } from '../../../../src-main/guests/windows/convert-script.ts'
import { lintPowerShell } from '../../../support/powershell-lint.ts'

test('passes the strict reader', () => {
  expect(lintPowerShell(CONVERT_SCRIPT)).toEqual([])
})

describe('the strict reader finds', () => {
  const LINE = "Write-Output 'Not ready yet. The same line with apply does it.'"
  test.each([
    ['a string that does not end', LINE, "Write-Output 'Not ready", /does not end|not closed/],
    ['an apostrophe inside a string', LINE, "Write-Output 'It isn't ready'", /no command|does not end/],
    ['a brace that is not closed', 'function Get-Value {', 'function Get-Value {{', /"\{" is not closed/],
    ['a bracket closed by another', '(& $test)', '(& $test]', /"\]" closes "\("/],
    ['a misspelt cmdlet', 'Get-NetAdapterBinding -Name', 'Get-NetAdaptorBinding -Name', /Get-NetAdaptorBinding/],
    ['a misspelt parameter', '-InputObject $binding', '-InputObjects $binding', /has no -InputObjects/],
    ['a parameter of our own function', '-text $pair[2]', '-title $pair[2]', /Invoke-Step has no -title/],
    ['an alias', '| Where-Object {', '| where {', /"where" is no command/],
    ['a sign as an alias', '| ForEach-Object {', '| % {', /"%" is an alias/],
    ['an operator of another language', 'if ($todo -gt 0)', 'if ($todo > 0 && $todo == 1)', /is no PowerShell/],
    ['a misspelt operator', '$start -ge 4', '$start -gte 4', /"-gte" is no operator/],
    ['an assignment in a condition', 'if ($todo -gt 0)', 'if ($todo = 0)', /assigns/],
    ['a variable that nobody assigned', '$pages.Count -gt 0', '$page.Count -gt 0', /\$page is used before/],
    ['a variable of a function used outside', 'exit 0\n', 'Write-Output $item\nexit 0\n', /\$item is used before/],
    ['a variable in a text', LINE, 'Write-Output "left: $lefts"', /\$lefts is used before/],
    ['a function with a verb of its own', /Show-Problem/g, 'Complain-Problem', /no approved verb/],
    ['text that is run', LINE, 'Invoke-Expression $text', /runs text/],
    ['a secret on the screen', LINE, "$password = 'x'; Write-Output $password", /\$password is shown/],
    ['a secret inside a text', LINE, '$password = 1; Write-Output "it is $password"', /\$password is shown/],
    ['a sign that is not ASCII', LINE, "Write-Output 'Nicht so weit – noch nicht'", /not ASCII/],
  ])('%s', (_, what, by, says) => {
    const planted = CONVERT_SCRIPT.replace(what, () => by)
    expect(planted).not.toBe(CONVERT_SCRIPT)
    const findings = lintPowerShell(planted)
    expect(findings.map((f) => f.text).join('\n')).toMatch(says)
  })
  test('the line of a fault', () => {
    expect(lintPowerShell("$a = 1\n\nWrite-Output $a\nWrite-Outptu 'x'\n")).toEqual([
      { line: 4, text: '"Write-Outptu" is no command that is known here (aliases are not)' },
    ])
  })
})

describe('by its text', () => {
  test('nothing is changed but through a function that notes what was before', () => {
    const body = CONVERT_SCRIPT.replace(/function (?:Set-Value|Undo-Change|Save-Change|Set-Timeout) \{[^]*?\n\}\n/g, '')
    const changing = body
      .split('\n')
      .filter((line) =>
        /(?:New|Set|Remove)-Item(?:Property)?\b|(?:Disable|Enable)-NetAdapterBinding|\/hibernate/.test(line),
      )
    expect(changing.map((line) => line.trim())).toEqual([
      'Remove-Item -LiteralPath $undoFile',
      'Disable-NetAdapterBinding -InputObject $binding',
      'powercfg.exe /hibernate off | Out-Null',
    ])
    // The last two stand right after their note.
    for (const line of changing.slice(1))
      expect(body.slice(0, body.indexOf(line)).split('\n').slice(-3).join()).toContain('Save-Change')
  })
  test('every kind of change that is noted can be put back', () => {
    const noted = new Set([...CONVERT_SCRIPT.matchAll(/kind = '(\w+)'/g)].map((m) => m[1]))
    const undone = new Set([...CONVERT_SCRIPT.matchAll(/^ {4}'(\w+)' \{/gm)].map((m) => m[1]))
    expect(noted).toEqual(undone)
    expect(noted.size).toBe(4)
  })
  test('check changes nothing: every step works only in apply', () => {
    const step = /function Invoke-Step \{([^]*?)\n\}\n/.exec(CONVERT_SCRIPT)![1]!
    expect(step.indexOf("$Mode -eq 'check'")).toBeLessThan(step.indexOf('& $work'))
    const outside = CONVERT_SCRIPT.split('\n').filter((l) => /^(?:if|foreach)?.*Start-Service/.test(l))
    expect(outside).toEqual(["if ($Mode -eq 'apply') { Start-Service -Name 'MSiSCSI' -ErrorAction SilentlyContinue }"])
  })
})
