import type { Handlers } from '../api/contract.ts'
import type { WakeRequest, WakeScheduleView } from '../api/wake.ts'
import { parseGroup, type ClientRegistry } from '../clients/registry.ts'
import type { WakeDesk } from '../clients/wake-desk.ts'
import { USUAL_STAGGER_SECONDS, USUAL_WAIT_SECONDS, type WakePlan, type WakeSchedule } from '../clients/wake-plan.ts'

type WakeHandlers = Pick<Handlers, 'wake' | 'wakeScheduleAdd' | 'wakeScheduleDelete'>

/** The calls about switching PCs on. */
export function wakeHandlers(o: {
  readonly registry: ClientRegistry
  readonly desk: Pick<WakeDesk, 'schedules' | 'wake' | 'add' | 'remove'>
  changed(): void
}): WakeHandlers {
  const planOf = ({ ids = [], groups = [], staggerSeconds, wait, waitAtMostSeconds }: WakeRequest): WakePlan => ({
    steps: [
      ...(ids.length > 0 ? [{ macs: ids.map((id) => o.registry.find(id).mac) }] : []),
      ...groups.map((group) => ({ group: parseGroup(group) })),
    ],
    staggerSeconds: staggerSeconds ?? USUAL_STAGGER_SECONDS,
    wait: wait ?? 'no',
    waitAtMostSeconds: waitAtMostSeconds ?? USUAL_WAIT_SECONDS,
  })
  return {
    async wake(request) {
      const plan = planOf(request)
      const clients = await o.desk.wake(plan)
      return { pcs: clients.map(({ name }) => name), staggerSeconds: plan.staggerSeconds }
    },
    wakeScheduleAdd({ time, weekdays, ...request }) {
      const { id } = o.desk.add({ plan: planOf(request), time, weekdays })
      o.changed()
      return wakeScheduleViews(o).find((view) => view.id === id)!
    },
    wakeScheduleDelete({ id }) {
      o.desk.remove(id)
      o.changed()
      return { id }
    },
  }
}

export const wakeScheduleViews = (o: {
  readonly registry: Pick<ClientRegistry, 'byMac'>
  readonly desk: Pick<WakeDesk, 'schedules'>
}): WakeScheduleView[] => o.desk.schedules().map(({ schedule, nextMs }) => viewOf(o.registry, schedule, nextMs))

function viewOf(registry: Pick<ClientRegistry, 'byMac'>, schedule: WakeSchedule, nextMs: number): WakeScheduleView {
  const { id, time, weekdays, plan } = schedule
  return {
    id,
    pcs: plan.steps.flatMap((step) =>
      'macs' in step ? step.macs.flatMap((mac) => registry.byMac(mac)?.name ?? []) : [],
    ),
    groups: plan.steps.flatMap((step) => ('group' in step ? [step.group] : [])),
    staggerSeconds: plan.staggerSeconds,
    wait: plan.wait,
    waitAtMostSeconds: plan.waitAtMostSeconds,
    time,
    weekdays: [...weekdays],
    nextMs,
  }
}
