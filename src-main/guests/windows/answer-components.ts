/** What an answer file may hold, as far as ours and the usual ones go: component, passes, settings, types.
 *  Source: Microsoft's Unattended Windows Setup Reference, the page of each component ("Valid Configuration Passes",
 *  "Child Elements", "Values"). Settings whose content is not written down here are `open`. */

export const PASSES = [
  'windowsPE',
  'offlineServicing',
  'generalize',
  'specialize',
  'auditSystem',
  'auditUser',
  'oobeSystem',
] as const
export type Pass = (typeof PASSES)[number]

export type ValueType =
  | { readonly is: 'text'; readonly max: number; readonly mayBeEmpty?: true }
  | { readonly is: 'boolean' }
  | { readonly is: 'number'; readonly from: number; readonly to: number }
  | { readonly is: 'one'; readonly of: readonly string[] }
  | { readonly is: 'pattern'; readonly pattern: RegExp; readonly what: string; readonly mayBeEmpty?: true }

export interface Setting {
  readonly name: string
  /** Fewer than its component's. */
  readonly passes?: readonly Pass[]
  readonly value?: ValueType
  readonly settings?: readonly Setting[]
  /** An item of a list: it may stand more than once and says `wcm:action`. */
  readonly list?: true
  /** An item with `wcm:keyValue`. */
  readonly keyed?: true
  /** Items that run by their number. */
  readonly ordered?: true
  /** Settings without which it means nothing. */
  readonly needs?: readonly string[]
  /** Its value is nothing to repeat in a finding. */
  readonly secret?: true
}

export interface Component {
  readonly name: string
  readonly passes: readonly Pass[]
  readonly settings: readonly Setting[]
}

const text = (max = 259): ValueType => ({ is: 'text', max })
const BOOLEAN: ValueType = { is: 'boolean' }
const number = (from: number, to: number): ValueType => ({ is: 'number', from, to })
const one = (...of: readonly string[]): ValueType => ({ is: 'one', of })
const pattern = (of: RegExp, what: string): ValueType => ({ is: 'pattern', pattern: of, what })
const patternOrNothing = (of: RegExp, what: string): ValueType => ({
  is: 'pattern',
  pattern: of,
  what,
  mayBeEmpty: true,
})

type More = Omit<Setting, 'name' | 'value' | 'settings'>
const leaf = (name: string, value: ValueType, more: More = {}): Setting => ({ name, value, ...more })
const group = (name: string, settings: readonly Setting[], more: More = {}): Setting => ({ name, settings, ...more })
const item = (name: string, settings: readonly Setting[], more: More = {}): Setting => ({
  name,
  settings,
  list: true,
  ...more,
})
const open = (...names: readonly string[]): Setting[] => names.map((name) => ({ name }))

