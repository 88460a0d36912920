import { describe, expect, test } from 'vitest'
import { FileTree, type FileSystem } from '../../../../../src-main/guests/offline/disk/file-system.ts'
import type { Finding } from '../../../../../src-main/guests/offline/report.ts'
import { readWindows, isWindows } from '../../../../../src-main/guests/offline/windows/facts.ts'
import { windowsFindings } from '../../../../../src-main/guests/offline/windows/findings.ts'
import {
  commandsForBoot,
  driverPath,
  startsAtBoot,
  type Service,
} from '../../../../../src-main/guests/offline/windows/services.ts'
import { writeHive, type KeyToWrite } from '../../../../support/hive-writer.ts'
import { memoryFiles, type MemoryFile } from '../../../../support/memory-files.ts'

const NET = '{4d36e972-e325-11ce-bfc1-08002be10318}'
const CARD = '{11111111-2222-3333-4444-555555555555}'
const FILTER = '{7DAF2AC8-E9F6-4765-A842-F1F5D2501341}'
const INSTANCE = ['PCI', 'VEN_8086&DEV_15B7', '3&1'] as const

interface Pc {
  version?: Record<string, string | number>
  imageState?: string
  services?: Record<string, KeyToWrite>
  card?: Record<string, string | number>
  cardKeys?: Record<string, KeyToWrite>
  device?: Record<string, string | number | string[]>
  noDeviceName?: boolean
  classValues?: Record<string, string[]>
  filters?: Record<string, KeyToWrite>
  memory?: Record<string, string[]>
  power?: Record<string, number>
  setup?: Record<string, number>
  noIscsiDevice?: boolean
  control?: Record<string, KeyToWrite>
  holdSeconds?: number
  dirty?: boolean
  files?: Record<string, MemoryFile>
  fileSystem?: Partial<FileSystem>
}

/** Services of a Windows that is ready for iSCSI. */
const READY = {
  iScsiPrt: { values: { Start: 0, BootFlags: 1, ImagePath: '\\SystemRoot\\System32\\drivers\\msiscsi.sys' } },
  NDIS: { values: { Start: 0 } },
  Tcpip: { values: { Start: 0 } },
  WfpLwfs: { values: { Start: 0 } },
  e1d: { values: { Start: 3, BootFlags: 1, ImagePath: '\\SystemRoot\\System32\\drivers\\e1d.sys' } },
} satisfies Record<string, KeyToWrite>

function pc(o: Pc = {}): FileTree {
  const software = writeHive(
    {
      keys: {
        Microsoft: {
          keys: {
            'Windows NT': {
              keys: {
                CurrentVersion: {
                  values: {
                    ProductName: 'Windows 10 Pro',
                    CurrentBuildNumber: '26100',
                    DisplayVersion: '24H2',
                    EditionID: 'Professional',
                    InstallationType: 'Client',
                    UBR: 7705,
                    ...o.version,
                  },
                },
              },
            },
            Windows: {
              keys: {
                CurrentVersion: {
                  keys: {
                    Setup: { keys: { State: { values: { ImageState: o.imageState ?? 'IMAGE_STATE_COMPLETE' } } } },
                  },
                },
              },
            },
          },
        },
      },
    },
    { dirty: o.dirty ?? false },
  )
  const adapter: KeyToWrite = {
    values: {
      DriverDesc: 'Intel I219',
      Characteristics: 0x84,
      MatchingDeviceId: 'pci\\ven_8086&dev_15b7',
      NetCfgInstanceId: CARD,
      '*IfType': 6,
      '*PhysicalMediaType': 14,
      ...(!o.noDeviceName && { DeviceInstanceID: INSTANCE.join('\\') }),
      ...o.card,
    },
    keys: o.cardKeys ?? {},
  }
  const system = writeHive({
    keys: {
      Select: { values: { Current: 2 } },
      Setup: { values: o.setup ?? {} },
      ControlSet002: {
        keys: {
          Services: { keys: { ...READY, ...o.services } },
          Enum: {
            keys: {
              PCI: {
                keys: {
                  [INSTANCE[1]]: {
                    keys: {
                      [INSTANCE[2]]: {
                        values: { Driver: `${NET}\\0003`, Service: 'e1d', ConfigFlags: 0, ...o.device },
                      },
                    },
                  },
                },
              },
              ROOT: { keys: o.noIscsiDevice ? {} : { ISCSIPRT: { keys: { '0000': {} } } } },
            },
          },
          Control: {
            keys: {
              BitLocker: { values: { PreventDeviceEncryption: 1 } },
              ...o.control,
              Class: {
                keys: {
                  [NET]: { values: o.classValues ?? {}, keys: { '0003': adapter, Properties: {} } },
                  '{4d36e97b-e325-11ce-bfc1-08002be10318}': {
                    keys: {
                      '0001': {},
                      '0002': { keys: { Parameters: { values: { MaxRequestHoldTime: o.holdSeconds ?? 600 } } } },
                    },
                  },
                },
              },
              Network: { keys: { '{4d36e974-e325-11ce-bfc1-08002be10318}': { keys: o.filters ?? {} } } },
              'Session Manager': {
                keys: {
                  'Memory Management': { values: { PagingFiles: [], ...o.memory } },
                  Power: { values: { HiberbootEnabled: 0, ...o.power } },
                },
              },
            },
          },
        },
      },
    },
  })
  return new FileTree(
    memoryFiles(
      {
        '/Windows/System32/config/SYSTEM': system,
        '/Windows/System32/config/SOFTWARE': software,
        '/Windows/System32/drivers/msiscsi.sys': 'driver',
        '/Windows/System32/drivers/e1d.sys': 'driver',
        ...o.files,
      },
      { caseSensitive: false, ...o.fileSystem },
    ),
  )
}

