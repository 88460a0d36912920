import { CodecError } from '../base/errors.ts'
import type { Step, StepFunction } from '../base/machine.ts'
import { chapStep, isChapKey, type ChapState } from './chap.ts'
import { answered, isAuthenticated, redirected, refused, responded, sent, turnedAway } from './login-answer.ts'
import {
  stateOfStage,
  type LoginContext,
  type LoginEffect,
  type LoginInput,
  type LoginState,
  type OpenLogin,
  type Progress,
} from './login-state.ts'
import { LOGIN_STAGE, type LoginRequest } from './pdu/login-request.ts'
import { LOGIN_STATUS } from './pdu/login-response.ts'
import { negotiate } from './text/negotiate.ts'
import { decodeText, type KeyValue } from './text/text-keys.ts'

/** Key text of one login before the security stage is passed and in all, bytes. */
const MAX_TEXT_UNAUTHENTICATED = 8 * 1024
const MAX_TEXT = 64 * 1024
const PORTAL_GROUP_TAG = '1'

/** The login phase of one connection. A disk is looked up, and with that prepared, only for who may use it: after the
 *  authentication where one is due. Source: RFC 7143 §6.3, §11.12, §11.13. */
export function loginStep(ctx: LoginContext): StepFunction<LoginState, LoginInput, LoginEffect> {
  return (state, input) => {
    if (state.is === 'fullFeature' || state.is === 'failed') return undefined
    if (input.type === 'timeout') {
      const why = 'the login took too long'
      return { state: { is: 'failed', status: 0, why }, effects: [{ type: 'close', why }] }
    }
    return request(ctx, state, input.request)
  }
}

function request(ctx: LoginContext, state: OpenLogin, r: LoginRequest): Step<LoginState, LoginEffect> {
  const before = state.progress
  const refuse = (status: number, why: string, p: Progress = before): Step<LoginState, LoginEffect> =>
    refused(ctx, r, p, status, why)

  if (r.versionMin > 0) return refuse(LOGIN_STATUS.unsupportedVersion, 'only version 0 is spoken here')
  const problem = misfit(state, r)
  if (problem) return refuse(LOGIN_STATUS.initiatorError, problem)

  const textLength = before.textLength + r.data.length
  const limit = r.csg === LOGIN_STAGE.securityNegotiation ? MAX_TEXT_UNAUTHENTICATED : MAX_TEXT
  if (textLength > limit) return refuse(LOGIN_STATUS.initiatorError, `key text is longer than ${limit} bytes`)
  const is = stateOfStage[r.csg as 0 | 1]
  if (before.rest) return sent(ctx, is, r, before, before.rest)
  // A view of the receive buffer would not live until the next request.
  const held = [...before.held, r.data.slice()]
  const gathered: Progress = { ...before, first: before.first ?? r, held, textLength }
  if (r.continue) return { state: { is, progress: gathered }, effects: [responded(r)] }

  let text: KeyValue[]
  try {
    text = decodeText(concat(held))
  } catch (e) {
    if (!(e instanceof CodecError)) throw e
    return refuse(LOGIN_STATUS.initiatorError, e.message)
  }
  const named: Progress = before.identity
    ? { ...gathered, held: [] }
    : withCredentials(ctx, r, { ...gathered, held: [] }, text)
  const offer = text.filter(([key]) => !isChapKey(key))
  const ours = { ...ctx.ours, AuthMethod: named.credentials ? 'CHAP' : 'None' }
  const outcome = negotiate(offer, ours, before.agreed, before.answered)
  if (outcome.error) return refuse(LOGIN_STATUS.initiatorError, outcome.error, named)
  let progress: Progress = {
    ...named,
    agreed: outcome.agreed,
    answered: new Set([...before.answered, ...offer.map(([key]) => key)]),
  }
  const answer = [...outcome.answer]
  if (!before.identity && progress.credentials && isBlocked(ctx, r, progress)) {
    return turnedAway(r, LOGIN_STATUS.serviceUnavailable, 'it gave too many wrong passwords and must wait')
  }
  if (!before.identity) {
    const who = identify(ctx, r, progress)
    if ('status' in who) return refuse(who.status, who.why, who.progress)
    progress = who.progress
    if (progress.agreed.get('SessionType') === 'Normal') answer.unshift(['TargetPortalGroupTag', PORTAL_GROUP_TAG])
  }
  const authentication = authenticate(ctx, r, before.chap, progress, text, answer)
  if ('status' in authentication) return refuse(authentication.status, authentication.why, progress)
  progress = authentication.progress
  answer.push(...authentication.answer)
  if (isAuthenticated(progress) && !progress.target && progress.agreed.get('SessionType') === 'Normal') {
    const { identity, agreed } = progress
    const lookup = ctx.directory.find(agreed.get('TargetName')!, identity!)
    if (!lookup.ok) {
      if (lookup.reason === 'wait') return { state, effects: [{ type: 'wait', ready: lookup.ready }] }
      if (lookup.reason === 'moved') return redirected(r, lookup)
      return refuse(STATUS_OF[lookup.reason], lookup.text, progress)
    }
    progress = { ...progress, target: lookup.target }
    // Only beside the portal group tag: firmware does not expect it later.
    if (lookup.target.alias && !before.identity) answer.unshift(['TargetAlias', lookup.target.alias])
  }
  return answered(ctx, is, r, progress, answer)
}

const STATUS_OF = {
  notFound: LOGIN_STATUS.notFound,
  notAllowed: LOGIN_STATUS.authorizationFailure,
  unavailable: LOGIN_STATUS.serviceUnavailable,
} as const

