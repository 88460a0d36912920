import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { MediumReport } from '../api/iso.ts'
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
  const facts = rows.filter(([, value]) => value !== undefined).map(([name, value]) => `${name.padEnd(11)}${value}`)
  const next =
    plan || m.wimboot === 'ready' ? [`To use it: bootlace client set PC --stage install --medium ${m.file}`] : []
  return [...facts, '', ...m.notes, ...next].join('\n')
}
