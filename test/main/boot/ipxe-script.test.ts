import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src-main/base/errors.ts'
import * as script from '../../../src-main/boot/ipxe-script.ts'
import { checkIpxe, failures, runIpxe, type IpxeMachine } from '../../support/ipxe.ts'

const server = { ip: '10.77.0.2', httpPort: 8470, iscsiPort: 3260 }
const context = { server, mac: '52:54:00:77:00:01' }
const san: script.SanContext = {
  ...context,
  clientName: 'pc-01',
  diskName: 'win11',
  initiatorName: 'iqn.2026-11.app.bootlace:client.pc-01',
  targetName: 'iqn.2026-11.app.bootlace:win11',
}
const password = { name: 'pc-01', secret: 'abcdefghjkmnpqrs' }
const oneWay = { ...san, password }
const mutual = { ...san, password: { ...password, reverse: { name: 'bootlace', secret: 'ABCDEFGHJKLMNPQR' } } }
const long = { ...san, targetName: `iqn.2026-11.app.bootlace:${'x'.repeat(200)}` }
const kernel = { ...san, kernelUrl: 'http://10.77.0.2:8470/media/m/kernel', kernelArgs: 'auto=true --- quiet' }
const media = { ...san, mediumUrl: 'http://10.77.0.2:8470/media/m/medium.iso' }

const pc = (platform: 'pcbios' | 'efi', fails: IpxeMachine['fails'] = () => false, choice?: string): IpxeMachine => ({
  settings: {
    platform,
    buildarch: 'x86_64',
    'netX/mac': context.mac,
    'netX/ip': '10.77.0.130',
    version: '2.0+',
    uuid: 'u',
  },
  fails,
  ...(choice === undefined ? {} : { choice }),
})
const starting =
  (...words: string[]) =>
  (command: string): boolean =>
    words.some((word) => command.startsWith(word))
const ROOT = 'iscsi:10.77.0.2::3260:0:iqn.2026-11.app.bootlace:win11'
const REPORT = 'http://10.77.0.2:8470/report/52-54-00-77-00-01'
const AGAIN = 'chained: http://10.77.0.2:8470/client/52-54-00-77-00-01/boot.ipxe?p='

const ALL: readonly [string, string][] = [
  ['first', script.firstScript(server)],
  ['run', script.runScript(san)],
  ['run with a password', script.runScript(oneWay)],
  ['run with two passwords', script.runScript(mutual)],
  ['run with long names', script.runScript(long)],
  ['install from the PC', script.installFromPcScript(san)],
  ['install from the PC with long names', script.installFromPcScript(long)],
  [
    'install with a kernel',
    script.installKernelScript({ ...kernel, initrdUrl: 'http://10.77.0.2:8470/media/m/initrd' }),
  ],
  ['install with a kernel alone', script.installKernelScript(kernel)],
  ['install with an ISO', script.installMediumScript(media)],
  ['local', script.localScript(context)],
  ['unknown', script.unknownScript(context)],
  ['wait', script.waitScript(context, 'noDisk', ['no disk yet.'])],
]

describe('every script', () => {
  test.each(ALL)('%s is well formed and uses only what stock builds have', (_name, text) => {
    expect(checkIpxe(text)).toEqual([])
  })

  /** Whatever fails, on either firmware: nothing may end at iPXE's prompt or leave with an error by accident. */
  test.each(ALL)('%s never stops by accident', (name, text) => {
    const wanted =
      name === 'local' || name === 'unknown' ? /^exit [01]$/ : /^(exit [01]|chained: .*|booted: .*|looping)$/
    for (const platform of ['pcbios', 'efi'] as const) {
      for (const { words, fails } of failures(text)) {
        expect(runIpxe(text, { ...pc(platform, fails), maxCommands: 40 }).end, `${platform} failing ${words}`).toMatch(
          wanted,
        )
      }
    }
  })
})

describe('the first script', () => {
  const text = script.firstScript(server)

  test('asks for the script of this very PC', () => {
    expect(runIpxe(text, pc('efi')).end).toBe(
      'chained: http://10.77.0.2:8470/client/52-54-00-77-00-01/boot.ipxe?p=efi&a=x86_64&u=u&v=2.0%2B&m=&d=&n=',
    )
    const told = { ...pc('efi').settings, manufacturer: 'Dell Inc.', product: 'OptiPlex 7060 & more' }
    expect(runIpxe(text, { ...pc('efi'), settings: told }).end).toMatch(
      /&m=Dell%20Inc\.&d=OptiPlex%207060%20%26%20more&n=$/,
    )
  })

  test('gets an address first where there is none', () => {
    const machine = { settings: { platform: 'efi' } }
    expect(runIpxe(text, machine).ran.slice(0, 3)).toEqual(['isset ', 'dhcp', expect.stringMatching(/^chain /)])
  })

  test('never gives up while the server is away', () => {
    const run = runIpxe(text, pc('pcbios', starting('chain')))
    expect(run.end).toBe('looping')
    expect(run.ran.filter((c) => c === 'sleep 5').length).toBeGreaterThan(20)
    expect(run.said[0]).toContain('10.77.0.2 does not answer yet (error 1d852039)')
  })
})

