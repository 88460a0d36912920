import { describe, expect, test } from 'vitest'
import { answerFile, type AnswerFileOptions } from '../../../../src-main/guests/windows/answer-file.ts'
import { VENDOR } from '../../../../src-main/scsi/inquiry.ts'
import { allAt, parseXml, type XmlElement } from '../../../support/xml.ts'

const base: AnswerFileOptions = { kind: 'install', firmware: 'UEFI', language: 'de-DE' }
const read = (o: Partial<AnswerFileOptions>) => parseXml(answerFile({ ...base, ...o }).text)

/** A component of a pass; there is exactly one of a name. */
function part(root: XmlElement, pass: string, name: string): XmlElement {
  const found = allAt(root, 'settings')
    .filter((s) => s.attributes['pass'] === pass)
    .flatMap((s) => s.children)
    .filter((c) => c.attributes['name'] === `Microsoft-Windows-${name}`)
  expect(found, `${pass} ${name}`).toHaveLength(1)
  expect(found[0]!.attributes).toMatchObject({
    processorArchitecture: 'amd64',
    publicKeyToken: '31bf3856ad364e35',
    language: 'neutral',
    versionScope: 'nonSxS',
  })
  return found[0]!
}
const textAt = (element: XmlElement, path: string) => allAt(element, path).map((e) => e.text)
const setupCommands = (root: XmlElement) =>
  textAt(part(root, 'windowsPE', 'Setup'), 'RunSynchronous/RunSynchronousCommand/Path')

describe('the file for an installation', () => {
  test('is named as Setup looks for it and is in its namespace', () => {
    expect(answerFile(base).name).toBe('autounattend.xml')
    expect(read({}).attributes['xmlns']).toBe('urn:schemas-microsoft-com:unattend')
    expect(allAt(read({}), 'settings').map((s) => s.attributes['pass'])).toEqual([
      'windowsPE',
      'offlineServicing',
      'specialize',
      'oobeSystem',
    ])
  })
  test.each([
    ['BIOS', '1', ['convert mbr', 'create partition primary', 'format quick fs=ntfs label=Windows', 'active']],
    [
      'UEFI',
      '3',
      [
        'convert gpt',
        'create partition efi size=300',
        'format quick fs=fat32 label=System',
        'create partition msr size=16',
        'create partition primary',
        'format quick fs=ntfs label=Windows',
      ],
    ],
  ] as const)('on %s it makes the partitions and installs to number %s of disk 0', (firmware, partition, lines) => {
    const root = read({ firmware })
    const script = setupCommands(root)
      .map((c) => /X:\\parts\.txt echo (.*)$/.exec(c)?.[1])
      .filter((line) => line !== undefined)
    expect(script).toEqual(['select disk 0', 'clean', ...lines])
    const to = 'ImageInstall/OSImage/InstallTo'
    const setup = part(root, 'windowsPE', 'Setup')
    expect([textAt(setup, `${to}/DiskID`), textAt(setup, `${to}/PartitionID`)]).toEqual([['0'], [partition]])
  })
  test('it touches no disk before it has seen that the first one is ours, and never lets Setup make partitions', () => {
    const commands = setupCommands(read({}))
    const guard = commands.findIndex((c) => c.includes(`find /i "${VENDOR}" X:\\disk.txt || for /l`))
    const wipe = commands.findIndex((c) => c.includes('/s X:\\parts.txt'))
    expect(guard).toBeGreaterThan(commands.findIndex((c) => c.includes('/s X:\\look.txt >X:\\disk.txt')))
    expect(wipe).toBeGreaterThan(guard)
    expect(answerFile(base).text).not.toContain('WillWipeDisk')
  })
  test('commands are numbered and fit what Setup takes', () => {
    const items = allAt(part(read({}), 'windowsPE', 'Setup'), 'RunSynchronous/RunSynchronousCommand')
    expect(items.map((i) => textAt(i, 'Order')[0])).toEqual(items.map((_, i) => String(i + 1)))
    expect(Math.max(...items.map((i) => textAt(i, 'Path')[0]!.length))).toBeLessThanOrEqual(259)
    expect(items.every((i) => i.attributes['wcm:action'] === 'add')).toBe(true)
  })
  test('says language, account and what keeps a diskless PC alive', () => {
    const root = read({ userName: 'Anna', password: 'a<b>&"c"', timeZone: 'W. Europe Standard Time' })
    expect(textAt(part(root, 'windowsPE', 'International-Core-WinPE'), 'UILanguage')).toEqual(['de-DE'])
    expect(textAt(part(root, 'oobeSystem', 'International-Core'), 'UserLocale')).toEqual(['de-DE'])
    const shell = part(root, 'oobeSystem', 'Shell-Setup')
    const account = 'UserAccounts/LocalAccounts/LocalAccount'
    expect(textAt(shell, `${account}/Name`)).toEqual(['Anna'])
    expect(textAt(shell, `${account}/Password/Value`)).toEqual(['a<b>&"c"'])
    const logon = textAt(shell, 'FirstLogonCommands/SynchronousCommand/CommandLine')
    expect(logon).toContain('cmd /c powercfg /hibernate off')
    expect(logon).toContain('cmd /c powercfg /change standby-timeout-ac 0')
    expect(logon.some((c) => c.includes('CrashControl /v AutoReboot /t REG_DWORD /d 0'))).toBe(true)
    expect(textAt(part(root, 'specialize', 'Shell-Setup'), 'TimeZone')).toEqual(['W. Europe Standard Time'])
    expect(textAt(part(root, 'specialize', 'Shell-Setup'), 'ComputerName')).toEqual(['*'])
  })
  test('without a name the account is called user, without a password it has none', () => {
    const shell = part(read({}), 'oobeSystem', 'Shell-Setup')
    expect(textAt(shell, 'UserAccounts/LocalAccounts/LocalAccount/Name')).toEqual(['user'])
    expect(textAt(shell, 'UserAccounts/LocalAccounts/LocalAccount/Password/Value')).toEqual([''])
  })
})

