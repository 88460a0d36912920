import { diskCommands, KEEP_AWAKE, SKIP_CHECKS, specializeCommands } from './answer-commands.ts'
import { checkOptions, type AnswerFileOptions } from './answer-options.ts'
import { BUILD } from '../../base/windows-builds.ts'
import { component, element, keyed, list, settings, unattend, type Xml } from './answer-xml.ts'

/** Answers to what Windows Setup asks. Source: Microsoft's Unattended Windows Setup Reference. */

export type { AnswerFileOptions, Architecture } from './answer-options.ts'

export interface AnswerText {
  readonly name: string
  readonly text: string
}

const DEFAULT_USER = 'user'
/** Of the plan that lets nothing sleep. */
const HIGH_PERFORMANCE = '8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c'

/** `autounattend.xml` for the root of the medium, or `unattend.xml` for sysprep.
 *  Errors: those of `checkOptions`. */
export function answerFile(o: AnswerFileOptions): AnswerText {
  checkOptions(o)
  const passes =
    o.kind === 'install' ? installPasses({ ...o, userName: o.userName ?? DEFAULT_USER }) : generalizePasses(o)
  return {
    name: o.kind === 'install' ? 'autounattend.xml' : 'unattend.xml',
    text: unattend(o.architecture ?? 'amd64', passes),
  }
}

/** Installs onto disk 0, which Setup finds attached by the loader. */
function installPasses(o: AnswerFileOptions & { readonly userName: string }): Xml[] {
  const first = [...(o.skipChecks ? SKIP_CHECKS : []), ...diskCommands(o.firmware)]
  return [
    settings(
      'windowsPE',
      component('Microsoft-Windows-International-Core-WinPE', [
        element('SetupUILanguage', [element('UILanguage', o.language)]),
        ...locale(o.language),
      ]),
      ...drivers(o.driverPaths ?? []),
      component('Microsoft-Windows-Setup', [
        element('RunSynchronous', commands('RunSynchronousCommand', 'Path', first)),
        ...(o.noDriveEncryption
          ? [element('DiskConfiguration', [element('DisableEncryptedDiskProvisioning', 'true')])]
          : []),
        element('ImageInstall', [
          element('OSImage', [
            ...edition(o.edition),
            element('InstallTo', [element('DiskID', '0'), element('PartitionID', o.firmware === 'BIOS' ? '1' : '3')]),
          ]),
        ]),
        element('UserData', [productKey(o.productKey), element('AcceptEula', 'true')]),
      ]),
    ),
    // Disks that come later are not taken offline, as Windows Server does with those on a network.
    settings('offlineServicing', component('Microsoft-Windows-PartitionManager', [element('SanPolicy', '1')])),
    specialize(o),
    oobe(o, [...account(o.userName, o.password), firstLogon()]),
  ]
}

/** Takes from an image what must differ from PC to PC, and leaves what it needs to find its disk. */
function generalizePasses(o: AnswerFileOptions): Xml[] {
  return [
    settings(
      'generalize',
      // Without the two, the first start of a clone has no network card yet, and so no disk.
      component('Microsoft-Windows-PnpSysprep', [
        element('PersistAllDeviceInstalls', 'true'),
        element('DoNotCleanUpNonPresentDevices', 'true'),
      ]),
    ),
    specialize(o),
    oobe(o, [...(o.userName === undefined ? [] : account(o.userName, o.password)), firstLogon()]),
  ]
}

function specialize(o: AnswerFileOptions): Xml {
  return settings(
    'specialize',
    component('Microsoft-Windows-Shell-Setup', [element('ComputerName', '*'), ...timeZone(o)]),
    component('Microsoft-Windows-Deployment', [
      element('RunSynchronous', commands('RunSynchronousCommand', 'Path', specializeCommands(o))),
    ]),
    component('Microsoft-Windows-powercpl', [element('PreferredPlan', HIGH_PERFORMANCE)]),
  )
}

function edition(wanted: AnswerFileOptions['edition']): Xml[] {
  if (wanted === undefined) return []
  const [key, value] = 'index' in wanted ? ['/IMAGE/INDEX', String(wanted.index)] : ['/IMAGE/NAME', wanted.name]
  return [element('InstallFrom', [list('MetaData', [element('Key', key), element('Value', value)])])]
}

function productKey(key: string | undefined): Xml {
  // A key of nothing but zeros makes Setup ask for the key or the edition, and for nothing else.
  const [value, shows] =
    key === undefined ? ['00000-00000-00000-00000-00000', 'Always'] : [key.toUpperCase(), 'OnError']
  return element('ProductKey', [element('Key', value), element('WillShowUI', shows)])
}

const drivers = (paths: readonly string[]): Xml[] =>
  paths.length === 0
    ? []
    : [
        component('Microsoft-Windows-PnpCustomizationsWinPE', [
          element(
            'DriverPaths',
            paths.map((path, i) => keyed('PathAndCredentials', String(i + 1), [element('Path', path)])),
          ),
        ]),
      ]

const timeZone = (o: AnswerFileOptions): Xml[] => (o.timeZone === undefined ? [] : [element('TimeZone', o.timeZone)])

const locale = (language: string): Xml[] =>
  ['InputLocale', 'SystemLocale', 'UILanguage', 'UserLocale'].map((name) => element(name, language))

/** The pages after the first start, none of which is shown. */
function oobe(o: AnswerFileOptions, more: readonly Xml[]): Xml {
  // An image that has its accounts already is not asked for another one.
  const accountsExist = o.kind === 'generalize' && o.userName === undefined
  const skip = accountsExist ? [element('SkipMachineOOBE', 'true'), element('SkipUserOOBE', 'true')] : []
  // Windows 7 has no such pages, and stops at settings that it does not know.
  const since8 =
    o.buildNumber !== undefined && o.buildNumber < BUILD.windows8
      ? [element('NetworkLocation', 'Work')]
      : [element('HideOEMRegistrationScreen', 'true'), element('HideOnlineAccountScreens', 'true')]
  return settings(
    'oobeSystem',
    component('Microsoft-Windows-International-Core', locale(o.language)),
    component('Microsoft-Windows-Shell-Setup', [
      element('OOBE', [
        element('HideEULAPage', 'true'),
        ...since8,
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

const firstLogon = (): Xml =>
  element(
    'FirstLogonCommands',
    commands(
      'SynchronousCommand',
      'CommandLine',
      KEEP_AWAKE.map((c) => `cmd /c ${c}`),
    ),
  )

const commands = (item: string, path: string, lines: readonly string[]): Xml[] =>
  lines.map((line, i) => list(item, [element('Order', String(i + 1)), element(path, line)]))