describe('run', () => {
  test('names the initiator, then boots LUN 0', () => {
    const run = runIpxe(script.runScript(san), pc('pcbios'))
    expect(run.ran).toContain('set initiator-iqn iqn.2026-11.app.bootlace:client.pc-01')
    expect(run.end).toBe('booted: sanboot --drive 0x80')
  })

  test('reports the stage and iPXE’s error, then asks again', () => {
    const run = runIpxe(script.runScript(san), pc('efi', starting('sanboot')))
    expect(run.ran).toContain(`imgfetch --name bl-report --timeout 3000 ${REPORT}?st=sanboot&err=1d852039`)
    expect(run.said.at(-1)).toContain('did not work at the step sanboot (error 1d852039)')
    expect(run.end).toContain(AGAIN)
  })

  test('keeps the error of the step when the report fails too', () => {
    const run = runIpxe(script.runScript(san), pc('efi', starting('sanboot', 'imgfetch', 'imgfree')))
    expect(run.end).toContain(AGAIN)
  })

  test('refuses names that are too long for BIOS, and only there', () => {
    const text = script.runScript(long)
    const bios = runIpxe(text, pc('pcbios'))
    expect(bios.ran.join('\n')).toContain('st=namesTooLong')
    expect(bios.ran.join('\n')).not.toContain('sanboot')
    expect(runIpxe(text, pc('efi')).end).toContain('booted: sanboot')
  })
})

describe('install', () => {
  test('from the PC’s own medium keeps the drive on BIOS and leaves', () => {
    const run = runIpxe(script.installFromPcScript(san), pc('pcbios', starting('sanboot')))
    expect(run.ran.filter((c) => /^(set keep-san|sanhook|sanboot|exit)/.test(c))).toEqual([
      'set keep-san 1',
      `sanhook --drive 0x80 ${ROOT}`,
      'sanboot --drive 0x80 --keep',
      'exit',
    ])
    expect(run.ran.join('\n')).toContain('st=emptyDisk&err=1d852039')
    expect(run.ran.join('\n')).not.toContain('sanunhook')
  })

  test('from the PC’s own medium does not leave without the drive', () => {
    const run = runIpxe(script.installFromPcScript(san), pc('pcbios', starting('sanhook')))
    expect(run.ran.join('\n')).toContain('st=sanhook')
    expect(run.end).toContain(AGAIN)
  })

  test('from the PC’s own medium never hooks a drive under UEFI', () => {
    const run = runIpxe(script.installFromPcScript(san), pc('efi'))
    expect(run.ran.join('\n')).toContain('st=installNeedsMedium')
    expect(run.ran.join('\n')).not.toContain('sanhook')
    expect(run.end).toContain(AGAIN)
  })

  test.each(['pcbios', 'efi'] as const)('with a kernel hooks the drive and starts it on %s', (platform) => {
    const text = script.installKernelScript({ ...kernel, initrdUrl: 'http://10.77.0.2:8470/media/m/initrd' })
    const run = runIpxe(text, pc(platform))
    expect(run.ran.filter((c) => /^(sanhook|kernel|initrd|boot)/.test(c))).toEqual([
      `sanhook --drive 0x80 ${ROOT}`,
      'kernel --name kernel http://10.77.0.2:8470/media/m/kernel initrd=initrd auto=true --- quiet',
      'initrd --name initrd http://10.77.0.2:8470/media/m/initrd',
      'boot',
    ])
  })

  test('with a kernel that is missing lets the drive go before it tries again', () => {
    const run = runIpxe(script.installKernelScript(kernel), pc('efi', starting('kernel')))
    expect(run.ran.join('\n')).toContain('st=kernel')
    expect(run.ran).toContain('sanunhook --drive 0x80')
  })

  test('with an ISO is for BIOS only', () => {
    expect(runIpxe(script.installMediumScript(media), pc('pcbios')).end).toBe(
      `booted: sanboot --no-describe --drive 0x81 ${media.mediumUrl}`,
    )
    expect(runIpxe(script.installMediumScript(media), pc('efi')).ran.join('\n')).toContain('st=mediumNeedsBios')
  })
})

describe('leaving to the own disk', () => {
  test.each([
    ['local', script.localScript(context)],
    ['unknown', script.unknownScript(context)],
  ])('%s exits as each firmware needs it, also when the report fails', (_name, text) => {
    for (const fails of [undefined, starting('imgfetch', 'imgfree')]) {
      expect(runIpxe(text, pc('pcbios', fails)).end).toBe('exit 0')
      expect(runIpxe(text, pc('efi', fails)).end).toBe('exit 1')
    }
  })

  test('a machine that is not set up shows its MAC', () => {
    const run = runIpxe(script.unknownScript(context), pc('pcbios'))
    expect(run.said.join('\n')).toContain('not set up in Bootlace yet')
    expect(run.said.join('\n')).toContain('52:54:00:77:00:01')
    expect(run.ran.join('\n')).toContain(`${REPORT}?st=unknown&err=0`)
  })
})

