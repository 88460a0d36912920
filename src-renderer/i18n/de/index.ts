import type { Catalogue } from '../catalogue.ts'
import { frame } from './frame.ts'
import { help } from './help.ts'

/** German, one file for each part of the window. People are addressed as "Sie". */
export const de: Catalogue = { ...frame, ...help }
