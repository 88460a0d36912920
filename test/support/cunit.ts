/** Outcome of one test of libiscsi's conformance program. */
export type Verdict = 'pass' | 'fail' | 'skip' | 'unfinished'

/** Reads the verbose output of `iscsi-test-cu -v`: verdicts by `Suite.Test`. A test that prints [SKIPPED] counts as
 *  passed for CUnit; here it is a skip. */
export function readVerdicts(output: string): Map<string, Verdict> {
  const verdicts = new Map<string, Verdict>()
  let suite = ''
  const parts = output.split(/^(Suite: \S+| {2}Test: \S+ \.\.\.)/m)
  for (let i = 1; i + 1 < parts.length; i += 2) {
    const head = parts[i]!
    const body = parts[i + 1]!
    if (head.startsWith('Suite: ')) suite = head.slice(7)
    else verdicts.set(`${suite}.${head.slice(8, -4)}`, verdictOf(body))
  }
  return verdicts
}

function verdictOf(body: string): Verdict {
  if (/^FAILED/m.test(body)) return 'fail'
  if (body.includes('[SKIPPED]')) return 'skip'
  return /^passed/m.test(body) ? 'pass' : 'unfinished'
}
