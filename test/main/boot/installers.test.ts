import { describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src-main/base/log.ts'
import { createBootPolicy } from '../../../src-main/boot/boot-policy.ts'
import type { Installers, NetworkInstaller } from '../../../src-main/boot/installers.ts'
import { createLoaderSet } from '../../../src-main/boot/loader.ts'
import { createMediaRegistry } from '../../../src-main/boot/media.ts'
import type { Client } from '../../../src-main/clients/client.ts'
import { checkIpxe } from '../../support/ipxe.ts'

const MAC = '52:54:00:77:00:01'
const installing: Client = {
  mac: MAC,
  name: 'pc-01',
  disk: 'fresh',
  stage: 'install',
  loader: 'auto',
  medium: '/isos/system.iso',
  keep: 'always',
  channel: 'production',
  createdMs: 0,
}
const INSTALLER: NetworkInstaller = {
  kernel: 'a b/vmlinuz',
  initrd: 'boot/initrd;1',
  args: 'repo={files} iso={iso} again={files}/x',
}
const asked: string[] = []
const desk = (installer: NetworkInstaller | undefined): Installers => ({
  settled: (medium) => (medium === undefined ? undefined : (asked.push(`settled ${medium}`), Promise.resolve())),
  installerOf: () => installer,
  file: async (medium, inside) => void asked.push(`${medium} ${inside}`),
})

function policy(client: Client, installers: Installers) {
  return createBootPolicy({
    directory: { clientByMac: (mac) => (mac === MAC ? client : undefined), unknownAllowed: () => true },
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
    logger: silentLogger,
  })
}
const script = (client: Client, installer: NetworkInstaller | undefined = INSTALLER) =>
  policy(client, desk(installer)).clientScript(MAC, new Map())!

describe('a PC that installs from an ISO', () => {
  test('starts the kernel in it, on every firmware, with addresses of this server', () => {
    const text = script({ ...installing, kernelArgs: 'console=ttyS0' })
    checkIpxe(text)
    const files = 'http://10.77.0.2:8470/media/52-54-00-77-00-01/iso'
    expect(text).toContain(
      `kernel --name kernel ${files}/a%20b/vmlinuz initrd=initrd repo=${files} ` +
        'iso=http://10.77.0.2:8470/media/52-54-00-77-00-01/medium.iso ' +
        `again=${files}/x console=ttyS0 || goto failed\n`,
    )
    expect(text).toContain(`initrd --name initrd ${files}/boot/initrd%3B1 || goto failed\n`)
    expect(text).not.toContain('iseq ${platform} pcbios || goto uefi')
  })

  test('starts the ISO itself where nobody knows what is in it', () => {
    expect(policy(installing, desk(undefined)).clientScript(MAC, new Map())!).toContain('--drive 0x81')
  })

  test('starts the kernel that a person named before all', () => {
    expect(script({ ...installing, kernel: '/k/vmlinuz' })).toContain('/media/52-54-00-77-00-01/kernel ')
  })

  test('has its script once the ISO has been looked into', async () => {
    asked.length = 0
    const p = policy(installing, desk(INSTALLER))
    await p.settled!(MAC)
    expect(asked).toEqual(['settled /isos/system.iso'])
    expect(policy({ ...installing, medium: undefined } as never, desk(INSTALLER)).settled!(MAC)).toBeUndefined()
  })

  test('is given files of its own medium only', async () => {
    asked.length = 0
    const p = policy(installing, desk(INSTALLER))
    await p.mediumFile!('52-54-00-77-00-01', 'iso/boot/initrd;1')
    expect(p.mediumFile!('52-54-00-77-00-01', 'medium.iso')).toBeUndefined()
    expect(p.mediumFile!('52-54-00-77-00-02', 'iso/boot/initrd;1')).toBeUndefined()
    expect(p.mediumFile!('winpe', 'iso/boot/initrd;1')).toBeUndefined()
    expect(asked).toEqual(['/isos/system.iso boot/initrd;1'])
  })
})
