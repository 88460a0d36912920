import type { Database } from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { initiatorNameOf, targetNameOf } from '../../../src-main/boot/names.ts'
import { ClientRegistry } from '../../../src-main/clients/registry.ts'
import { openDatabase } from '../../../src-main/db/database.ts'
import { createClientStore } from '../../../src-main/db/stores/client-store.ts'
import { createDiskStore } from '../../../src-main/db/stores/disk-store.ts'
import { createInitiatorNameStore } from '../../../src-main/db/stores/initiator-name-store.ts'
import { createMachineStore } from '../../../src-main/db/stores/machine-store.ts'
import type { DiskRecord } from '../../../src-main/disks/disk-record.ts'
import { AppError } from '../../../src-main/base/errors.ts'
import { LetIn, parseInitiatorName } from '../../../src-main/engine/let-in.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const HBA = 'iqn.2000-04.com.qlogic:qla4062c.fs1'
const disks = ['strict', 'open', 'secret'].map((name, i): DiskRecord => ({
  name,
  file: `${name}.raw`,
  format: 'raw',
  sizeBytes: 1 << 20,
  serial: `S${i}`,
  naa: `300000000000000${i}`,
  createdMs: 0,
}))

let folder: string
let db: Database
let clock: FakeClock
let registry: ClientRegistry
let letIn: LetIn
const names = () => createInitiatorNameStore(db)
const asked = (initiatorName: string, disk: string) =>
  letIn.noteRefused({ initiatorName, targetName: targetNameOf(disk), remoteAddress: '10.0.0.9' })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-let-in-'))
  db = openDatabase(join(folder, 'db'))
  for (const disk of disks) createDiskStore(db).put(disk)
  clock = new FakeClock()
  registry = new ClientRegistry(createClientStore(db), createMachineStore(db), clock)
  registry.add('52:54:00:00:00:01', { name: 'pc-01', disk: 'strict', exclusive: true })
  registry.add('52:54:00:00:00:02', { name: 'pc-02', disk: 'open' })
  registry.add('52:54:00:00:00:03', { name: 'pc-03', disk: 'secret', chap: 'on' })
  const find = (name: string) => {
    const found = disks.find((d) => d.name === name)
    if (!found) throw new AppError('disk.unknown', 'no such disk')
    return found
  }
  letIn = new LetIn(registry, { all: () => disks, find }, names(), clock)
})
afterEach(() => {
  db.close()
  rmSync(folder, { recursive: true })
})

describe('who was turned away', () => {
  test('is shown once, with the PC that the disk is kept for, for an hour', () => {
    asked(HBA, 'strict')
    clock.advance(1000)
    asked(HBA.toUpperCase(), 'strict')
    expect(letIn.refused()).toEqual([
      { initiator: HBA, disk: 'strict', client: 'pc-01', ip: '10.0.0.9', atMs: clock.now() },
    ])
    clock.advance(3_600_001)
    expect(letIn.refused()).toEqual([])
  })

  test.each([
    ['a PC of ours', initiatorNameOf('pc-02'), 'strict'],
    ['a disk for everybody', HBA, 'open'],
    ['a disk that is not there', HBA, 'nothing'],
    ['what is no name', 'hello', 'strict'],
  ])('is not shown: %s', (_, initiator, disk) => {
    asked(initiator, disk)
    expect(letIn.refused()).toEqual([])
  })

  test('does not fill the memory', () => {
    for (let i = 0; i < 50; i++) asked(`${HBA}${i}`, 'strict')
    expect(letIn.refused().map((r) => r.initiator)).toEqual(Array.from({ length: 8 }, (_, i) => `${HBA}${49 - i}`))
  })
})

describe('letting in', () => {
  test('makes the name that PC, and takes it from the list', () => {
    asked(HBA, 'strict')
    expect(letIn.allow(` ${HBA.toUpperCase()} `, 'strict')).toEqual({
      initiator: HBA,
      disk: 'strict',
      targetName: targetNameOf('strict'),
      client: 'pc-01',
      password: false,
    })
    expect(letIn.refused()).toEqual([])
    expect(letIn.namesOf(registry.find('pc-01'))).toEqual([HBA])
    expect(names().macOf(HBA)).toBe('52:54:00:00:00:01')
  })

  test('moves a name to another PC, and says that it needs a password', () => {
    letIn.allow(HBA, 'strict')
    expect(letIn.allow(HBA, 'secret')).toMatchObject({ client: 'pc-03', password: true })
    expect(letIn.namesOf(registry.find('pc-01'))).toEqual([])
  })

  test('changes nothing for a disk that everybody may use', () => {
    expect(letIn.allow(HBA, 'open').client).toBeUndefined()
    expect(names().macOf(HBA)).toBeUndefined()
  })

  test('never gives away the name of a PC of ours', () => {
    expect(() => letIn.allow(initiatorNameOf('pc-02'), 'strict')).toThrowError(
      expect.objectContaining({ code: 'client.initiator', hint: expect.stringContaining('client set pc-02') }),
    )
  })

  test('ends: taken back, or with the PC', () => {
    letIn.allow(HBA, 'strict')
    expect(letIn.revoke(HBA)).toEqual({ initiator: HBA })
    expect(() => letIn.revoke(HBA)).toThrowError(expect.objectContaining({ code: 'client.initiator' }))
    letIn.allow(HBA, 'strict')
    registry.remove('pc-01')
    expect(names().macOf(HBA)).toBeUndefined()
  })
})

test('names are those of RFC 7143', () => {
  for (const good of [
    'iqn.1991-05.com.microsoft:pc',
    'eui.02004567A425678D',
    'naa.52004567BA64678D',
    'iqn.2001-04.org.a',
  ])
    expect(parseInitiatorName(good)).toBe(good.toLowerCase())
  for (const bad of [
    '',
    'pc-01',
    'iqn.91-05.com.a',
    'eui.123',
    'naa.5200',
    `iqn.2001-04.org.a:${'x'.repeat(250)}`,
    'iqn.2001-04.org.a:b c',
  ])
    expect(() => parseInitiatorName(bad), bad).toThrowError(expect.objectContaining({ code: 'client.initiator' }))
})