const check = async (o: Pc = {}): Promise<Finding[]> => windowsFindings(await readWindows(pc(o), () => {}))
const bad = (findings: readonly Finding[]): [string, string][] =>
  findings.filter((f) => f.severity !== 'ok').map((f) => [f.id, f.severity])
const find = (findings: readonly Finding[], id: string): Finding => {
  const found = findings.find((f) => f.id === id)
  expect(found, id).toBeDefined()
  return found!
}

test('a Windows that is ready has nothing to complain about', async () => {
  expect(await isWindows(pc())).toBe(true)
  const findings = await check()
  expect(bad(findings)).toEqual([])
  expect(findings.map((f) => f.id)).toEqual([
    'windows.version',
    'windows.sysprep',
    'windows.iscsi.driver',
    'windows.nic.driver',
    'windows.filters',
    'windows.pageFile',
  ])
  expect(find(findings, 'windows.version').title).toBe('This is Windows 11 Pro 24H2, build 26100.7705.')
})

describe('the version', () => {
  test.each([
    [{ CurrentBuildNumber: '19045', DisplayVersion: '22H2', UBR: 1 }, 'This is Windows 10 Pro 22H2, build 19045.1.'],
    [{ CurrentBuildNumber: '22000' }, 'This is Windows 11 Pro 24H2, build 22000.7705.'],
    [
      { CurrentBuildNumber: '26100', ProductName: 'Windows Server 2025', InstallationType: 'Server' },
      'This is Windows Server 2025 24H2, build 26100.7705.',
    ],
  ])('%o', async (version, title) => {
    expect(find(await check({ version }), 'windows.version').title).toBe(title)
  })

  test('that starts only once is a problem', async () => {
    const finding = find(await check({ version: { UBR: 7704 } }), 'windows.update')
    expect(finding).toMatchObject({ severity: 'problem', detail: expect.stringContaining('26100.7705') as string })
  })

  test('that is missing is unknown', async () => {
    expect(find(await check({ version: { CurrentBuildNumber: 'x' } }), 'windows.version')).toMatchObject({
      severity: 'unknown',
      detail: 'Not readable: the registry does not say which build of Windows it is.',
    })
  })

  test.each([
    ['IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE', 'ok', 'many PCs'],
    ['IMAGE_STATE_COMPLETE', 'ok', 'one PC'],
    ['IMAGE_STATE_UNDEPLOYABLE', 'warning', 'in the middle'],
  ])('%s', async (imageState, severity, words) => {
    const id = /GENERALIZE/.test(imageState) ? 'windows.sysprep.generalised' : 'windows.sysprep'
    expect(find(await check({ imageState }), id)).toMatchObject({
      severity,
      title: expect.stringContaining(words) as string,
    })
  })
})

