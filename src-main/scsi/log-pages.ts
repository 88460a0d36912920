import { putU16be, u16be } from '../base/bytes.ts'
import { SENSE } from './sense.ts'
import type { Phase, ScsiTask } from './task.ts'

/** LOG SENSE pages. Source: SPC-4 §7.3. */
export const LOG_PAGE = { supportedPages: 0x00, informationalExceptions: 0x2f } as const
const CODES: readonly number[] = Object.values(LOG_PAGE)

/** A page, or undefined when it is not supported. No exception was ever detected, and no temperature is known. */
export function encodeLogPage(code: number): Uint8Array | undefined {
  switch (code) {
    case LOG_PAGE.supportedPages:
      return page(code, CODES)
    case LOG_PAGE.informationalExceptions:
      // Parameter 0000h, format and linking 11b (list, updated), 4 bytes: ASC, ASCQ, temperature (FFh: none), reserved.
      return page(code, [0x00, 0x00, 0x03, 0x04, 0x00, 0x00, 0xff, 0x00])
    default:
      return undefined
  }
}

function page(code: number, body: readonly number[]): Uint8Array {
  const b = new Uint8Array(4 + body.length)
  b[0] = code
  putU16be(b, 2, body.length)
  b.set(body, 4)
  return b
}

/** LOG SENSE. Source: SPC-4 §6.8. */
export function logSense(_unit: unknown, task: ScsiTask): Phase {
  const CUMULATIVE = 1
  const control = task.cdb[2]! >>> 6
  const data = control === CUMULATIVE ? encodeLogPage(task.cdb[2]! & 0x3f) : undefined
  // Only the first parameters of a page can be asked for: there is one at most.
  if (!data || task.cdb[3] !== 0 || u16be(task.cdb, 5) !== 0) return task.check(SENSE.invalidFieldInCdb)
  return task.answer(data, u16be(task.cdb, 7))
}
