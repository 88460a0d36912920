import { expect, test } from 'vitest'
import type { OfflineReport } from '../../../src-main/api/dto.ts'
import { reportSummary } from '../../../src-renderer/files/inspection.ts'

type Severity = OfflineReport['findings'][number]['severity']
const report = (severities: Severity[], system = true): OfflineReport => ({
  partitions: [],
  ...(system && { system: { kind: 'linux', name: 'Debian GNU/Linux', version: '12', partition: 1 } }),
  findings: severities.map((severity, i) => ({ id: String(i), severity, title: '' })),
})

test.each<[Severity[], boolean, string]>([
  [['ok', 'ok'], true, 'Debian GNU/Linux 12: ready to start over the network.'],
  [['warning', 'ok'], true, 'Debian GNU/Linux 12: ready to start over the network, with one warning.'],
  [['unknown', 'warning'], true, 'Debian GNU/Linux 12: one thing could not be read, the rest looks well.'],
  [['problem', 'unknown'], true, 'Debian GNU/Linux 12: one thing keeps it from starting over the network.'],
  [['problem', 'problem'], true, 'Debian GNU/Linux 12: 2 things keep it from starting over the network.'],
  [['ok'], false, 'No system was recognised, so nobody can say whether it starts over the network.'],
])('findings %j with a system: %s are said in one sentence', (severities, system, wanted) => {
  expect(reportSummary(report(severities, system))).toBe(wanted)
})
