import { describe, expect, test } from 'vitest'
import { asciiAt } from '../../../src-main/base/bytes.ts'
import { silentLogger, type Logger } from '../../../src-main/base/log.ts'
import { BootPaths } from '../../../src-main/boot/boot-paths.ts'
import type { BootPlan, BootRefusal, ClientHello } from '../../../src-main/boot/boot-planner.ts'
import { createBootPolicy } from '../../../src-main/boot/boot-policy.ts'
import { createLoaderSet, loaderLadder } from '../../../src-main/boot/loader.ts'
import { createMediaRegistry } from '../../../src-main/boot/media.ts'
import type { Client, LoaderChoice } from '../../../src-main/clients/client.ts'
import { platformOfArch } from '../../../src-main/dhcp/arch-type.ts'
import { FakeClock } from '../../support/fake-clock.ts'
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
  const loaders = createLoaderSet((o.loaders ?? LOADERS).map(file))
  const paths = new BootPaths({
    store: { machines: () => [], models: () => [], putMachine: () => {}, putModel: () => {} },
    clock: new FakeClock(),
    ladder: (_mac, platform) => loaderLadder(platform, client?.loader ?? 'auto', loaders),
    later: (job) => job(),
    tell: () => {},
  })
  return {
    media,
    paths,
    ...createBootPolicy({
      directory: {
        clientByMac: (mac) => (mac === MAC ? client : undefined),
        unknownAllowed: () => o.unknown ?? true,
        underWay: () => o.underWay,
      },
      server,
      loaders,
      paths,
      media,
      logger: o.logger ?? silentLogger,
      ...(o.paused && { paused: o.paused }),
    }),
  }
}
const hello = (h: Partial<ClientHello>): ClientHello => {
  const platform = platformOfArch(h.arch, h.via ?? 'pxe')
  return { mac: MAC, isIpxe: false, via: 'pxe', on: 'dhcp', secs: 0, ...(platform && { platform }), ...h }
}
const loaderOf = (plan: BootPlan | BootRefusal | undefined) => (plan && 'loader' in plan ? plan.loader : plan)
const scriptUrl = 'http://10.77.0.2:8470/boot.ipxe'

