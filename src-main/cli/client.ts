import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { EngineError } from '../api/caller.ts'
import type { ClientSecret, ClientView, NewClient } from '../api/dto.ts'
import { BootStage, Chap, Follows, LoaderChoice } from '../api/dto.ts'
import { AppError } from '../base/errors.ts'
import { formatSize, parseMac } from '../base/units.ts'
import { addClientAllow } from './client-allow.ts'
import { addClientStartVerbs } from './client-start.ts'
import { addClientValues } from './dhcp.ts'
import { formatTime, say, table } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'
import { addIdentityVerbs, identityRows } from './identity.ts'
import { addWakeVerb } from './wake.ts'

type Fields = CommonOptions &
  Omit<
    NewClient,
    'mac' | 'keep' | 'keepUntilMs' | 'secondOwn' | 'exclusive' | 'gateway' | 'ownScripts' | 'knowingly'
  > & {
    readonly keep?: string
    readonly second?: 'own' | 'shared'
    readonly exclusive?: 'on' | 'off'
    readonly gateway?: 'keep' | 'clear'
    readonly ownScripts?: 'use' | 'ignore'
    readonly anyway?: boolean
  }

const withFields = (command: Command): Command =>
  command
    .option('--disk <name>', 'its system disk')
    .option('--group <name>', 'the room or purpose it is shown under')
    .addOption(new Option('--stage <stage>', 'what its next boot is for').choices(BootStage.options))
    .addOption(new Option('--loader <loader>', 'which loader it gets').choices(LoaderChoice.options))
    .option('--medium <iso>', 'with --stage install: an ISO to install from (see bootlace medium show)')
    .option('--medium-drive <iso>', 'with --stage install: an ISO that the PC sees as a CD drive beside its disk')
    .option('--anyway', 'take a medium although it is known that its system will not start from the disk')
    .option('--kernel <file>', 'with --stage install: a kernel to start')
    .option('--initrd <file>', 'with --kernel: its initrd')
    .option('--kernel-args <text>', 'with --kernel: its arguments; with an ISO that Bootlace knows: further ones')
    .option(
      '--keep <how>',
      'what it wrote stays: always, never (its image again at every start), or until a date (2026-12-24)',
    )
    .addOption(new Option('--channel <channel>', 'which version of its image it is given').choices(Follows.options))
    .option('--second-disk <name>', 'a second drive, e.g. an image with games')
    .addOption(
      new Option(
        '--second <how>',
        'with --second-disk IMAGE: a disk of its own made from it, or the image itself, read-only',
      )
        .choices(['own', 'shared'])
        .default(undefined),
    )
    .addOption(
      new Option(
        '--chap <directions>',
        'its disks need a password: not at all, that of the PC, or one of each side to the other',
      ).choices(Chap.options),
    )
    .addOption(
      new Option('--gateway <how>', 'whether its system is told of your router; Windows does better without').choices([
        'keep',
        'clear',
      ]),
    )
    .addOption(
      new Option('--own-scripts <how>', 'whether scripts that you wrote yourself count for it').choices([
        'use',
        'ignore',
      ]),
    )
    .addOption(
      new Option('--exclusive <how>', 'its disks are for its own initiator name only (a password implies it)').choices([
        'on',
        'off',
      ]),
    )

