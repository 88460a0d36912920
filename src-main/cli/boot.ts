import { createInterface } from 'node:readline'
import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { MenuEntry, type BootChoices, type BootChoicesChange, type BootMenu, type OwnScriptView } from '../api/boot.ts'
import { AppError } from '../base/errors.ts'
import { say, table } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

/** What PCs are told at their start, for all of them: the menu, maintenance, own scripts. */
export function addBootVerbs(program: Command): void {
  addMenuVerbs(program.command('menu').description('the menu that PCs show with the stage menu'))
  addMaintenanceVerbs(program.command('maintenance').description('what PCs start with the stage maintenance'))
  addScriptVerbs(program.command('scripts').description('iPXE scripts that you wrote yourself'))
}

type MenuOptions = CommonOptions & {
  readonly pc?: string
  readonly title?: string
  readonly timeout?: string
  readonly entries?: string
  readonly preset?: string
  readonly locked?: string
}

function addMenuVerbs(noun: Command): void {
  asVerb(noun.command('show', { isDefault: true }), 'bootlace menu')
    .description('the menu of all PCs')
    .action((o: CommonOptions) => runVerb(o, (engine) => engine.call('bootChoices'), printMenu))

  asVerb(noun.command('set'), 'bootlace menu set --entries disk,local,maintenance --locked maintenance')
    .description('change it, for all PCs or for one; an empty text takes a value away')
    .option('--pc <pc>', 'for this PC only')
    .option('--title <text>', 'what stands above it')
    .option('--timeout <seconds>', 'how long it waits; 0: until somebody chooses')
    .option('--entries <list>', `what it offers, in order, of: ${MenuEntry.options.join(', ')}`)
    .option('--preset <entry>', 'what starts when nobody chooses')
    .option('--locked <list>', 'entries that ask for the password of the menu')
    .action((o: MenuOptions) =>
      runVerb(
        o,
        async (engine) => {
          const change = menuChange(o)
          if (o.pc === undefined) return engine.call('bootChoicesChange', { menu: change })
          const { clients, bootChoices } = await engine.call('snapshot')
          const wanted = o.pc.trim().toLowerCase()
          const own = clients.find((c) => c.name === wanted || c.mac === wanted)?.menu
          const menu = Object.fromEntries(Object.entries({ ...own, ...change }).filter(([, v]) => v !== null))
          const set = Object.keys(menu).length === 0 ? null : (menu as BootMenu)
          const client = await engine.call('clientSet', { id: o.pc, menu: set })
          return { ...bootChoices!, menu: { ...bootChoices!.menu, ...client.menu } } as BootChoices
        },
        printMenu,
      ),
    )

  asVerb(noun.command('password'), 'echo … | bootlace menu password')
    .description('the password for entries that ask for one, read from the standard input')
    .option('--none', 'no password any more')
    .action((o: CommonOptions & { readonly none?: boolean }) =>
      runVerb(
        o,
        async (engine) => engine.call('bootChoicesChange', { menuPassword: o.none ? null : await firstLine() }),
        ({ menuPassword }) =>
          say(
            menuPassword
              ? 'The menu has a password. It keeps people at the PC out; whoever listens to your network can read it.'
              : 'The menu has no password.',
          ),
      ),
    )
}

/** Not from the command line: that is kept in histories, and everybody on this computer can see it. */
async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin, terminal: false })) return line
  throw new AppError('menu.password', 'there was no password on the standard input', {
    hint: 'Type it and press Enter, or pipe it in.',
  })
}

function menuChange(o: MenuOptions): NonNullable<BootChoicesChange['menu']> {
  return {
    ...(o.title !== undefined && { title: o.title === '' ? null : o.title }),
    ...(o.timeout !== undefined && { timeoutSeconds: seconds(o.timeout) }),
    ...(o.entries !== undefined && { entries: entriesOf(o.entries) }),
    ...(o.preset !== undefined && { preset: entriesOf(o.preset)[0] }),
    ...(o.locked !== undefined && { locked: entriesOf(o.locked) }),
  }
}

function seconds(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text)
  throw new AppError('config.usage', `"${text}" is no number of seconds`, {
    hint: 'Say for example 10; 0 is for ever.',
  })
}

function entriesOf(text: string): MenuEntry[] {
  return text
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '')
    .map((word) => {
      const { data } = MenuEntry.safeParse(word)
      if (data !== undefined) return data
      throw new AppError('config.usage', `a menu has no entry "${word}"`, {
        hint: `There are: ${MenuEntry.options.join(', ')}.`,
      })
    })
}

function printMenu({ menu, menuPassword }: BootChoices): void {
  say(
    rows([
      ['title', menu.title ?? 'Bootlace: and the name of the PC'],
      ['waits', menu.timeoutSeconds === 0 ? 'until somebody chooses' : `${menu.timeoutSeconds} s`],
      ['entries', menu.entries.join(', ')],
      ['preset', menu.preset],
      ['locked', menu.locked.length === 0 ? '-' : menu.locked.join(', ')],
      ['password', menuPassword ? 'set' : 'none'],
    ]),
  )
}

