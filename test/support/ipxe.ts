/** A small iPXE script reader and interpreter for tests. What it knows of the language: a line is words between white
 *  space; `||`, `&&` and `;` part commands; `#` begins a comment; a failing command that no `||` catches ends the
 *  script; there is no quoting. Source: the documentation at ipxe.org/scripting and /cmd. */

/** Commands a stock build of 2019 and of 2.x has on BIOS and UEFI, with the options our scripts may give them. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  boot: [],
  chain: ['--replace', '--autofree', '--timeout', '--name'],
  choose: ['--default', '--timeout'],
  clear: [],
  dhcp: [],
  echo: [],
  exit: [],
  goto: [],
  imgfetch: ['--name', '--timeout'],
  imgfree: [],
  initrd: ['--name'],
  isset: [],
  iseq: [],
  item: ['--key', '--gap'],
  kernel: ['--name'],
  login: [],
  menu: [],
  sanboot: ['--drive', '--no-describe', '--keep'],
  sanhook: ['--drive'],
  sanunhook: ['--drive'],
  set: [],
  shell: [],
  sleep: [],
}
const WITH_VALUE = new Set(['--timeout', '--name', '--default', '--key', '--drive'])

export interface IpxeLine {
  readonly number: number
  readonly label?: string
  /** Commands with the operator in front of each ('' for the first). */
  readonly commands: readonly { readonly operator: string; readonly words: readonly string[] }[]
}

export function parseIpxe(script: string): readonly IpxeLine[] {
  const known = parsed.get(script)
  if (known) return known
  const lines = parse(script)
  parsed.set(script, lines)
  return lines
}

/** A script is run thousands of times. */
const parsed = new Map<string, readonly IpxeLine[]>()

function parse(script: string): IpxeLine[] {
  if (!script.startsWith('#!ipxe\n')) throw new Error('the first line is not #!ipxe')
  return script
    .split('\n')
    .slice(1)
    .map((text, i) => parseLine(text, i + 2))
    .filter((line) => line.label !== undefined || line.commands.length > 0)
}

function parseLine(text: string, number: number): IpxeLine {
  if (/[^\x20-\x7e]/.test(text)) throw new Error(`line ${number} is not plain ASCII: ${JSON.stringify(text)}`)
  if (text.endsWith('\\')) throw new Error(`line ${number} goes on with the next`)
  if (text.startsWith(':')) return { number, label: text.slice(1).trim(), commands: [] }
  const commands: { operator: string; words: string[] }[] = []
  let current = { operator: '', words: [] as string[] }
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (word.startsWith('#')) break
    if (word === '||' || word === '&&' || word === ';') {
      commands.push(current)
      current = { operator: word, words: [] }
    } else current.words.push(word)
  }
  if (current.operator !== '' || current.words.length > 0) commands.push(current)
  return { number, commands }
}

/** Complaints about a script; none: it is well formed. */
export function checkIpxe(script: string): string[] {
  const lines = parseIpxe(script)
  const complaints: string[] = []
  const labels = lines.flatMap((line) => (line.label === undefined ? [] : [line.label]))
  const items = new Set<string>()
  for (const label of labels) if (!/^[\w-]+$/.test(label)) complaints.push(`odd label ${label}`)
  if (new Set(labels).size !== labels.length) complaints.push('a label is there twice')
  for (const line of lines) {
    for (const { words } of line.commands) {
      const [command, ...args] = words
      if (command === undefined) continue
      const allowed = COMMANDS[command]
      if (!allowed) {
        complaints.push(`line ${line.number}: unknown command ${command}`)
        continue
      }
      const given = command === 'kernel' ? optionsBeforeUrl(args) : args.filter((a) => a.startsWith('--'))
      for (const option of given)
        if (command !== 'echo' && !allowed.includes(option))
          complaints.push(`line ${line.number}: ${command} ${option}`)
      if (command === 'item')
        items.add(args.filter((a, i) => !a.startsWith('--') && !WITH_VALUE.has(args[i - 1] ?? ''))[0]!)
      if (command === 'goto' && !args[0]!.startsWith('${') && !labels.includes(args[0]!))
        complaints.push(`line ${line.number}: no label ${args[0]}`)
      for (const arg of args) if (/^https:/.test(arg)) complaints.push(`line ${line.number}: https`)
    }
  }
  for (const item of items) if (!labels.includes(item)) complaints.push(`menu item ${item} has no label`)
  return complaints
}