describe('the file for sysprep', () => {
  test('keeps the network card that the first start of a clone needs', () => {
    expect(answerFile({ ...base, kind: 'generalize' }).name).toBe('unattend.xml')
    const pnp = part(read({ kind: 'generalize' }), 'generalize', 'PnpSysprep')
    expect(textAt(pnp, 'PersistAllDeviceInstalls')).toEqual(['true'])
    expect(textAt(pnp, 'DoNotCleanUpNonPresentDevices')).toEqual(['true'])
  })
  test('gives each clone a name of its own, touches no disk, and leaves the accounts of the image', () => {
    const root = read({ kind: 'generalize' })
    expect(textAt(part(root, 'specialize', 'Shell-Setup'), 'ComputerName')).toEqual(['*'])
    const shell = part(root, 'oobeSystem', 'Shell-Setup')
    expect(allAt(shell, 'UserAccounts')).toEqual([])
    expect(textAt(shell, 'OOBE/SkipUserOOBE')).toEqual(['true'])
    expect(answerFile({ ...base, kind: 'generalize' }).text).not.toContain('diskpart')
    expect(allAt(read({ kind: 'generalize', userName: 'lab' }), 'settings/component/UserAccounts')).toHaveLength(1)
  })
})

describe('choices', () => {
  const osImage = 'ImageInstall/OSImage/InstallFrom/MetaData'
  test('an edition is named by its number or its name, and not at all without a choice', () => {
    const metaData = (edition?: AnswerFileOptions['edition']) => {
      const setup = part(read(edition ? { edition } : {}), 'windowsPE', 'Setup')
      return allAt(setup, osImage).map((m) => m.children.map((c) => c.text))
    }
    expect(metaData({ index: 6 })).toEqual([['/IMAGE/INDEX', '6']])
    expect(metaData({ name: 'Windows 11 Pro' })).toEqual([['/IMAGE/NAME', 'Windows 11 Pro']])
    expect(metaData()).toEqual([])
  })
  test("a key of one's own is shown only when it is wrong; without one Setup asks", () => {
    const key = (productKey?: string) => {
      const setup = part(read(productKey === undefined ? {} : { productKey }), 'windowsPE', 'Setup')
      return allAt(setup, 'UserData/ProductKey')[0]!.children.map((c) => c.text)
    }
    expect(key('w269n-wfgwx-yvc9b-4j6c9-t83gx')).toEqual(['W269N-WFGWX-YVC9B-4J6C9-T83GX', 'OnError'])
    expect(key()).toEqual(['00000-00000-00000-00000-00000', 'Always'])
  })
  test('the checks of Windows 11 are skipped only when asked, and before the disk is looked at', () => {
    expect(answerFile(base).text).not.toContain('LabConfig')
    const commands = setupCommands(read({ skipChecks: true }))
    expect(commands.slice(0, 5).map((c) => /Bypass(\w+)Check/.exec(c)?.[1])).toEqual([
      'TPM',
      'SecureBoot',
      'RAM',
      'Storage',
      'CPU',
    ])
    expect(commands[5]).toContain('look.txt')
  })
  test('driver folders are numbered', () => {
    const pnp = part(read({ driverPaths: ['X:\\drivers', 'D:\\nic'] }), 'windowsPE', 'PnpCustomizationsWinPE')
    const items = allAt(pnp, 'DriverPaths/PathAndCredentials')
    expect(items.map((i) => [i.attributes['wcm:keyValue'], textAt(i, 'Path')[0]])).toEqual([
      ['1', 'X:\\drivers'],
      ['2', 'D:\\nic'],
    ])
    expect(answerFile(base).text).not.toContain('PnpCustomizations')
  })
  test('every component is for the architecture of the Windows', () => {
    for (const architecture of ['x86', 'arm64'] as const) {
      const components = allAt(read({ architecture, driverPaths: ['X:\\a'] }), 'settings/component')
      expect(new Set(components.map((c) => c.attributes['processorArchitecture']))).toEqual(new Set([architecture]))
    }
  })
  test('no page file unless it is wanted', () => {
    expect(specializeCommands({})).toContainEqual(expect.stringMatching(/PagingFiles \/t REG_MULTI_SZ \/d "" \/f$/))
    expect(specializeCommands({ pageFile: 'automatic' }).join()).not.toContain('PagingFiles')
  })
  test('other disks stay online: by the pass for it, and in a clone by the registry', () => {
    expect(textAt(part(read({}), 'offlineServicing', 'PartitionManager'), 'SanPolicy')).toEqual(['1'])
    expect(specializeCommands({ kind: 'generalize' }).join()).toContain('partmgr\\Parameters" /v SanPolicy')
    expect(specializeCommands({}).join()).not.toContain('SanPolicy')
  })
  test('a Windows before 8 gets no settings that it does not know', () => {
    const old = answerFile({ ...base, buildNumber: 7601 }).text
    expect(old).not.toMatch(/HideOnlineAccountScreens|HideOEMRegistrationScreen/)
    expect(old).toContain('<NetworkLocation>Work')
    expect(answerFile({ ...base, buildNumber: 9600 }).text).toContain('HideOnlineAccountScreens')
  })
  test('drives of the PC stay as they are when asked', () => {
    const setup = part(read({ noDriveEncryption: true }), 'windowsPE', 'Setup')
    expect(textAt(setup, 'DiskConfiguration/DisableEncryptedDiskProvisioning')).toEqual(['true'])
    expect(answerFile(base).text).not.toContain('DiskConfiguration')
  })
})

