import { describe, expect, test } from 'vitest'
import { answerFile, type AnswerFileOptions } from '../../../../src-main/guests/windows/answer-file.ts'
import { ARCHITECTURES } from '../../../../src-main/guests/windows/answer-options.ts'
import { checkAnswerFile, type AnswerFinding } from '../../../../src-main/guests/windows/answer-schema.ts'

const base: AnswerFileOptions = { kind: 'install', firmware: 'UEFI', language: 'de-DE' }

/** Every value of every choice that changes the shape of the file. */
const CHOICES: { readonly [K in keyof AnswerFileOptions]-?: readonly AnswerFileOptions[K][] } = {
  kind: ['install', 'generalize'],
  firmware: ['BIOS', 'UEFI'],
  language: ['de-DE'],
  userName: [undefined, 'Änne O-Bär'],
  password: [undefined, 'a<b>&"c"'],
  timeZone: [undefined, 'W. Europe Standard Time'],
  architecture: [undefined, ...ARCHITECTURES],
  edition: [undefined, { index: 255 }, { name: 'Windows Server 2022 Standard (Desktop & more)' }],
  productKey: [undefined, 'W269N-WFGWX-YVC9B-4J6C9-T83GX'],
  buildNumber: [7601, 26100],
  skipChecks: [false, true],
  driverPaths: [undefined, ['X:\\drivers', '\\\\server\\share']],
  noDriveEncryption: [false, true],
  pageFile: ['none', 'automatic'],
  computerName: ['client', 'random'],
  serverUrl: [undefined, 'http://192.168.111.222:8470'],
}

function* combinations(names: readonly (keyof AnswerFileOptions)[]): Generator<Partial<AnswerFileOptions>> {
  const [first, ...rest] = names
  if (first === undefined) {
    yield {}
    return
  }
  for (const value of CHOICES[first])
    for (const others of combinations(rest)) yield value === undefined ? others : { [first]: value, ...others }
}

/** Choices that do not meet each other are all made, or none, by turns. */
const APART: ReadonlySet<string> = new Set([
  'password',
  'timeZone',
  'productKey',
  'skipChecks',
  'driverPaths',
  'noDriveEncryption',
])

test('every file that can be made passes, and no command is longer than Setup takes', () => {
  const names = Object.keys(CHOICES) as (keyof AnswerFileOptions)[]
  const apart = Object.fromEntries([...APART].map((name) => [name, CHOICES[name as keyof AnswerFileOptions][1]]))
  let made = 0
  for (const o of combinations(names.filter((name) => !APART.has(name)))) {
    const wanted = { ...base, ...o, ...(made % 3 === 1 && apart) }
    const findings = checkAnswerFile(answerFile(wanted).text)
    // An expectation each would take longer than the check.
    if (findings.length > 0) expect({ wanted, findings }).toBeUndefined()
    made++
  }
  expect(made).toBe(1536)
})

const good = answerFile({
  ...base,
  userName: 'anna',
  driverPaths: ['X:\\a', 'X:\\b'],
  edition: { index: 1 },
  timeZone: 'UTC',
}).text
const goodClone = answerFile({ ...base, kind: 'generalize' }).text

