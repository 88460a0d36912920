import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AnswerFinding } from '../api/setup.ts'
import { AppError } from '../base/errors.ts'

/** An answer file is a few dozen kilobytes. */
const MOST_BYTES = 4 * 1024 * 1024

/** The text of an answer file. Errors: config.answerFile. */
export function readAnswerText(file: string): string {
  const path = resolve(file)
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found?.isFile()) {
    throw new AppError('config.answerFile', `there is no file ${file}`, { hint: 'Give the path of an answer file.' })
  }
  if (found.size > MOST_BYTES) {
    throw new AppError('config.answerFile', `${file} is far too large for an answer file`, {
      hint: 'Answer files are XML of a few kilobytes.',
    })
  }
  return decodeXml(readFileSync(path))
}

/** By its byte order mark, as Windows programs write it. */
function decodeXml(bytes: Uint8Array): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  return new TextDecoder(utf16 ? 'utf-16le' : 'utf-8').decode(bytes)
}

const MARKS = { problem: 'PROBLEM  ', warning: 'warning  ', unknown: 'unknown  ' } as const

export function describeFindings(name: string, findings: readonly AnswerFinding[]): string {
  if (findings.length === 0) return `${name}: nothing wrong was found. Windows itself has the last word.`
  return findings.map((f) => `${MARKS[f.severity]}line ${f.line}: ${f.text}`).join('\n')
}
