import { CodecError } from '../../base/errors.ts'
import { decodeAsyncMessage, type AsyncMessage } from './async-message.ts'
import { checkBhs, OPCODE_MASK } from './bhs.ts'
import { decodeDataIn, type DataIn } from './data-in.ts'
import { decodeDataOut, type DataOut } from './data-out.ts'
import { decodeLoginRequest, type LoginRequest } from './login-request.ts'
import { decodeLoginResponse, type LoginResponse } from './login-response.ts'
import { decodeLogoutRequest, type LogoutRequest } from './logout-request.ts'
import { decodeLogoutResponse, type LogoutResponse } from './logout-response.ts'
import { decodeNopIn, type NopIn } from './nop-in.ts'
import { decodeNopOut, type NopOut } from './nop-out.ts'
import { OPCODE } from './opcode.ts'
import { decodeR2t, type R2t } from './r2t.ts'
import { decodeReject, type Reject } from './reject.ts'
import { decodeScsiCommand, type ScsiCommand } from './scsi-command.ts'
import { decodeScsiResponse, type ScsiResponse } from './scsi-response.ts'
import { decodeTaskManagementRequest, type TaskManagementRequest } from './task-management-request.ts'
import { decodeTaskManagementResponse, type TaskManagementResponse } from './task-management-response.ts'
import { decodeTextRequest, type TextRequest } from './text-request.ts'
import { decodeTextResponse, type TextResponse } from './text-response.ts'

/** Every PDU this program reads or writes, told apart by `opcode`. SNACK is answered by Reject and has no codec. */
export type Pdu =
  | NopOut
  | ScsiCommand
  | TaskManagementRequest
  | LoginRequest
  | TextRequest
  | DataOut
  | LogoutRequest
  | NopIn
  | ScsiResponse
  | TaskManagementResponse
  | LoginResponse
  | TextResponse
  | DataIn
  | LogoutResponse
  | R2t
  | AsyncMessage
  | Reject

/** The PDU of a 48-byte header and its data segment (padding excluded); payloads are views.
 *  Errors: codec.short, codec.opcode for an opcode without a codec. */
export function decodePdu(header: Uint8Array, data: Uint8Array): Pdu {
  const opcode = (header[0] ?? 0) & OPCODE_MASK
  checkBhs(header, 'pdu', opcode)
  switch (opcode) {
    case OPCODE.nopOut:
      return decodeNopOut(header, data)
    case OPCODE.scsiCommand:
      return decodeScsiCommand(header, data)
    case OPCODE.taskManagementRequest:
      return decodeTaskManagementRequest(header)
    case OPCODE.loginRequest:
      return decodeLoginRequest(header, data)
    case OPCODE.textRequest:
      return decodeTextRequest(header, data)
    case OPCODE.dataOut:
      return decodeDataOut(header, data)
    case OPCODE.logoutRequest:
      return decodeLogoutRequest(header)
    case OPCODE.nopIn:
      return decodeNopIn(header, data)
    case OPCODE.scsiResponse:
      return decodeScsiResponse(header, data)
    case OPCODE.taskManagementResponse:
      return decodeTaskManagementResponse(header)
    case OPCODE.loginResponse:
      return decodeLoginResponse(header, data)
    case OPCODE.textResponse:
      return decodeTextResponse(header, data)
    case OPCODE.dataIn:
      return decodeDataIn(header, data)
    case OPCODE.logoutResponse:
      return decodeLogoutResponse(header)
    case OPCODE.r2t:
      return decodeR2t(header)
    case OPCODE.asyncMessage:
      return decodeAsyncMessage(header, data)
    case OPCODE.reject:
      return decodeReject(header, data)
    default:
      throw new CodecError('codec.opcode', { structure: 'pdu', field: 'opcode', got: opcode }, 'no such PDU')
  }
}
