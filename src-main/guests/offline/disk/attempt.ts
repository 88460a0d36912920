import { AppError } from '../../../base/errors.ts'

/** What was read, or why it could not be. */
export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string }

/** Damage in the image becomes a reason to show. Cancelling, endless work and our own mistakes are no such reason: they
 *  are thrown on. */
export async function attempt<T>(read: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await read() }
  } catch (thrown) {
    if (!(thrown instanceof AppError) || !isDamage(thrown.code)) throw thrown
    return { ok: false, reason: thrown.message }
  }
}

const isDamage = (code: string): boolean =>
  code.startsWith('codec.') || code.startsWith('disk.') || code === 'guest.unreadable' || code === 'guest.outside'

/** The value, or nothing where it could not be read; the reason has been told elsewhere. */
export const valueOf = <T>(a: Attempt<T>): T | undefined => (a.ok ? a.value : undefined)
