import type { Catalogue } from '../catalogue.ts'

/** Setting PCs up. */
export const setup: Catalogue = {}
