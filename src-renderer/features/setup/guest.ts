import type { Snapshot } from '../../../src-main/api/dto.ts'
import { t } from '../../i18n/i18n.svelte.ts'
import { systemLabel, type System } from './systems.ts'

/** The address at which PCs reach this computer's files, as the service tells it. */
export function bootUrl({ services, engine }: Snapshot): string {
  const address = services.find((service) => service.id === 'http')?.address ?? `${engine.address}:8470`
  return (/^https?:\/\//.test(address) ? address : `http://${address}`).replace(/\/+$/, '')
}

/** What prepares a Linux inside it; `linux` finds out by itself which it is. */
export type Kit = 'debian' | 'dracut' | 'arch' | 'linux'
export const KITS: readonly Kit[] = ['debian', 'dracut', 'arch', 'linux']

export const kitOf = (system: System | undefined): Kit =>
  system === 'debian' || system === 'dracut' || system === 'arch' ? system : 'linux'

export const kitLabel = (kit: Kit): string => (kit === 'linux' ? t('I do not know') : systemLabel(kit))

/** One line that runs the kit. */
export const kitLine = (snapshot: Snapshot, by: 'curl' | 'wget', kit: Kit): string =>
  `${by === 'curl' ? 'curl -fsS' : 'wget -qO-'} ${bootUrl(snapshot)}/kit/${kit} | sh`

/** How far the kit was tried; nothing where it ran from end to end. */
export function kitGrade(kit: Kit): string | undefined {
  switch (kit) {
    case 'debian':
      return undefined
    case 'dracut':
      return t(
        'Tried with dracut on Debian only. For Fedora, Rocky and openSUSE it follows the documents of their makers.',
      )
    case 'arch':
      return t('Not tried on Arch Linux itself: it follows the documents of its makers, and its parts are tested.')
    case 'linux':
      return t('Tried on Debian. For the others it follows the documents of their makers.')
  }
}

/** One line for a Windows on a disk of its own: `check` looks, `apply` puts right, `undo` takes it back. */
export const convertLine = (snapshot: Snapshot, mode: 'check' | 'apply'): string =>
  String.raw`powershell -ExecutionPolicy Bypass -Command "Invoke-WebRequest -UseBasicParsing ${bootUrl(snapshot)}/kit/windows -OutFile C:\Windows\Temp\bootlace.ps1; C:\Windows\Temp\bootlace.ps1 ${mode}"`

/** The answer file lies beside the program. */
const SYSPREP = String.raw`C:\Windows\System32\Sysprep`
export const SYSPREP_LINE = String.raw`${SYSPREP}\sysprep.exe /generalize /oobe /shutdown /unattend:${SYSPREP}\unattend.xml`