const optionsBeforeUrl = (args: readonly string[]): string[] =>
  args
    .slice(
      0,
      args.findIndex((a) => a.includes('://')),
    )
    .filter((a) => a.startsWith('--'))

export interface IpxeMachine {
  readonly settings: Readonly<Record<string, string>>
  /** Whether a command (expanded, as one text) fails; commands that never come back on success are `leaves`. */
  readonly fails?: (command: string) => boolean
  /** The chosen menu label; absent: the default after the timeout. */
  readonly choice?: string
  /** What is typed at `login`. */
  readonly password?: string
  readonly maxCommands?: number
}

export interface IpxeRun {
  /** Every command that was run, expanded. */
  readonly ran: readonly string[]
  readonly said: readonly string[]
  /** `exit 0`, `exit 1`, `end`, `aborted: …`, `chained: URL`, `booted: …`, `looping`. */
  readonly end: string
}

/** Commands that fail for reasons outside a script. */
const FALLIBLE = new Set(['sanboot', 'sanhook', 'sanunhook', 'kernel', 'initrd', 'boot', 'imgfetch', 'imgfree', 'chain', 'dhcp', 'menu', 'item', 'choose', 'shell', 'login']) // prettier-ignore

/** Every set of commands of a script that may fail together. */
export function* failures(script: string): Generator<{
  readonly words: readonly string[]
  readonly fails: (command: string) => boolean
}> {
  const used = new Set(parseIpxe(script).flatMap(({ commands }) => commands.map(({ words }) => words[0] ?? '')))
  const fallible = [...used].filter((command) => FALLIBLE.has(command))
  for (let mask = 0; mask < 1 << fallible.length; mask++) {
    const words = fallible.filter((_, i) => mask & (1 << i))
    yield { words, fails: (command) => words.includes(command.split(' ', 1)[0]!) }
  }
}

/** Runs a script; `chain --replace`, `boot` and `sanboot` do not come back when they succeed. */
export function runIpxe(script: string, machine: IpxeMachine): IpxeRun {
  const lines = parseIpxe(script)
  const settings = new Map(Object.entries({ errno: '0', ...machine.settings }))
  const ran: string[] = []
  const said: string[] = []
  const expand = (word: string): string =>
    word.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
      const [key, type] = name.split(':')
      const value = settings.get(key!) ?? ''
      return type === 'hexhyp' ? value.replaceAll(':', '-') : type === 'uristring' ? encodeURIComponent(value) : value
    })
  let at = 0
  while (at < lines.length) {
    let ok = true
    let jump: number | undefined
    for (const { operator, words } of lines[at]!.commands) {
      if ((operator === '||' && ok) || (operator === '&&' && !ok)) continue
      const [command = '', ...args] = words.map(expand)
      const text = [command, ...args].join(' ')
      if (command !== '') ran.push(text)
      if (ran.length > (machine.maxCommands ?? 300)) return { ran, said, end: 'looping' }
      ok = !machine.fails?.(text)
      if (!ok) settings.set('errno', '1d852039')
      if (command === 'echo') said.push(args.join(' '))
      else if (command === 'set') settings.set(args[0]!, args.slice(1).join(' '))
      else if (command === 'clear') settings.delete(args[0]!)
      else if (command === 'login' && ok) settings.set('password', machine.password ?? '')
      else if (command === 'isset') ok = (args[0] ?? '') !== ''
      else if (command === 'iseq') ok = args[0] === args[1]
      else if (command === 'choose' && ok) {
        settings.set(args.at(-1)!, machine.choice ?? args[args.indexOf('--default') + 1]!)
      } else if (command === 'exit') return { ran, said, end: `exit ${args[0] ?? 0}` }
      else if (command === 'goto') {
        jump = lines.findIndex((line) => line.label === args[0])
        if (jump < 0) return { ran, said, end: `aborted: no label ${args[0]}` }
        break
      } else if (ok && command === 'chain' && args.includes('--replace'))
        return { ran, said, end: `chained: ${args.find((a) => a.includes('://'))}` }
      else if (ok && (command === 'boot' || command === 'sanboot')) return { ran, said, end: `booted: ${text}` }
    }
    if (jump === undefined && !ok) return { ran, said, end: `aborted: ${ran.at(-1)}` }
    at = jump ?? at + 1
  }
  return { ran, said, end: 'end' }
}
