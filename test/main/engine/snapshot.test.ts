import { expect, test } from 'vitest'
import { Settings } from '../../../src-main/api/settings.ts'
import { AppError } from '../../../src-main/base/errors.ts'
import type { Client } from '../../../src-main/clients/client.ts'
import { ClientRegistry } from '../../../src-main/clients/registry.ts'
import { Services } from '../../../src-main/engine/services.ts'
import { ClientView } from '../../../src-main/api/dto.ts'
import { snapshot, type Parts } from '../../../src-main/engine/snapshot.ts'
import { NO_TRAFFIC } from '../../../src-main/engine/traffic.ts'
import { FakeClock } from '../../support/fake-clock.ts'

function partsOf(
  clients: Partial<Client>[],
  o: { space?: () => { totalBytes: number; freeBytes: number; fullInDays?: number } } = {},
) {
  const all = clients.map((c, i) => ({
    mac: `52:54:00:00:00:${String(i).padStart(2, '0')}`,
    name: `pc-${i + 1}`,
    stage: 'run' as const,
    loader: 'auto' as const,
    keep: 'always' as const,
    channel: 'production' as const,
    createdMs: 1,
    ...c,
  }))
  const disks = [...new Set(all.flatMap((c) => ('disk' in c && c.disk ? [c.disk] : [])))].map((name) => ({
    name,
    file: `${name}.img`,
    format: 'raw' as const,
    sizeBytes: 1,
    serial: '',
    naa: '',
    createdMs: 1,
  }))
  return {
    engine: () => ({}),
    settings: { now: () => Settings.parse({}) },
    services: new Services(),
    letIn: { namesOf: () => [], refused: () => [] },
    registry: new ClientRegistry(
      { all: () => all, put: () => {}, remove: () => {} },
      { all: () => [], put: () => {} },
      new FakeClock(),
    ),
    board: { of: () => ({ stage: 'off', text: '', sinceMs: 0 }), sessionsOf: () => 0 },
    disks: {
      folder: '/data/disks',
      all: () => disks,
      hostSpace: o.space ?? (() => ({ totalBytes: 100, freeBytes: 50 })),
      problemOf: () => undefined,
      realBytes: () => 0,
      pathOf: () => '',
      heldBecause: () => undefined,
      pointsOf: () => [],
      childrenOf: () => [],
      depthOf: () => 0,
    },
    space: { now: o.space ?? (() => ({ totalBytes: 100, freeBytes: 50 })) },
    jobs: { list: () => [] },
    traffic: { of: () => NO_TRAFFIC },
    sessions: () => [],
    bootChoices: { view: () => undefined },
    wakeDesk: { schedules: () => [] },
    bootPathOf: () => undefined,
    setup: { enrolment: { view: () => undefined }, draft: { draft: null } },
  } as unknown as Parts
}
const warnings = (parts: Parts) => snapshot(parts).warnings.map((w) => w.message)

test('where all is well nothing is warned of', () => {
  expect(warnings(partsOf([{ disk: 'a' }, { disk: 'b' }]))).toEqual([])
})

test('sixty PCs without a disk are one warning, and one PC is called by its name', () => {
  expect(warnings(partsOf(Array.from({ length: 60 }, () => ({}))))).toEqual(['pc-1, pc-2 and 58 more have no disk.'])
  expect(warnings(partsOf([{ disk: 'a' }, {}]))).toEqual(['pc-2 has no disk.'])
})

test('PCs that share a disk they write to are warned of', () => {
  expect(warnings(partsOf([{ disk: 'a' }, { disk: 'a' }, { disk: 'a', stage: 'local' }]))).toEqual([
    'pc-1 and pc-2 have the same disk, a.',
  ])
})

test('a service that runs with a fault is warned of; one that failed has its own place', () => {
  const parts = partsOf([])
  parts.services.running('tftp', '10.0.0.2:69')
  parts.services.note('tftp', new AppError('config.loaders', 'no loader lies in /x', { hint: 'Fetch them.' }))
  parts.services.failed('dhcp', new AppError('net.portTaken', 'port 67 is taken'))
  expect(snapshot(parts).warnings).toEqual([
    { code: 'config.loaders', message: 'Loader files: no loader lies in /x.', hint: 'Fetch them.' },
  ])
})

test('a data folder that went away is said, and the rest of the picture stays', () => {
  const parts = partsOf([{ disk: 'a' }], {
    // What SpaceWatch says when the folder cannot be asked.
    space: () => ({ totalBytes: 0, freeBytes: 0 }),
  })
  expect(warnings(parts)).toEqual(['The folder of the disks, /data/disks, cannot be reached.'])
  expect(snapshot(parts).clients.length).toBe(1)
})

test('a broken disk is warned of, wherever people look', () => {
  const parts = partsOf([{ disk: 'a' }])
  parts.disks.problemOf = () => new AppError('disk.missing', 'the file is gone', { hint: 'Put it back.' })
  expect(snapshot(parts).warnings).toEqual([
    { code: 'disk.missing', message: 'Disk a cannot be used: the file is gone.', hint: 'Put it back.' },
  ])
})

test.each([
  [31, undefined],
  [30, 'disk.filling70'],
  [15, 'disk.filling85'],
  [5, 'disk.filling95'],
])('with %i of 100 bytes free people are told %s', (freeBytes, code) => {
  expect(snapshot(partsOf([], { space: () => ({ totalBytes: 100, freeBytes }) })).warnings[0]?.code).toBe(code)
})

test('what is nearly full is said, and when it will be', () => {
  expect(warnings(partsOf([], { space: () => ({ totalBytes: 100, freeBytes: 7, fullInDays: 3.5 }) }))).toEqual([
    "93 % of this computer's disk are in use, 7 bytes are free. At the rate of the last days it is full in 3 days.",
  ])
})

test('a PC is shown with the way on which it is sent, once it asked for a boot', () => {
  const parts = partsOf([{ disk: 'a' }])
  expect(snapshot(parts).clients[0]).not.toHaveProperty('bootPath')
  const bootPath = { platform: 'bios', loaderWorked: false, offer: 'pxe10', offerWorked: true } as const
  const shown = snapshot({ ...parts, bootPathOf: () => bootPath }).clients[0]!
  expect(ClientView.parse(shown).bootPath).toEqual(bootPath)
})
