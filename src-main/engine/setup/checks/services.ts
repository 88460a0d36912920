import type { DhcpMode } from '../../../api/dhcp.ts'
import type { ServiceView } from '../../../api/dto.ts'
import type { PreflightCheck } from '../../../api/setup.ts'
import type { Services } from '../../services.ts'

/** What PCs reach, in the order of a boot; the window for people is not part of one. */
const NEEDED = ['dhcp', 'tftp', 'http', 'iscsi'] as const

/** One line for each service that PCs need. A taken port names its owner: the service's own problem says it. */
export function lookAtServices(
  services: Pick<Services, 'list'>,
  { dhcp }: { readonly dhcp: DhcpMode },
): PreflightCheck[] {
  const list = services.list()
  return NEEDED.map((id) =>
    checkOf(
      list.find((s) => s.id === id)!,
      dhcp,
    ),
  )
}

export const PAUSED = 'New boots are paused.'

/** Said only while it is so. */
export const lookAtPause = (paused: boolean): PreflightCheck[] =>
  paused
    ? [
        {
          id: 'paused',
          severity: 'problem',
          title: PAUSED,
          hint: 'Resume them in the window, or with: bootlace resume.',
        },
      ]
    : []

function checkOf(service: ServiceView, dhcp: DhcpMode): PreflightCheck {
  const { state, title, address, problem } = service
  const id = `port.${service.id}`
  if (state === 'running' && problem) {
    return { id, severity: 'problem', title: `${title}: ${problem.message}.`, ...hintOf(problem.hint) }
  }
  if (state === 'running') return { id, severity: 'ok', title: `${title}: listens on ${address}.` }
  if (state === 'off' && service.id === 'dhcp' && dhcp === 'off') {
    return {
      id,
      severity: 'warning',
      title: `${title} are switched off.`,
      hint: 'PCs start only if your own DHCP server sends them here, or from a boot medium. To switch them on: --dhcp proxy.',
    }
  }
  return {
    id,
    severity: 'problem',
    title: problem ? `${title}: ${problem.message}.` : `${title}: does not run.`,
    ...hintOf(problem?.hint ?? 'Start Bootlace again.'),
  }
}

const hintOf = (hint: string | undefined) => (hint === undefined ? {} : { hint })
