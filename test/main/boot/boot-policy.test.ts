import { describe, expect, test } from 'vitest'
import { asciiAt } from '../../../src-main/base/bytes.ts'
import { silentLogger, type Logger } from '../../../src-main/base/log.ts'
import type { ClientHello } from '../../../src-main/boot/boot-planner.ts'
import { createBootPolicy } from '../../../src-main/boot/boot-policy.ts'
import { createLoaderSet } from '../../../src-main/boot/loader.ts'
import { createMediaRegistry } from '../../../src-main/boot/media.ts'
import type { Client, LoaderChoice } from '../../../src-main/clients/client.ts'
import { checkIpxe } from '../../support/ipxe.ts'

const MAC = '52:54:00:77:00:01'
const base: Client = {
  mac: MAC,
  name: 'pc-01',
  disk: 'win11',
  stage: 'run',
  loader: 'auto',
  keep: 'always',
  channel: 'production',
  createdMs: 0,
}
const server = { ip: '10.77.0.2', httpPort: 8470, iscsiPort: 3260 }
const LOADERS = ['undionly.kpxe', 'ipxe.pxe', 'snponly.efi', 'ipxe.efi']
const file = (name: string) => ({ name, bytes: new TextEncoder().encode(name), sha256: '00' })

function policy(
  o: {
    client?: Partial<Client> | null
    unknown?: boolean
    loaders?: string[]
    logger?: Logger
    paused?: () => boolean
    underWay?: Promise<void>
  } = {},
) {
  const media = createMediaRegistry()
  const client = o.client === null ? undefined : { ...base, ...o.client }
  return {
    media,
    ...createBootPolicy({
      directory: {
        clientByMac: (mac) => (mac === MAC ? client : undefined),
        unknownAllowed: () => o.unknown ?? true,
        underWay: () => o.underWay,
      },
      server,
      loaders: createLoaderSet((o.loaders ?? LOADERS).map(file)),
      media,
      logger: o.logger ?? silentLogger,
      ...(o.paused && { paused: o.paused }),
    }),
  }
}
const hello = (h: Partial<ClientHello>): ClientHello => ({ mac: MAC, isIpxe: false, via: 'pxe', ...h })
const scriptUrl = 'http://10.77.0.2:8470/boot.ipxe'

describe('the plan', () => {
  test.each<[string, Partial<ClientHello>, object | undefined]>([
    ['BIOS', { arch: 0 }, { loader: 'undionly.kpxe', scriptUrl }],
    ['BIOS older than option 93', {}, { loader: 'undionly.kpxe', scriptUrl }],
    ['UEFI 7', { arch: 7 }, { loader: 'snponly.efi', scriptUrl }],
    ['UEFI 9', { arch: 9 }, { loader: 'snponly.efi', scriptUrl }],
    [
      'UEFI HTTP boot',
      { arch: 16, via: 'http' },
      { loader: 'snponly.efi', scriptUrl, loaderUrl: 'http://10.77.0.2:8470/loader/snponly.efi' },
    ],
    ['iPXE on any architecture', { arch: 11, isIpxe: true }, { scriptUrl }],
    ...[6, 10, 11, 15, 16, 18, 19, 25].map((arch): [string, Partial<ClientHello>, undefined] => [
      `architecture ${arch} over PXE`,
      { arch },
      undefined,
    ]),
    ['ARM HTTP boot', { arch: 19, via: 'http' }, undefined],
  ])('of %s', (_name, h, want) => {
    expect(policy().plan(hello(h))).toEqual(want)
  })

  test.each<[LoaderChoice, number, string]>([
    ['ipxe.pxe', 0, 'ipxe.pxe'],
    ['ipxe.efi', 7, 'ipxe.efi'],
    ['ipxe.efi', 0, 'undionly.kpxe'],
    ['undionly.kpxe', 7, 'snponly.efi'],
  ])('follows the pin %s on architecture %i as far as it fits', (loader, arch, want) => {
    expect(policy({ client: { loader } }).plan(hello({ arch }))?.loader).toBe(want)
  })

  test('serves unknown machines as far as that is allowed', () => {
    expect(policy({ client: null }).plan(hello({ arch: 7 }))?.loader).toBe('snponly.efi')
    expect(policy({ client: null, unknown: false }).plan(hello({ arch: 7 }))).toBeUndefined()
    expect(policy({ unknown: false }).plan(hello({ arch: 7 }))?.loader).toBe('snponly.efi')
  })

  test('names no loader that is not there, and says so once', () => {
    const said: string[] = []
    const logger: Logger = { ...silentLogger, info: (_fields, text) => void said.push(text), child: () => logger }
    const p = policy({ loaders: ['snponly.efi'], logger })
    for (let i = 0; i < 3; i++) expect(p.plan(hello({ arch: 0 }))).toBeUndefined()
    expect(p.plan(hello({ arch: 11 }))).toBeUndefined()
    expect(said).toEqual([
      `${MAC} is not served: the loader undionly.kpxe is missing`,
      `${MAC} is not served: there is no loader for architecture 11`,
    ])
  })
})

