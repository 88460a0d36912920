import type { ClientView } from '../../../src-main/api/dto.ts'

export interface Group {
  /** Undefined: PCs in no group. */
  readonly name: string | undefined
  readonly clients: readonly ClientView[]
  readonly running: number
  readonly needHelp: number
}

const { compare } = new Intl.Collator('en', { numeric: true })

export const groupNamesOf = (clients: readonly ClientView[]): string[] =>
  [...new Set(clients.flatMap((client) => client.group ?? []))].sort(compare)

/** Groups by name, PCs in no group last. */
export function groupsOf(clients: readonly ClientView[]): Group[] {
  const byName = new Map<string | undefined, ClientView[]>()
  for (const client of clients) {
    const members = byName.get(client.group)
    if (members) members.push(client)
    else byName.set(client.group, [client])
  }
  return [...byName]
    .sort(([a], [b]) => (a === undefined ? 1 : b === undefined ? -1 : compare(a, b)))
    .map(([name, members]) => ({
      name,
      clients: members,
      running: members.filter((c) => c.live.sessions > 0).length,
      needHelp: members.filter((c) => c.live.stage === 'failed').length,
    }))
}
