import { nameCommands } from './computer-name.ts'
import type { AnswerFileOptions } from './answer-options.ts'

/** Command lines of the passes. Setup takes at most 259 characters each. */

const SYSTEM = 'HKLM\\SYSTEM\\CurrentControlSet'
const regAdd = (key: string, name: string, type: string, value: string): string =>
  `reg add "${key}" /v ${name} /t ${type} /d ${value} /f`

/** A PC that sleeps loses its disk; one that restarts after a stop error hides why. */
export const KEEP_AWAKE: readonly string[] = [
  'powercfg /hibernate off',
  ...['standby', 'hibernate', 'disk'].flatMap((what) =>
    ['ac', 'dc'].map((supply) => `powercfg /change ${what}-timeout-${supply} 0`),
  ),
  'reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\CrashControl /v AutoReboot /t REG_DWORD /d 0 /f',
]

/** An image that Windows has encrypted by itself starts on no other PC. */
const NO_ENCRYPTION =
  'reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\BitLocker /v PreventDeviceEncryption /t REG_DWORD /d 1 /f'

/** What a system that lives on the network needs before somebody signs in for the first time. */
export function specializeCommands(o: AnswerFileOptions): string[] {
  const named = o.computerName ?? (o.kind === 'generalize' ? 'client' : 'random')
  return [
    NO_ENCRYPTION,
    'powercfg /hibernate off',
    regAdd(`${SYSTEM}\\Control\\Session Manager\\Power`, 'HiberbootEnabled', 'REG_DWORD', '0'),
    ...(o.pageFile === 'automatic'
      ? []
      : [regAdd(`${SYSTEM}\\Control\\Session Manager\\Memory Management`, 'PagingFiles', 'REG_MULTI_SZ', '""')]),
    // Sysprep does not go through the pass that SanPolicy belongs to.
    ...(o.kind === 'generalize'
      ? [regAdd(`${SYSTEM}\\Services\\partmgr\\Parameters`, 'SanPolicy', 'REG_DWORD', '1')]
      : []),
    ...(named === 'client' ? nameCommands(o.serverUrl) : []),
  ]
}

/** Setup of Windows 11 looks here for what it is not to look at. Reported by users; its makers do not describe it. */
export const SKIP_CHECKS: readonly string[] = ['TPM', 'SecureBoot', 'RAM', 'Storage', 'CPU'].map(
  (what) => `reg add HKLM\\SYSTEM\\Setup\\LabConfig /v Bypass${what}Check /t REG_DWORD /d 1 /f`,
)

const PARTITIONS: Readonly<Record<'BIOS' | 'UEFI', readonly string[]>> = {
  BIOS: ['convert mbr', 'create partition primary', 'format quick fs=ntfs label=Windows', 'active'],
  UEFI: [
    'convert gpt',
    'create partition efi size=300',
    'format quick fs=fat32 label=System',
    'create partition msr size=16',
    'create partition primary',
    'format quick fs=ntfs label=Windows',
  ],
}

const NOT_OURS =
  'Disk 0 is not the one of Bootlace. Nothing was changed. Take the own disks out of this PC, or give it a network driver.'

/** Setup could make the partitions itself, but it would make them on whatever disk is the first: where the network card has
 *  no driver, on the PC's own. So disk 0 is looked at first, by the name that our target gives it, and a wrong one ends
 *  here, before anything is written. */
export function diskCommands(firmware: 'BIOS' | 'UEFI'): string[] {
  const write = (file: string, lines: readonly string[]): string[] =>
    lines.map((line, i) => `cmd /c ${i === 0 ? '>' : '>>'}X:\\${file} echo ${line}`)
  return [
    ...write('look.txt', ['select disk 0', 'detail disk']),
    'cmd /c diskpart /s X:\\look.txt >X:\\disk.txt',
    `cmd /c "find /i "BOOTLACE" X:\\disk.txt || for /l %i in (1,0,2) do @(echo ${NOT_OURS}& pause)"`,
    ...write('parts.txt', ['select disk 0', 'clean', ...PARTITIONS[firmware]]),
    'cmd /c diskpart /s X:\\parts.txt >X:\\parts.log',
  ]
}
