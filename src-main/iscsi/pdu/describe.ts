import { toHex, utf8At } from '../../base/bytes.ts'
import type { Pdu } from './index.ts'
import { NO_TAG, OPCODE } from './opcode.ts'

const STAGES = ['security', 'operational', '2?', 'full']
const NAMES = new Map<number, string>(Object.entries(OPCODE).map(([name, opcode]) => [opcode, name]))

const tag = (v: number): string => (v === NO_TAG ? 'none' : v.toString(16))
const hex = (v: number, digits = 2): string => v.toString(16).padStart(digits, '0')
const lun = (v: Uint8Array): string => toHex(v)

/** Text keys as `key=value` joined by blanks; NUL separates them on the wire. Of CHAP only the keys are told: a challenge with
 *  its response lets others try passwords. */
function keys(data: Uint8Array): string {
  return utf8At(data, 0, data.length)
    .split('\0')
    .filter((t) => t !== '')
    .map((t) => t.replace(/^(CHAP_[CR])=.*$/s, '$1=(not shown)'))
    .join(' ')
}
const numbers = (p: { statSn: number; expCmdSn: number; maxCmdSn: number }): string =>
  `statSn ${hex(p.statSn, 8)} window ${hex(p.expCmdSn, 8)}-${hex(p.maxCmdSn, 8)}`
const order = (p: { cmdSn: number; expStatSn: number }): string =>
  `cmdSn ${hex(p.cmdSn, 8)} expStatSn ${hex(p.expStatSn, 8)}`
const residual = (p: { overflow: boolean; underflow: boolean; residualCount: number }): string =>
  p.overflow ? ` overflow ${p.residualCount}` : p.underflow ? ` underflow ${p.residualCount}` : ''
const flags = (p: object): string =>
  (['immediate', 'final', 'transit', 'continue', 'read', 'write', 'hasStatus'] as const)
    .filter((name) => (p as Record<string, unknown>)[name] === true)
    .join('+')

/** One line about a PDU: the only formatter of logs, golden texts and the PDU viewer. */
export function describePdu(p: Pdu): string {
  const name = NAMES.get(p.opcode)!
  const itt = `itt ${tag(p.initiatorTaskTag)}`
  switch (p.opcode) {
    case OPCODE.loginRequest:
      return `${name} ${flags(p)} ${STAGES[p.csg]}->${STAGES[p.nsg]} v${p.versionMin}-${p.versionMax} isid ${p.isid} tsih ${p.tsih} cid ${p.cid} ${itt} ${order(p)} {${keys(p.data)}}`
    case OPCODE.loginResponse:
      return `${name} ${flags(p)} ${STAGES[p.csg]}->${STAGES[p.nsg]} status ${hex(p.status, 4)} isid ${p.isid} tsih ${p.tsih} ${itt} ${numbers(p)} {${keys(p.data)}}`
    case OPCODE.textRequest:
      return `${name} ${flags(p)} ${itt} ttt ${tag(p.targetTransferTag)} ${order(p)} {${keys(p.data)}}`
    case OPCODE.textResponse:
      return `${name} ${flags(p)} ${itt} ttt ${tag(p.targetTransferTag)} ${numbers(p)} {${keys(p.data)}}`
    case OPCODE.scsiCommand:
      return `${name} ${flags(p)} attr ${p.attribute} lun ${lun(p.lun)} ${itt} ${order(p)} edtl ${p.expectedDataTransferLength} cdb ${toHex(p.cdb, ' ')} data ${p.data.length}`
    case OPCODE.scsiResponse:
      return `${name} response ${hex(p.response)} status ${hex(p.status)} ${itt} ${numbers(p)}${residual(p)} sense ${toHex(p.data)}`
    case OPCODE.dataIn:
      return `${name} ${flags(p)} ${itt} dataSn ${p.dataSn} offset ${p.bufferOffset} length ${p.data.length}${p.hasStatus ? ` status ${hex(p.status)}` : ''} ${numbers(p)}${residual(p)}`
    case OPCODE.dataOut:
      return `${name} ${flags(p)} ${itt} ttt ${tag(p.targetTransferTag)} dataSn ${p.dataSn} offset ${p.bufferOffset} length ${p.data.length}`
    case OPCODE.r2t:
      return `${name} ${itt} ttt ${tag(p.targetTransferTag)} r2tSn ${p.r2tSn} offset ${p.bufferOffset} length ${p.desiredDataTransferLength} ${numbers(p)}`
    case OPCODE.nopOut:
      return `${name} ${flags(p)} ${itt} ttt ${tag(p.targetTransferTag)} ${order(p)} data ${p.data.length}`
    case OPCODE.nopIn:
      return `${name} ${itt} ttt ${tag(p.targetTransferTag)} ${numbers(p)} data ${p.data.length}`
    case OPCODE.taskManagementRequest:
      return `${name} ${flags(p)} function ${p.function} lun ${lun(p.lun)} ${itt} referenced ${tag(p.referencedTaskTag)} ${order(p)}`
    case OPCODE.taskManagementResponse:
      return `${name} response ${p.response} ${itt} ${numbers(p)}`
    case OPCODE.logoutRequest:
      return `${name} ${flags(p)} reason ${p.reasonCode} cid ${p.cid} ${itt} ${order(p)}`
    case OPCODE.logoutResponse:
      return `${name} response ${p.response} ${itt} ${numbers(p)} time2Wait ${p.time2Wait} time2Retain ${p.time2Retain}`
    case OPCODE.asyncMessage:
      return `${name} event ${p.asyncEvent} parameters ${p.parameter1} ${p.parameter2} ${p.parameter3} ${numbers(p)}`
    case OPCODE.reject:
      return `${name} reason ${hex(p.reason)} ${numbers(p)} header ${toHex(p.data)}`
  }
}
