import { beforeEach, expect, test } from 'vitest'
import type { BootObservation } from '../../../src-main/boot/boot-planner.ts'
import type { TimelineEvent } from '../../../src-main/clients/client.ts'
import { LiveBoard } from '../../../src-main/clients/live-board.ts'
import { ClientRegistry } from '../../../src-main/clients/registry.ts'
import { recordBootObservation, recordPathNews } from '../../../src-main/engine/boot-facts.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const mac = '52:54:00:12:34:56'
const ip = '10.77.0.100'
let events: TimelineEvent[]
let registry: ClientRegistry
let board: LiveBoard
const see = (...what: BootObservation[]) => what.forEach((o) => recordBootObservation(o, registry, board))
const told = () => events.map((e) => e.type)

beforeEach(() => {
  const clock = new FakeClock()
  events = []
  registry = new ClientRegistry(
    { all: () => [], put: () => {}, remove: () => {} },
    { all: () => [], put: () => {} },
    clock,
  )
  board = new LiveBoard(registry, { add: (e) => ({ ...e, id: 1 }), list: () => [] }, clock, (e) => events.push(e))
})

const firmware: BootObservation = {
  type: 'seen',
  mac,
  arch: 7,
  platform: 'uefi-x64',
  via: 'pxe',
  on: 'dhcp',
  secs: 0,
  isIpxe: false,
  vendorClass: 'PXEClient:Arch:00007:UNDI:003000',
}
const loaderAsks: BootObservation = { ...firmware, isIpxe: true }

test('a UEFI boot through 4011, TFTP and the second stage goes forward only', () => {
  const stages: string[] = []
  for (const what of [
    firmware,
    { type: 'offered', mac, via: 'dhcp', file: '' },
    { type: 'address', mac, ip },
    { type: 'offered', mac, via: '4011', file: 'snponly.efi' },
    { type: 'loader', ip, file: 'snponly.efi', via: 'tftp', bytes: 1 },
    loaderAsks,
    { type: 'offered', mac, via: 'dhcp', file: 'http://10.77.0.2:8470/boot.ipxe' },
    { type: 'script', ip, mac, path: '/client/x/boot.ipxe' },
  ] as BootObservation[]) {
    see(what)
    stages.push(board.of(mac).stage)
  }
  expect(stages).toEqual(['seen', 'offered', 'offered', 'offered', 'loader', 'loader', 'loader', 'script'])
  expect(told()).toEqual(['seen', 'offered', 'offered', 'loader', 'offered', 'script'])
  expect(registry.machine(mac)).toMatchObject({ firmware: 'UEFI', ip })
})

test('a ROM that is iPXE itself is seen at its first request', () => {
  see({ ...firmware, arch: 0, platform: 'bios', isIpxe: true })
  expect(told()).toEqual(['seen'])
  expect(registry.machine(mac)?.firmware).toBe('BIOS')
})

test('an empty disk that cannot boot is the expected way of an installation, not a failure', () => {
  see({ type: 'report', mac, ip, stage: 'emptyDisk', errno: '1d852039' })
  expect(board.of(mac).stage).not.toBe('failed')
  expect(events[0]!.text).toContain('goes on to its CD or USB stick')
})

test("a loader's failure is shown with its error, and the next start clears it", () => {
  see({ type: 'report', mac, ip, stage: 'sanboot', errno: '2c0d6039' })
  expect(board.of(mac)).toMatchObject({ stage: 'failed' })
  expect(events[0]!.text).toContain('2c0d6039')
  see(loaderAsks)
  expect(board.of(mac).stage).toBe('seen')
})

test('a transfer by an address nobody knows is nobody’s', () => {
  see({ type: 'loader', ip: '10.77.0.200', file: 'x', via: 'tftp', bytes: 1 })
  expect(events).toEqual([])
})

test('a phone that takes an address from its router is none of our business', () => {
  see({ type: 'address', mac: '52:54:00:99:99:99', ip: '10.77.0.150' })
  expect([registry.unknown(), registry.macOfIp('10.77.0.150'), events]).toEqual([[], undefined, []])
})

test('a machine that gets nothing is shown with the reason, and told once in a while only', () => {
  const text = 'This is a Raspberry Pi.'
  const pi: BootObservation = { ...firmware, arch: 0, platform: 'pi', type: 'notServed', refused: 'raspberryPi', text }
  see(pi, pi)
  expect(events).toMatchObject([{ type: 'notServed', text, data: { why: 'raspberryPi', arch: 0 } }])
  expect(board.of(mac)).toMatchObject({ stage: 'failed', text })
  expect(registry.machine(mac)?.firmware).toBe('Raspberry Pi')
})

test('what the next try will be is told; only a loop is a failure', () => {
  see(firmware)
  recordPathNews(mac, { is: 'loaderChanged', from: 'snponly.efi', to: 'ipxe.efi' }, board)
  expect(events[1]).toMatchObject({
    type: 'nextTry',
    text: 'It did not get further with snponly.efi last time, now it is given ipxe.efi.',
    data: { from: 'snponly.efi', to: 'ipxe.efi' },
  })
  expect(board.of(mac).stage).toBe('seen')
  recordPathNews(mac, { is: 'loop', loader: 'undionly.kpxe', times: 3 }, board)
  expect(board.of(mac).stage).toBe('failed')
})
