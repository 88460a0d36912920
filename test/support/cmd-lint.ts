/** A strict reader of batch files, for those that no Windows here can run. It knows less than cmd.exe and forbids what it
 *  does not know. What it knows: line ends, lengths, labels, quotes, parentheses of blocks, carets, `%` of variables,
 *  arguments and `for`, and where text would be taken for a command. Source: Microsoft, “cmd”, “call”, “for”, “if”, “set”;
 *  the parser's steps as written down by its users (“How does the Windows Command Interpreter parse scripts?”). */

/** cmd.exe takes no longer line. */
const MAX_LINE = 8191

/** Commands of cmd.exe itself, and programs that boot.wim is known to have. */
const COMMANDS = new Set([
  ...['call', 'cd', 'copy', 'echo', 'echo.', 'endlocal', 'exit', 'for', 'goto', 'if', 'mkdir', 'pause', 'rem', 'set'],
  ...['setlocal', 'title', 'cmd.exe'],
  ...['diskpart', 'drvload', 'find', 'ipconfig', 'iscsicli', 'net', 'ping', 'reg', 'wpeinit', 'wpeutil'],
])

/** What is wrong, one sentence each with its line's number. */
export function lintCmd(text: string): string[] {
  const faults: string[] = []
  const fault = (line: number, why: string): void => void faults.push(`line ${line}: ${why}`)
  if (!text.endsWith('\r\n')) faults.push('the last line has no end')
  const lines = text.split('\r\n').slice(0, -1)
  const labels = new Map<string, number>()
  const known = new Set<string>()
  for (const [i, line] of lines.entries()) {
    const at = i + 1
    if (/[\r\n]/.test(line)) fault(at, 'its end is not CR LF')
    if (/[^\x20-\x7e]/.test(line.replace(/[\r\n]/g, ''))) fault(at, 'it is not plain ASCII')
    if (line.length > MAX_LINE) fault(at, `it has more than ${MAX_LINE} characters`)
    const label = /^\s*:(.*)$/.exec(line)?.[1]
    if (label === undefined) continue
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(label)) fault(at, `“${label}” is no label`)
    const key = label.toLowerCase()
    if (labels.has(key)) fault(at, `the label “${label}” is there twice`)
    labels.set(key, at)
  }
  for (const [i, line] of lines.entries()) {
    if (/^\s*(:|$)/.test(line) || /^rem( |$)/.test(line)) {
      if (/^rem\b/.test(line) && /[%^]/.test(line)) fault(i + 1, 'a comment has a % or a ^')
      continue
    }
    for (const why of lineFaults(line, labels, known)) fault(i + 1, why)
  }
  return faults
}

const NAMES_OF_WINDOWS = new Set(['errorlevel', 'systemroot', 'systemdrive'])

function lineFaults(line: string, labels: ReadonlyMap<string, number>, known: Set<string>): string[] {
  const faults: string[] = []
  const parts = commandsOf(line, faults)
  for (const name of namesIn(line, faults))
    if (!known.has(name.toLowerCase()) && !NAMES_OF_WINDOWS.has(name.toLowerCase()))
      faults.push(`%${name}% was not set before`)
  for (const part of parts) for (const command of simple(part, faults)) check(command, labels, known, faults)
  return faults
}

/** Parts between `&`, `&&`, `||` and `|` outside of quotes; redirections are taken out. */
function commandsOf(line: string, faults: string[]): string[] {
  const parts: string[] = []
  let text = ''
  let quoted = false
  let depth = 0
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!
    if (char === '"') quoted = !quoted
    if (quoted) {
      text += char
      continue
    }
    if (char === '^') faults.push('it has a ^, which nothing here needs')
    if (char === '(') depth++
    if (char === ')' && --depth < 0) faults.push('it closes a parenthesis that is not open')
    if (char === '&' || char === '|') {
      parts.push(text)
      text = ''
      if (line[i + 1] === char) i++
    } else if (char === '>' || char === '<') {
      const target = /^>?>?\s*(nul|&1)(?=\s|$)/.exec(line.slice(i))
      if (!target)
        faults.push(
          `it writes to or reads from “${
            line
              .slice(i + 1)
              .trim()
              .split(' ')[0]
          }”`,
        )
      else i += target[0].length - 1
      text = text.replace(/[12]$/, '')
    } else text += char
  }
  if (quoted) faults.push('a quotation mark is not closed')
  if (depth > 0) faults.push('a parenthesis is not closed')
  parts.push(text)
  return parts
}

/** Names between two `%`. `%%d` is a variable of `for`, `%1` and `%~1` an argument; another single `%` is a mistake. */
function namesIn(line: string, faults: string[]): string[] {
  const names: string[] = []
  const rest = line
    .replace(/%%~?[a-z]/g, '')
    .replace(/%~?[0-9]/g, '')
    .replace(/%([A-Za-z_][A-Za-z0-9_]*)%/g, (_whole, name: string) => (names.push(name), ''))
  if (rest.includes('%')) faults.push('it has a % that stands for nothing')
  return names
}

/** What stands behind `if … ` and `for … do `. */
function simple(text: string, faults: string[]): string[] {
  const line = text.trim().replace(/^@/, '')
  if (line === '') {
    faults.push('a command is missing')
    return []
  }
  const loop = /^for %%[a-z] in \([^()"]+\) do (.*)$/.exec(line)
  if (loop) return simple(loop[1]!, faults)
  if (/^for\b/.test(line)) faults.push('its “for” has not the form “for %%x in (…) do …”')
  const condition =
    /^if (?:not )?(?:exist "[^"]+"|defined [A-Za-z_]+|errorlevel \d+|%[A-Za-z_]+%==\S+|%[A-Za-z_]+% (?:lss|leq|gtr|geq|equ|neq) \d+) (.*)$/.exec(
      line,
    )
  if (condition) return simple(condition[1]!, faults)
  if (/^if\b/.test(line)) faults.push('its “if” has no form that is known here')
  return [line]
}

function check(line: string, labels: ReadonlyMap<string, number>, known: Set<string>, faults: string[]): void {
  const [word = '', ...words] = line.split(/\s+/)
  const command = word.toLowerCase()
  const goesTo = command === 'goto' ? words[0] : command === 'call' ? words[0]?.replace(/^(?!:).*/, '') : undefined
  if (goesTo !== undefined && !labels.has(goesTo.replace(/^:/, '').toLowerCase()))
    faults.push(`it goes to “${words[0] ?? ''}”, which is no label`)
  if (command === 'set') {
    const name = /^set "([A-Za-z_]+)=[^"]*"$/.exec(line)?.[1] ?? /^set ([A-Za-z_]+)=\d+$/.exec(line)?.[1]
    const counts = /^set \/a ([A-Za-z_]+)\+=\d+$/.exec(line.trim())?.[1]
    if (name === undefined && counts === undefined) faults.push('its “set” has no form that is known here')
    known.add((name ?? counts ?? '').toLowerCase())
  } else if (!COMMANDS.has(command) && !/^"[^"]+\.exe"$/.test(word) && !/^"[^"]+\.exe"/.test(line))
    faults.push(`“${word}” is no command that is known here`)
}
