import { Option, type Command } from 'commander'
import type { WakeRequest, WakeScheduleView } from '../api/wake.ts'
import { AppError } from '../base/errors.ts'
import { formatTime, say, table } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

type WakeOptions = CommonOptions & {
  readonly group?: readonly string[]
  readonly stagger?: string
  readonly wait?: 'no' | 'most' | 'all' | 'delay'
  readonly atMost?: string
}

const withWakeOptions = (command: Command): Command =>
  command
    .option('--group <name...>', 'all PCs of a group; several: one group after the other')
    .option('--stagger <seconds>', 'time between two PCs (3)')
    .addOption(
      new Option(
        '--wait <share>',
        'before the next group: until most or all PCs of the last one run, or the time of --at-most',
      ).choices(['no', 'most', 'all', 'delay']),
    )
    .option('--at-most <seconds>', 'with --wait: no longer than this (300); with delay: just so long')

/** `client wake`: now. */
export function addWakeVerb(client: Command): void {
  withWakeOptions(asVerb(client.command('wake [pcs...]'), 'bootlace client wake --group "Classroom 2" --stagger 5'))
    .description('switch PCs on over the network (Wake-on-LAN)')
    .action((ids: readonly string[], o: WakeOptions) => {
      const [id] = ids
      if (ids.length === 1 && o.group === undefined) {
        return runVerb(
          o,
          (engine) => engine.call('clientWake', { id: id! }),
          (c) => say(`${c.id}: the wake-up packet is sent`),
        )
      }
      return runVerb(
        o,
        (engine) => engine.call('wake', requestOf(ids, o)),
        ({ pcs, staggerSeconds }) =>
          say(
            pcs.length === 1
              ? `${pcs[0]}: the wake-up packet is sent`
              : `${pcs.length} PCs are switched on, one every ${staggerSeconds} s: ${pcs.join(', ')}`,
          ),
      )
    })
}

/** `wake schedule`: at fixed times. */
export function addWakeVerbs(program: Command): void {
  const schedule = program
    .command('wake')
    .description('PCs that are switched on at fixed times')
    .command('schedule')
    .description('times at which PCs are switched on')

  withWakeOptions(
    asVerb(
      schedule.command('add <time> [pcs...]'),
      'bootlace wake schedule add 07:30 --days mon-fri --group "Classroom 2"',
    ),
  )
    .description('a time of day at which they are switched on, as long as the engine runs')
    .option('--days <list>', 'days of the week, like mon-fri or mon,wed,sat', 'mon-sun')
    .action((time: string, ids: readonly string[], o: WakeOptions & { readonly days: string }) =>
      runVerb(
        o,
        async (engine) => engine.call('wakeScheduleAdd', { ...requestOf(ids, o), time, weekdays: weekdaysOf(o.days) }),
        (s) =>
          say(
            `Schedule ${s.id}: ${whom(s)} at ${s.time}, next on ${formatTime(s.nextMs)}. One that is missed, because Bootlace does not run then, is not made up for.`,
          ),
      ),
    )

  asVerb(schedule.command('list', { isDefault: true }), 'bootlace wake schedule list')
    .description('all of them')
    .action((o: CommonOptions) =>
      runVerb(
        o,
        async (engine) => (await engine.call('snapshot')).wakeSchedules ?? [],
        (schedules) =>
          say(
            schedules.length === 0
              ? 'No PCs are switched on at fixed times.'
              : table(
                  ['ID', 'TIME', 'DAYS', 'WHO', 'NEXT'],
                  schedules.map((s) => [
                    String(s.id),
                    s.time,
                    s.weekdays.map((day) => DAYS[day - 1]!).join(','),
                    whom(s),
                    formatTime(s.nextMs),
                  ]),
                ),
          ),
      ),
    )

  asVerb(schedule.command('delete <id>'), 'bootlace wake schedule delete 1')
    .description('no longer')
    .action((id: string, o: CommonOptions) =>
      runVerb(
        o,
        async (engine) => engine.call('wakeScheduleDelete', { id: numberOf(id, 'is no number of a schedule') }),
        (s) => say(`Schedule ${s.id} is deleted`),
      ),
    )
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** `mon-fri`, `mon,wed`, or both together. Errors: config.usage. */
export function weekdaysOf(text: string): number[] {
  const dayOf = (word: string): number => {
    const at = DAYS.findIndex((day) => word.trim().toLowerCase().startsWith(day))
    if (at >= 0) return at + 1
    throw new AppError('config.usage', `"${word}" is no day of the week`, { hint: 'Write mon-fri, or mon,wed,sat.' })
  }
  const days = text.split(',').flatMap((part) => {
    const [first, last] = part.split('-') as [string, string?]
    const from = dayOf(first)
    const count = last === undefined ? 1 : ((dayOf(last) - from + 7) % 7) + 1
    return Array.from({ length: count }, (_, i) => ((from - 1 + i) % 7) + 1)
  })
  return [...new Set(days)].sort((a, b) => a - b)
}

const whom = (s: WakeScheduleView): string => [...s.pcs, ...s.groups.map((group) => `group ${group}`)].join(', ') || '-'

function requestOf(ids: readonly string[], o: WakeOptions): WakeRequest {
  return {
    ...(ids.length > 0 && { ids: [...ids] }),
    ...(o.group && { groups: [...o.group] }),
    ...(o.stagger !== undefined && { staggerSeconds: numberOf(o.stagger, 'is no number of seconds') }),
    ...(o.wait && { wait: o.wait }),
    ...(o.atMost !== undefined && { waitAtMostSeconds: numberOf(o.atMost, 'is no number of seconds') }),
  }
}

function numberOf(text: string, otherwise: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new AppError('config.usage', `"${text}" ${otherwise}`, { hint: 'Give a whole number, for example 5.' })
}
