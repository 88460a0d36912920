import type { Catalogue } from '../i18n.svelte.ts'

/** Setting PCs up. */
export const setup: Catalogue = {}
