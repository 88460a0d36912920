import { describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/log.ts'
import { createBootPolicy } from '../../../src-main/boot/boot-policy.ts'
import type { Installers } from '../../../src-main/boot/installers.ts'
import { createLoaderSet } from '../../../src-main/boot/loader.ts'
import { createMediaRegistry } from '../../../src-main/boot/media.ts'
import type { WindowsPe } from '../../../src-main/boot/winpe-script.ts'
import type { Client } from '../../../src-main/clients/client.ts'
import { checkIpxe } from '../../support/ipxe.ts'

const MAC = '52:54:00:77:00:01'
const client: Client = {
  mac: MAC,
  name: 'pc-01',
  disk: 'win11',
  stage: 'install',
  loader: 'auto',
  medium: '/isos/windows.iso',
  keep: 'always',
  channel: 'production',
  createdMs: 0,
}
const PE: WindowsPe = {
  own: ['winpeshl.ini', 'bootlace.cmd', 'bldrv01.bin'],
  boot: [
    { name: 'bootmgr', path: 'bootmgr' },
    { name: 'BCD', path: 'boot/bcd' },
    { name: 'boot.sdi', path: 'boot/boot.sdi' },
  ],
  image: 'sources/boot.wim',
  hasAnswers: false,
  memoryMib: 4096,
}
const SECRET = 'abcdefghjkmnpqrs'

function policyWith(windows: WindowsPe | 'missing' | undefined, o: { chap?: 'on'; mayTell?: boolean } = {}) {
  const asked: string[] = []
  const installers: Installers = {
    settled: (medium, pc) => void asked.push(`${medium} ${pc?.mac} ${pc?.busId}`),
    installerOf: () => undefined,
    file: async () => undefined,
    windowsPeOf: () => windows,
    windowsPeFile: async (mac, file, mayHaveAnswers) =>
      file === 'unattend.xml' && !mayHaveAnswers() ? undefined : Buffer.from(`${mac} ${file}`),
  }
  const one = { ...client, ...(o.chap && { chap: o.chap }) }
  const policy = createBootPolicy({
    directory: {
      clientByMac: (mac) => (mac === MAC ? one : undefined),
      unknownAllowed: () => true,
      passwordOf: (c) => (c.chap === undefined ? undefined : { name: c.name, secret: SECRET }),
    },
    server: { ip: '10.77.0.2', httpPort: 8470, iscsiPort: 3260 },
    loaders: createLoaderSet([]),
    paths: {
      choice: () => {
        throw new Error('no loader is asked for here')
      },
      learnModel: () => {},
    },
    media: createMediaRegistry(),
    installers,
    desk: {
      stageFor: (c) => c.stage,
      menu: () => ({}),
      opensMenu: () => false,
      maintenance: () => ({ attachDisk: false }),
      mayTell: () => o.mayTell ?? true,
      onLink: () => true,
      ownScript: () => undefined,
      ownMenu: () => undefined,
    },
    logger: silentLogger,
  })
  return { policy, asked, script: () => policy.clientScript(MAC, new Map(), { ip: '10.77.0.130' })! }
}

describe('a PC that installs Windows over the network', () => {
  test('attaches its disk, then loads wimboot and its files, the image last, the same on BIOS and UEFI', () => {
    const text = policyWith(PE).script()
    expect(checkIpxe(text)).toEqual([])
    const own = 'http://10.77.0.2:8470/winpe/52-54-00-77-00-01'
    const iso = 'http://10.77.0.2:8470/media/52-54-00-77-00-01/iso'
    const steps = text
      .split('\n')
      .filter((line) => /^(set (keep-san|initiator-iqn)|sanhook|kernel|initrd|boot)\b/.test(line))
    expect(steps).toEqual([
      'set initiator-iqn iqn.2026-11.app.bootlace:client.pc-01',
      'set keep-san 1',
      'sanhook --drive 0x80 iscsi:10.77.0.2::3260:0:iqn.2026-11.app.bootlace:win11 || goto failed',
      `kernel --name wimboot ${own}/wimboot || goto failed`,
      ...['winpeshl.ini', 'bootlace.cmd', 'bldrv01.bin'].map(
        (name) => `initrd --name ${name} ${own}/${name} ${name} || goto failed`,
      ),
      `initrd --name bootmgr ${iso}/bootmgr bootmgr || goto failed`,
      `initrd --name BCD ${iso}/boot/bcd BCD || goto failed`,
      `initrd --name boot.sdi ${iso}/boot/boot.sdi boot.sdi || goto failed`,
      `initrd --name boot.wim ${iso}/sources/boot.wim boot.wim || goto failed`,
      'boot || goto failed',
    ])
    expect(text).not.toContain('iseq ${platform}')
    expect(text).toContain('This PC needs at least 4096 MB of memory, it has ${memsize} MB')
  })

  test('gives wimboot no argument, because one that it does not know ends it', () => {
    const [kernel] = policyWith(PE)
      .script()
      .match(/^kernel .*$/m)!
    expect(kernel.split(' ').slice(4)).toEqual(['||', 'goto', 'failed'])
  })

  test('is cleaned up after a failure, so that the next try starts with nothing', () => {
    const text = policyWith(PE).script()
    const failed = text.slice(text.indexOf(':failed'))
    for (const name of ['wimboot', ...PE.own, 'bootmgr', 'BCD', 'boot.sdi', 'boot.wim'])
      expect(failed).toContain(`imgfree ${name} ||\n`)
    expect(failed).toContain('clear keep-san ||\n')
    expect(failed).toContain('sanunhook --drive 0x80 ||\n')
    expect(failed).toContain('st=${bl-stage}&err=${bl-err}')
  })

  test('reports that it goes on last, and leaves no answer behind that wimboot would take for a file', () => {
    const lines = policyWith(PE).script().split('\n')
    const at = lines.findIndex((line) => line.includes('st=startingWindows'))
    expect(lines.slice(at + 1, at + 4)).toEqual([
      'imgfree bl-report ||',
      'set bl-stage bootWindows',
      'boot || goto failed',
    ])
  })

  test('without wimboot, is told on UEFI where to put it; a BIOS PC starts the ISO', () => {
    const text = policyWith('missing').script()
    expect(checkIpxe(text)).toEqual([])
    expect(text).toContain('st=wimbootMissing')
    expect(text).toContain('a file called wimboot, which is missing')
    expect(text).toContain('--drive 0x81')
    expect(policyWith(undefined).script()).toContain('st=mediumNeedsBios')
  })

  test('names its network card when it asks', () => {
    const { policy, asked } = policyWith(PE)
    expect(policy.firstScript()).toContain('&n=${netX/busid:hexhyp} ||')
    policy.settled!(MAC, new Map([['n', '01-10-ec-81-68']]))
    expect(asked).toEqual([`/isos/windows.iso ${MAC} 01-10-ec-81-68`])
  })

  test('gets its files, which hold the password of its disk, at the address only that it was seen to take', async () => {
    const fetched = async (o: { chap?: 'on'; mayTell?: boolean }, mac = MAC) =>
      policyWith(PE, o).policy.windowsPeFile!(mac, 'bootlace.cmd', { ip: '10.77.0.130' })
    expect(Buffer.from((await fetched({}))!).toString()).toBe(`${MAC} bootlace.cmd`)
    expect(await fetched({ chap: 'on', mayTell: true })).toBeDefined()
    expect(await fetched({ chap: 'on', mayTell: false })).toBeUndefined()
    expect(await fetched({ mayTell: false })).toBeDefined()
    expect(await fetched({}, '52:54:00:77:00:02')).toBeUndefined()
  })

  test('gets its answer file, which may hold a password, at that address only, with a password or without', async () => {
    const fetched = async (mayTell: boolean, file = 'unattend.xml') =>
      policyWith(PE, { mayTell }).policy.windowsPeFile!(MAC, file, { ip: '10.77.0.130' })
    expect(Buffer.from((await fetched(true))!).toString()).toBe(`${MAC} unattend.xml`)
    expect(await fetched(false)).toBeUndefined()
    expect(await fetched(false, 'bootlace.cmd')).toBeDefined()
  })

  test('at another address is not sent to an answer file that it would not get: it asks its router again', () => {
    const answers = { ...PE, own: [...PE.own, 'unattend.xml'], hasAnswers: true }
    const text = policyWith(answers, { mayTell: false }).script()
    expect(checkIpxe(text)).toEqual([])
    expect(text).toContain('st=answersWithheld')
    expect(text).toContain('this PC has an answer file for Windows')
    expect(text).toContain('\ndhcp ||\n')
    expect(text).not.toContain('/winpe/')
    expect(policyWith(answers).script()).toContain('/winpe/52-54-00-77-00-01/unattend.xml unattend.xml ||')
    expect(policyWith(PE, { mayTell: false }).script()).toContain('/winpe/')
  })
})
