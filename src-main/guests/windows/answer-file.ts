import { AppError } from '../../base/errors.ts'
import { component, element, list, settings, unattend, type Xml } from './answer-xml.ts'

/** Answers to what Windows Setup asks. Source: Microsoft's Unattended Windows Setup Reference. */

export interface AnswerFileOptions {
  readonly kind: 'install' | 'generalize'
  readonly firmware: 'BIOS' | 'UEFI'
  /** BCP 47 with a region, e.g. `de-DE`. */
  readonly language: string
  readonly userName?: string
  readonly password?: string
  readonly timeZone?: string
}

export interface AnswerText {
  readonly name: string
  readonly text: string
}

const DEFAULT_USER = 'user'
/** Names that Windows has for itself. */
const OWN_ACCOUNTS: ReadonlySet<string> = new Set([
  'administrator',
  'guest',
  'defaultaccount',
  'system',
  'none',
  'wdagutilityaccount',
])

/** `autounattend.xml` for the root of the medium, or `unattend.xml` for sysprep.
 *  Errors: config.language, config.userName, config.password, config.timeZone. */
export function answerFile(o: AnswerFileOptions): AnswerText {
  checkText(o)
  return o.kind === 'install'
    ? { name: 'autounattend.xml', text: installFile({ ...o, userName: o.userName ?? DEFAULT_USER }) }
    : { name: 'unattend.xml', text: generalizeFile(o) }
}

function checkText(o: AnswerFileOptions): void {
  if (!/^[a-z]{2,3}-[A-Z]{2}$/.test(o.language))
    throw new AppError('config.language', `"${o.language}" is not a language of Windows`, {
      hint: 'Write it with its country, for example en-US or de-DE.',
    })
  if (o.userName !== undefined) checkUserName(o.userName)
  if (o.password !== undefined && (hasControl(o.password) || o.password.length > 127))
    throw new AppError('config.password', 'the password cannot be one of a Windows account', {
      hint: 'Use at most 127 characters on one line.',
    })
  if (o.timeZone !== undefined && !/^[A-Za-z0-9 ()+.-]{1,80}$/.test(o.timeZone))
    throw new AppError('config.timeZone', `"${o.timeZone}" is not a time zone of Windows`, {
      hint: 'Write it as "tzutil /l" lists it, for example W. Europe Standard Time.',
    })
}

function checkUserName(name: string): void {
  const fits = /^[\p{L}\p{N}](?:[\p{L}\p{N}. _-]{0,18}[\p{L}\p{N}_-])?$/u.test(name)
  if (fits && !OWN_ACCOUNTS.has(name.toLowerCase())) return
  throw new AppError('config.userName', `"${name}" cannot be the name of a Windows account`, {
    hint: 'Use at most 20 letters, digits, dots, blanks and hyphens, and none of the names that Windows has for itself.',
  })
}

/** Control characters: no XML 1.0 document may hold most of them. */
const hasControl = (text: string): boolean => /\p{Cc}/u.test(text)

/** Installs onto disk 0, which Setup finds attached by the loader. */
function installFile(o: AnswerFileOptions & { readonly userName: string }): string {
  return unattend(
    settings(
      'windowsPE',
      component('Microsoft-Windows-International-Core-WinPE', [
        element('SetupUILanguage', [element('UILanguage', o.language)]),
        ...locale(o.language),
      ]),
      component('Microsoft-Windows-Setup', [
        element('RunSynchronous', commands('RunSynchronousCommand', 'Path', diskCommands(o.firmware))),
        element('ImageInstall', [
          element('OSImage', [
            element('InstallTo', [element('DiskID', '0'), element('PartitionID', o.firmware === 'BIOS' ? '1' : '3')]),
          ]),
        ]),
        element('UserData', [
          // A key of nothing but zeros makes Setup ask for the key or the edition, and for nothing else.
          element('ProductKey', [element('Key', '00000-00000-00000-00000-00000'), element('WillShowUI', 'Always')]),
          element('AcceptEula', 'true'),
        ]),
      ]),
    ),
    settings(
      'specialize',
      component('Microsoft-Windows-Shell-Setup', [element('ComputerName', '*'), ...timeZone(o)]),
      component('Microsoft-Windows-Deployment', [
        element('RunSynchronous', commands('RunSynchronousCommand', 'Path', [NO_ENCRYPTION])),
      ]),
    ),
    oobe(o, [...account(o.userName, o.password), firstLogon()]),
  )
}

