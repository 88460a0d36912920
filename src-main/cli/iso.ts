import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { MediumFindingView, MediumReport, WindowsMediumView } from '../api/iso.ts'
import { formatSize } from '../base/units.ts'
import { say } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

export function addIsoVerbs(program: Command): void {
  const medium = program.command('medium').description('ISO files that PCs install from')

  asVerb(medium.command('show <iso>'), 'bootlace medium show ubuntu-24.04-live-server-amd64.iso')
    .description('what an ISO is, and how a PC would install from it over the network')
    .action((iso: string, o: CommonOptions) =>
      runVerb(
        o,
        async (engine) => engine.call('mediumShow', { file: resolve(iso) }),
        (report) => say(describeMediumReport(report)),
      ),
    )
}

const EVIDENCE = {
  booted: 'seen working on a PC',
  documented: 'as its makers describe it; not tried here',
  untried: 'put together from its documentation; not tried by anybody here',
} as const

const WIMBOOT = {
  ready: 'BIOS and UEFI PCs start its Setup over the network, with wimboot',
  missing: 'not without wimboot: see bootlace windows wimboot',
} as const

export function describeMediumReport(m: MediumReport): string {
  const { plan } = m
  const rows: [string, string | undefined][] = [
    ['system', m.title],
    ['label', m.label || '-'],
    ['size', `${formatSize(m.sizeBytes)} (${m.fileSystem})`],
    ['boots on', m.bootsOn.length === 0 ? 'nothing by itself' : `${m.bootsOn.join(' and ')}, from a drive`],
    [
      'network',
      plan
        ? 'BIOS and UEFI PCs start its installer over the network'
        : ((m.wimboot && WIMBOOT[m.wimboot]) ?? 'not as it is'),
    ],
    ['kernel', plan?.kernel],
    ['initrd', plan?.initrd],
    ['arguments', plan?.args],
    ['memory', plan?.memoryBytes === undefined ? undefined : `about ${formatSize(plan.memoryBytes)} in the PC`],
    ['how sure', plan ? EVIDENCE[plan.evidence] : m.wimboot && EVIDENCE.untried],
  ]
  const facts = [...rows, ...(m.windows ? windowsRows(m.windows) : [])]
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(11)}${value}`)
  const next =
    plan || m.wimboot === 'ready' ? [`To use it: bootlace client set PC --stage install --medium ${m.file}`] : []
  const findings = (m.windows?.findings ?? []).flatMap((finding) => ['', ...findingLines(finding)])
  return [...facts, '', ...m.notes, ...next, ...findings].join('\n')
}

const INSTALL_IMAGE = { wim: 'WIM', esd: 'ESD', swm: 'split WIM' } as const

function windowsRows(w: WindowsMediumView): [string, string | undefined][] {
  const list = (values: readonly string[]): string | undefined => values.join(', ') || undefined
  const image = w.image && `${w.image.path} (${INSTALL_IMAGE[w.image.format]}, ${w.image.compression}${partsOf(w)})`
  const setup = [w.channel, w.fixedEdition && `takes ${w.fixedEdition}`, w.hasKey ? 'brings a product key' : '']
  return [
    ['build', w.build || undefined],
    ['for', list(w.architectures)],
    ['language', list(w.languages)],
    ['Setup in', list(w.setupLanguages)],
    ['Setup', list(setup.filter((part) => part !== ''))],
    ['boot files', list(w.bootFiles) ?? 'none'],
    ['image', image],
    ...w.editions.map((e, i): [string, string] => [
      i === 0 ? 'editions' : '',
      `${String(e.index).padStart(2)}  ${e.name || e.editionId || 'no name'}`,
    ]),
  ]
}

const partsOf = ({ image }: WindowsMediumView): string => (image && image.parts > 1 ? `, ${image.parts} parts` : '')

const LEVEL = { refuse: 'NOT POSSIBLE', stop: 'STOP', warn: 'WARNING', note: 'NOTE' } as const
const GRADE = {
  read: 'read from this ISO',
  booted: 'seen here',
  documented: 'by its makers',
  reported: 'reported by others',
  untried: 'tried by nobody we know of',
} as const

function findingLines(f: MediumFindingView): string[] {
  const who = [GRADE[f.grade], f.source, f.asOf].filter((part) => part !== undefined)
  return [
    `${LEVEL[f.level]}: ${f.title}`,
    ...(f.editions ? [`  Editions: ${f.editions.join(', ')}`] : []),
    `  ${f.reason}`,
    `  What to do: ${f.cure}`,
    `  How sure: ${who.join('; ')}`,
  ]
}
