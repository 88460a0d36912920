import { z } from 'zod'
import type { Logger } from '../../base/log.ts'
import type { ReservationStore } from '../../db/stores/reservation-store.ts'
import type { ReservationKeeper, SavedReservations } from '../../scsi/reservation.ts'

const Saved = z.object({
  registrations: z.array(
    z.object({ portName: z.string(), key: z.string().regex(/^[0-9a-f]{16}$/), allTargetPorts: z.boolean() }),
  ),
  holder: z.string().optional(),
  type: z.number().int(),
})

/** Keeps the persistent reservations of one disk that are to outlive a restart (APTPL). */
export function keeperOf(store: ReservationStore, disk: string, logger: Logger): ReservationKeeper {
  return {
    load() {
      const state = store.get(disk)
      if (state === undefined) return undefined
      const parsed = Saved.safeParse(state)
      if (parsed.success) return parsed.data as SavedReservations
      logger.error({ disk }, `the reservations kept for ${disk} cannot be read and are forgotten`)
      return undefined
    },
    save(state) {
      if (state) store.set(disk, state)
      else store.remove(disk)
    },
  }
}
