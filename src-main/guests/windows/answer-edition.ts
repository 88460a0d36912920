import { ARCHITECTURES, type AnswerFileOptions } from './answer-options.ts'
import { setupKeyOf } from './product-keys.ts'

/** One edition on a Windows medium, as its WIM tells it. */
export interface EditionOnMedium {
  /** From 1. */
  readonly index: number
  readonly editionId: string
  readonly architecture: string
  /** `26100.1742`; empty where it is not known. */
  readonly build: string
}

/** What an answer file says so that Setup installs this edition without asking which. @param withKey with the key that
 *  Microsoft publishes for the edition, where there is one: Setup does not ask for a key then, and nothing is activated. */
export function answersForEdition(
  edition: EditionOnMedium,
  withKey: boolean,
): Pick<AnswerFileOptions, 'edition' | 'architecture' | 'buildNumber' | 'productKey'> {
  const architecture = ARCHITECTURES.find((known) => known === edition.architecture)
  const build = /^(\d{4,6})(?:\.\d+)?$/.exec(edition.build)?.[1]
  const buildNumber = build === undefined ? undefined : Number(build)
  const key = withKey && buildNumber !== undefined ? setupKeyOf(edition.editionId, buildNumber) : undefined
  return {
    edition: { index: edition.index },
    ...(architecture !== undefined && { architecture }),
    ...(buildNumber !== undefined && { buildNumber }),
    ...(key !== undefined && { productKey: key }),
  }
}
