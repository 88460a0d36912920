import { describe, expect, test } from 'vitest'
import * as script from '../../../src-main/boot/ipxe-script.ts'
import { maintenanceScript } from '../../../src-main/boot/maintenance-script.ts'
import {
  answersWithheldScript,
  menuScript,
  passwordWithheldScript,
  shellScript,
  userScript,
} from '../../../src-main/boot/menu-script.ts'
import { MENU_ENTRIES, menuOf, type BootMenu } from '../../../src-main/clients/boot-menu.ts'
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
const ASK = 'http://10.77.0.2:8470/client/52-54-00-77-00-01/boot.ipxe?p=efi&a=x86_64&u=u'
const REPORT = 'http://10.77.0.2:8470/report/52-54-00-77-00-01'

const menu = (own: BootMenu = {}): string =>
  menuScript({ ...context, clientName: 'pc-01', names: { disk: 'win11' }, menu: menuOf(own, {}) })
const pc = (more: Partial<IpxeMachine> = {}, platform = 'efi'): IpxeMachine => ({
  settings: { platform, buildarch: 'x86_64', uuid: 'u', 'netX/ip': '10.77.0.130' },
  ...more,
})
const starting =
  (...words: string[]) =>
  (command: string): boolean =>
    words.some((word) => command.startsWith(word))

const all = menu({ entries: MENU_ENTRIES, locked: ['shell', 'maintenance'], title: 'Room 2' })
const kernel = { kernel: '/k', initrd: '/i', kernelArgs: 'quiet', attachDisk: true }
const ALL: readonly [string, string][] = [
  ['menu', menu()],
  ['menu with everything', all],
  ['shell', shellScript(context)],
  ['own script', userScript(context, 'room/mac-525400770001.ipxe')],
  ['withheld', passwordWithheldScript(context)],
  ['answers withheld', answersWithheldScript(context)],
  ['maintenance with a kernel', maintenanceScript(context, kernel, san)],
  ['maintenance with a script', maintenanceScript(context, { script: '/s', attachDisk: false }, undefined)],
  ['maintenance, nothing set', maintenanceScript(context, { attachDisk: false }, undefined)],
  ['run without a gateway', script.runScript({ ...san, withoutGateway: true })],
]

describe('every script', () => {
  test.each(ALL)('%s is well formed and uses only what stock builds have', (_name, text) => {
    expect(checkIpxe(text)).toEqual([])
  })

  test.each(ALL)('%s never stops by accident, whatever fails', (_name, text) => {
    const choices = ['disk', 'local', 'shell', 'maintenance', 'again']
    for (const platform of ['pcbios', 'efi']) {
      for (const choice of choices.filter((label) => text.includes(`\n:${label}\n`)).concat('')) {
        for (const { words, fails } of failures(text)) {
          const machine = pc({ fails, maxCommands: 40, ...(choice !== '' && { choice }) }, platform)
          const { end } = runIpxe(text, machine)
          expect(end, `${platform} ${choice} failing ${words}`).toMatch(/^(exit [01]|chained: .*|booted: .*|looping)$/)
        }
      }
    }
  })
})

describe('the menu', () => {
  test('by timeout asks for the preset; so it does after Esc and where no menu can be shown', () => {
    expect(menu()).toContain('choose --default disk --timeout 10000 choice')
    for (const fails of [() => false, starting('choose'), starting('menu')])
      expect(runIpxe(menu(), pc({ fails })).end).toBe(`chained: ${ASK}&e=disk`)
    const local = menu({ preset: 'local', timeoutSeconds: 0 })
    expect(local).toContain('choose --default local choice')
    expect(runIpxe(local, pc({ fails: starting('choose') })).end).toBe(`chained: ${ASK}&e=local`)
  })

  test('by key asks for what was chosen', () => {
    expect(all).toContain('menu Room 2')
    for (const entry of ['second', 'local', 'install', 'scripts'])
      expect(runIpxe(all, pc({ choice: entry })).end).toBe(`chained: ${ASK}&e=${entry}`)
  })

  test('keeps asking while the server is away', () => {
    const run = runIpxe(menu(), pc({ fails: starting('chain'), maxCommands: 60 }))
    expect(run.end).toBe('looping')
    expect(run.said.at(-1)).toContain('10.77.0.2 does not answer')
  })

  test('gives a password as HTTP does, encoded, and never in the question', () => {
    const { end } = runIpxe(all, pc({ choice: 'shell', password: 'a b&c' }))
    expect(end).toBe(`chained: ${ASK.replace('http://', 'http://menu:a%20b%26c@')}&e=shell`)
    expect(all).not.toMatch(/[?&](pw|password)=/)
  })

  test('comes back after a wrong one or none, and forgets it', () => {
    for (const fails of [starting('chain'), starting('login')]) {
      const run = runIpxe(all, pc({ choice: 'shell', password: 'wrong', fails, maxCommands: 60 }))
      expect(run.end).toBe('looping')
      expect(run.ran.filter((c) => c.startsWith('menu ')).length).toBeGreaterThan(1)
    }
    const tried = runIpxe(all, pc({ choice: 'shell', password: 'wrong', fails: starting('chain'), maxCommands: 60 }))
    expect(tried.said).toContain('Bootlace: that password was not accepted (error 1d852039)')
    expect(tried.ran).toContain('clear password')
  })
})

