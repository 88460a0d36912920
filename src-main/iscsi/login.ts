import { CodecError } from '../base/errors.ts'
import type { Step, StepFunction } from '../base/machine.ts'
import { NO_DATA } from './pdu/bhs.ts'
import { LOGIN_STAGE, type LoginRequest } from './pdu/login-request.ts'
import { LOGIN_STATUS, type LoginResponse } from './pdu/login-response.ts'
import type { ResponseNumbers } from './pdu/bhs.ts'
import type { LoginIdentity, Target, TargetDirectory } from './target.ts'
import { fallbacks, negotiate, numberOf, type Agreed, type OurValues } from './text/negotiate.ts'
import { decodeText, encodeText, type KeyValue } from './text/text-keys.ts'

/** Key text of one login before the security stage is passed and in all, bytes. */
const MAX_TEXT_UNAUTHENTICATED = 8 * 1024
const MAX_TEXT = 64 * 1024
const PORTAL_GROUP_TAG = '1'

/** What a finished login leaves behind. */
export interface EstablishedLogin {
  readonly identity: LoginIdentity
  readonly cid: number
  readonly tsih: number
  /** Absent in a discovery session. */
  readonly target?: Target
  readonly agreed: Agreed
}

/** Filled as requests come in; never changed in place. */
interface Progress {
  readonly first?: LoginRequest
  readonly identity?: LoginIdentity
  readonly target?: Target
  readonly agreed: Agreed
  readonly answered: ReadonlySet<string>
  /** Text of requests with the C bit, until one without it. */
  readonly held: readonly Uint8Array[]
  readonly textLength: number
}

export type LoginState =
  | { readonly is: 'securityNegotiation' | 'operationalNegotiation'; readonly progress: Progress }
  | { readonly is: 'fullFeature' }
  | { readonly is: 'failed'; readonly status: number; readonly why: string }

export type LoginInput = { readonly type: 'request'; readonly request: LoginRequest } | { readonly type: 'timeout' }

export type LoginEffect =
  | { readonly type: 'respond'; readonly response: Omit<LoginResponse, 'opcode' | keyof ResponseNumbers> }
  | { readonly type: 'established'; readonly login: EstablishedLogin }
  /** Told to the initiator already; `who` is what is known of it. */
  | {
      readonly type: 'refused'
      readonly who: LoginIdentity & { targetName: string }
      readonly status: number
      readonly why: string
    }
  | { readonly type: 'close'; readonly why: string }
  /** The same request is to be sent again when this is done. */
  | { readonly type: 'wait'; readonly ready: Promise<void> }

export interface LoginContext {
  readonly remoteAddress: string
  readonly directory: TargetDirectory
  /** Given to the session when the login succeeds; not 0. */
  readonly tsih: number
  readonly ours: OurValues
  /** Whether a session of that name, ISID and TSIH exists: then the request asks for a second connection. */
  readonly hasSession: (initiatorName: string, isid: string, tsih: number) => boolean
}

export const initialLogin: LoginState = {
  is: 'securityNegotiation',
  progress: { agreed: fallbacks(), answered: new Set(), held: [], textLength: 0 },
}

const stateOfStage = ['securityNegotiation', 'operationalNegotiation'] as const

/** The login phase of one connection. Authentication is `AuthMethod=None`.
 *  Source: RFC 7143 §6.3, §11.12, §11.13. */
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

type Open = Extract<LoginState, { progress: Progress }>

function request(ctx: LoginContext, state: Open, r: LoginRequest): Step<LoginState, LoginEffect> {
  const before = state.progress
  const refuse = (status: number, why: string, p: Progress = before): Step<LoginState, LoginEffect> =>
    refused(ctx, r, p, status, why)

  if (r.versionMin > 0) return refuse(LOGIN_STATUS.unsupportedVersion, 'only version 0 is spoken here')
  const problem = misfit(state, r)
  if (problem) return refuse(LOGIN_STATUS.initiatorError, problem)

  const textLength = before.textLength + r.data.length
  const limit = r.csg === LOGIN_STAGE.securityNegotiation ? MAX_TEXT_UNAUTHENTICATED : MAX_TEXT
  if (textLength > limit) return refuse(LOGIN_STATUS.initiatorError, `key text is longer than ${limit} bytes`)
  // A view of the receive buffer would not live until the next request.
  const held = [...before.held, r.data.slice()]
  const gathered: Progress = { ...before, first: before.first ?? r, held, textLength }
  const is = stateOfStage[r.csg as 0 | 1]
  if (r.continue) return { state: { is, progress: gathered }, effects: [respond(r, false, [], 0)] }

  let offer: KeyValue[]
  try {
    offer = decodeText(concat(held))
  } catch (e) {
    if (!(e instanceof CodecError)) throw e
    return refuse(LOGIN_STATUS.initiatorError, e.message)
  }
  const named = { ...gathered, held: [] }
  const outcome = negotiate(offer, ctx.ours, before.agreed, before.answered)
  if (outcome.error) return refuse(LOGIN_STATUS.initiatorError, outcome.error, named)
  if (outcome.answer.some(([key, value]) => key === 'AuthMethod' && value === 'Reject')) {
    return refuse(LOGIN_STATUS.authenticationFailure, 'it wants an authentication method that is not set up', named)
  }
  let progress: Progress = {
    ...named,
    agreed: outcome.agreed,
    answered: new Set([...before.answered, ...offer.map(([key]) => key)]),
  }
  const answer = [...outcome.answer]
  if (!before.identity) {
    const found = identify(ctx, r, progress)
    if ('ready' in found) return { state, effects: [{ type: 'wait', ready: found.ready }] }
    if ('status' in found) return refuse(found.status, found.why, found.progress)
    progress = found.progress
    answer.unshift(...found.declares)
  }
  if (!r.transit) return { state: { is, progress }, effects: [respond(r, false, answer, 0)] }
  if (r.nsg === LOGIN_STAGE.fullFeaturePhase) {
    const { identity, target, agreed } = progress
    const login = { identity: identity!, cid: r.cid, tsih: ctx.tsih, agreed, ...(target ? { target } : {}) }
    return {
      state: { is: 'fullFeature' },
      effects: [respond(r, true, answer, ctx.tsih), { type: 'established', login }],
    }
  }
  return { state: { is: 'operationalNegotiation', progress }, effects: [respond(r, true, answer, 0)] }
}

