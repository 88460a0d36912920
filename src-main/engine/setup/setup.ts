import type { Handlers } from '../../api/contract.ts'
import type { IsoShelf } from '../disks/iso-shelf.ts'
import { answerHandlers } from './answers.ts'
import { DraftKeeper } from './draft.ts'
import { Enrolment } from './enrolment.ts'
import type { SetupNeeds } from './needs.ts'
import { Preflight } from './preflight.ts'

/** The first evening: what the wizard asked, which new PCs are given disks, and whether a boot would work. */
export interface Setup {
  readonly draft: DraftKeeper
  readonly enrolment: Enrolment
  readonly preflight: Preflight
  close(): Promise<void>
}

export function createSetup(n: SetupNeeds): Setup {
  const enrolment = new Enrolment(n)
  return {
    draft: new DraftKeeper(n.settings, n.changed),
    enrolment,
    preflight: new Preflight(n),
    close: () => enrolment.close(),
  }
}

type SetupHandlers = Pick<
  Handlers,
  'setup' | 'setupSave' | 'preflight' | 'enrolStart' | 'enrolStop' | 'answerFile' | 'answerCheck'
>

export function setupHandlers(
  { draft, enrolment, preflight }: Setup,
  media: Pick<IsoShelf, 'describe'>,
): SetupHandlers {
  return {
    setup: () => draft.draft,
    setupSave: (wanted) => draft.save(wanted),
    preflight: ({ selfTest }) => preflight.run(selfTest ?? false),
    enrolStart: (wanted) => enrolment.start(wanted),
    enrolStop: () => enrolment.stop(),
    ...answerHandlers(media),
  }
}