describe('the script of a client', () => {
  const textOf = (client: Partial<Client> | null): string => policy({ client }).clientScript(MAC, new Map())!

  test.each<[string, Partial<Client> | null, string]>([
    ['run', {}, 'sanhook --drive 0x80 iscsi:10.77.0.2::3260:0:iqn.2026-11.app.bootlace:win11'],
    ['names in capitals', { name: 'PC-01', disk: 'Win11' }, 'client.pc-01'],
    ['local', { stage: 'local' }, 'own disk of this PC'],
    ['menu', { stage: 'menu' }, 'choose --default disk'],
    ['install', { stage: 'install' }, 'set keep-san 1'],
    [
      'install with a kernel',
      { stage: 'install', kernel: '/k/vmlinuz', initrd: '/k/initrd', kernelArgs: 'quiet' },
      'kernel --name kernel http://10.77.0.2:8470/media/52-54-00-77-00-01/kernel initrd=initrd quiet',
    ],
    ['install with an ISO', { stage: 'install', medium: '/isos/a b.iso' }, '/media/52-54-00-77-00-01/medium.iso'],
    ['unknown', null, 'not set up in Bootlace yet'],
    [
      'arguments that no script can hold',
      { stage: 'install', kernel: '/k', kernelArgs: 'a || b' },
      'st=argumentsRefused',
    ],
    ['a name that no script can hold', { name: 'a#\n;' }, 'st=argumentsRefused'],
  ])('%s', (_name, client, want) => {
    const text = textOf(client)
    expect(text).toContain(want)
    expect(checkIpxe(text)).toEqual([])
  })

  test('without a disk says so in every stage that needs one', () => {
    for (const stage of ['run', 'install'] as const) {
      const { disk: _disk, ...without } = base
      const p = createBootPolicy({
        directory: { clientByMac: () => ({ ...without, stage }), unknownAllowed: () => true },
        server,
        loaders: createLoaderSet([]),
        media: createMediaRegistry(),
        logger: silentLogger,
      })
      expect(p.clientScript(MAC, new Map())).toContain('st=noDisk')
    }
  })
})

describe('files', () => {
  test('are loaders and the first script', () => {
    const p = policy()
    const text = (name: string): string | undefined => {
      const bytes = p.open(name, { ip: '10.77.0.130' })
      return bytes && asciiAt(bytes, 0, bytes.length)
    }
    expect(text('snponly.efi')).toBe('snponly.efi')
    expect(text('autoexec.ipxe')).toBe(p.firstScript())
    expect(text('nothing')).toBeUndefined()
    expect(text('../snponly.efi')).toBeUndefined()
    expect(p.loader('undionly.kpxe')).toBeDefined()
  })

  test('media are those registered, and a client’s own under its MAC', () => {
    const p = policy({ client: { kernel: '/k/vmlinuz', initrd: '/k/initrd', medium: '/m.iso' } })
    p.media.register('winpe', new Map([['boot.wim', '/w/boot.wim']]))
    expect(p.mediaPath('winpe', 'boot.wim')).toBe('/w/boot.wim')
    expect(p.mediaPath('winpe', '../boot.wim')).toBeUndefined()
    expect(p.mediaPath('52-54-00-77-00-01', 'kernel')).toBe('/k/vmlinuz')
    expect(p.mediaPath('52-54-00-77-00-01', 'initrd')).toBe('/k/initrd')
    expect(p.mediaPath('52-54-00-77-00-01', 'medium.iso')).toBe('/m.iso')
    expect(p.mediaPath('52-54-00-77-00-01', 'other')).toBeUndefined()
    expect(p.mediaPath('52-54-00-77-00-02', 'kernel')).toBeUndefined()
    p.media.unregister('winpe')
    expect(p.mediaPath('winpe', 'boot.wim')).toBeUndefined()
  })
})

describe('while new boots are paused', () => {
  const paused = { value: true }
  const { plan, clientScript, open } = policy({ paused: () => paused.value })

  test('no machine is answered, whatever it is', () => {
    expect(plan(hello({ arch: 0 }))).toBeUndefined()
    expect(plan(hello({ isIpxe: true }))).toBeUndefined()
    expect(plan(hello({ mac: '52:54:00:77:00:99', arch: 7 }))).toBeUndefined()
  })

  test('one that is in the loader already is told, and goes on to its own disk', () => {
    const text = clientScript(MAC, new Map())!
    expect(checkIpxe(text)).toEqual([])
    expect(text).toContain('new boots are paused')
    expect(text).not.toContain('sanboot')
    expect(text).toMatch(/report\/52-54-00-77-00-01\?st=paused/)
    expect(text.trimEnd().split('\n').slice(-2)).toEqual([':leave-efi', 'exit 1'])
    expect(asciiAt(open('autoexec.ipxe', { ip: '10.77.0.9' })!, 0, 200)).toContain('first script')
  })

  test('the next question is answered again as soon as they are resumed', () => {
    paused.value = false
    expect(plan(hello({ arch: 0 }))?.loader).toBe('undionly.kpxe')
    expect(clientScript(MAC, new Map())).toContain('sanboot')
  })
})

test('a machine whose disk takes long to make is asked to come again, and does not go on to its own disk', async () => {
  const underWay = Promise.resolve()
  const p = policy({ client: null, underWay })
  expect(p.settled!(MAC)).toBe(underWay)
  const text = p.clientScript(MAC, new Map())!
  expect(checkIpxe(text)).toEqual([])
  expect(text).toContain('Bootlace: the disk of this PC is being made.')
  expect(text).toContain('?st=enrolling&err=0')
  expect(text).not.toMatch(/^exit/m)
  expect(policy({ client: null }).settled!(MAC)).toBeUndefined()
})
