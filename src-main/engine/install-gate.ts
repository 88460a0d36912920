import { AppError, toAppError } from '../base/errors.ts'
import type { ClientFields } from '../clients/registry.ts'
import type { Client } from '../clients/client.ts'
import type { MediumFinding } from '../guests/windows/media/finding.ts'
import type { IsoShelf } from './disks/iso-shelf.ts'

/** Before a PC is given a medium to install from: a system that is known not to start from its disk is not installed without
 *  somebody knowing. A medium that it has already was accepted when it was given.
 *  Errors: medium.refused, medium.knownFault. */
export async function checkInstallMedia(
  shelf: Pick<IsoShelf, 'describe'>,
  o: { readonly before: Client | undefined; readonly wanted: ClientFields; readonly knowingly: boolean },
): Promise<void> {
  for (const field of ['medium', 'mediumDrive'] as const) {
    const path = o.wanted[field]
    if (path === undefined || path === o.before?.[field]) continue
    for (const finding of await findingsOf(shelf, path)) refuse(finding, o.knowingly)
  }
}

/** What cannot be looked into is said where it is chosen, and may still be a CD that its system reads. */
async function findingsOf(shelf: Pick<IsoShelf, 'describe'>, path: string): Promise<readonly MediumFinding[]> {
  try {
    return (await shelf.describe(path)).windows?.findings ?? []
  } catch (thrown) {
    if (/^(medium|disk)\./.test(toAppError(thrown).code)) return []
    throw thrown
  }
}

function refuse({ id, level, title, reason, cure }: MediumFinding, knowingly: boolean): void {
  const data = { finding: id, reason }
  if (level === 'refuse') throw new AppError('medium.refused', title, { hint: cure, data })
  if (level === 'stop' && !knowingly)
    throw new AppError('medium.knownFault', title, {
      hint: `${cure} To install it all the same, say so in the window, or with --anyway.`,
      data,
    })
}
