/** `after`, with everything that is equal taken from `before`: what did not change keeps its identity, so that nothing is
 *  drawn again for it. Shape: JSON values. */
export function keepEqual<T>(before: unknown, after: T): T {
  return kept(before, after) as T
}

function kept(before: unknown, after: unknown): unknown {
  if (before === after) return before
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null) return after
  if (Array.isArray(after)) return Array.isArray(before) ? keptList(before, after) : after
  return Array.isArray(before) ? after : keptRecord(before as Fields, after as Fields)
}

type Fields = Readonly<Record<string, unknown>>

function keptRecord(before: Fields, after: Fields): Fields {
  const keys = Object.keys(after)
  let same = keys.length === Object.keys(before).length
  const made: Record<string, unknown> = {}
  for (const key of keys) {
    const value = kept(before[key], after[key])
    made[key] = value
    if (value !== before[key] || !Object.hasOwn(before, key)) same = false
  }
  return same ? before : made
}

/** What tells an element from its neighbours, so that one more or less does not move all others. */
const identityOf = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return undefined
  const { mac, name, id } = value as Fields
  return mac ?? name ?? id
}

function keptList(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  const moved = after.some((value, i) => identityOf(value) !== identityOf(before[i]))
  const byIdentity = moved ? new Map(before.map((value) => [identityOf(value), value])) : undefined
  const made = after.map((value, i) => {
    const identity = identityOf(value)
    return kept(byIdentity && identity !== undefined ? byIdentity.get(identity) : before[i], value)
  })
  return made.length === before.length && made.every((value, i) => value === before[i]) ? before : made
}