describe('the plan', () => {
  test.each<[string, Partial<ClientHello>, object | undefined]>([
    ['BIOS', { arch: 0 }, { loader: 'undionly.kpxe', scriptUrl, offer: 'pxe10' }],
    ['BIOS older than option 93', {}, { loader: 'undionly.kpxe', scriptUrl, offer: 'pxe10' }],
    ['UEFI 7', { arch: 7 }, { loader: 'snponly.efi', scriptUrl, offer: 'binl' }],
    ['UEFI 9', { arch: 9 }, { loader: 'snponly.efi', scriptUrl, offer: 'binl' }],
    [
      'UEFI HTTP boot',
      { arch: 16, via: 'http' },
      { loader: 'snponly.efi', scriptUrl, offer: 'binl', loaderUrl: 'http://10.77.0.2:8470/loader/snponly.efi' },
    ],
    ['iPXE on any architecture', { arch: 11, isIpxe: true }, { scriptUrl, offer: 'pxe10' }],
    [
      'gPXE, which knows few commands',
      { arch: 0, isIpxe: true, isGpxe: true },
      { scriptUrl: 'tftp://10.77.0.2/gpxe.ipxe', offer: 'pxe10' },
    ],
    ...[6, 10, 11].map((arch): [string, Partial<ClientHello>, object] => [
      `architecture ${arch} without a loader`,
      { arch },
      { refused: 'noLoader', text: expect.stringMatching(/(arm64|arm32|ia32)\.efi is not here\. Put the file/) },
    ]),
    ...[15, 16, 18, 19, 20, 25, 27].map((arch): [string, Partial<ClientHello>, object] => [
      `architecture ${arch} over PXE`,
      { arch },
      { refused: 'architecture', text: expect.stringContaining(`architecture ${arch}`) },
    ]),
    ...[15, 18, 19].map((arch): [string, Partial<ClientHello>, object] => [
      `architecture ${arch} over HTTP boot without a loader`,
      { arch, via: 'http' },
      { refused: 'noLoader', text: expect.any(String) },
    ]),
    ['a Raspberry Pi', { arch: 0, platform: 'pi' }, { refused: 'raspberryPi', text: expect.stringContaining('Pi') }],
  ])('of %s', (_name, h, want) => {
    expect(policy().plan(hello(h))).toEqual(want)
  })

  test.each<[LoaderChoice, number, string]>([
    ['ipxe.pxe', 0, 'ipxe.pxe'],
    ['ipxe.efi', 7, 'ipxe.efi'],
    ['ipxe.efi', 0, 'undionly.kpxe'],
    ['undionly.kpxe', 7, 'snponly.efi'],
  ])('follows the pin %s on architecture %i as far as it fits', (loader, arch, want) => {
    expect(loaderOf(policy({ client: { loader } }).plan(hello({ arch })))).toBe(want)
  })

  test('serves unknown machines as far as that is allowed', () => {
    expect(loaderOf(policy({ client: null }).plan(hello({ arch: 7 })))).toBe('snponly.efi')
    expect(policy({ client: null, unknown: false }).plan(hello({ arch: 7 }))).toBeUndefined()
    expect(loaderOf(policy({ unknown: false }).plan(hello({ arch: 7 })))).toBe('snponly.efi')
  })

  test('names no loader that is not there, and says so once', () => {
    const said: string[] = []
    const logger: Logger = { ...silentLogger, info: (_fields, text) => void said.push(text), child: () => logger }
    const p = policy({ loaders: ['snponly.efi'], logger })
    for (let i = 0; i < 3; i++) expect(p.plan(hello({ arch: 0 }))).toMatchObject({ refused: 'noLoader' })
    expect(p.plan(hello({ arch: 27 }))).toMatchObject({ refused: 'architecture' })
    expect(said).toEqual([
      `${MAC} is not served: This is a BIOS PC, and its loader undionly.kpxe is not here. Put the file into the folder of the loaders and start Bootlace again.`,
      `${MAC} is not served: Its firmware says that it is of architecture 27 (PXE). There is no loader for that: try the other network boot of its firmware.`,
    ])
  })

  test.each<[number, 'pxe' | 'http', string]>([
    [11, 'pxe', 'snponly-arm64.efi'],
    [19, 'http', 'snponly-arm64.efi'],
    [6, 'pxe', 'ipxe-ia32.efi'],
    [15, 'http', 'ipxe-ia32.efi'],
    [10, 'pxe', 'ipxe-arm32.efi'],
    [18, 'http', 'ipxe-arm32.efi'],
  ])('gives architecture %i over %s the loader of its kind when it is there', (arch, via, want) => {
    const loaders = [...LOADERS, 'snponly-arm64.efi', 'ipxe-arm64.efi', 'ipxe-ia32.efi', 'ipxe-arm32.efi']
    expect(policy({ loaders }).plan(hello({ arch, via }))).toMatchObject({ loader: want, offer: 'binl' })
  })

  test('a pinned loader that is missing is said, and no other is given', () => {
    const p = policy({ client: { loader: 'ipxe.efi' }, loaders: ['snponly.efi'] })
    expect(p.plan(hello({ arch: 7 }))).toMatchObject({ refused: 'noLoader', text: expect.stringContaining('ipxe.efi') })
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
        paths: policy().paths,
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
    expect(text('gpxe.ipxe')).toBe(
      '#!gpxe\necho Bootlace: this is gPXE, loading iPXE\nchain http://10.77.0.2:8470/loader/undionly.kpxe\n',
    )
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
    expect(loaderOf(plan(hello({ arch: 0 })))).toBe('undionly.kpxe')
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
