import type { SetupDraft } from '../../../src-main/api/setup.ts'
import { t } from '../../i18n/i18n.svelte.ts'

/** What is known of the systems that people install. */

export type System = NonNullable<SetupDraft['system']>
export type Medium = NonNullable<SetupDraft['medium']>
export type Firmware = NonNullable<SetupDraft['firmware']>
type Goal = NonNullable<SetupDraft['goal']>

const GIB = 2 ** 30
export const SYSTEMS: readonly System[] = ['debian', 'windows', 'dracut', 'arch', 'other']

export const SUGGESTED_NAME: Readonly<Record<System, string>> = {
  windows: 'windows',
  debian: 'debian',
  dracut: 'fedora',
  arch: 'arch',
  other: 'system',
}
/** The system, some programs, and room for updates. */
export const SUGGESTED_BYTES: Readonly<Record<System, number>> = {
  windows: 64 * GIB,
  debian: 20 * GIB,
  dracut: 30 * GIB,
  arch: 20 * GIB,
  other: 32 * GIB,
}

export function systemLabel(system: System): string {
  switch (system) {
    case 'windows':
      return 'Windows'
    case 'debian':
      return t('Debian or Ubuntu')
    case 'dracut':
      return t('Fedora, Rocky, openSUSE')
    case 'arch':
      return 'Arch Linux'
    case 'other':
      return t('Something else')
  }
}

/** Why a medium cannot work for a PC; undefined when it can. */
export function mediumProblem(medium: Medium, firmware: Firmware | undefined, system: System): string | undefined {
  if (medium === 'http' && system === 'windows')
    return t('Windows Setup does not consist of a kernel and an initrd. Take its ISO, DVD or USB stick.')
  return firmware === 'UEFI' && medium === 'cd'
    ? t('Not with UEFI: such a PC hangs when it leaves the network loader with a disk attached.')
    : undefined
}
export function goalLabel(goal: Goal): string {
  switch (goal) {
    case 'install':
      return t('Install a new system')
    case 'image':
      return t('Use an image that I have')
    case 'convert':
      return t('Make an existing PC diskless')
    case 'boot':
      return t('Start one PC from a disk that is here already')
  }
}
