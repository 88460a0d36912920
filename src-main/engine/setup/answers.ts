import type { Handlers } from '../../api/contract.ts'
import type { AnswerFileQuery } from '../../api/setup.ts'
import { AppError } from '../../base/errors.ts'
import { answerFile, type AnswerFileOptions } from '../../guests/windows/answer-file.ts'
import { checkAnswerFile } from '../../guests/windows/answer-schema.ts'
import { setupKeyOf } from '../../guests/windows/product-keys.ts'

/** Calls about answers to what Windows asks. */
export const answerHandlers = (): Pick<Handlers, 'answerFile' | 'answerCheck'> => ({
  answerFile: (query) => answerFile(optionsOf(query)),
  answerCheck: ({ text }) => checkAnswerFile(text),
})

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
