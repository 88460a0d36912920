import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

/** Compares text with a file of the fixtures. With UPDATE_FIXTURES=1 the file is rewritten and the test fails once, so
 *  that the change is looked at. */
export function expectGolden(path: string, text: string): void {
  const wanted = text.endsWith('\n') ? text : text + '\n'
  const stored = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (process.env.UPDATE_FIXTURES === '1' && stored !== wanted) {
    writeFileSync(path, wanted)
    expect.fail(`${path} was rewritten; look at the difference and run again without UPDATE_FIXTURES`)
  }
  expect(wanted).toBe(stored)
}
