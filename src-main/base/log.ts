/** Fields first, then one short sentence. Messages on a peer's mistake start with `initiator error:` or `client error:`.
 *  Never log CHAP secrets, responses or tokens. */
export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  error(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  debug(fields: LogFields, message: string): void
  trace(fields: LogFields, message: string): void
  /** A logger that adds these fields, e.g. `{ component: 'iscsi.login' }`. */
  child(fields: LogFields): Logger
}

/** For places that have nobody to tell. */
export const silentLogger: Logger = {
  error: () => {},
  warn: () => {},
  info: () => {},
  debug: () => {},
  trace: () => {},
  child: () => silentLogger,
}
