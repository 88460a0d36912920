import type { Reporter, TestModule } from 'vitest/node'

/** The last lines of a run: what was skipped and why, then the counts alone on a line. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    const skips = new Map<string, string[]>()
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed++
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') counts.passed++
        else if (result.state === 'failed') counts.failed++
        else {
          counts.skipped++
          const why = (result.state === 'skipped' && result.note) || 'a program it needs is not installed'
          skips.set(why, [...(skips.get(why) ?? []), test.fullName])
        }
      }
    }
    if (skips.size > 0) console.log('\nSkipped here:')
    for (const [why, names] of skips) {
      console.log(`  ${why}:`)
      for (const name of names) console.log(`    ${name}`)
    }
    console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  }
}
