import { u16be, u32be } from '../base/bytes.ts'
import type { Phase, ScsiTask } from './task.ts'

const LISTS = 0x18
const FORMAT = 0x07

/** READ DEFECT DATA(10): a disk in a file has no defects to list, and says so for the lists that were asked for.
 *  Source: SBC-3 §5.17. */
export function readDefectData10(_unit: unknown, task: ScsiTask): Phase {
  const b = new Uint8Array(4)
  b[1] = task.cdb[2]! & (LISTS | FORMAT)
  return task.answer(b, u16be(task.cdb, 7))
}

/** READ DEFECT DATA(12). Source: SBC-3 §5.18. */
export function readDefectData12(_unit: unknown, task: ScsiTask): Phase {
  const b = new Uint8Array(8)
  b[1] = task.cdb[1]! & (LISTS | FORMAT)
  return task.answer(b, u32be(task.cdb, 6))
}
