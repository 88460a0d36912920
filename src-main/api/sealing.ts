import type { OfflineReport } from './dto.ts'

/** What of a look into a disk speaks against making it an image; empty: nothing. A disk on which no system was recognised is
 *  nobody's to judge: it may hold data only. */
export const whatWillFail = (report: OfflineReport): OfflineReport['findings'] =>
  report.system === undefined ? [] : report.findings.filter((finding) => finding.severity === 'problem')