/** Takes from an image what must differ from PC to PC, and leaves what it needs to find its disk. */
function generalizeFile(o: AnswerFileOptions): string {
  return unattend(
    settings(
      'generalize',
      // Without the two, the first start of a clone has no network card yet, and so no disk.
      component('Microsoft-Windows-PnpSysprep', [
        element('PersistAllDeviceInstalls', 'true'),
        element('DoNotCleanUpNonPresentDevices', 'true'),
      ]),
    ),
    settings('specialize', component('Microsoft-Windows-Shell-Setup', [element('ComputerName', '*'), ...timeZone(o)])),
    oobe(o, [...(o.userName === undefined ? [] : account(o.userName, o.password)), firstLogon()]),
  )
}

const timeZone = (o: AnswerFileOptions): Xml[] => (o.timeZone === undefined ? [] : [element('TimeZone', o.timeZone)])

const locale = (language: string): Xml[] =>
  ['InputLocale', 'SystemLocale', 'UILanguage', 'UserLocale'].map((name) => element(name, language))

/** The pages after the first start, none of which is shown. */
function oobe(o: AnswerFileOptions, more: readonly Xml[]): Xml {
  // An image that has its accounts already is not asked for another one.
  const accountsExist = o.kind === 'generalize' && o.userName === undefined
  const skip = accountsExist ? [element('SkipMachineOOBE', 'true'), element('SkipUserOOBE', 'true')] : []
  return settings(
    'oobeSystem',
    component('Microsoft-Windows-International-Core', locale(o.language)),
    component('Microsoft-Windows-Shell-Setup', [
      element('OOBE', [
        element('HideEULAPage', 'true'),
        element('HideOEMRegistrationScreen', 'true'),
        element('HideOnlineAccountScreens', 'true'),
        element('HideWirelessSetupInOOBE', 'true'),
        element('ProtectYourPC', '3'),
        ...skip,
      ]),
      ...more,
    ]),
  )
}

function account(name: string, password: string | undefined): Xml[] {
  return [
    element('UserAccounts', [
      element('LocalAccounts', [
        list('LocalAccount', [
          element('Name', name),
          element('Group', 'Administrators'),
          element('Password', [element('Value', password ?? ''), element('PlainText', 'true')]),
        ]),
      ]),
    ]),
  ]
}

/** A PC that sleeps loses its disk; one that restarts after a stop error hides why. */
const KEEP_AWAKE: readonly string[] = [
  'powercfg /hibernate off',
  ...['standby', 'hibernate', 'disk'].flatMap((what) =>
    ['ac', 'dc'].map((supply) => `powercfg /change ${what}-timeout-${supply} 0`),
  ),
  'reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\CrashControl /v AutoReboot /t REG_DWORD /d 0 /f',
]

/** An image that Windows has encrypted by itself starts on no other PC. */
const NO_ENCRYPTION =
  'reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\BitLocker /v PreventDeviceEncryption /t REG_DWORD /d 1 /f'

const firstLogon = (): Xml =>
  element(
    'FirstLogonCommands',
    commands(
      'SynchronousCommand',
      'CommandLine',
      KEEP_AWAKE.map((c) => `cmd /c ${c}`),
    ),
  )

/** Setup takes at most 259 characters a command. */
const commands = (item: string, path: string, lines: readonly string[]): Xml[] =>
  lines.map((line, i) => list(item, [element('Order', String(i + 1)), element(path, line)]))

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
function diskCommands(firmware: 'BIOS' | 'UEFI'): string[] {
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