type MaintenanceOptions = CommonOptions & {
  readonly kernel?: string
  readonly initrd?: string
  readonly kernelArgs?: string
  readonly script?: string
  readonly disk?: 'attach' | 'leave'
}

function addMaintenanceVerbs(noun: Command): void {
  asVerb(noun.command('show', { isDefault: true }), 'bootlace maintenance')
    .description('what is started for maintenance')
    .action((o: CommonOptions) => runVerb(o, (engine) => engine.call('bootChoices'), printMaintenance))

  asVerb(noun.command('set'), 'bootlace maintenance set --kernel vmlinuz --initrd initrd.img')
    .description('change it; an empty text takes a value away')
    .option('--kernel <file>', 'a kernel to start')
    .option('--initrd <file>', 'with --kernel: its initrd')
    .option('--kernel-args <text>', 'with --kernel: its arguments')
    .option('--script <file>', 'an iPXE script to start instead')
    .addOption(new Option('--disk <how>', 'whether the disk of the PC is attached before').choices(['attach', 'leave']))
    .action((o: MaintenanceOptions) =>
      runVerb(
        o,
        (engine) => {
          const path = (text: string | undefined) => (text === '' ? null : text && resolve(text))
          const maintenance = Object.fromEntries(
            Object.entries({
              kernel: path(o.kernel),
              initrd: path(o.initrd),
              kernelArgs: o.kernelArgs === '' ? null : o.kernelArgs,
              script: path(o.script),
              attachDisk: o.disk === undefined ? undefined : o.disk === 'attach',
            }).filter(([, value]) => value !== undefined),
          )
          return engine.call('bootChoicesChange', { maintenance })
        },
        printMaintenance,
      ),
    )
}

function printMaintenance({ maintenance: m }: BootChoices): void {
  if (m.kernel === undefined && m.script === undefined)
    return say(
      'Nothing is set for maintenance: a PC says so, and offers its shell. Set it with bootlace maintenance set.',
    )
  say(
    rows([
      ['kernel', m.kernel],
      ['initrd', m.initrd],
      ['arguments', m.kernelArgs],
      ['script', m.script],
      ['disk', m.attachDisk ? 'attached before' : 'not attached'],
    ]),
  )
}

function addScriptVerbs(noun: Command): void {
  asVerb(noun.command('list', { isDefault: true }), 'bootlace scripts')
    .description('your scripts, and the PCs that they are for')
    .action((o: CommonOptions) => runVerb(o, (engine) => engine.call('scriptsList'), printScripts))

  asVerb(noun.command('check'), 'bootlace scripts check')
    .description('says which of your scripts cannot run, and why; exit 1 when there is one')
    .action(async (o: CommonOptions) => {
      let broken = 0
      await runVerb(
        o,
        async (engine) => {
          const bad = (await engine.call('scriptsList')).filter((s) => s.problems.length > 0)
          broken = bad.length
          return bad
        },
        (bad) => say(bad.length === 0 ? 'Nothing is known to be wrong with your scripts.' : problemsOf(bad)),
      )
      if (broken > 0) process.exitCode = 1
    })

  asVerb(noun.command('import <folder>'), 'bootlace scripts import /srv/ipxe')
    .description('copy the scripts of a folder, with mac-…, hostname-… and uuid-… files as they are')
    .action((folder: string, o: CommonOptions) =>
      runVerb(o, (engine) => engine.call('scriptsImport', { folder: resolve(folder) }), printScripts),
    )

  asVerb(noun.command('folder [folder]'), 'bootlace scripts folder /srv/ipxe')
    .description('where they are; an empty text: in the data folder')
    .action((folder: string | undefined, o: CommonOptions) =>
      runVerb(
        o,
        (engine) =>
          folder === undefined
            ? engine.call('bootChoices')
            : engine.call('bootChoicesChange', { scriptsFolder: folder === '' ? null : resolve(folder) }),
        ({ scriptsFolder }) => say(scriptsFolder),
      ),
    )
}

function printScripts(scripts: readonly OwnScriptView[]): void {
  say(
    scripts.length === 0
      ? 'No scripts yet. Put them into the folder that bootlace scripts folder names, or import yours.'
      : table(
          ['SCRIPT', 'FOR', 'STATE'],
          scripts.map((s) => [s.path, s.forPc ?? '-', s.problems.join('; ') || 'ready']),
        ),
  )
}

const problemsOf = (scripts: readonly OwnScriptView[]): string =>
  scripts.flatMap(({ path, problems }) => problems.map((problem) => `${path}: ${problem}`)).join('\n')

const rows = (all: readonly (readonly [string, string | undefined])[]): string =>
  all
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(10)}${value}`)
    .join('\n')