describe('maintenance', () => {
  test('starts the kernel with the disk attached, and says so before', () => {
    const run = runIpxe(maintenanceScript(context, kernel, san), pc())
    expect(run.ran.some((c) => c.startsWith('sanhook --drive 0x80 iscsi:10.77.0.2'))).toBe(true)
    expect(run.ran).toContain('kernel --name kernel http://10.77.0.2:8470/media/maintenance/kernel initrd=initrd quiet')
    expect(run.ran.findIndex((c) => c.includes('?st=starting'))).toBeGreaterThan(
      run.ran.findIndex((c) => c.startsWith('initrd ')),
    )
    expect(run.end).toBe('booted: boot')
  })
  test('leaves the disk alone where it was said so', () => {
    expect(maintenanceScript(context, kernel, undefined)).not.toContain('sanhook')
  })
  test('with nothing set says so and offers the shell', () => {
    const text = maintenanceScript(context, { attachDisk: false }, undefined)
    const run = runIpxe(text, pc({ choice: 'shell', maxCommands: 30 }))
    expect(run.said.join('\n')).toContain('nothing is set for maintenance yet')
    expect(run.ran).toContain('shell')
    expect(runIpxe(text, pc()).end).toBe(`chained: ${ASK}`)
  })
  test('takes the disk away again when it fails', () => {
    const run = runIpxe(maintenanceScript(context, kernel, san), pc({ fails: starting('kernel') }))
    expect(run.ran).toContain('sanunhook --drive 0x80')
    expect(run.ran.join('\n')).toContain(`${REPORT}?st=kernel&err=1d852039`)
  })
})

describe('opening a disk', () => {
  const order = (text: string, fails: IpxeMachine['fails'] = () => false) =>
    runIpxe(text, pc({ fails })).ran.filter((c) =>
      /^(?:set|clear|san).*(?:gateway|sanhook|sanboot|san-retries|sanunhook|0x80)/.test(c),
    )
  const root = 'iscsi:10.77.0.2::3260:0:iqn.2026-11.app.bootlace:win11'

  test('waits long for this computer only when the disk was open', () => {
    expect(order(script.runScript(san))).toEqual([
      'set bl-stage sanhook',
      `sanhook --drive 0x80 ${root}`,
      'set san-retries 100',
      'set bl-stage sanboot',
      'sanboot --drive 0x80',
    ])
  })
  test('clears the gateway before, and brings it back when that failed', () => {
    const text = script.runScript({ ...san, withoutGateway: true })
    expect(order(text)[0]).toBe('set netX/gateway 0.0.0.0')
    expect(order(text, starting('sanhook')).slice(-2)).toEqual(['sanunhook --drive 0x80', 'clear netX/gateway'])
    expect(script.runScript(san)).not.toContain('gateway')
  })
})

describe('own scripts', () => {
  test('are fetched from an address beside which they find what they name', () => {
    const run = runIpxe(userScript(context, 'room/mac-525400770001.ipxe'), pc({ fails: starting('chain --autofree') }))
    expect(run.ran).toContain(
      'chain --autofree --timeout 8000 http://10.77.0.2:8470/scripts/room/mac-525400770001.ipxe',
    )
    expect(run.ran.join('\n')).toContain(`${REPORT}?st=ownScript&err=1d852039`)
    expect(run.end).toBe(`chained: ${ASK}`)
  })
  test('that come to their end go on to the own disk', () => {
    expect(runIpxe(userScript(context, 'a.ipxe'), pc()).end).toBe('exit 1')
    expect(runIpxe(userScript(context, 'a.ipxe'), pc({}, 'pcbios')).end).toBe('exit 0')
  })
})
