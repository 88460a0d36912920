import type { Handlers } from '../../api/contract.ts'
import type { AnswerFileQuery } from '../../api/setup.ts'
import { AppError } from '../../base/errors.ts'
import { answersForEdition, type EditionOnMedium } from '../../guests/windows/answer-edition.ts'
import { answerFile, type AnswerFileOptions } from '../../guests/windows/answer-file.ts'
import { checkAnswerFile } from '../../guests/windows/answer-schema.ts'
import { chooseEdition } from '../../guests/windows/edition.ts'
import { setupKeyOf } from '../../guests/windows/product-keys.ts'
import type { IsoShelf } from '../disks/iso-shelf.ts'

/** Calls about answers to what Windows asks. */
export const answerHandlers = (media: Pick<IsoShelf, 'describe'>): Pick<Handlers, 'answerFile' | 'answerCheck'> => ({
  answerFile: async ({ medium, ...query }) =>
    answerFile(optionsOf(medium === undefined ? query : { ...query, ...(await editionOn(media, medium, query)) })),
  answerCheck: ({ text }) => checkAnswerFile(text),
})

/** The edition that was asked for, as it stands on the medium; of a medium with one edition that one. What was said beside it
 *  holds. Errors: config.edition; medium.*. */
async function editionOn(
  media: Pick<IsoShelf, 'describe'>,
  path: string,
  query: Omit<AnswerFileQuery, 'medium'>,
): Promise<Partial<AnswerFileQuery>> {
  const { windows } = await media.describe(path)
  const wanted = query.editionIndex?.toString() ?? query.editionName ?? query.editionId
  // Of a Windows whose editions cannot be read nothing is taken, and Setup asks which one.
  if (windows && windows.editions.length === 0 && wanted === undefined) return {}
  if (!windows || windows.editions.length === 0)
    throw new AppError('config.edition', `no edition of Windows can be read from ${path}`, {
      hint: 'See bootlace medium show for what is on it.',
    })
  const { editions } = windows
  if (wanted === undefined && editions.length > 1) return platformOf(editions, query)
  const edition = wanted === undefined ? editions[0]! : chooseEdition(editions, wanted)
  const { architecture, buildNumber } = answersForEdition(edition, false)
  return {
    editionIndex: edition.index,
    editionName: undefined,
    editionId: edition.editionId,
    architecture: query.architecture ?? architecture,
    buildNumber: query.buildNumber ?? buildNumber,
  }
}

/** What all editions of a medium have in common. */
function platformOf(
  editions: readonly EditionOnMedium[],
  query: Pick<AnswerFileQuery, 'architecture' | 'buildNumber'>,
): Partial<AnswerFileQuery> {
  const all = editions.map((edition) => answersForEdition(edition, false))
  const same = <K extends 'architecture' | 'buildNumber'>(key: K) =>
    all.every((one) => one[key] === all[0]![key]) ? all[0]![key] : undefined
  return {
    architecture: query.architecture ?? same('architecture'),
    buildNumber: query.buildNumber ?? same('buildNumber'),
  }
}

function optionsOf({ editionIndex, editionName, editionId, genericKey, ...o }: AnswerFileQuery): AnswerFileOptions {
  const edition =
    editionIndex !== undefined ? { index: editionIndex } : editionName !== undefined ? { name: editionName } : undefined
  const productKey = o.productKey ?? (genericKey ? genericKeyOf(editionId, o.buildNumber) : undefined)
  const given = Object.entries({ ...o, edition, productKey }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as unknown as AnswerFileOptions
}

function genericKeyOf(editionId: string | undefined, buildNumber: number | undefined): string {
  const key = editionId === undefined || buildNumber === undefined ? undefined : setupKeyOf(editionId, buildNumber)
  if (key !== undefined) return key
  throw new AppError(
    'config.productKey',
    `Microsoft publishes no key for the edition ${editionId ?? 'that is not named'}`,
    {
      hint: 'Type your own key, or leave it away: Setup asks for it then.',
    },
  )
}
