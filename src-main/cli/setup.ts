import { InvalidArgumentError, Option, type Command } from 'commander'
import type { EnrolmentView, PreflightReport } from '../api/setup.ts'
import { AppError } from '../base/errors.ts'
import { EXIT, formatTime, say } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

/** The first evening: is everything ready, and many PCs at once. */
export function addSetupVerbs(program: Command): void {
  asVerb(program.command('preflight'), 'bootlace preflight --self-test')
    .description('look at everything that a boot depends on; exits with 1 when PCs will not boot')
    .option('--self-test', 'go the way of a PC as well, from its first question to its disk')
    .action(preflight)

  asVerb(program.command('enrol [image]'), 'bootlace enrol debian --prefix pc- --count 4 --minutes 15')
    .description('give each new PC that switches on now a name and a disk made from an image')
    .option(
      '--prefix <text>',
      'how their names begin, or where their number stands: room2-{nn} (default: see settings)',
    )
    .addOption(new Option('--count <n>', 'PCs at most').argParser(wholeUpTo(256)).default(1))
    .addOption(new Option('--minutes <n>', 'how long it stays open').argParser(wholeUpTo(24 * 60)).default(15))
    .option('--stop', 'end it')
    .action(enrol)
}

const wholeUpTo =
  (limit: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN
    if (!(value >= 1 && value <= limit)) throw new InvalidArgumentError(`It is a number from 1 to ${limit}.`)
    return value
  }

async function preflight(o: CommonOptions & { selfTest?: boolean }): Promise<void> {
  let stops = false
  await runVerb(
    o,
    async (engine) => {
      const report = await engine.call('preflight', { ...(o.selfTest && { selfTest: true }) })
      stops = report.checks.some((check) => check.severity === 'problem')
      return report
    },
    (report) => say(describeReport(report)),
  )
  if (stops) process.exitCode = EXIT.failed
}

const MARKS = { ok: 'ok       ', warning: 'warning  ', problem: 'PROBLEM  ', unknown: 'unknown  ' } as const

function describeReport({ checks }: PreflightReport): string {
  const indent = ' '.repeat(MARKS.ok.length)
  return checks
    .map(({ severity, title, detail, hint }) =>
      [
        MARKS[severity] + title,
        ...[detail, hint].filter((line) => line !== undefined).map((line) => indent + line),
      ].join('\n'),
    )
    .join('\n')
}

function enrol(
  image: string | undefined,
  o: CommonOptions & { prefix?: string; count: number; minutes: number; stop?: boolean },
): Promise<void> {
  return runVerb(
    o,
    async (engine): Promise<EnrolmentView | null> => {
      if ((image === undefined) === (o.stop === undefined)) {
        throw new AppError('config.usage', 'give the image that new PCs start from, or --stop', {
          hint: 'For example: bootlace enrol debian --prefix pc- --count 4.',
        })
      }
      if (image === undefined) return engine.call('enrolStop')
      const prefix = o.prefix ?? (await engine.call('snapshot')).settings.namePattern
      return engine.call('enrolStart', { image, prefix, count: o.count, minutes: o.minutes })
    },
    (view) => say(describeEnrolment(view)),
  )
}

function describeEnrolment(view: EnrolmentView | null): string {
  if (view === null) return 'No window for new PCs was open.'
  const came = view.enrolled.length === 0 ? 'no PC came' : `${view.enrolled.join(', ')} came`
  const problem = view.problem ? `\n${view.problem.message}. ${view.problem.hint ?? ''}` : ''
  if (view.ended !== undefined) return `The window for new PCs is closed: ${came}.${problem}`
  return `Switch the new PCs on now: the next ${view.left} get a name (${view.prefix}…) and a disk made from ${view.image}, until ${formatTime(view.endsMs)}.`
}
