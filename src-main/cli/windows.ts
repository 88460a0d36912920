import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { DriversView, WimbootView } from '../api/windows.ts'
import { addInstallAnswersVerb } from './install-answers.ts'
import { say, table } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

export function addWindowsVerbs(program: Command): void {
  const windows = program.command('windows').description('installing Windows over the network')

  asVerb(windows.command('wimboot [file]'), 'bootlace windows wimboot ~/Downloads/wimboot')
    .description('show the file that starts Windows Setup over the network, or put one in')
    .option('--forget', 'forget the file that was put in')
    .action((file: string | undefined, o: CommonOptions & { readonly forget?: boolean }) =>
      runVerb(
        o,
        (engine) =>
          o.forget || file !== undefined
            ? engine.call('wimbootPut', { file: file === undefined ? null : resolve(file) })
            : engine.call('wimboot'),
        (view) => say(describeWimboot(view)),
      ),
    )

  asVerb(windows.command('drivers <disk>'), 'bootlace windows drivers win11 --folder ~/drivers/realtek')
    .description('the drivers for network cards that Windows Setup is given for this disk, and what each is good for')
    .option('--folder <folder>', 'take the drivers of this folder (INF files with all that belongs to them)')
    .option('--forget', 'no folder')
    .option('--client <pc>', 'against the network card of this PC (default: the one that uses the disk)')
    .action((disk: string, o: CommonOptions & { folder?: string; forget?: boolean; client?: string }) => {
      const query = { disk, ...(o.client !== undefined && { client: o.client }) }
      return runVerb(
        o,
        (engine) =>
          o.forget || o.folder !== undefined
            ? engine.call('driversPut', { ...query, folder: o.forget ? null : resolve(o.folder!) })
            : engine.call('drivers', query),
        (view) => say(describeDrivers(view)),
      )
    })

  addInstallAnswersVerb(windows)
}

const OTHER_WAY =
  'Without it, a BIOS PC installs Windows from its own DVD or USB stick: give it the stage install and no medium, and its disk stays attached.'

export function describeWimboot({ file, url, sha256 }: WimbootView): string {
  if (!file) {
    return [
      'There is no wimboot: Windows cannot be installed over the network.',
      `Get it from ${url}`,
      `SHA-256  ${sha256}`,
      'and put it in: bootlace windows wimboot FILE',
      OTHER_WAY,
    ].join('\n')
  }
  const rows = [
    ['version', file.version],
    ['SHA-256', file.sha256],
    [
      'what',
      file.released ? 'the file of the iPXE project’s release' : 'not the file of the release that is known here',
    ],
    ['from', file.from === 'user' ? 'put in by hand' : 'fetched with the loaders'],
    ['how sure', 'documented by its makers; no Windows was started with it here'],
  ]
  return rows.map(([name, value]) => `${name!.padEnd(10)}${value}`).join('\n')
}

const VERDICTS: Record<DriversView['drivers'][number]['verdict'], string> = {
  fits: 'fits',
  possible: 'possible',
  other: 'does not fit',
  refused: 'refused',
}

export function describeDrivers(view: DriversView): string {
  if (view.folder === undefined)
    return `${view.disk} has no folder of drivers. Give it one: bootlace windows drivers ${view.disk} --folder FOLDER`
  const card =
    view.card === undefined
      ? 'not known yet: start the PC once from Bootlace'
      : `${view.card}${view.client === undefined ? '' : ` (${view.client})`}`
  const head = [`folder    ${view.folder}`, `card      ${card}`]
  if (view.drivers.length === 0) return [...head, '', 'No INF file lies in this folder.'].join('\n')
  return [
    ...head,
    '',
    table(
      ['INF', 'VERSION', 'VERDICT', 'WHY'],
      view.drivers.map((d) => [d.inf, d.version || '-', VERDICTS[d.verdict], d.why]),
    ),
    '',
    'How sure: read from the INF files as Microsoft documents them; no Windows was run here.',
  ].join('\n')
}