export function addClientVerbs(program: Command): void {
  const client = program.command('client').description('PCs that boot from here')

  withFields(asVerb(client.command('add <mac>'), 'bootlace client add 52:54:00:12:34:56 --name pc-01 --disk win11'))
    .description('let a PC boot from here')
    .option('--name <name>', 'what to call it')
    .action((mac: string, o: Fields) =>
      runVerb(
        o,
        async (engine) => engine.call('clientAdd', { mac: parseMac(mac), ...withoutEmpty(fieldsOf(o)) }),
        (c) => say(`${c.name} (${c.mac}): ${purpose(c)}`),
      ),
    )

  asVerb(client.command('list'), 'bootlace client list')
    .description('all PCs')
    .action((o: CommonOptions) =>
      runVerb(
        o,
        async (engine) => (await engine.call('snapshot')).clients,
        (clients) =>
          say(
            clients.length === 0
              ? 'No PCs yet. Add one: bootlace client add MAC --name pc-01 --disk NAME'
              : table(
                  ['NAME', 'MAC', 'DISK', 'GROUP', 'NEXT BOOT', 'STATE'],
                  clients.map((c) => [
                    c.name,
                    c.mac,
                    c.disk ?? '-',
                    c.group ?? '-',
                    c.next === undefined ? c.stage : `${c.next} (once)`,
                    `${c.live.stage}: ${c.live.text}`,
                  ]),
                ),
          ),
      ),
    )

  asVerb(client.command('show <pc>'), 'bootlace client show pc-01')
    .description('one PC in full, by name or MAC')
    .action((id: string, o: CommonOptions) =>
      runVerb(
        o,
        async (engine) => {
          const { clients } = await engine.call('snapshot')
          const found = clients.find((c) => c.name === id.trim().toLowerCase() || c.mac === macOrUndefined(id))
          if (!found)
            throw new EngineError({
              code: 'client.unknown',
              message: `no PC is called "${id}"`,
              hint: 'See bootlace client list.',
            })
          return { ...found, identity: await engine.call('clientIdentity', { id: found.mac }) }
        },
        (c) => say(describeClient(c, identityRows(c.identity))),
      ),
    )

  withFields(asVerb(client.command('set <pc>'), 'bootlace client set pc-01 --stage run'))
    .description('change a PC; an empty text takes a value away')
    .option('--name <name>', 'what to call it')
    .action((id: string, o: Fields) =>
      runVerb(
        o,
        async (engine) => engine.call('clientSet', { id, ...emptyToNull(fieldsOf(o)) }),
        (c) => say(`${c.name} (${c.mac}): ${purpose(c)}`),
      ),
    )

  asVerb(client.command('secret <pc>'), 'bootlace client secret pc-01')
    .description('show the password for its disks, e.g. to type it into the firmware')
    .option('--new', 'make a new one; the PC gets it at its next start')
    .action((id: string, o: CommonOptions & { readonly new?: boolean }) =>
      runVerb(
        o,
        async (engine) => engine.call(o.new ? 'clientSecretNew' : 'clientSecret', { id }),
        (secret) => say(describeSecret(secret)),
      ),
    )

  addIdentityVerbs(client, program)
  addClientAllow(client)
  addWakeVerb(client)
  addClientStartVerbs(client)
  addClientValues(client)

  asVerb(client.command('delete <pc>'), 'bootlace client delete pc-01')
    .description('forget a PC; its disk stays')
    .action((id: string, o: CommonOptions) =>
      runVerb(
        o,
        async (engine) => engine.call('clientDelete', { id }),
        (c) => say(`${c.id} is forgotten`),
      ),
    )
}

function fieldsOf(o: Fields): Omit<NewClient, 'mac'> {
  const path = (text: string | undefined) => (text ? resolve(text) : text)
  const all = {
    name: o.name,
    disk: o.disk,
    group: o.group,
    stage: o.stage,
    loader: o.loader,
    medium: path(o.medium),
    mediumDrive: path(o.mediumDrive),
    kernel: path(o.kernel),
    initrd: path(o.initrd),
    kernelArgs: o.kernelArgs,
    ...(o.keep !== undefined && keepOf(o.keep)),
    channel: o.channel,
    secondDisk: o.secondDisk,
    secondOwn: o.second === undefined ? undefined : o.second === 'own',
    chap: o.chap,
    exclusive: o.exclusive === undefined ? undefined : o.exclusive === 'on',
    gateway: o.gateway === 'keep' ? '' : o.gateway,
    ownScripts: o.ownScripts === 'use' ? '' : o.ownScripts,
    knowingly: o.anyway,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** `always`, `never`, or a date: kept up to its end, in the time of this computer. Errors: config.usage. */
function keepOf(text: string): Pick<NewClient, 'keep' | 'keepUntilMs'> {
  if (text === 'always' || text === 'never') return { keep: text }
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  const until = new Date(Number(year), Number(month) - 1, Number(day), 23, 59, 59, 999)
  if (year !== undefined && until.getMonth() === Number(month) - 1)
    return { keep: 'until', keepUntilMs: until.getTime() }
  throw new AppError('config.usage', `--keep cannot be "${text}"`, {
    hint: 'Say always, never, or a date like 2026-12-24.',
  })
}

function emptyToNull(fields: Omit<NewClient, 'mac'>): object {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value === '' ? null : value]))
}

