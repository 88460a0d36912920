import type { PreflightCheck } from '../../../api/setup.ts'
import { usualLoader } from '../../../boot/loader.ts'

/** Whether there is a loader for each kind of PC. */
export function lookAtLoaders(names: readonly string[]): PreflightCheck[] {
  const missing = (['bios', 'uefi-x64'] as const).filter((platform) => !names.includes(usualLoader(platform)))
  if (missing.length === 0)
    return [{ id: 'loaders', severity: 'ok', title: 'The loader files for BIOS and UEFI PCs are there.' }]
  const kinds = missing.map((platform) => (platform === 'bios' ? 'BIOS' : 'UEFI')).join(' and ')
  return [
    {
      id: 'loaders',
      severity: missing.length === 2 ? 'problem' : 'warning',
      title: `There is no loader file for ${kinds} PCs, so these cannot start.`,
      detail: `Missing: ${missing.map((platform) => usualLoader(platform)).join(', ')}.`,
      hint: 'Fetch the loaders with "node resources/scripts/fetch-loaders.mjs", then start Bootlace again.',
    },
  ]
}
