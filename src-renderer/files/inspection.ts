import type { OfflineReport } from '../../src-main/api/dto.ts'
import { t, tn } from '../i18n/i18n.svelte.ts'

/** One sentence: what system it is, and whether it will start over the network. */
export function reportSummary({ system, findings }: OfflineReport): string {
  const number = (severity: string): number => findings.filter((f) => f.severity === severity).length
  const known = system && [system.name, system.version].filter((text) => text !== '').join(' ')
  const what = known ?? t('No system was recognised')
  const [problems, unread, warnings] = [number('problem'), number('unknown'), number('warning')]
  if (problems > 0)
    return tn(
      problems,
      '{what}: one thing keeps it from starting over the network.',
      '{what}: {n} things keep it from starting over the network.',
      { what },
    )
  if (!system) return t('{what}, so nobody can say whether it starts over the network.', { what })
  if (unread > 0)
    return tn(
      unread,
      '{what}: one thing could not be read, the rest looks well.',
      '{what}: {n} things could not be read, the rest looks well.',
      { what },
    )
  if (warnings > 0)
    return tn(
      warnings,
      '{what}: ready to start over the network, with one warning.',
      '{what}: ready to start over the network, with {n} warnings.',
      { what },
    )
  return t('{what}: ready to start over the network.', { what })
}