/** A new PC has nothing that could be taken away. */
const withoutEmpty = (fields: Omit<NewClient, 'mac'>): Omit<NewClient, 'mac'> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))

function macOrUndefined(text: string): string | undefined {
  try {
    return parseMac(text)
  } catch {
    // It was meant as a name.
    return undefined
  }
}

const PURPOSES: Record<ClientView['stage'], string> = {
  install: 'its next boot installs',
  run: 'boots from its disk',
  local: 'boots from its own local disk',
  menu: 'shows a menu at the next boot',
  maintenance: 'starts maintenance',
}
const purpose = (c: ClientView): string => `${PURPOSES[c.stage]}${c.disk ? ` (${c.disk})` : ''}`

function keeps(c: ClientView): string {
  if (c.keep === 'until') return `what it writes until ${formatTime(c.keepUntilMs!)}, then its image at every start`
  return c.keep === 'always' ? 'what it writes' : 'nothing: its image again at every start'
}

const PASSWORDS: Record<ClientView['chap'], string | undefined> = {
  off: undefined,
  on: 'needed for its disks',
  mutual: 'needed for its disks, in both directions',
}

function describeSecret(s: ClientSecret): string {
  const rows: [string, string | undefined][] = [
    ['user name', s.username],
    ['password', s.password],
    ['reverse user name', s.reverseUsername],
    ['reverse password', s.reversePassword],
  ]
  return rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(19)}${value}`)
    .join('\n')
}

/** What its firmware is given next, and whether it was seen to get further with it. */
function startsBy({ loader, loaderWorked, offer }: NonNullable<ClientView['bootPath']>): string {
  return `${loader} (${loaderWorked ? 'worked last time' : 'not seen to work yet'}), told in the form ${offer}`
}

function describeClient(c: ClientView, identity: readonly [string, string | undefined][]): string {
  const rows: [string, string | undefined][] = [
    ['name', c.name],
    ['MAC', c.mac],
    ['disk', c.disk ?? '-'],
    ['next boot', c.next === undefined ? c.stage : `${c.next}, once; then ${c.stage}`],
    ['menu', c.menu && JSON.stringify(c.menu)],
    ['gateway', c.gateway && 'its system is told of none'],
    ['scripts', c.ownScripts && 'your own scripts do not count for it'],
    ...identity,
    ['loader', c.loader],
    ['medium', c.medium],
    ['CD drive', c.mediumDrive],
    ['kernel', c.kernel],
    ['initrd', c.initrd],
    ['arguments', c.kernelArgs],
    ['keeps', keeps(c)],
    ['versions', c.channel],
    ['second', c.secondDisk],
    ['group', c.group],
    ['password', PASSWORDS[c.chap]],
    ['only it', c.exclusive ? 'its disks are for its own initiator name only' : undefined],
    ['let in', c.initiators?.join(', ')],
    ['state', `${c.live.stage}: ${c.live.text}`],
    ['since', c.live.sinceMs > 0 ? formatTime(c.live.sinceMs) : undefined],
    ['address', c.live.ip],
    ['firmware', c.live.firmware],
    ['model', c.bootPath?.model],
    ['starts by', c.bootPath?.loader && startsBy(c.bootPath)],
    ['traffic', `${formatSize(c.live.bytesRead)} read, ${formatSize(c.live.bytesWritten)} written`],
  ]
  return rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(12)}${value}`)
    .join('\n')
}