function specializeCommands(o: Partial<AnswerFileOptions>): string[] {
  return textAt(part(read(o), 'specialize', 'Deployment'), 'RunSynchronous/RunSynchronousCommand/Path')
}

test.each([
  [{ language: 'german' }, 'config.language'],
  [{ userName: 'a/b' }, 'config.userName'],
  [{ userName: 'Administrator' }, 'config.userName'],
  [{ userName: 'name.' }, 'config.userName'],
  [{ userName: '' }, 'config.userName'],
  [{ password: 'two\nlines' }, 'config.password'],
  [{ timeZone: '<Berlin>' }, 'config.timeZone'],
  [{ productKey: 'ABCDE-FGHIJ' }, 'config.productKey'],
  [{ edition: { index: 0 } }, 'config.edition'],
  [{ edition: { name: ' ' } }, 'config.edition'],
  [{ driverPaths: ['drivers'] }, 'config.driverPath'],
  [{ driverPaths: ['X:\\drivers"'] }, 'config.driverPath'],
  [{ serverUrl: "http://10.0.0.5:8470'; exit" }, 'config.serverUrl'],
  [{ serverUrl: 'https://10.0.0.5' }, 'config.serverUrl'],
] as const)('refuses %j with a hint', (wrong, code) => {
  expect(() => answerFile({ ...base, ...wrong })).toThrowError(
    expect.objectContaining({ code, hint: expect.any(String) as string }),
  )
})
