import type { OfflineReport } from '../../../src-main/api/dto.ts'

const count = (n: number, one: string, many: string): string => (n === 1 ? `one ${one}` : `${n} ${many}`)

/** One sentence: what system it is, and whether it will start over the network. */
export function reportSummary({ system, findings }: OfflineReport): string {
  const number = (severity: string): number => findings.filter((f) => f.severity === severity).length
  const what = system ? [system.name, system.version].filter((t) => t !== '').join(' ') : 'No system was recognised'
  const [problems, unread, warnings] = [number('problem'), number('unknown'), number('warning')]
  if (problems > 0)
    return `${what}: ${count(problems, 'thing keeps', 'things keep')} it from starting over the network.`
  if (!system) return `${what}, so nobody can say whether it starts over the network.`
  if (unread > 0) return `${what}: ${count(unread, 'thing', 'things')} could not be read, the rest looks well.`
  if (warnings > 0) return `${what}: ready to start over the network, with ${count(warnings, 'warning', 'warnings')}.`
  return `${what}: ready to start over the network.`
}