/** A file with one fault, and the finding that must name it on its line. */
interface Fault {
  readonly in?: string
  readonly what: RegExp | string
  readonly by: string
  readonly rule: AnswerFinding['rule']
  readonly says: string
  readonly severity?: AnswerFinding['severity']
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'a pass that does not exist': {
    what: 'pass="specialize"',
    by: 'pass="specialise"',
    rule: 'pass',
    says: 'specialize is meant',
  },
  'a component in a pass that is not its own': {
    in: goodClone,
    what: 'pass="generalize"',
    by: 'pass="auditUser"',
    rule: 'pass',
    says: 'Microsoft-Windows-PnpSysprep has no effect in auditUser; its place is generalize',
  },
  'a setting in a pass that is not its own': {
    what: /<OOBE>/,
    by: '<CopyProfile>true</CopyProfile>\r\n<OOBE>',
    rule: 'pass',
    says: '<CopyProfile> has no effect in oobeSystem; its place is specialize',
  },
  'an element with a letter too many': {
    what: /HideEULAPage/g,
    by: 'HideEULAPages',
    rule: 'element',
    says: 'no setting <HideEULAPages>; <HideEULAPage> is meant',
  },
  'an element in other capitals': {
    what: /<(\/?)ComputerName>/g,
    by: '<$1Computername>',
    rule: 'element',
    says: '<ComputerName> is meant',
  },
  'an element at a wrong place': {
    what: '<InstallTo>',
    by: '<AcceptEula>true</AcceptEula><InstallTo>',
    rule: 'element',
    says: '<OSImage> has no setting <AcceptEula>',
  },
  'a component with a misspelt name': {
    what: 'Microsoft-Windows-Shell-Setup',
    by: 'Microsoft-Windows-Shel-Setup',
    rule: 'component',
    says: 'Microsoft-Windows-Shell-Setup is meant',
  },
  'a component that is not known here': {
    what: 'Microsoft-Windows-powercpl',
    by: 'Microsoft-Windows-IE-InternetExplorer',
    rule: 'component',
    says: 'nothing in it was checked',
    severity: 'unknown',
  },
  'a component without an architecture': {
    what: ' processorArchitecture="amd64"',
    by: '',
    rule: 'attribute',
    says: 'no processorArchitecture',
  },
  'an architecture of other people': {
    what: 'processorArchitecture="amd64"',
    by: 'processorArchitecture="x86_64"',
    rule: 'attribute',
    says: 'must be amd64, x86 or arm64',
  },
  'a wrong public key token': {
    what: '31bf3856ad364e35',
    by: '31bf3856ad364e36',
    rule: 'attribute',
    says: 'publicKeyToken is',
  },
  'a yes where true belongs': {
    what: '<AcceptEula>true<',
    by: '<AcceptEula>yes<',
    rule: 'type',
    says: '<AcceptEula> "yes" must be true or false',
  },
  'a number out of range': {
    what: '<ProtectYourPC>3<',
    by: '<ProtectYourPC>4<',
    rule: 'type',
    says: 'must be a number from 1 to 3',
  },
  'a word that is no choice': {
    what: '<WillShowUI>Always<',
    by: '<WillShowUI>always<',
    rule: 'type',
    says: 'must be Always, Never or OnError',
  },
  'an empty value': { what: '<TimeZone>UTC<', by: '<TimeZone><', rule: 'type', says: '<TimeZone> is empty' },
  'a computer name that is too long': {
    what: '<ComputerName>*<',
    by: '<ComputerName>a-name-of-16-char<',
    rule: 'type',
    says: 'at most 15',
  },
  'a computer name of digits': {
    what: '<ComputerName>*<',
    by: '<ComputerName>12345<',
    rule: 'type',
    says: 'not of digits alone',
  },
  'a command that is too long': {
    what: 'powercfg /hibernate off',
    by: 'powercfg /hibernate off'.padEnd(260, 'x'),
    rule: 'type',
    says: 'is 260 characters long; 259 are allowed',
  },
  'a language without a hyphen': {
    what: '<UILanguage>de-DE<',
    by: '<UILanguage>German (Germany)<',
    rule: 'type',
    says: 'must be a language like de-DE',
  },
  'a plan that is no GUID': {
    what: /<PreferredPlan>.*?</,
    by: '<PreferredPlan>high<',
    rule: 'type',
    says: 'the number (GUID) of a power plan',
  },
  'settings where a value belongs': {
    what: '<DiskID>0<',
    by: '<DiskID><Disk/><',
    rule: 'type',
    says: '<DiskID> holds settings',
  },
  'text between settings': { what: '<OSImage>', by: '<OSImage>first', rule: 'type', says: '<OSImage> holds text' },
  'an item without its action': {
    what: '<LocalAccount wcm:action="add">',
    by: '<LocalAccount>',
    rule: 'action',
    says: 'needs wcm:action="add"',
  },
  'an item with another action': {
    what: '<LocalAccount wcm:action="add">',
    by: '<LocalAccount wcm:action="insert">',
    rule: 'action',
    says: 'wcm:action is "insert"',
  },
  'an action where there is no list': {
    what: '<OSImage>',
    by: '<OSImage wcm:action="add">',
    rule: 'action',
    says: 'no item of a list',
    severity: 'warning',
  },
  'a driver folder without its key': {
    what: ' wcm:keyValue="1"',
    by: '',
    rule: 'action',
    says: 'needs wcm:keyValue',
  },
  'two driver folders with one key': {
    what: 'wcm:keyValue="2"',
    by: 'wcm:keyValue="1"',
    rule: 'order',
    says: 'The wcm:keyValue 1 stands twice',
  },
  'two commands with one number': { what: '<Order>3<', by: '<Order>2<', rule: 'order', says: 'Order 2 stands twice' },
  'commands that stand out of their order': {
    what: '<Order>3<',
    by: '<Order>499<',
    rule: 'order',
    says: 'Windows runs them by number',
    severity: 'warning',
  },
  'a command without a number': { what: '<Order>3</Order>', by: '', rule: 'missing', says: 'has no <Order>' },
  'a disk without a partition': {
    what: '<PartitionID>3</PartitionID>',
    by: '',
    rule: 'missing',
    says: '<InstallTo> has no <PartitionID>',
  },
  'two ways to choose the partition': {
    what: '</InstallTo>',
    by: '</InstallTo><InstallToAvailablePartition>true</InstallToAvailablePartition>',
    rule: 'twice',
    says: 'exclude each other',
  },
  'a licence that nobody accepts': {
    what: '<AcceptEula>true</AcceptEula>',
    by: '',
    rule: 'missing',
    says: 'Setup stops and asks',
    severity: 'warning',
  },
  'a setting twice': {
    what: '<ComputerName>*</ComputerName>',
    by: '<ComputerName>*</ComputerName><ComputerName>*</ComputerName>',
    rule: 'twice',
    says: '<ComputerName> stands twice',
  },
  'a component twice': {
    what: /(<component name="Microsoft-Windows-powercpl"[^]*?<\/component>)/,
    by: '$1$1',
    rule: 'twice',
    says: 'Microsoft-Windows-powercpl stands twice in specialize',
  },
  'a pass twice': {
    what: '<settings pass="oobeSystem">',
    by: '<settings pass="oobeSystem"/><settings pass="oobeSystem">',
    rule: 'twice',
    says: 'oobeSystem stands twice',
    severity: 'warning',
  },
  'a prefix that nobody declared': {
    what: / xmlns:wcm="[^"]*"/,
    by: '',
    rule: 'attribute',
    says: 'uses wcm: without xmlns:wcm',
  },
  'another namespace': {
    what: 'urn:schemas-microsoft-com:unattend',
    by: 'urn:schemas-microsoft-com:unattended',
    rule: 'root',
    says: 'needs xmlns=',
  },
  'another root': { what: /<(\/?)unattend\b/g, by: '<$1answers', rule: 'root', says: 'an answer file with <unattend>' },
  'a component outside a pass': {
    what: '<settings pass="specialize">',
    by: '<component name="x"/><settings pass="specialize">',
    rule: 'element',
    says: '<component> stands where only <settings> may',
  },
  'no well-formed XML': {
    what: '</OSImage>',
    by: '</OSimage>',
    rule: 'xml',
    says: '</OSimage> stands where </OSImage>',
  },
}

