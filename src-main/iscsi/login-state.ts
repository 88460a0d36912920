import type { ChapCredentials, ChapServices, ChapState } from './chap.ts'
import type { ResponseNumbers } from './pdu/bhs.ts'
import type { LoginRequest } from './pdu/login-request.ts'
import type { LoginResponse } from './pdu/login-response.ts'
import type { LoginIdentity, Target, TargetDirectory } from './target.ts'
import { fallbacks, type Agreed, type OurValues } from './text/negotiate.ts'

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
export interface Progress {
  readonly first?: LoginRequest
  readonly identity?: LoginIdentity
  /** What the initiator must prove to know; absent: nothing. */
  readonly credentials?: ChapCredentials
  /** Present from the moment CHAP is agreed on. */
  readonly chap?: ChapState
  readonly target?: Target
  readonly agreed: Agreed
  readonly answered: ReadonlySet<string>
  /** Text of requests with the C bit, until one without it. */
  readonly held: readonly Uint8Array[]
  readonly textLength: number
  /** What did not fit into our last response; empty requests fetch it. */
  readonly rest?: Uint8Array
}

export type LoginState =
  | { readonly is: 'securityNegotiation' | 'operationalNegotiation'; readonly progress: Progress }
  | { readonly is: 'fullFeature' }
  | { readonly is: 'failed'; readonly status: number; readonly why: string }
export type OpenLogin = Extract<LoginState, { progress: Progress }>

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
  readonly chap: ChapServices
  /** Whether it gave so many wrong passwords that it must wait. */
  readonly isBlocked: (who: LoginIdentity) => boolean
}

export const initialLogin: LoginState = {
  is: 'securityNegotiation',
  progress: { agreed: fallbacks(), answered: new Set(), held: [], textLength: 0 },
}

export const stateOfStage = ['securityNegotiation', 'operationalNegotiation'] as const
