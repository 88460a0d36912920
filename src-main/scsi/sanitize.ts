import { u16be } from '../base/bytes.ts'
import { writable } from './block-commands.ts'
import { SENSE } from './sense.ts'
import { PHASE, type Phase, type ScsiTask } from './task.ts'
import type { Unit } from './unit.ts'

export const SANITIZE = { blockErase: 0x02, exitFailureMode: 0x1f } as const

/** A disk that stands on an image or a restore point cannot promise that its data are gone. */
export const erasable = (unit: Unit): boolean => unit.facts.erasable

/** SANITIZE, BLOCK ERASE: the disk's file gives all its data back to the host. OVERWRITE is not offered, for the host's
 *  file system and medium decide where a second write goes; nor CRYPTOGRAPHIC ERASE. Source: SBC-3 §5.23. */
export function sanitizeBlockErase(unit: Unit, task: ScsiTask): Phase {
  const IMMED = 0x80
  if (u16be(task.cdb, 7) !== 0) return task.invalidField()
  if (!writable(unit, task)) return PHASE.done
  if (unit.sanitizing === 'running') return task.check(SENSE.sanitizeInProgress)
  const done = unit.sanitize()
  if ((task.cdb[1]! & IMMED) !== 0) {
    done.catch((thrown: unknown) => {
      unit.logger.error({ err: thrown }, 'a sanitize operation that was not waited for failed')
    })
    return PHASE.done
  }
  task.runner = () => done
  return PHASE.work
}

/** SANITIZE, EXIT FAILURE MODE. */
export function sanitizeExitFailureMode(unit: Unit, task: ScsiTask): Phase {
  if (u16be(task.cdb, 7) !== 0) return task.invalidField()
  unit.exitSanitizeFailure()
  return PHASE.done
}
