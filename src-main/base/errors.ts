/** Errors carry a code to switch on, a sentence for people and, where there is one, a remedy. */

/** What an AppError may carry besides its sentence. Values must be JSON. */
export interface AppErrorDetails {
  /** What the reader can do about it, one sentence. */
  readonly hint?: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** Every error this program raises on purpose.
 *  Codes are `family.name`: codec.*, iscsi.*, disk.*, net.*, config.*, client.*, engine.*, or `bug`. */
export class AppError extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly data: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, details: AppErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'AppError'
    this.code = code
    this.hint = details.hint
    this.data = details.data ?? {}
  }
}

/** Where and why a structure from the wire or a disk could not be decoded. */
export interface CodecErrorFields {
  /** The standard's name of the structure, e.g. `login-request`. */
  readonly structure: string
  readonly field: string
  readonly offset?: number
  readonly got?: number | string
  readonly limit?: number | string
}

/** The only error a decoder throws. */
export class CodecError extends AppError {
  readonly structure: string
  readonly field: string

  constructor(code: string, fields: CodecErrorFields, why: string) {
    const got = fields.got === undefined ? '' : ` is ${fields.got}`
    const limit = fields.limit === undefined ? '' : `, limit ${fields.limit}`
    super(code, `${fields.structure}: ${fields.field}${got}${limit} (${why})`, { data: { ...fields } })
    this.name = 'CodecError'
    this.structure = fields.structure
    this.field = fields.field
  }
}

/** Wraps anything thrown into an AppError; what is not ours becomes `bug`. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new AppError('bug', message, { cause: thrown })
}
