import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

/** Compares text with a file beside the fixtures. With `UPDATE_FIXTURES=1` the file is written, and the test fails all
 *  the same, so that nobody mistakes new text for checked text. */
export function expectGolden(path: string, text: string): void {
  const whole = text.endsWith('\n') ? text : `${text}\n`
  if (process.env['UPDATE_FIXTURES'] === '1') {
    const isSame = existsSync(path) && readFileSync(path, 'utf8') === whole
    writeFileSync(path, whole)
    if (!isSame) expect.fail(`${path} was written anew: read it, then run without UPDATE_FIXTURES`)
    return
  }
  if (!existsSync(path)) expect.fail(`${path} is missing: write it with UPDATE_FIXTURES=1`)
  expect(whole).toBe(readFileSync(path, 'utf8'))
}