describe('words', () => {
  test.each(['||', '&&', ';', '#x', 'a b', '', 'x\\', '${x}', 'a\nb', 'ü', 'a\tb', '\0'])('%j is refused', (text) => {
    expect(() => script.scriptWord(text)).toThrow(AppError)
  })
  test.each(['quiet', '---', 'a=b;c', 'x#y', "it's", '$x', 'http://a/b?c=d&e=f', 'a||b'])('%j is a word', (text) => {
    expect(script.scriptWord(text)).toBe(text)
  })
  test('lines of words are joined by single spaces', () => {
    expect(script.scriptWords('  a   b ')).toBe('a b')
    expect(script.scriptWords(' ')).toBe('')
    expect(() => script.scriptWords('quiet || sanboot')).toThrow(/loader script/)
  })
  test('parts of an address are encoded', () => {
    expect(script.bootUrl(server, 'media', 'a b', 'ü#?%${x}')).toBe(
      'http://10.77.0.2:8470/media/a%20b/%C3%BC%23%3F%25%24%7Bx%7D',
    )
  })
})

describe('passwords', () => {
  const settings = { username: 'old', password: 'old', 'reverse-username': 'old', 'reverse-password': 'old' }
  const setBy = (text: string, before: Readonly<Record<string, string>>) => {
    const machine = pc('pcbios')
    const { ran, end } = runIpxe(text, { ...machine, settings: { ...machine.settings, ...before } })
    const left = new Map(Object.entries(before))
    for (const command of ran) {
      const [what, name = '', value = ''] = command.split(' ')
      if (what === 'set') left.set(name, value)
      if (what === 'clear') left.delete(name)
    }
    return { end, left: Object.keys(settings).map((name) => left.get(name)) }
  }
  test.each([
    ['none', san, [undefined, undefined, undefined, undefined]],
    ['one', oneWay, ['pc-01', 'abcdefghjkmnpqrs', undefined, undefined]],
    ['both directions', mutual, ['pc-01', 'abcdefghjkmnpqrs', 'bootlace', 'ABCDEFGHJKLMNPQR']],
  ] as const)('%s: set before the disk is opened, and nothing of an earlier script stays', (_name, context, left) => {
    for (const before of [{}, settings]) {
      expect(setBy(script.runScript(context), before)).toEqual({ end: 'booted: sanboot --drive 0x80', left })
    }
  })
  test('count in the BIOS boot table, beside each path', () => {
    const used = (o: script.SanContext, paths = 1) =>
      script.ibftBudget({
        initiatorName: o.initiatorName,
        targetNames: Array.from({ length: paths }, () => o.targetName),
        password: o.password,
      }).usedBytes
    expect(used(oneWay) - used(san)).toBe('pc-01'.length + 1 + 17)
    expect(used(mutual) - used(oneWay)).toBe('bootlace'.length + 1 + 17)
    expect(used(mutual, 2) - used(san, 2)).toBe(2 * (6 + 17 + 9 + 17))
    // The longest names that can be given fit with both passwords.
    const longest = {
      ...mutual,
      initiatorName: `iqn.2026-11.app.bootlace:client.${'p'.repeat(15)}`,
      targetName: `iqn.2026-11.app.bootlace:${'d'.repeat(32)}`,
      password: { ...mutual.password, name: 'p'.repeat(15) },
    }
    expect(used(longest)).toBeLessThanOrEqual(256)
  })
})

describe('the budget of the BIOS boot table', () => {
  const budget = (initiator: number, targets: number[], host: number) =>
    script.ibftBudget({
      initiatorName: 'i'.repeat(initiator),
      targetNames: targets.map((n) => 't'.repeat(n)),
      hostNameBytes: host,
    })

  test('counts every string with its NUL; 256 bytes pass, 257 do not', () => {
    expect(budget(100, [138], 15)).toEqual({ usedBytes: 256, limitBytes: 256, fits: true })
    expect(budget(100, [139], 15).fits).toBe(false)
  })
  test('has 80 bytes for three paths and nothing for four', () => {
    expect(budget(18, [20, 20, 20], 0)).toMatchObject({ limitBytes: 80, fits: false })
    expect(budget(1, [1, 1, 1, 1], 0).fits).toBe(false)
  })
  test('reckons with a host name of 15 bytes when it is not known', () => {
    expect(script.ibftBudget({ initiatorName: 'a', targetNames: ['b'] }).usedBytes).toBe(2 + 2 + 16)
  })
})
