import type { PreflightCheck, PreflightReport } from '../../../src-main/api/setup.ts'

/** What a look at the network means for who reads it: the gravest first, what is in order apart. */
export interface Checks {
  readonly verdict: 'problem' | 'warning' | 'ok'
  readonly worth: readonly PreflightCheck[]
  readonly fine: readonly PreflightCheck[]
}

const GRAVITY = ['problem', 'warning', 'unknown', 'ok'] as const

export function checksOf({ checks }: PreflightReport): Checks {
  const worth = GRAVITY.slice(0, 3).flatMap((severity) => checks.filter((check) => check.severity === severity))
  const gravest = worth[0]?.severity
  return {
    // What could not be looked at is no reason to worry anybody.
    verdict: gravest === 'problem' || gravest === 'warning' ? gravest : 'ok',
    worth,
    fine: checks.filter((check) => check.severity === 'ok'),
  }
}
