/** A strict reader of the PowerShell that our scripts are written in. PowerShell itself is not to be had on the machines that
 *  run the tests, so this stands in for its parser and for PSScriptAnalyzer: quotes and brackets by PowerShell's rules, every
 *  command and its parameters known by name, no aliases, approved verbs, every variable assigned before it is used, ASCII. What
 *  it does not do is run anything. */

export interface LintFinding {
  readonly line: number
  readonly text: string
}

type Kind = 'word' | 'variable' | 'string' | 'parameter' | 'number' | 'open' | 'close' | 'sign' | 'end' | 'type'
interface Token {
  readonly kind: Kind
  readonly text: string
  readonly line: number
  /** Before it stands a blank. */
  readonly spaced: boolean
  /** What a string has inside: variables of its text. */
  readonly inner?: readonly Token[]
}

const KEYWORDS = new Set(
  'if else elseif foreach for while do until try catch finally function param return exit throw break continue switch in'.split(
    ' ',
  ),
)
const OPERATORS = new Set(
  'eq ne lt le gt ge match notmatch like notlike contains notcontains in notin replace split join and or not is isnot as f band bor bnot bxor ceq cne cmatch creplace'.split(
    ' ',
  ),
)
const AUTOMATIC = new Set(
  '_ true false null args matches psscriptroot pscommandpath pid lastexitcode error psversiontable input host home pwd errorcategory'.split(
    ' ',
  ),
)
const PREFERENCES = new Set(['erroractionpreference', 'progresspreference', 'warningpreference'])
const COMMON = 'ErrorAction ErrorVariable WarningAction OutVariable Verbose'
/** Cmdlets of Windows PowerShell that our scripts use, with the parameters that they are given. */
const CMDLETS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'Add-Content': 'LiteralPath Path Value Encoding',
    'ConvertFrom-Json': 'InputObject',
    'ConvertTo-Json': 'InputObject Depth Compress',
    'Disable-NetAdapterBinding': 'InputObject PassThru',
    'Enable-NetAdapterBinding': 'InputObject PassThru',
    'ForEach-Object': 'Process',
    'Get-BitLockerVolume': 'MountPoint',
    'Get-ChildItem': 'LiteralPath Path Filter Recurse',
    'Get-Command': 'Name CommandType',
    'Get-Content': 'LiteralPath Path Raw Encoding TotalCount',
    'Get-Date': 'Format',
    'Get-ItemProperty': 'LiteralPath Path Name',
    'Get-NetAdapter': 'Name Physical',
    'Get-NetAdapterBinding': 'Name ComponentID AllBindings',
    'Get-NetIPConfiguration': 'InterfaceIndex',
    'Get-NetIPInterface': 'InterfaceIndex AddressFamily',
    'Get-PnpDeviceProperty': 'InstanceId KeyName',
    'Get-Service': 'Name',
    'Get-WmiObject': 'Namespace Class Filter Query Property',
    'Join-Path': 'Path ChildPath',
    'New-Item': 'Path ItemType Force Name Value',
    'New-ItemProperty': 'LiteralPath Path Name Value PropertyType Force',
    'New-Object': 'TypeName ArgumentList Property',
    'Out-Null': '',
    'Out-String': 'Width',
    'Remove-Item': 'LiteralPath Path Force Recurse',
    'Remove-ItemProperty': 'LiteralPath Path Name Force',
    'Select-Object': 'First Last Property ExpandProperty Unique',
    'Set-Content': 'LiteralPath Path Value Encoding Force',
    'Set-ItemProperty': 'LiteralPath Path Name Value Type Force',
    'Set-Service': 'Name StartupType',
    'Set-StrictMode': 'Version',
    'Sort-Object': 'Property Descending Unique',
    'Split-Path': 'Path Leaf Parent',
    'Start-Process': 'FilePath ArgumentList WindowStyle Wait PassThru',
    'Start-Service': 'Name',
    'Start-Sleep': 'Seconds Milliseconds',
    'Test-Path': 'LiteralPath Path PathType',
    'Where-Object': 'FilterScript',
    'Write-Error': 'Message',
    'Write-Output': 'InputObject',
    'Write-Warning': 'Message',
  }),
)
const PROGRAMS = new Set(['powercfg.exe', 'manage-bde.exe', 'pnputil.exe', 'reg.exe'])
const VERBS = new Set(
  'Add Clear Copy Enter Exit Find Get Join New Open Read Remove Rename Reset Resolve Restore Save Select Set Show Sort Split Start Stop Test Undo Update Use Wait Write Assert Compare Confirm Disable Enable Invoke Import Export Measure Protect Repair Suspend Resume Approve Format'.split(
    ' ',
  ),
)
const PAIRS: Readonly<Record<string, string>> = { ')': '(', '}': '{', ']': '[' }

