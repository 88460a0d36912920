import type { Reporter, TestModule } from 'vitest/node'

/** The last lines of a run: what failed and how, what was skipped and why, then the counts alone on a line. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    const skips = new Map<string, string[]>()
    const failures: string[] = []
    const fails = (name: string, errors: readonly { message: string }[]) => {
      counts.failed++
      failures.push(`  ${name}: ${errors[0]?.message.split('\n')[0] ?? 'no error was given'}`)
    }
    for (const module of modules) {
      if (module.errors().length > 0) fails(module.relativeModuleId, module.errors())
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') counts.passed++
        else if (result.state === 'failed') fails(`${module.relativeModuleId} > ${test.fullName}`, result.errors)
        else {
          counts.skipped++
          const why = (result.state === 'skipped' && result.note) || 'a program it needs is not installed'
          skips.set(why, [...(skips.get(why) ?? []), test.fullName])
        }
      }
    }
    if (failures.length > 0) console.log(['\nFailed:', ...failures].join('\n'))
    if (skips.size > 0) console.log('\nSkipped here:')
    for (const [why, names] of skips) {
      console.log(`  ${why}:`)
      for (const name of names) console.log(`    ${name}`)
    }
    console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  }
}