describe('finds', () => {
  test.each(Object.entries(FAULTS))('%s', (_, fault) => {
    const sound = fault.in ?? good
    const planted = sound.replace(fault.what, fault.by)
    expect(planted).not.toBe(sound)
    const findings = checkAnswerFile(planted)
    expect(findings).toContainEqual(
      expect.objectContaining({
        rule: fault.rule,
        severity: fault.severity ?? 'problem',
        text: expect.stringContaining(fault.says) as string,
      }),
    )
    // One fault is one trouble: at most what follows from it is told as well.
    expect(findings.filter((f) => f.severity === 'problem').length).toBeLessThanOrEqual(30)
  })
  test('the line of a fault', () => {
    const line = good.split('\r\n').findIndex((l) => l.includes('<ProtectYourPC>')) + 1
    expect(checkAnswerFile(good.replace('<ProtectYourPC>3', '<ProtectYourPC>7'))).toEqual([
      {
        line,
        severity: 'problem',
        rule: 'type',
        text: '<ProtectYourPC> "7" must be a number from 1 to 3.',
      },
    ])
  })
})

test('a sound file has no findings, with namespaces and parts of other programs too', () => {
  expect(checkAnswerFile(good)).toEqual([])
  const foreign = good
    .replace(
      '</unattend>',
      '<cpi:offlineImage cpi:source="wim:x" xmlns:cpi="urn:schemas-microsoft-com:cpi"/></unattend>',
    )
    .replace('</unattend>', '<Extensions xmlns="https://example.invalid/"><File>x</File></Extensions></unattend>')
  expect(checkAnswerFile(foreign)).toEqual([])
})

test('what the reference allows is no fault: empty names and languages, passes of audit mode', () => {
  const audit = `<settings pass="auditSystem">${good
    .slice(
      good.indexOf('<component name="Microsoft-Windows-Deployment"'),
      good.indexOf('<RunSynchronous>', good.indexOf('Windows-Deployment')),
    )
    .trim()}<AuditComputerName><Name>x</Name></AuditComputerName><ExtendOSPartition><Size>200</Size></ExtendOSPartition><Reseal><Mode>OOBE</Mode></Reseal></component></settings></unattend>`
  const text = good
    .replace('<ComputerName>*<', '<ComputerName><')
    .replace('<UILanguage>de-DE<', '<UILanguage><')
    .replace('</unattend>', audit)
  expect(text).toContain('auditSystem')
  expect(checkAnswerFile(text)).toEqual([])
})

test('passwords and keys are not repeated', () => {
  const secret = 'p'.repeat(3000)
  const text = good.replace('<Value></Value>', `<Value>${secret}</Value>`).replace('00000-', 'SECRET-')
  const findings = checkAnswerFile(text)
  expect(findings.map((f) => f.rule)).toEqual(['type', 'type'])
  expect(JSON.stringify(findings)).not.toMatch(/ppp|SECRET/)
})
