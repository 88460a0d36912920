import type { Snapshot } from '../../../src-main/api/dto.ts'
import { Settings } from '../../../src-main/api/settings.ts'

export const client = (name: string, stage: string, sessions = 0, text = '') => ({
  mac: `mac of ${name}`,
  name,
  live: { stage, text, sessions },
})

/** A snapshot with what a test is about. */
export const snapshotWith = (
  o: {
    clients?: object[]
    services?: object[]
    warnings?: object[]
    sessions?: object[]
    unknown?: object[]
    settings?: object
  } = {},
): Snapshot =>
  ({
    clients: [],
    services: [],
    warnings: [],
    sessions: [],
    unknown: [],
    ...o,
    settings: Settings.parse(o.settings ?? {}),
  }) as unknown as Snapshot
