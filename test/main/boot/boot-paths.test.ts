import { beforeEach, describe, expect, test } from 'vitest'
import { BootPaths } from '../../../src-main/boot/boot-paths.ts'
import type { PathNews } from '../../../src-main/boot/boot-path.ts'
import type { BootObservation, ClientHello } from '../../../src-main/boot/boot-planner.ts'
import type { BootPathStore } from '../../../src-main/boot/path-store.ts'
import { openDatabase } from '../../../src-main/db/database.ts'
import { createBootPathStore } from '../../../src-main/db/stores/boot-path-store.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const MAC = '52:54:00:77:00:01'
const TWIN = '52:54:00:77:00:02'
const IP = '10.77.0.130'
type Asking = ClientHello & { platform: 'uefi-x64' }

let clock: FakeClock
let store: BootPathStore
let jobs: (() => void)[]
let news: PathNews[]
let ladder: string[]
let paths: BootPaths

const open = () =>
  new BootPaths({
    store,
    clock,
    ladder: () => ladder,
    later: (job) => void jobs.push(job),
    tell: (_mac, item) => void news.push(item),
  })
const settle = () => jobs.splice(0).forEach((job) => job())
const hello = (mac = MAC): Asking => ({
  mac,
  platform: 'uefi-x64',
  arch: 7,
  isIpxe: false,
  via: 'pxe',
  on: 'dhcp',
  secs: 0,
})
const hear = (...what: BootObservation[]) => what.forEach((o) => paths.heard(o, (ip) => (ip === IP ? MAC : undefined)))

/** One boot, as the services tell it. */
const boot = (o: { mac?: string; fetches?: boolean; further?: boolean } = {}) => {
  const { mac = MAC } = o
  clock.advance(300_000)
  const choice = paths.choice(hello(mac))
  hear({ type: 'seen', ...hello(mac) }, { type: 'offered', mac, via: 'dhcp', file: choice.loader! })
  if (o.fetches !== false && mac === MAC) hear({ type: 'loader', ip: IP, file: choice.loader!, via: 'tftp', bytes: 1 })
  if (o.further) hear({ type: 'script', mac, ip: IP, path: '/boot.ipxe' })
  return choice.loader
}

beforeEach(() => {
  clock = new FakeClock()
  store = createBootPathStore(openDatabase(':memory:'))
  jobs = []
  news = []
  ladder = ['snponly.efi', 'ipxe.efi']
  paths = open()
})

test('a choice changes nothing: the same question has the same answer until it is heard', () => {
  hear({ type: 'seen', ...hello() }, { type: 'offered', mac: MAC, via: 'dhcp', file: 'snponly.efi' })
  hear({ type: 'loader', ip: IP, file: 'snponly.efi', via: 'tftp', bytes: 1 })
  clock.advance(300_000)
  for (let i = 0; i < 3; i++) expect(paths.choice(hello()).loader).toBe('ipxe.efi')
  expect(paths.of(MAC)!.loader).toBe('snponly.efi')
})

test('a request on 4011 is given what its DISCOVER was given, whatever seconds it names', () => {
  const discover = { ...hello(), secs: 32 }
  hear({ type: 'seen', ...discover }, { type: 'offered', mac: MAC, via: 'dhcp', file: 'snponly.efi' })
  hear({ type: 'loader', ip: IP, file: 'snponly.efi', via: 'tftp', bytes: 1 })
  expect(paths.choice({ ...hello(), on: '4011' }).loader).toBe('snponly.efi')
})