describe('Sysprep', () => {
  const LOG = '/Windows/System32/Sysprep/Panther/setuperr.log'
  const line = (app: string) =>
    `2026-11-21 20:00:00, Error SYSPRP Package ${app} was installed for a user, but not provisioned for all users. This package will not function properly in the sysprep image.\r\n`
  const apps =
    line('Microsoft.BingNews_4.2.27001.0_x64__8wekyb3d8bbwe') +
    line('Some.Game_1.0_x64__abc') +
    line('Some.Game_1.0_x64__abc')
  test('that Store apps stopped names them, with what removes each', async () => {
    const finding = find(await check({ files: { [LOG]: apps } }), 'windows.sysprep')
    expect(finding).toMatchObject({
      severity: 'warning',
      detail: 'Store apps that only one user has stop it: Microsoft.BingNews, Some.Game.',
    })
    expect(finding.remedy).toContain('Get-AppxPackage -AllUsers Some.Game | Remove-AppxPackage -AllUsers')
  })
  test('that wrote its log with two bytes a character is read as well', async () => {
    const wide = [...apps].map((c) => `${c}\0`).join('')
    expect(find(await check({ files: { [LOG]: wide } }), 'windows.sysprep').detail).toContain(
      'Microsoft.BingNews, Some.Game',
    )
  })
  test('that failed for another reason names its log', async () => {
    const files = { [LOG]: '2026-11-21, Error SYSPRP RunExternalDlls:Not running DLLs\r\n' }
    expect(find(await check({ files }), 'windows.sysprep')).toMatchObject({
      severity: 'warning',
      detail: expect.stringContaining('setupact.log') as string,
    })
  })
  test('that worked in the end is not held against what failed before', async () => {
    const findings = await check({ imageState: 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE', files: { [LOG]: apps } })
    expect(bad(findings)).toEqual([])
    expect(findings.map((f) => f.id)).toContain('windows.sysprep.generalised')
  })
  test('that never ran, or left an empty log, says so plainly', async () => {
    for (const files of [{}, { [LOG]: '' }])
      expect(find(await check({ files }), 'windows.sysprep')).toMatchObject({
        severity: 'ok',
        title: 'Windows is set up for one PC.',
      })
  })
  test('of a long log only the end is read', async () => {
    const files = { [LOG]: line('Old.App_1_x') + 'x'.repeat(300 * 1024) + line('New.App_1_x') }
    expect(find(await check({ files }), 'windows.sysprep').detail).toMatch(/stop it: New\.App\.$/)
  })
})

describe('how the PC was stopped', () => {
  test('hibernated', async () => {
    const findings = await check({ files: { '/hiberfil.sys': 'hibr and memory' }, fileSystem: { unclean: 'open' } })
    expect(bad(findings)).toEqual([['windows.hibernated', 'problem']])
    expect(find(findings, 'windows.hibernated').remedy).toContain('powercfg /hibernate off')
  })
  test('woken up since', async () => {
    expect(bad(await check({ files: { '/hiberfil.sys': 'wake' } }))).toEqual([])
  })
  test('with the disk open', async () => {
    const findings = await check({ fileSystem: { unclean: 'Windows marked it for a disk check' } })
    expect(bad(findings)).toEqual([['windows.volume', 'warning']])
  })
  test('with the registry open', async () => {
    const finding = find(await check({ dirty: true }), 'windows.registry.open')
    expect(finding).toMatchObject({ severity: 'warning', detail: expect.stringContaining('SOFTWARE') as string })
  })
  test('with hiberfil.sys not readable', async () => {
    expect(bad(await check({ files: { '/hiberfil.sys': { unreadable: 'worn out' } } }))).toEqual([
      ['windows.hibernated', 'unknown'],
    ])
  })
  test('with Fast Startup on', async () => {
    expect(bad(await check({ power: { HiberbootEnabled: 1 } }))).toEqual([['windows.fastStartup', 'warning']])
  })
})

describe('the iSCSI driver', () => {
  test('that starts on demand is a problem with commands', async () => {
    const finding = find(await check({ services: { iScsiPrt: { values: { Start: 3 } } } }), 'windows.iscsi.driver')
    expect(finding.severity).toBe('problem')
    expect(finding.remedy!.split('\n').slice(1)).toEqual([
      'reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\iScsiPrt /v Start /t REG_DWORD /d 0 /f',
      'reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\iScsiPrt /v BootFlags /t REG_DWORD /d 1 /f',
    ])
  })
  test('whose start is replaced is a problem', async () => {
    const iScsiPrt = { values: { Start: 0 }, keys: { StartOverride: { values: { '0': 3 } } } }
    const finding = find(await check({ services: { iScsiPrt } }), 'windows.iscsi.driver')
    expect(finding.severity).toBe('problem')
    expect(finding.remedy).toContain('reg delete HKLM\\SYSTEM\\CurrentControlSet\\Services\\iScsiPrt\\StartOverride /f')
  })
  test('whose file is missing is a problem', async () => {
    const facts = await readWindows(pc(), () => {})
    const findings = windowsFindings({ ...facts, iscsiDriverFile: { ok: true, value: false } })
    expect(find(findings, 'windows.iscsi.driver')).toMatchObject({
      severity: 'problem',
      detail: expect.stringContaining('msiscsi.sys') as string,
    })
  })
  test('whose device was never made is a warning', async () => {
    expect(bad(await check({ noIscsiDevice: true }))).toEqual([['windows.iscsi.device', 'warning']])
  })
  test('TCP/IP and NDIS matter as well', async () => {
    expect(bad(await check({ services: { Tcpip: { values: { Start: 1 } }, NDIS: { values: { Start: 4 } } } }))).toEqual(
      [
        ['windows.ndis', 'problem'],
        ['windows.tcpip', 'problem'],
      ],
    )
  })
})

describe('network cards', () => {
  test('a driver that starts on demand is a problem', async () => {
    const findings = await check({ services: { e1d: { values: { Start: 3 } } } })
    expect(bad(findings)).toEqual([['windows.nic.driver', 'problem']])
    expect(find(findings, 'windows.nic.driver').title).toBe('The driver of Intel I219 starts too late.')
  })
  test('a driver whose file is missing is a problem', async () => {
    const e1d = { values: { Start: 0, ImagePath: '\\SystemRoot\\System32\\drivers\\gone.sys' } }
    const finding = find(await check({ services: { e1d } }), 'windows.nic.driver')
    expect(finding).toMatchObject({
      severity: 'problem',
      detail: 'It should be C:\\Windows\\System32\\drivers\\gone.sys.',
    })
  })
  test('a driver that cannot be read is unknown', async () => {
    const findings = await check({
      files: { '/Windows/System32/drivers/e1d.sys': { unreadable: 'it is compressed by Windows (CompactOS)' } },
    })
    expect(bad(findings)).toEqual([['windows.nic.kind', 'unknown']])
    expect(find(findings, 'windows.nic.kind').detail).toContain('CompactOS')
  })
  test.each([0, 262_140, 600_000])('a NetAdapterCx driver is a problem (its mark at %i)', async (at) => {
    const file = new Uint8Array(at + 100)
    file.set(Buffer.from('NetAdapterCx', 'utf16le'), at)
    const findings = await check({ files: { '/Windows/System32/drivers/e1d.sys': file } })
    expect(bad(findings)).toEqual([['windows.nic.kind', 'problem']])
  })
  test('a device is found by its driver when the card does not name it', async () => {
    expect(bad(await check({ noDeviceName: true }))).toEqual([])
  })
  test('no wired card is a problem, and wireless, virtual and disabled ones do not count', async () => {
    for (const o of [
      { card: { '*PhysicalMediaType': 9, '*IfType': 71 } },
      { card: { '*IfType': 71 } },
      { card: { Characteristics: 0x29, MatchingDeviceId: 'ms_ndiswanip' } },
      { device: { ConfigFlags: 1 } },
    ] satisfies Pc[])
      expect(bad(await check(o)), JSON.stringify(o)).toEqual([['windows.nic', 'problem']])
  })
  test('a fixed address is a warning', async () => {
    const Tcpip = {
      values: { Start: 0 },
      keys: {
        Parameters: {
          keys: { Interfaces: { keys: { [CARD]: { values: { EnableDHCP: 0, IPAddress: ['10.0.0.9'] } } } } },
        },
      },
    }
    const finding = find(await check({ services: { Tcpip } }), 'windows.nic.address')
    expect(finding).toMatchObject({ severity: 'warning', detail: expect.stringContaining('10.0.0.9') as string })
  })
  test('drivers attached to it are a warning', async () => {
    expect(bad(await check({ device: { LowerFilters: ['vpnfilter'] } }))).toEqual([
      ['windows.nic.deviceFilters', 'warning'],
    ])
    expect(bad(await check({ classValues: { UpperFilters: ['other'] } }))).toEqual([
      ['windows.filters.class', 'warning'],
    ])
  })
})

describe('filters', () => {
  const linkage = { Linkage: { values: { FilterList: [`${CARD}-${FILTER}-0000`] } } }
  const filter = (componentId: string, runType: number, service: string): Record<string, KeyToWrite> => ({
    [FILTER]: {
      values: { ComponentId: componentId, Description: 'The filter' },
      keys: { Ndi: { values: { Service: service, FilterRunType: runType } } },
    },
  })
  test.each([
    ['a foreign one that is optional', 'npcap', 2, 1, [['windows.filters', 'warning']]],
    ['a foreign one that must run, and starts late', 'vpn', 1, 1, [['windows.filters', 'problem']]],
    ['a foreign one that must run, and starts at boot', 'vpn', 1, 0, [['windows.filters', 'warning']]],
    ['one of Windows itself', 'ms_pacer', 1, 1, []],
  ] as const)('%s', async (_, componentId, runType, start, expected) => {
    const findings = await check({
      cardKeys: linkage,
      filters: filter(componentId, runType, 'svc'),
      services: { svc: { values: { Start: start } } },
    })
    expect(bad(findings)).toEqual(expected)
  })
  test('that of the firewall must start at boot', async () => {
    const o = { cardKeys: linkage, filters: filter('ms_wfplwf_upper', 1, 'WfpLwfs') }
    expect(bad(await check(o))).toEqual([])
    expect(bad(await check({ ...o, services: { WfpLwfs: { values: { Start: 1 } } } }))).toEqual([
      ['windows.filters.wfp', 'problem'],
    ])
    // Where it is not bound to the card, it does no harm.
    expect(bad(await check({ services: { WfpLwfs: { values: { Start: 1 } } } }))).toEqual([])
  })
  test('of another card do not matter', async () => {
    const other = { Linkage: { values: { FilterList: [`{00000000-0000-0000-0000-000000000000}-${FILTER}-0000`] } } }
    expect(bad(await check({ cardKeys: other, filters: filter('vpn', 1, 'svc') }))).toEqual([])
  })
})

test('a page file is a warning', async () => {
  expect(bad(await check({ memory: { PagingFiles: ['?:\\pagefile.sys'] } }))).toEqual([['windows.pageFile', 'warning']])
})

describe('what Windows does by itself', () => {
  const BALANCED = '381b4222-f694-41f0-9685-ff5bb260df2e'
  const setting = (seconds: number, below: Record<string, KeyToWrite> = {}): KeyToWrite => ({
    keys: {
      '238c9fa8-0aad-41ed-83f4-97be242c8f20': {
        keys: { '29f6c1db-86da-48c5-9fdb-f2b67b1f44da': { values: { ACSettingIndex: seconds }, keys: below } },
      },
    },
  })
  const power = (own: number | undefined, usual: number): Record<string, KeyToWrite> => ({
    Power: {
      keys: {
        User: {
          keys: {
            PowerSchemes: {
              values: { ActivePowerScheme: BALANCED },
              keys: { [BALANCED]: own === undefined ? {} : setting(own) },
            },
          },
        },
        PowerSettings: setting(0, {
          DefaultPowerSchemeValues: { keys: { [BALANCED]: { values: { ACSettingIndex: usual } } } },
        }),
      },
    },
  })
  test.each([
    [undefined, 1800, '30 minutes'],
    [600, 0, '10 minutes'],
  ])('sleep is a warning (set: %s, usual: %s)', async (own, usual, words) => {
    const findings = await check({ control: power(own, usual) })
    expect(bad(findings)).toEqual([['windows.sleep', 'warning']])
    expect(find(findings, 'windows.sleep').detail).toContain(words)
  })
  test('sleep that was switched off is none', async () => {
    expect(bad(await check({ control: power(0, 1800) }))).toEqual([])
  })
  test('a restart after a blue screen is a warning', async () => {
    expect(bad(await check({ control: { CrashControl: { values: { AutoReboot: 1 } } } }))).toEqual([
      ['windows.autoRestart', 'warning'],
    ])
    expect(bad(await check({ control: { CrashControl: { values: { AutoReboot: 0 } } } }))).toEqual([])
  })
  test('encryption of its own accord is a warning where Windows does that', async () => {
    const control = { BitLocker: { values: {} } }
    expect(bad(await check({ control }))).toEqual([['windows.deviceEncryption', 'warning']])
    expect(bad(await check({ control, version: { CurrentBuildNumber: '22631' } }))).toEqual([])
    expect(bad(await check({ control, version: { InstallationType: 'Server' } }))).toEqual([])
  })
  test('little patience is a warning', async () => {
    const findings = await check({ holdSeconds: 60 })
    expect(bad(findings)).toEqual([['windows.patience', 'warning']])
    expect(find(findings, 'windows.patience').detail).toContain('60 seconds')
  })
})

test('a Server 2025 without its update is a warning', async () => {
  const server = { ProductName: 'Windows Server 2025', InstallationType: 'Server' }
  expect(bad(await check({ version: { ...server, UBR: 3193 } }))).toEqual([['windows.update', 'warning']])
  expect(bad(await check({ version: { ...server, UBR: 3194 } }))).toEqual([])
})

test('a setup that did not end is a warning', async () => {
  expect(bad(await check({ setup: { OOBEInProgress: 1 } }))).toEqual([['windows.setup', 'warning']])
})

test('a registry that is not readable is unknown, and the rest is still told', async () => {
  const findings = await check({ files: { '/Windows/System32/config/SYSTEM': 'no hive at all' } })
  expect(bad(findings)).toEqual([['windows.registry', 'unknown']])
  expect(find(findings, 'windows.registry').detail).toMatch(/^Not readable: hive: signature/)
  expect(find(findings, 'windows.version').severity).toBe('ok')
})

describe('services', () => {
  const service = (o: Partial<Service>): Service => ({
    name: 'x',
    start: 3,
    bootFlags: 0,
    startOverride: undefined,
    imagePath: undefined,
    ...o,
  })
  test.each([
    [{ start: 0 }, true],
    [{ start: 3 }, false],
    [{ start: 3, bootFlags: 1 }, true],
    [{ start: 3, bootFlags: 2 }, false],
    [{ start: 4, bootFlags: 1 }, false],
    [{ start: 0, startOverride: 3 }, false],
    [{ start: 0, startOverride: 0 }, true],
    [{ start: undefined, bootFlags: 1 }, false],
  ])('%o starts at boot: %s', (o, is) => {
    expect(startsAtBoot(service(o))).toBe(is)
  })
  test.each([
    [undefined, '/Windows/System32/drivers/x.sys'],
    ['System32\\drivers\\a.sys', '/Windows/System32/drivers/a.sys'],
    ['\\SystemRoot\\System32\\drivers\\a.sys', '/Windows/System32/drivers/a.sys'],
    ['%SystemRoot%\\system32\\a.sys', '/Windows/system32/a.sys'],
    ['\\??\\C:\\Program Files\\V\\a.sys', '/Program Files/V/a.sys'],
    ['"C:\\a.sys"', '/a.sys'],
  ])('the driver of %j is %s', (imagePath, path) => {
    expect(driverPath(service({ imagePath }))).toBe(path)
  })
  test('commands delete an override only where there is one', () => {
    expect(commandsForBoot({ name: 'a', startOverride: undefined })).not.toContain('StartOverride')
    expect(commandsForBoot({ name: 'a', startOverride: 3 })).toContain('StartOverride')
  })
})