/** What makes a request illegal here, whatever its text says. */
function misfit(state: Open, r: LoginRequest): string | undefined {
  const first = state.progress.first
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
  return undefined
}

type Identified =
  | { readonly progress: Progress; readonly declares: readonly KeyValue[] }
  | { readonly progress: Progress; readonly status: number; readonly why: string }
  | { readonly ready: Promise<void> }

/** Finds out who wants what, once the first request's text is complete. Source: RFC 7143 §6.3.1. */
function identify(ctx: LoginContext, r: LoginRequest, progress: Progress): Identified {
  const fail = (status: number, why: string, p = progress): Identified => ({ progress: p, status, why })
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
  if (type === 'Discovery') return { progress: known, declares: [] }
  if (type !== 'Normal') {
    return fail(LOGIN_STATUS.sessionTypeNotSupported, `SessionType=${type} is not known`, known)
  }
  const targetName = progress.agreed.get('TargetName')
  if (!targetName) return fail(LOGIN_STATUS.missingParameter, 'TargetName is missing', known)
  const lookup = ctx.directory.find(targetName, identity)
  if (!lookup.ok) {
    if (lookup.reason === 'wait') return { ready: lookup.ready }
    const status = {
      notFound: LOGIN_STATUS.notFound,
      notAllowed: LOGIN_STATUS.authorizationFailure,
      unavailable: LOGIN_STATUS.serviceUnavailable,
    }[lookup.reason]
    return fail(status, lookup.text, known)
  }
  const declares: KeyValue[] = [['TargetPortalGroupTag', PORTAL_GROUP_TAG]]
  if (lookup.target.alias) declares.unshift(['TargetAlias', lookup.target.alias])
  return { progress: { ...known, target: lookup.target }, declares }
}

function respond(r: LoginRequest, transit: boolean, answer: readonly KeyValue[], tsih: number): LoginEffect {
  return {
    type: 'respond',
    response: {
      transit,
      continue: false,
      csg: r.csg,
      nsg: transit ? r.nsg : 0,
      versionMax: 0,
      versionActive: 0,
      isid: r.isid,
      tsih: tsih || r.tsih,
      initiatorTaskTag: r.initiatorTaskTag,
      status: LOGIN_STATUS.success,
      data: answer.length > 0 ? encodeText(answer) : NO_DATA,
    },
  }
}

function refused(
  ctx: LoginContext,
  r: LoginRequest,
  p: Progress,
  status: number,
  why: string,
): Step<LoginState, LoginEffect> {
  const response = {
    transit: false,
    continue: false,
    csg: r.csg,
    nsg: 0,
    versionMax: 0,
    versionActive: 0,
    isid: r.isid,
    tsih: r.tsih,
    initiatorTaskTag: r.initiatorTaskTag,
    status,
    data: NO_DATA,
  }
  const who = {
    initiatorName: p.agreed.get('InitiatorName') ?? '',
    targetName: p.agreed.get('TargetName') ?? '',
    isid: r.isid,
    remoteAddress: ctx.remoteAddress,
  }
  return {
    state: { is: 'failed', status, why },
    effects: [
      { type: 'respond', response },
      { type: 'refused', who, status, why },
      { type: 'close', why },
    ],
  }
}

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

/** The numbers and switches of a session, read once from the agreed text. */
export interface SessionParameters {
  readonly headerDigest: boolean
  readonly dataDigest: boolean
  readonly initialR2T: boolean
  readonly immediateData: boolean
  /** What the initiator takes in one data segment, bytes. */
  readonly initiatorMaxRecvDataSegmentLength: number
  readonly maxBurstLength: number
  readonly firstBurstLength: number
  readonly maxOutstandingR2T: number
}

export function sessionParameters(agreed: Agreed): SessionParameters {
  const number = (key: string): number => numberOf(agreed.get(key)!)!
  const yes = (key: string): boolean => agreed.get(key) === 'Yes'
  const maxBurstLength = number('MaxBurstLength')
  return {
    headerDigest: agreed.get('HeaderDigest') === 'CRC32C',
    dataDigest: agreed.get('DataDigest') === 'CRC32C',
    initialR2T: yes('InitialR2T'),
    immediateData: yes('ImmediateData'),
    initiatorMaxRecvDataSegmentLength: number('MaxRecvDataSegmentLength'),
    maxBurstLength,
    firstBurstLength: Math.min(number('FirstBurstLength'), maxBurstLength),
    maxOutstandingR2T: number('MaxOutstandingR2T'),
  }
}
