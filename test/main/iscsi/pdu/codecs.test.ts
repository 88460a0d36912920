import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../../../src-main/base/bytes.ts'
import { CodecError } from '../../../../src-main/base/errors.ts'
import { encodeAsyncMessage } from '../../../../src-main/iscsi/pdu/async-message.ts'
import { BHS_LENGTH, lunAt, lunField, paddingOf, type EncodedPdu } from '../../../../src-main/iscsi/pdu/bhs.ts'
import { encodeDataIn } from '../../../../src-main/iscsi/pdu/data-in.ts'
import { encodeDataOut } from '../../../../src-main/iscsi/pdu/data-out.ts'
import { describePdu } from '../../../../src-main/iscsi/pdu/describe.ts'
import { decodePdu, type Pdu } from '../../../../src-main/iscsi/pdu/index.ts'
import { encodeLoginRequest } from '../../../../src-main/iscsi/pdu/login-request.ts'
import { encodeLoginResponse } from '../../../../src-main/iscsi/pdu/login-response.ts'
import { encodeLogoutRequest } from '../../../../src-main/iscsi/pdu/logout-request.ts'
import { encodeLogoutResponse } from '../../../../src-main/iscsi/pdu/logout-response.ts'
import { encodeNopIn } from '../../../../src-main/iscsi/pdu/nop-in.ts'
import { encodeNopOut } from '../../../../src-main/iscsi/pdu/nop-out.ts'
import { OPCODE } from '../../../../src-main/iscsi/pdu/opcode.ts'
import { encodeR2t } from '../../../../src-main/iscsi/pdu/r2t.ts'
import { encodeReject } from '../../../../src-main/iscsi/pdu/reject.ts'
import { encodeScsiCommand } from '../../../../src-main/iscsi/pdu/scsi-command.ts'
import { encodeScsiResponse } from '../../../../src-main/iscsi/pdu/scsi-response.ts'
import { encodeTaskManagementRequest } from '../../../../src-main/iscsi/pdu/task-management-request.ts'
import { encodeTaskManagementResponse } from '../../../../src-main/iscsi/pdu/task-management-response.ts'
import { encodeTextRequest } from '../../../../src-main/iscsi/pdu/text-request.ts'
import { encodeTextResponse } from '../../../../src-main/iscsi/pdu/text-response.ts'

function encodePdu(p: Pdu): EncodedPdu {
  switch (p.opcode) {
    case OPCODE.nopOut:
      return encodeNopOut(p)
    case OPCODE.scsiCommand:
      return encodeScsiCommand(p)
    case OPCODE.taskManagementRequest:
      return encodeTaskManagementRequest(p)
    case OPCODE.loginRequest:
      return encodeLoginRequest(p)
    case OPCODE.textRequest:
      return encodeTextRequest(p)
    case OPCODE.dataOut:
      return encodeDataOut(p)
    case OPCODE.logoutRequest:
      return encodeLogoutRequest(p)
    case OPCODE.nopIn:
      return encodeNopIn(p)
    case OPCODE.scsiResponse:
      return encodeScsiResponse(p)
    case OPCODE.taskManagementResponse:
      return encodeTaskManagementResponse(p)
    case OPCODE.loginResponse:
      return encodeLoginResponse(p)
    case OPCODE.textResponse:
      return encodeTextResponse(p)
    case OPCODE.dataIn:
      return encodeDataIn(p)
    case OPCODE.logoutResponse:
      return encodeLogoutResponse(p)
    case OPCODE.r2t:
      return encodeR2t(p)
    case OPCODE.asyncMessage:
      return encodeAsyncMessage(p)
    case OPCODE.reject:
      return encodeReject(p)
  }
}

describe('vectors', () => {
  test('a SCSI Command of iPXE: READ(10) of one block (own capture 2026-11, SeaBIOS, iPXE ROM)', () => {
    const header = fromHex(
      '01c1 0000 00000000 0000000000000000 00000005 00000200 00000003 00000004 28000000000000000100000000000000',
    )
    const p = decodePdu(header, new Uint8Array(0))
    expect(p).toMatchObject({
      opcode: OPCODE.scsiCommand,
      final: true,
      read: true,
      write: false,
      attribute: 1,
      initiatorTaskTag: 5,
      expectedDataTransferLength: 512,
      cmdSn: 3,
      expStatSn: 4,
    })
    expect(toHex(encodePdu(p).header)).toBe(toHex(header))
  })

  test('a Data-In with status', () => {
    const data = new Uint8Array(512)
    const { header } = encodeDataIn({
      final: true,
      hasStatus: true,
      overflow: false,
      underflow: false,
      status: 0,
      initiatorTaskTag: 5,
      targetTransferTag: 0xffffffff,
      statSn: 4,
      expCmdSn: 4,
      maxCmdSn: 0x83,
      dataSn: 0,
      bufferOffset: 0,
      residualCount: 0,
      data,
    })
    expect(toHex(header)).toBe(
      '25810000' +
        '00000200' +
        '0000000000000000' +
        '00000005' +
        'ffffffff' +
        '00000004' +
        '00000004' +
        '00000083' +
        '0'.repeat(24),
    )
  })
})

test('LUN fields: peripheral and flat form are read, others address nothing', () => {
  expect(lunAt(fromHex('0000000000000000'), 0)).toBe(0)
  expect(lunAt(fromHex('0005000000000000'), 0)).toBe(5)
  expect(lunAt(fromHex('4105000000000000'), 0)).toBe(0x105)
  expect(lunAt(fromHex('0105000000000000'), 0)).toBe(-1)
  expect(lunAt(fromHex('0005000100000000'), 0)).toBe(-1)
  expect(lunAt(fromHex('c101000000000000'), 0)).toBe(-1)
  expect(toHex(lunField(5))).toBe('0005000000000000')
  expect(lunAt(lunField(0x123), 0)).toBe(0x123)
})

test('padding fills up to a word', () => {
  expect([0, 1, 2, 3, 4, 5].map(paddingOf)).toEqual([0, 3, 2, 1, 0, 3])
})

test('a short header is refused', () => {
  expect(() => decodePdu(new Uint8Array(47), new Uint8Array(0))).toThrow(CodecError)
})

/** Small seeded generator; the seed is in the failure message. */
function generator(seed: number): () => number {
  let s = seed >>> 0
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0
    return s >>> 8
  }
}

test('any header either is refused or survives decoding and encoding twice', () => {
  const seed = 20261121
  const next = generator(seed)
  const opcodes = Object.values(OPCODE)
  for (let i = 0; i < 20_000; i++) {
    const header = Uint8Array.from({ length: BHS_LENGTH }, () => next() & 0xff)
    if (i % 2 === 0) header[0] = opcodes[next() % opcodes.length]! | (next() & 0x40)
    const data = Uint8Array.from({ length: next() % 9 }, () => next() & 0xff)
    let p: Pdu
    try {
      p = decodePdu(header, data)
    } catch (e) {
      expect(e, `seed ${seed}, case ${i}`).toBeInstanceOf(CodecError)
      continue
    }
    const again = encodePdu(p)
    const twice = decodePdu(again.header, again.data)
    expect(twice, `seed ${seed}, case ${i}`).toEqual(p)
    expect(describePdu(twice)).toBe(describePdu(p))
  }
})