/** What makes a request illegal here, whatever its text says. */
function misfit(state: OpenLogin, r: LoginRequest): string | undefined {
  const { first, rest } = state.progress
  if (r.csg !== LOGIN_STAGE.securityNegotiation && r.csg !== LOGIN_STAGE.loginOperationalNegotiation) {
    return `stage ${r.csg} is not a login stage`
  }
  // The first request may start at either stage: iscsistart leaves security out.
  if (first && stateOfStage[r.csg] !== state.is) return `the request is of stage ${r.csg}, the login is not`
  if (r.transit && r.continue) return 'T and C are both set'
  if (r.transit && (r.nsg <= r.csg || r.nsg === 2)) return `there is no way from stage ${r.csg} to ${r.nsg}`
  if (first && (first.isid !== r.isid || first.cid !== r.cid || first.tsih !== r.tsih)) {
    return 'ISID, CID or TSIH changed during the login'
  }
  if (rest && (r.data.length > 0 || r.continue)) return 'it did not wait for the rest of our answer'
  return undefined
}

/** Who must authenticate is asked by the name alone: the method is answered in the same response as the names. */
function withCredentials(ctx: LoginContext, r: LoginRequest, p: Progress, text: readonly KeyValue[]): Progress {
  const initiatorName = text.find(([key]) => key === 'InitiatorName')?.[1]
  if (!initiatorName) return p
  const credentials = ctx.directory.credentials?.({ initiatorName, isid: r.isid, remoteAddress: ctx.remoteAddress })
  return credentials ? { ...p, credentials } : p
}

const isBlocked = (ctx: LoginContext, r: LoginRequest, p: Progress): boolean =>
  ctx.isBlocked({
    initiatorName: p.agreed.get('InitiatorName')!,
    isid: r.isid,
    remoteAddress: ctx.remoteAddress,
  })

type Wrong = { readonly progress: Progress; readonly status: number; readonly why: string }

/** Finds out who wants what, once the first request's text is complete. Source: RFC 7143 §6.3.1. */
function identify(ctx: LoginContext, r: LoginRequest, progress: Progress): { readonly progress: Progress } | Wrong {
  const fail = (status: number, why: string, p = progress): Wrong => ({ progress: p, status, why })
  const initiatorName = progress.agreed.get('InitiatorName')
  if (!initiatorName) return fail(LOGIN_STATUS.missingParameter, 'InitiatorName is missing')
  const identity = { initiatorName, isid: r.isid, remoteAddress: ctx.remoteAddress }
  const known = { ...progress, identity }
  if (r.tsih !== 0) {
    return ctx.hasSession(initiatorName, r.isid, r.tsih)
      ? fail(LOGIN_STATUS.tooManyConnections, 'a session has one connection here', known)
      : fail(LOGIN_STATUS.sessionDoesNotExist, 'there is no session with that TSIH', known)
  }
  const type = progress.agreed.get('SessionType')
  if (type !== 'Discovery' && type !== 'Normal') {
    return fail(LOGIN_STATUS.sessionTypeNotSupported, `SessionType=${type} is not known`, known)
  }
  if (type === 'Normal' && !progress.agreed.get('TargetName')) {
    return fail(LOGIN_STATUS.missingParameter, 'TargetName is missing', known)
  }
  return { progress: known }
}

/** Takes CHAP a step further where it is due, and lets nobody pass who leaves it out. */
function authenticate(
  ctx: LoginContext,
  r: LoginRequest,
  before: ChapState | undefined,
  progress: Progress,
  text: readonly KeyValue[],
  answer: readonly KeyValue[],
): { readonly progress: Progress; readonly answer: readonly KeyValue[] } | { status: number; why: string } {
  const { credentials } = progress
  const method = answer.find(([key]) => key === 'AuthMethod')?.[1]
  const keys = text.filter(([key]) => isChapKey(key))
  if (!credentials) {
    if (method === 'Reject') return failure('it wants an authentication method that is not set up')
    if (keys.length > 0)
      return { status: LOGIN_STATUS.initiatorError, why: 'it sent CHAP keys, and CHAP is not agreed on' }
    return { progress, answer: [] }
  }
  const begun: ChapState | undefined = method === 'CHAP' ? { is: 'algorithm' } : before
  const leavesOut = method === 'Reject' || r.csg !== LOGIN_STAGE.securityNegotiation || (!begun && r.transit)
  if (leavesOut && begun?.is !== 'passed') return failure('its password (CHAP) is needed, and it gives none')
  if (!begun) {
    if (keys.length > 0)
      return { status: LOGIN_STATUS.initiatorError, why: 'it sent CHAP keys, and CHAP is not agreed on' }
    return { progress, answer: [] }
  }
  // The method is agreed on in one request, the algorithm may come with the next.
  if (keys.length === 0 && (method === 'CHAP' || begun.is === 'passed')) {
    return { progress: { ...progress, chap: begun }, answer: [] }
  }
  if (keys.length > 0 && r.csg !== LOGIN_STAGE.securityNegotiation) {
    return { status: LOGIN_STATUS.initiatorError, why: 'it sent CHAP keys after CHAP was over' }
  }
  const outcome = chapStep(ctx.chap, credentials, begun, keys)
  return outcome.ok ? { progress: { ...progress, chap: outcome.state }, answer: outcome.answer } : outcome
}

const failure = (why: string) => ({ status: LOGIN_STATUS.authenticationFailure, why })

function concat(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
