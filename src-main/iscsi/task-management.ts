import type { Nexus } from '../scsi/task.ts'
import { serialLess } from '../base/serial.ts'
import { together } from '../base/together.ts'
import type { Command } from './command.ts'
import type { CommandWindow } from './command-window.ts'
import type { DataPath } from './data-path.ts'
import { lunAt } from './pdu/bhs.ts'
import { TASK_MANAGEMENT, type TaskManagementRequest } from './pdu/task-management-request.ts'
import { TASK_MANAGEMENT_RESPONSE } from './pdu/task-management-response.ts'
import type { Target } from './target.ts'

export interface TaskManagementOutcome {
  readonly response: number
  /** When set, the response must wait for it: the device is still working on an aborted command. */
  readonly after?: Promise<void>
}

/** Whether a function must wait until every command before it has come: those that end many commands of a unit.
 *  Source: RFC 7143 §4.2.3.3. */
export function waitsForCommands(r: TaskManagementRequest, window: CommandWindow): boolean {
  const F = TASK_MANAGEMENT
  const ofUnit = [F.abortTaskSet, F.clearTaskSet, F.logicalUnitReset] as readonly number[]
  return r.immediate && ofUnit.includes(r.function) && serialLess(window.expCmdSn, r.cmdSn)
}

/** Carries out a task management function. Source: RFC 7143 §11.5, SAM-5 §7. */
export function manageTasks(
  r: TaskManagementRequest,
  data: DataPath,
  target: Target,
  nexuses: ReadonlyMap<number, Nexus>,
  window: CommandWindow,
): TaskManagementOutcome {
  const R = TASK_MANAGEMENT_RESPONSE
  const F = TASK_MANAGEMENT
  const lun = lunAt(r.lun, 0)
  const unit = target.luns.get(lun)
  switch (r.function) {
    case F.abortTask: {
      const c = data.find(r.referencedTaskTag)
      if (c && !c.aborted && c.lun === lun) return complete([c], data)
      // It overtook its task, which then need not come any more. Source: RFC 7143 §11.6.1.
      if (c || !serialLess(r.refCmdSn, r.cmdSn) || !window.awaits(r.refCmdSn)) return { response: R.taskDoesNotExist }
      window.plug(r.refCmdSn)
      return { response: R.functionComplete }
    }
    case F.abortTaskSet:
      return unit ? complete(ofUnit(data, lun), data) : { response: R.lunDoesNotExist }
    case F.clearTaskSet:
      if (!unit) return { response: R.lunDoesNotExist }
      return complete(ofUnit(data, lun), data, () => [unit.clearOthers(nexuses.get(lun)!)])
    case F.logicalUnitReset: {
      if (!unit) return { response: R.lunDoesNotExist }
      return complete(ofUnit(data, lun), data, () => [unit.reset()])
    }
    case F.targetWarmReset:
    case F.targetColdReset: {
      window.plugBelow(r.cmdSn)
      return complete([...data.commands()], data, () => [...target.luns.values()].map((each) => each.reset()))
    }
    case F.taskReassign:
      return { response: R.reassignmentNotSupported }
    default:
      return { response: R.notSupported }
  }
}

const ofUnit = (data: DataPath, lun: number): Command[] => [...data.commands()].filter((c) => c.lun === lun)

/** Ends the commands of a unit because another session wants it. Those that only wait for others to end are waited for by
 *  nobody: two sessions that preempt each other would wait for ever. */
export function abortUnit(data: DataPath, lun: number): Promise<void> | undefined {
  const working = ofUnit(data, lun).map((c) => {
    const work = data.abort(c)
    return c.task.waitsForOthers ? undefined : work
  })
  return together(working)
}

/** @param others ends what other sessions do, and says what the device still works on for them. */
function complete(
  commands: readonly Command[],
  data: DataPath,
  others: () => readonly (Promise<void> | undefined)[] = () => [],
): TaskManagementOutcome {
  const working = commands.map((c) => data.abort(c))
  working.push(...others())
  const response = TASK_MANAGEMENT_RESPONSE.functionComplete
  const after = together(working)
  return after ? { response, after } : { response }
}