const WILL_SHOW_UI = leaf('WillShowUI', one('Always', 'Never', 'OnError'))
const ORDER = leaf('Order', number(1, 500))
/** A tag of a language, or the number of a keyboard; several with semicolons. */
const LOCALE = patternOrNothing(
  /^(?:[a-z]{2,3}(?:-[A-Za-z0-9]+)*|[0-9a-f]{4}:(?:[0-9a-f]{8}|\{[0-9a-f-]{36}\}(?:\{[0-9a-f-]{36}\})?))(?:;.+)?$/i,
  'a language like de-DE',
)
/** Empty and `*` let Windows make one up; nothing but digits is no name of a PC. */
const COMPUTER_NAME = patternOrNothing(
  /^(?:\*|(?![0-9]+$)[^\s{|}~[\]^':;<=>?@!"#$%`()+/.,*&\\]{1,15})$/,
  'a name of at most 15 letters, digits and hyphens, and not of digits alone',
)
const PRODUCT_KEY = patternOrNothing(/^[0-9A-Z]{5}(?:-[0-9A-Z]{5}){4}$/i, 'a product key of five times five characters')
const CREDENTIALS = group('Credentials', [
  leaf('Domain', { is: 'text', max: 259, mayBeEmpty: true }),
  leaf('Username', text()),
  leaf('Password', { is: 'text', max: 259, mayBeEmpty: true }, { secret: true }),
])
const PASSWORD = (name: string): Setting =>
  group(
    name,
    [leaf('Value', { is: 'text', max: 2000, mayBeEmpty: true }, { secret: true }), leaf('PlainText', BOOLEAN)],
    { needs: ['Value'] },
  )
const RUN_SYNCHRONOUS = group('RunSynchronous', [
  item(
    'RunSynchronousCommand',
    [
      CREDENTIALS,
      leaf('Description', text()),
      ORDER,
      leaf('Path', text()),
      leaf('WillReboot', one('Always', 'Never', 'OnRequest')),
    ],
    { ordered: true, needs: ['Order', 'Path'] },
  ),
])
const RUN_ASYNCHRONOUS = group('RunAsynchronous', [
  item('RunAsynchronousCommand', [CREDENTIALS, leaf('Description', text()), ORDER, leaf('Path', text())], {
    ordered: true,
    needs: ['Order', 'Path'],
  }),
])
const LOCALES: readonly Setting[] = [
  leaf('InputLocale', LOCALE),
  leaf('SystemLocale', LOCALE),
  leaf('UILanguage', LOCALE),
  leaf('UILanguageFallback', LOCALE),
  leaf('UserLocale', LOCALE),
]
const DRIVER_PATHS = group('DriverPaths', [
  item('PathAndCredentials', [leaf('Path', text()), CREDENTIALS], { keyed: true, needs: ['Path'] }),
])
const INSTALL_TO = group('InstallTo', [leaf('DiskID', number(0, 255)), leaf('PartitionID', number(1, 128))], {
  needs: ['DiskID', 'PartitionID'],
})
const INSTALL_FROM = group('InstallFrom', [
  CREDENTIALS,
  leaf('Path', text()),
  item('MetaData', [leaf('Key', one('/IMAGE/INDEX', '/IMAGE/NAME', '/IMAGE/DESCRIPTION')), leaf('Value', text())], {
    needs: ['Key', 'Value'],
  }),
])

const SETUP: Component = {
  name: 'Microsoft-Windows-Setup',
  passes: ['windowsPE'],
  settings: [
    group('ComplianceCheck', [leaf('DisplayReport', one('Always', 'Never', 'OnError'))]),
    group('Diagnostics', [leaf('OptIn', BOOLEAN)]),
    group('DiskConfiguration', [
      leaf('DisableEncryptedDiskProvisioning', BOOLEAN),
      item(
        'Disk',
        [
          group('CreatePartitions', [
            item(
              'CreatePartition',
              [
                leaf('Extend', BOOLEAN),
                leaf('Order', number(1, 128)),
                leaf('Size', number(1, 0x7fffffff)),
                leaf('Type', one('Primary', 'EFI', 'Extended', 'Logical', 'MSR')),
              ],
              { ordered: true, needs: ['Order', 'Type'] },
            ),
          ]),
          leaf('DiskID', number(0, 255)),
          group('ModifyPartitions', [
            item(
              'ModifyPartition',
              [
                leaf('Active', BOOLEAN),
                leaf('Extend', BOOLEAN),
                leaf('Format', one('NTFS', 'FAT32')),
                leaf('Label', text(32)),
                leaf('Letter', pattern(/^[C-Z]$/i, 'a letter from C to Z')),
                leaf('Order', number(1, 128)),
                leaf('PartitionID', number(1, 128)),
                leaf('TypeID', pattern(/^(?:0x[0-9a-f]{2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i, 'a type')),
              ],
              { ordered: true, needs: ['Order', 'PartitionID'] },
            ),
          ]),
          leaf('WillWipeDisk', BOOLEAN),
        ],
        { needs: ['DiskID'] },
      ),
      WILL_SHOW_UI,
    ]),
    ...open('Display', 'PageFile', 'UpgradeData', 'WindowsDeploymentServices'),
    group('DynamicUpdate', [leaf('Enable', BOOLEAN), WILL_SHOW_UI]),
    leaf('EnableFirewall', BOOLEAN),
    leaf('EnableNetwork', BOOLEAN),
    group('ImageInstall', [
      item('DataImage', [...open('InstallFrom'), INSTALL_TO, leaf('Order', number(1, 500)), WILL_SHOW_UI]),
      group('OSImage', [
        leaf('Compact', BOOLEAN),
        INSTALL_FROM,
        INSTALL_TO,
        leaf('InstallToAvailablePartition', BOOLEAN),
        WILL_SHOW_UI,
      ]),
    ]),
    leaf('LogPath', text()),
    leaf('Restart', one('Restart', 'Shutdown')),
    RUN_ASYNCHRONOUS,
    RUN_SYNCHRONOUS,
    leaf('UseConfigurationSet', BOOLEAN),
    group('UserData', [
      leaf('AcceptEula', BOOLEAN),
      leaf('FullName', text(50)),
      leaf('Organization', text(50)),
      group('ProductKey', [leaf('Key', PRODUCT_KEY, { secret: true }), WILL_SHOW_UI]),
    ]),
  ],
}

const SHELL_SETUP: Component = {
  name: 'Microsoft-Windows-Shell-Setup',
  passes: ['offlineServicing', 'generalize', 'specialize', 'auditSystem', 'auditUser', 'oobeSystem'],
  settings: [
    group(
      'AutoLogon',
      [
        leaf('Domain', text()),
        leaf('Enabled', BOOLEAN),
        leaf('LogonCount', number(0, 999999999)),
        PASSWORD('Password'),
        leaf('Username', text(256)),
      ],
      { passes: ['specialize', 'auditSystem', 'oobeSystem'] },
    ),
    leaf('ComputerName', COMPUTER_NAME, { passes: ['offlineServicing', 'specialize'] }),
    leaf('CopyProfile', BOOLEAN, { passes: ['specialize'] }),
    leaf('DisableAutoDaylightTimeSet', BOOLEAN),
    group(
      'FirstLogonCommands',
      [
        item(
          'SynchronousCommand',
          [leaf('CommandLine', text(1024)), leaf('Description', text()), ORDER, leaf('RequiresUserInput', BOOLEAN)],
          { ordered: true, needs: ['Order', 'CommandLine'] },
        ),
      ],
      { passes: ['oobeSystem'] },
    ),
    group(
      'LogonCommands',
      [
        item(
          'AsynchronousCommand',
          [leaf('CommandLine', text(1024)), leaf('Description', text()), ORDER, leaf('RequiresUserInput', BOOLEAN)],
          { ordered: true, needs: ['Order', 'CommandLine'] },
        ),
      ],
      { passes: ['oobeSystem'] },
    ),
    group(
      'OOBE',
      [
        leaf('HideEULAPage', BOOLEAN),
        leaf('HideLocalAccountScreen', BOOLEAN),
        leaf('HideOEMRegistrationScreen', BOOLEAN),
        leaf('HideOnlineAccountScreens', BOOLEAN),
        leaf('HideWirelessSetupInOOBE', BOOLEAN),
        leaf('NetworkLocation', one('Home', 'Work', 'Other')),
        // Written both ways in the reference.
        ...open('OEMAppId', 'OEMAppID'),
        leaf('ProtectYourPC', number(1, 3)),
        leaf('SkipMachineOOBE', BOOLEAN),
        leaf('SkipUserOOBE', BOOLEAN),
        leaf('UnattendEnableRetailDemo', BOOLEAN),
        ...open('VMModeOptimizations'),
      ],
      { passes: ['oobeSystem'] },
    ),
    leaf('ProductKey', PRODUCT_KEY, { passes: ['specialize'], secret: true }),
    leaf('RegisteredOrganization', { is: 'text', max: 256, mayBeEmpty: true }),
    leaf('RegisteredOwner', { is: 'text', max: 256, mayBeEmpty: true }),
    leaf('TimeZone', text(256), { passes: ['specialize', 'auditSystem', 'oobeSystem'] }),
    group(
      'UserAccounts',
      [
        PASSWORD('AdministratorPassword'),
        ...open('DomainAccounts'),
        group('LocalAccounts', [
          item(
            'LocalAccount',
            [
              leaf('Description', { is: 'text', max: 256, mayBeEmpty: true }),
              leaf('DisplayName', { is: 'text', max: 256, mayBeEmpty: true }),
              leaf('Group', text(256)),
              leaf('Name', text(20)),
              PASSWORD('Password'),
            ],
            { needs: ['Name'] },
          ),
        ]),
      ],
      { passes: ['auditSystem', 'oobeSystem'] },
    ),
    ...open(
      'BluetoothTaskbarIconEnabled',
      'ClientApplications',
      'ConvertibleSlateModePromptPreference',
      'DesktopOptimization',
      'Display',
      'DoNotCleanTaskBar',
      'EnableStartMenu',
      'FolderLocations',
      'NotificationArea',
      'OEMInformation',
      'OEMName',
      'OEMWelcomeCenter',
      'OfflineUserAccounts',
      'ShowPowerButtonOnStartScreen',
      'ShowWindowsLive',
      'SignInMode',
      'StartPanelLinks',
      'StartPanelOff',
      'StartTiles',
      'TaskbarLinks',
      'Themes',
      'VisualEffects',
      'WindowsFeatures',
    ),
  ],
}

export const COMPONENTS: readonly Component[] = [
  SETUP,
  SHELL_SETUP,
  {
    name: 'Microsoft-Windows-International-Core-WinPE',
    passes: ['windowsPE'],
    settings: [
      ...LOCALES,
      leaf('LayeredDriver', number(1, 6)),
      group('SetupUILanguage', [leaf('UILanguage', LOCALE), WILL_SHOW_UI]),
    ],
  },
  {
    name: 'Microsoft-Windows-International-Core',
    passes: ['specialize', 'oobeSystem'],
    settings: LOCALES,
  },
  { name: 'Microsoft-Windows-PnpCustomizationsWinPE', passes: ['windowsPE'], settings: [DRIVER_PATHS] },
  {
    name: 'Microsoft-Windows-PnpCustomizationsNonWinPE',
    passes: ['offlineServicing', 'auditSystem'],
    settings: [DRIVER_PATHS],
  },
  {
    name: 'Microsoft-Windows-PnpSysprep',
    passes: ['generalize'],
    settings: [leaf('DoNotCleanUpNonPresentDevices', BOOLEAN), leaf('PersistAllDeviceInstalls', BOOLEAN)],
  },
  {
    name: 'Microsoft-Windows-Security-SPP',
    passes: ['generalize'],
    settings: [leaf('SkipRearm', number(0, 1))],
  },
  {
    name: 'Microsoft-Windows-PartitionManager',
    passes: ['offlineServicing'],
    settings: [leaf('SanPolicy', number(1, 4))],
  },
  {
    name: 'Microsoft-Windows-powercpl',
    passes: ['generalize', 'specialize'],
    settings: [
      leaf(
        'PreferredPlan',
        pattern(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'the number (GUID) of a power plan'),
      ),
    ],
  },
  {
    name: 'Microsoft-Windows-Deployment',
    passes: ['generalize', 'specialize', 'auditSystem', 'auditUser', 'oobeSystem'],
    settings: [
      { ...RUN_SYNCHRONOUS, passes: ['specialize', 'auditUser'] },
      { ...RUN_ASYNCHRONOUS, passes: ['specialize', 'auditUser'] },
      group('ExtendOSPartition', [leaf('Extend', BOOLEAN), leaf('Size', number(1, 0x7fffffff))]),
      group('Generalize', [leaf('ForceShutdownNow', BOOLEAN), leaf('Mode', one('Audit', 'OOBE'))]),
      group('Reseal', [leaf('ForceShutdownNow', BOOLEAN), leaf('Mode', one('Audit', 'OOBE'))], {
        passes: ['auditSystem', 'auditUser', 'oobeSystem'],
      }),
      ...open('AuditComputerName', 'DeviceForm', 'DuplicatorDescription'),
    ],
  },
]