describe('what worked', () => {
  test('is remembered by MAC beyond a restart of the program', () => {
    expect([boot(), boot({ further: true })]).toEqual(['snponly.efi', 'ipxe.efi'])
    settle()
    paths = open()
    expect(boot()).toBe('ipxe.efi')
    expect(paths.of(MAC)).toMatchObject({
      platform: 'uefi-x64',
      loader: 'ipxe.efi',
      loaderWorked: true,
      offerWorked: true,
    })
  })

  test('is the first guess for machines of the same model', () => {
    boot()
    boot({ further: true })
    paths.learnModel(MAC, 'Dell Inc.', 'OptiPlex 7060')
    boot({ mac: TWIN, fetches: false })
    expect(paths.of(TWIN)!.loader).toBe('snponly.efi')
    paths.learnModel(TWIN, 'Dell Inc.', 'OptiPlex 7060')
    expect(paths.of(TWIN)).toMatchObject({ model: 'Dell Inc. OptiPlex 7060', loader: 'ipxe.efi', loaderWorked: false })
    settle()
    paths = open()
    expect(paths.of(TWIN)).toMatchObject({ loader: 'ipxe.efi' })
  })

  test.each([
    ['System manufacturer', 'System Product Name'],
    ['To Be Filled By O.E.M.', 'Default string'],
    ['', ''],
  ])('is not shared by boards that say “%s”', (maker, product) => {
    boot({ further: true })
    paths.learnModel(MAC, maker, product)
    expect(paths.of(MAC)).not.toHaveProperty('model')
  })

  test('a model is said by a machine that we know, in printable words of bounded length', () => {
    paths.learnModel(TWIN, 'x', 'y')
    expect(paths.of(TWIN)).toBeUndefined()
    boot({ further: true })
    paths.learnModel(MAC, 'A\u0000\u001b[31m', 'ü'.repeat(9) + 'B'.repeat(500))
    expect(paths.of(MAC)!.model).toMatch(/^A\[31m B{100,114}$/)
  })
})

test('a PC that tries UEFI and then BIOS in one boot gets further on both ways', () => {
  const bios = { ...hello(), platform: 'bios', arch: 0 } as const
  const tryAs = (as: ClientHello) => {
    clock.advance(30_000)
    hear({ type: 'seen', ...as }, { type: 'offered', mac: MAC, via: 'dhcp', file: 'f' })
    hear({ type: 'loader', ip: IP, file: 'f', via: 'tftp', bytes: 1 })
  }
  tryAs(hello())
  tryAs(bios)
  hear({ type: 'script', mac: MAC, ip: IP, path: '/boot.ipxe' })
  expect(paths.of(MAC)).toMatchObject({ platform: 'bios', loaderWorked: true })
  expect(paths.choice(hello()).loader).toBe('ipxe.efi')
  tryAs(hello())
  expect(paths.of(MAC)).toMatchObject({ platform: 'uefi-x64', loader: 'ipxe.efi', loaderWorked: false })
  settle()
  paths = open()
  expect(paths.of(MAC)).toMatchObject({ platform: 'uefi-x64', loader: 'ipxe.efi' })
  clock.advance(300_000)
  hear({ type: 'seen', ...bios })
  expect(paths.of(MAC)).toMatchObject({ platform: 'bios', loader: 'snponly.efi', loaderWorked: true })
})

test('a loader that went from the folder is passed over', () => {
  boot()
  boot({ further: true })
  ladder = ['snponly.efi']
  expect(paths.choice(hello()).loader).toBe('snponly.efi')
  expect(paths.of(MAC)).toMatchObject({ loader: 'snponly.efi', loaderWorked: false })
})

test('nothing is written before its turn, and only what is new', () => {
  boot()
  const first = jobs.length
  expect(store.machines()).toEqual([])
  settle()
  expect(store.machines()).toMatchObject([{ mac: MAC, form: 'binl', formWorked: true, loaderWorked: false }])
  expect(first).toBe(1)
  boot({ further: true })
  settle()
  for (let i = 0; i < 5; i++) boot({ further: true })
  expect(jobs).toEqual([])
  expect(news.map((n) => n.is)).toEqual(['loaderChanged', 'loaderWorked'])
})

test('iPXE, phones and transfers of strangers leave no trace', () => {
  hear({ type: 'seen', ...hello(), isIpxe: true }, { type: 'address', mac: TWIN, ip: '10.77.0.9' })
  hear({ type: 'loader', ip: '10.77.0.9', file: 'x', via: 'tftp', bytes: 1 })
  hear({ type: 'script', ip: '10.77.0.9', path: '/boot.ipxe' })
  expect([paths.of(MAC), paths.of(TWIN), jobs]).toEqual([undefined, undefined, []])
})

test('strangers with ever new addresses do not fill the memory', () => {
  for (let i = 0; i < 5000; i++) {
    const mac = `02:00:00:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`
    hear({ type: 'seen', ...hello(mac) })
  }
  expect(paths.of('02:00:00:00:00:00')).toBeUndefined()
  expect(paths.of('02:00:00:00:13:87')).toBeDefined()
})
