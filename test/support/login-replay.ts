import { chapServices } from '../../src-main/iscsi/chap-crypto.ts'
import { LoginGuard } from '../../src-main/iscsi/login-guard.ts'
import {
  initialLogin,
  type EstablishedLogin,
  type LoginContext,
  type LoginEffect,
  type LoginState,
} from '../../src-main/iscsi/login-state.ts'
import { loginStep } from '../../src-main/iscsi/login.ts'
import { OUR_VALUES } from '../../src-main/iscsi/offer.ts'
import type { LoginRequest } from '../../src-main/iscsi/pdu/login-request.ts'
import type { LoginResponse } from '../../src-main/iscsi/pdu/login-response.ts'
import type { TargetDirectory } from '../../src-main/iscsi/target.ts'
import { decodeText, encodeText, type KeyValue } from '../../src-main/iscsi/text/text-keys.ts'

export type Answer = Pick<LoginResponse, 'status' | 'transit' | 'continue' | 'csg' | 'nsg' | 'tsih' | 'data'>

export const loginContext = (directory: TargetDirectory, o: Partial<LoginContext> = {}): LoginContext => ({
  remoteAddress: '192.0.2.10',
  tsih: 7,
  ours: OUR_VALUES,
  hasSession: () => false,
  chap: chapServices(new LoginGuard()),
  isBlocked: () => false,
  directory,
  ...o,
})

/** Feeds requests one after the other. */
export class LoginReplay {
  readonly #context: LoginContext
  state: LoginState = initialLogin
  effects: LoginEffect[] = []

  constructor(context: LoginContext) {
    this.#context = context
  }

  send(request: LoginRequest): Answer {
    const next = loginStep(this.#context)(this.state, { type: 'request', request })
    if (!next) throw new Error(`a request is not legal in ${this.state.is}`)
    this.state = next.state
    this.effects = [...next.effects]
    const response = this.effects.find((e) => e.type === 'respond')
    if (!response) throw new Error('no response')
    return response.response
  }
  /** Sends keys; returns those of the answer. */
  keys(keys: readonly KeyValue[], o: Partial<LoginRequest> = {}): Map<string, string> {
    return new Map(decodeText(this.send(loginRequest(keys, o)).data))
  }
  get established(): EstablishedLogin {
    const e = this.effects.find((x) => x.type === 'established')
    if (!e) throw new Error('the login is not established')
    return e.login
  }
}

export function loginRequest(keys: readonly KeyValue[], o: Partial<LoginRequest> = {}): LoginRequest {
  return {
    opcode: 0x03,
    transit: true,
    continue: false,
    csg: 1,
    nsg: 3,
    versionMax: 0,
    versionMin: 0,
    isid: '00023d000001',
    tsih: 0,
    initiatorTaskTag: 1,
    cid: 0,
    cmdSn: 1,
    expStatSn: 0,
    data: encodeText(keys),
    ...o,
  }
}