export function lintPowerShell(script: string): LintFinding[] {
  const findings: LintFinding[] = []
  const add = (line: number, text: string): void => void findings.push({ line, text })
  script.split('\n').forEach((text, i) => {
    if (/[^\x20-\x7e]/.test(text)) add(i + 1, 'a character that is not ASCII')
  })
  const tokens = tokenize(script, add)
  checkBrackets(tokens, add)
  checkCommands(tokens, add)
  checkVariables(tokens, add)
  return findings.sort((a, b) => a.line - b.line)
}

type Add = (line: number, text: string) => void

function tokenize(script: string, add: Add, firstLine = 1): Token[] {
  const tokens: Token[] = []
  let at = 0
  let line = firstLine
  let spaced = true
  const push = (kind: Kind, text: string, inner?: readonly Token[]): void => {
    tokens.push({ kind, text, line, spaced, ...(inner && { inner }) })
    line += text.split('\n').length - 1
    at += text.length
    spaced = false
  }
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(script)?.[0]
  }
  while (at < script.length) {
    let text: string | undefined
    if ((text = take(/[ \t]+|`\n/y)) !== undefined) {
      at += text.length
      line += text.includes('\n') ? 1 : 0
      spaced = true
    } else if ((text = take(/<#[^]*?#>/y)) !== undefined) {
      line += text.split('\n').length - 1
      at += text.length
      spaced = true
    } else if (script[at] === '#') at += take(/#[^\n]*/y)!.length
    else if ((text = take(/\n|;/y)) !== undefined) {
      push('end', text)
      spaced = true
    } else if ((text = take(/@'\n[^]*?\n'@/y)) !== undefined) push('string', text)
    else if ((text = take(/'(?:[^']|'')*'/y)) !== undefined) push('string', text)
    else if ((text = take(/"(?:[^"`]|`[^]|"")*"/y)) !== undefined) push('string', text, interpolated(text, add, line))
    else if (script[at] === "'" || script[at] === '"') {
      add(line, 'a string that does not end')
      return tokens
    } else if ((text = take(/\$\{[^}\n]+\}|\$(?:[A-Za-z]+:)?\w+/y)) !== undefined) push('variable', text)
    else if ((text = take(/\$\(|@\(|@\{|[([{]/y)) !== undefined) {
      const type = script[at] === '[' ? take(/\[[A-Za-z][\w.]*(?:\[\])?\]/y) : undefined
      if (type !== undefined && !isIndexed(tokens.at(-1), spaced)) push('type', type)
      else push('open', text)
    } else if ((text = take(/[)\]}]/y)) !== undefined) push('close', text)
    else if ((text = take(/-[A-Za-z]\w*/y)) !== undefined) push('parameter', text)
    else if ((text = take(/\d[\w.]*/y)) !== undefined) push('number', text)
    else if ((text = take(/[A-Za-z_][\w]*(?:[-.\\:][\w]+)*:?/y)) !== undefined) push('word', text)
    else push('sign', take(/==|!=|&&|\|\||\+\+|--|\+=|-=|::|\.\.|[^\s]/y)!)
  }
  return tokens
}

const isIndexed = (before: Token | undefined, spaced: boolean): boolean =>
  !spaced && before !== undefined && ['variable', 'close', 'string', 'word'].includes(before.kind)

/** Variables and `$( )` of a string in double quotes. */
function interpolated(text: string, add: Add, line: number): Token[] {
  const inner = text.slice(1, -1).replace(/`[^]/g, '  ')
  const found: Token[] = []
  for (const match of inner.matchAll(/\$\((.*?)\)|\$(?:[A-Za-z]+:)?\w+/g)) {
    if (match[1] !== undefined) found.push(...tokenize(match[1], add, line))
    else found.push({ kind: 'variable', text: match[0], line, spaced: false })
  }
  return found
}

function checkBrackets(tokens: readonly Token[], add: Add): void {
  const open: Token[] = []
  for (const token of tokens) {
    if (token.kind === 'open') open.push(token)
    else if (token.kind === 'close') {
      const top = open.pop()
      if (!top || top.text.at(-1) !== PAIRS[token.text]) {
        add(token.line, `"${token.text}" closes ${top ? `"${top.text}" of line ${top.line}` : 'nothing'}`)
        return
      }
    }
  }
  for (const token of open) add(token.line, `"${token.text}" is not closed`)
}

interface Frame {
  readonly open: string
  /** Of a condition: what stands in it compares, it does not assign. */
  readonly condition: boolean
  command?: string
  /** The next word is a command. */
  start: boolean
}

function checkCommands(tokens: readonly Token[], add: Add): void {
  const functions = new Map<string, string[]>()
  tokens.forEach((token, i) => {
    const name = tokens[i + 1]
    if (token.kind !== 'word' || token.text !== 'function' || name?.kind !== 'word') return
    functions.set(name.text, parametersOf(tokens, i + 2))
    const verb = /^([A-Z][A-Za-z]*)-[A-Z]\w*$/.exec(name.text)?.[1]
    if (verb === undefined || !VERBS.has(verb)) add(name.line, `function ${name.text} has no approved verb`)
  })
  const frames: Frame[] = [{ open: '', condition: false, start: true }]
  tokens.forEach((token, i) => {
    const frame = frames.at(-1)!
    const before = tokens[i - 1]
    switch (token.kind) {
      case 'end':
        frame.start = true
        delete frame.command
        return
      case 'open':
        frames.push({
          open: token.text,
          condition: token.text === '(' && before?.kind === 'word' && /^(?:if|elseif|while)$/.test(before.text),
          start: token.text !== '[',
        })
        frame.start = false
        return
      case 'close':
        if (frames.length > 1) frames.pop()
        // After a block may come the next statement without a separator.
        frames.at(-1)!.start = token.text === '}' && frame.open === '{' && frames.at(-1)!.command === undefined
        return
      case 'sign':
        if (['==', '!=', '&&', '||'].includes(token.text)) add(token.line, `"${token.text}" is no PowerShell 5.1`)
        if (frame.start && before?.text === '|' && ['%', '?'].includes(token.text))
          add(token.line, `"${token.text}" is an alias`)
        if (token.text === '=' && frame.condition) add(token.line, '"=" in a condition assigns')
        frame.start = ['=', '+=', '|', '&'].includes(token.text)
        if (frame.start) delete frame.command
        return
      case 'parameter':
        checkParameter(token, frame, functions, add)
        frame.start = false
        return
      case 'word':
        if (frame.start && !(before?.kind === 'sign' && before.text === '.')) {
          const next = tokens[i + 1]
          const isKey = frame.open === '@{' && next?.kind === 'sign' && next.text === '='
          if (!isKey) checkCommand(token, frame, functions, tokens[i - 1], add)
        } else if (KEYWORDS.has(token.text)) frame.start = true
        if (!KEYWORDS.has(token.text)) frame.start = false
        return
      case 'variable':
      case 'string':
        if (frame.command !== undefined && /^Write-/.test(frame.command)) checkSecret(token, add)
        frame.start = false
        return
      default:
        frame.start = token.kind === 'type' && frame.start
    }
  })
}

function checkCommand(
  token: Token,
  frame: Frame,
  functions: ReadonlyMap<string, string[]>,
  before: Token | undefined,
  add: Add,
): void {
  if (before?.kind === 'word' && before.text === 'function') return
  if (KEYWORDS.has(token.text)) return
  if (before?.kind === 'word' && /^(?:in|throw|return)$/.test(before.text) && !/-/.test(token.text)) return
  if (token.text === 'Invoke-Expression') add(token.line, 'Invoke-Expression runs text')
  else if (!CMDLETS.has(token.text) && !functions.has(token.text) && !PROGRAMS.has(token.text))
    add(token.line, `"${token.text}" is no command that is known here (aliases are not)`)
  frame.command = token.text
}

function checkParameter(token: Token, frame: Frame, functions: ReadonlyMap<string, string[]>, add: Add): void {
  const name = token.text.slice(1)
  if (frame.command === undefined) {
    if (!OPERATORS.has(name)) add(token.line, `"${token.text}" is no operator`)
    return
  }
  if (PROGRAMS.has(frame.command)) return
  const known = functions.get(frame.command) ?? (CMDLETS.get(frame.command) ?? '').split(' ')
  if (known.includes(name) || COMMON.split(' ').includes(name)) return
  if (OPERATORS.has(name)) add(token.line, `"${token.text}" stands among the arguments of ${frame.command}`)
  else add(token.line, `${frame.command} has no ${token.text}`)
}

function checkSecret(token: Token, add: Add): void {
  for (const variable of token.kind === 'variable' ? [token] : (token.inner ?? []))
    if (/pass|secret|token/i.test(variable.text)) add(token.line, `${variable.text} is shown`)
}

/** Names in the `param( )` that follows. */
function parametersOf(tokens: readonly Token[], from: number): string[] {
  const start = tokens.findIndex((t, i) => i >= from && t.kind !== 'end' && t.text !== '{')
  if (tokens[start]?.text !== 'param') return []
  const names: string[] = []
  let depth = 0
  for (let i = start + 1; i < tokens.length; i++) {
    const token = tokens[i]!
    if (token.kind === 'open') depth++
    if (token.kind === 'close' && --depth === 0) break
    if (token.kind === 'variable') names.push(token.text.slice(1))
  }
  return names
}

/** In the order of the text: what a function assigns is gone after it. */
function checkVariables(tokens: readonly Token[], add: Add): void {
  const scopes: { readonly names: Set<string>; readonly depth: number }[] = [{ names: new Set(), depth: -1 }]
  let depth = 0
  let pending = false
  const known = (name: string): boolean => scopes.some((s) => s.names.has(name))
  const use = (token: Token): void => {
    const name = nameOf(token)
    if (name.startsWith('env:') || AUTOMATIC.has(name) || PREFERENCES.has(name) || known(name)) return
    add(token.line, `${token.text} is used before it is assigned`)
  }
  const inParam: number[] = []
  tokens.forEach((token, i) => {
    if (token.kind === 'word' && token.text === 'function') pending = true
    if (token.kind === 'open') {
      if (tokens[i - 1]?.text === 'param') inParam.push(depth)
      if (token.text === '{' && pending) {
        scopes.push({ names: new Set(), depth })
        pending = false
      }
      depth++
    }
    if (token.kind === 'close') {
      depth--
      if (inParam.at(-1) === depth) inParam.pop()
      if (scopes.length > 1 && scopes.at(-1)!.depth === depth) scopes.pop()
    }
    for (const inner of token.inner ?? []) if (inner.kind === 'variable') use(inner)
    if (token.kind !== 'variable') return
    const next = tokens[i + 1]
    const assigns = next?.kind === 'sign' && next.text === '='
    const loops = tokens[i - 2]?.text === 'foreach' && next?.text === 'in'
    const declared = inParam.length > 0 && depth === inParam.at(-1)! + 1
    if (assigns || loops || declared) scopes.at(-1)!.names.add(nameOf(token))
    else use(token)
  })
}

const nameOf = (token: Token): string =>
  token.text
    .replace(/^\$\{?|\}$/g, '')
    .replace(/^script:/i, '')
    .toLowerCase()
