import type { Catalogue } from '../catalogue.ts'
import { clients } from './clients.ts'
import { disks } from './disks.ts'
import { frame } from './frame.ts'
import { services } from './services.ts'
import { words } from './words.ts'

/** German, one file for each part of the window. People are addressed as "Sie". */
export const de: Catalogue = { ...frame, ...words, ...clients, ...disks, ...services }
