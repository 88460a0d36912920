import type { Step } from '../base/machine.ts'
import type { LoginContext, LoginEffect, LoginState, OpenLogin, Progress } from './login-state.ts'
import { NO_DATA } from './pdu/bhs.ts'
import { LOGIN_STAGE, type LoginRequest } from './pdu/login-request.ts'
import { LOGIN_STATUS } from './pdu/login-response.ts'
import { encodeText, type KeyValue } from './text/text-keys.ts'

/** What every initiator takes in one response of the login, bytes. Source: RFC 7143 §13.12. */
const MAX_RESPONSE = 8192

/** Answers a request whose keys are settled: the whole text, or its beginning when it is too long. */
export function answered(
  ctx: LoginContext,
  is: OpenLogin['is'],
  r: LoginRequest,
  progress: Progress,
  answer: readonly KeyValue[],
): Step<LoginState, LoginEffect> {
  return sent(ctx, is, r, progress, answer.length > 0 ? encodeText(answer) : NO_DATA)
}

/** Sends what is there, with the C bit as long as there is more, and ends the stage when it is over and the initiator
 *  wants that. iPXE wants it with every request, in the middle of CHAP as well. Source: RFC 7143 §6.2, §11.13.2. */
export function sent(
  ctx: LoginContext,
  is: OpenLogin['is'],
  r: LoginRequest,
  before: Progress,
  text: Uint8Array,
): Step<LoginState, LoginEffect> {
  if (text.length > MAX_RESPONSE) {
    const progress = { ...before, rest: text.subarray(MAX_RESPONSE) }
    return { state: { is, progress }, effects: [responded(r, { data: text.subarray(0, MAX_RESPONSE), more: true })] }
  }
  const { rest: _sent, ...progress } = before
  if (!r.transit || !isAuthenticated(progress)) {
    return { state: { is, progress }, effects: [responded(r, { data: text })] }
  }
  if (r.nsg !== LOGIN_STAGE.fullFeaturePhase) {
    const effects = [responded(r, { data: text, transit: true })]
    return { state: { is: 'operationalNegotiation', progress }, effects }
  }
  const { identity, target, agreed } = progress
  const login = { identity: identity!, cid: r.cid, tsih: ctx.tsih, agreed, ...(target ? { target } : {}) }
  return {
    state: { is: 'fullFeature' },
    effects: [responded(r, { data: text, transit: true, tsih: ctx.tsih }), { type: 'established', login }],
  }
}

/** Whether the initiator has proved what it must. */
export const isAuthenticated = (p: Progress): boolean => p.credentials === undefined || p.chap?.is === 'passed'

export function responded(
  r: LoginRequest,
  o: { transit?: boolean; more?: boolean; data?: Uint8Array; tsih?: number; status?: number } = {},
): LoginEffect {
  const transit = o.transit ?? false
  return {
    type: 'respond',
    response: {
      transit,
      continue: o.more ?? false,
      csg: r.csg,
      nsg: transit ? r.nsg : 0,
      versionMax: 0,
      versionActive: 0,
      isid: r.isid,
      tsih: o.tsih ?? r.tsih,
      initiatorTaskTag: r.initiatorTaskTag,
      status: o.status ?? LOGIN_STATUS.success,
      data: o.data ?? NO_DATA,
    },
  }
}

export function refused(
  ctx: LoginContext,
  r: LoginRequest,
  p: Progress,
  status: number,
  why: string,
): Step<LoginState, LoginEffect> {
  const who = {
    initiatorName: p.agreed.get('InitiatorName') ?? '',
    targetName: p.agreed.get('TargetName') ?? '',
    isid: r.isid,
    remoteAddress: ctx.remoteAddress,
  }
  return {
    state: { is: 'failed', status, why },
    effects: [responded(r, { status }), { type: 'refused', who, status, why }, { type: 'close', why }],
  }
}

/** Sends the initiator to another address. Source: RFC 7143 §11.13.5, §13.8. */
export function redirected(r: LoginRequest, to: { address: string; forGood: boolean }): Step<LoginState, LoginEffect> {
  const status = to.forGood ? LOGIN_STATUS.targetMovedPermanently : LOGIN_STATUS.targetMovedTemporarily
  return turnedAway(r, status, `it was sent to ${to.address}`, [['TargetAddress', to.address]])
}

/** Ends a login that nobody need hear of. */
export function turnedAway(
  r: LoginRequest,
  status: number,
  why: string,
  answer: readonly KeyValue[] = [],
): Step<LoginState, LoginEffect> {
  return {
    state: { is: 'failed', status, why },
    effects: [responded(r, { status, data: encodeText(answer) }), { type: 'close', why }],
  }
}
