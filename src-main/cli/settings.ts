import type { Command } from 'commander'
import { Notifications, Settings, type SettingsChange } from '../api/settings.ts'
import { say, table } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

export function addSettingsVerbs(program: Command): void {
  const noun = program.command('settings').description('what is chosen once for the whole program')
  asVerb(noun.command('show', { isDefault: true }), 'bootlace settings')
    .description('all settings')
    .action((o: CommonOptions) => runVerb(o, async (engine) => (await engine.call('snapshot')).settings, print))

  asVerb(noun.command('set <key> <value>'), 'bootlace settings set keepAwake no')
    .description('change one of them; the names are those that `settings` shows')
    .action((key: string, value: string, o: CommonOptions, command: Command) => {
      const change = changeOf(key, value)
      if (typeof change === 'string') return command.error(change)
      return runVerb(o, (engine) => engine.call('settingsChange', change), print)
    })

  asVerb(program.command('pause'), 'bootlace pause')
    .description('answer no new boots; PCs that run go on')
    .action((o: CommonOptions) =>
      runVerb(
        o,
        (engine) => engine.call('settingsChange', { bootsPaused: true }),
        () => say('New boots are paused; PCs that run go on. Answer them again with: bootlace resume'),
      ),
    )

  asVerb(program.command('resume'), 'bootlace resume')
    .description('answer new boots again')
    .action((o: CommonOptions) =>
      runVerb(
        o,
        (engine) => engine.call('settingsChange', { bootsPaused: false }),
        () => say('New boots are answered again.'),
      ),
    )
}

type Field = { safeParse(value: unknown): { success: boolean } }

/** Every setting by the name people type; those of the notifications below `notifications.`. */
const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ...Object.entries(Settings.shape).filter(([key]) => key !== 'notifications'),
  ...Object.entries(Notifications.shape).map(([key, field]): [string, Field] => [`notifications.${key}`, field]),
])
const YES_AND_NO: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  true: true,
  no: false,
  off: false,
  false: false,
}

/** The change that was typed, or what is wrong with it. */
export function changeOf(keyText: string, valueText: string): SettingsChange | string {
  const plain = (text: string) => text.replaceAll('-', '').toLowerCase()
  const key = [...FIELDS.keys()].find((name) => plain(name) === plain(keyText))
  if (key === undefined) return `There is no setting "${keyText}". There are: ${[...FIELDS.keys()].join(', ')}.`
  const field = FIELDS.get(key)!
  const value = [YES_AND_NO[valueText.toLowerCase()], valueText.toLowerCase()].find(
    (v) => v !== undefined && field.safeParse(v).success,
  )
  if (value === undefined) {
    const values = field.safeParse(true).success ? 'yes or no' : valuesOf(key).join(', ')
    return `${key} cannot be "${valueText}". It is ${values}.`
  }
  const [group, name] = key.split('.')
  return name === undefined ? { [group!]: value } : { [group!]: { [name]: value } }
}

const valuesOf = (key: string): readonly string[] =>
  key === 'language' ? Settings.shape.language.unwrap().options : Settings.shape.theme.unwrap().options

const word = (value: string | boolean): string => (value === true ? 'yes' : value === false ? 'no' : value)

function print({ notifications, ...plain }: Settings): void {
  const rows = [
    ...Object.entries(plain),
    ...Object.entries(notifications).map(([key, value]): [string, boolean] => [`notifications.${key}`, value]),
  ]
  say(
    table(
      ['SETTING', 'VALUE'],
      rows.map(([key, value]) => [key, word(value)]),
    ),
  )
}
