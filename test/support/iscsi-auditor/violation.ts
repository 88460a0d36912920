/** What a target can do wrong on the wire. Each rule has its planted faults in test/main/iscsi/auditor. Source of the rules:
 *  RFC 7143 as named at the place of the check. */
export const RULES = [
  // The PDU as such
  'opcode',
  'ahs',
  'reserved',
  'padding',
  'header-digest',
  'data-digest',
  'segment-length',
  'phase',
  // Numbers of the connection
  'stat-sn',
  'exp-cmd-sn',
  'max-cmd-sn',
  'counted',
  // Data-In
  'data-in-task',
  'data-sn',
  'data-in-offset',
  'data-in-length',
  'data-in-burst',
  'data-in-final',
  'data-in-status',
  // R2T
  'r2t-task',
  'r2t-sn',
  'r2t-length',
  'r2t-offset',
  'r2t-outstanding',
  'r2t-tag',
  // The end of a command
  'response-task',
  'response-code',
  'residual',
  'sense',
  'exp-data-sn',
  // Everything else of the full feature phase
  'nop',
  'task-management',
  'text',
  'logout',
  'after-logout',
  'reject',
  'async',
  // Login
  'login-task',
  'login-isid',
  'login-tsih',
  'login-stage',
  'login-version',
  'login-status',
  'login-redirect',
  'login-portal-group',
  // Keys
  'key-syntax',
  'key-unanswered',
  'key-volunteered',
  'key-repeated',
  'key-unknown',
  'key-value',
] as const
export type Rule = (typeof RULES)[number]

export interface Violation {
  readonly rule: Rule
  /** What the target did, and what the rule wants. */
  readonly sentence: string
  /** Which PDU of the target on this connection, from 1. */
  readonly pdu: number
}

/** Takes a violation. */
export type Report = (rule: Rule, sentence: string) => void

/** More say nothing new, and a broken target must not fill the memory. */
const MOST = 200

export class Violations {
  readonly list: Violation[] = []
  /** Number of PDUs of the target so far. */
  pdu = 0
  /** Those above the limit of the list are counted too. */
  count = 0

  readonly report: Report = (rule, sentence) => {
    this.count++
    if (this.list.length < MOST) this.list.push({ rule, sentence, pdu: this.pdu })
  }
}
