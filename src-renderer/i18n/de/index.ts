import type { Catalogue } from '../catalogue.ts'
import { files } from './files.ts'
import { frame } from './frame.ts'
import { help } from './help.ts'
import { settings } from './settings.ts'
import { setup } from './setup.ts'
import { wizard } from './wizard.ts'

/** German, one file for each part of the window. People are addressed as "Sie". */
export const de: Catalogue = { ...frame, ...files, ...help, ...wizard, ...setup, ...settings }
