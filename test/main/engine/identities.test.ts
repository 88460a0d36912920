import { beforeEach, expect, test } from 'vitest'
import { USUAL_USER_DATA } from '../../../src-main/boot/identity.ts'
import { ClientRegistry } from '../../../src-main/clients/registry.ts'
import { openDatabase } from '../../../src-main/db/database.ts'
import { createClientStore } from '../../../src-main/db/stores/client-store.ts'
import { createDiskStore } from '../../../src-main/db/stores/disk-store.ts'
import { createMachineStore } from '../../../src-main/db/stores/machine-store.ts'
import { createUserDataStore } from '../../../src-main/db/stores/user-data-store.ts'
import type { DiskRecord } from '../../../src-main/disks/disk-record.ts'
import { Identities } from '../../../src-main/engine/boot/identities.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const [ONE, TWO] = ['52:54:00:77:00:01', '52:54:00:77:00:02'] as const
const UUID = '4c4c4544-0042-3510-8052-b4c04f4d3732'
const OWN = '10.0.0.5'
const SECRET = '#cloud-config\npassword: open sesame\n'

let db: ReturnType<typeof openDatabase>
let registry: ClientRegistry
let identities: Identities
/** Who asked for what may hold a password. */
let asked: string[]
beforeEach(() => {
  db = openDatabase(':memory:')
  registry = new ClientRegistry(createClientStore(db), createMachineStore(db), new FakeClock())
  asked = []
  const disks = [
    { name: 'debian', serial: '0123456789ABCDEF', image: { family: 'debian', version: 1 } },
    { name: 'pc-01', serial: 'A1B2C3D4E5F60718', parent: 'debian' },
  ].map((disk): DiskRecord => ({
    file: `${disk.name}.img`,
    format: 'raw',
    sizeBytes: 512,
    naa: `3${disk.serial.slice(1)}`,
    createdMs: 0,
    ...disk,
  }))
  for (const disk of disks) createDiskStore(db).put(disk)
  identities = new Identities({
    registry,
    disks: () => disks,
    userData: createUserDataStore(db),
    mayTell: (mac, ip) => {
      asked.push(`${mac} ${ip}`)
      return ip === OWN
    },
  })
  registry.add(ONE, { name: 'pc-01', disk: 'pc-01' })
  registry.add(TWO, { name: 'pc-02' })
  registry.noteMachine(ONE, { ip: OWN })
  registry.noteMachine(TWO, { ip: '10.0.0.6' })
})
const file = (pc: { mac: string } | { uuid: string }, name: Parameters<Identities['file']>[1], ip = OWN) =>
  identities.file(pc, name, { ip })

test('only PCs that are set up are answered', () => {
  expect(file({ mac: ONE }, 'meta-data')).toBe(
    'instance-id: bootlace-a1b2c3d4e5f6407188b0071ace000000\nlocal-hostname: pc-01\n',
  )
  expect(file({ mac: '52:54:00:77:00:09' }, 'meta-data')).toBeUndefined()
  expect(file({ uuid: UUID }, 'identity')).toBeUndefined()
})

test('a PC is found by the UUID that its loader told, after a restart of the engine too', () => {
  identities.learnUuid(ONE, UUID.toUpperCase(), OWN)
  expect(file({ uuid: UUID }, 'identity')).toContain(`name=pc-01\n`)
  const again = new ClientRegistry(createClientStore(db), createMachineStore(db), new FakeClock())
  expect(again.machine(ONE)?.uuid).toBe(UUID)
})

test('a UUID is not believed from another address, of a PC nobody set up, or when a board has none', () => {
  identities.learnUuid(ONE, UUID, '10.0.0.66')
  identities.learnUuid('52:54:00:77:00:09', UUID, OWN)
  identities.learnUuid(ONE, '00000000-0000-0000-0000-000000000000', OWN)
  identities.learnUuid(ONE, 'ffffffff-ffff-ffff-ffff-ffffffffffff', OWN)
  identities.learnUuid(ONE, `${UUID}\n`, OWN)
  expect(registry.machine(ONE)?.uuid).toBeUndefined()
  expect(registry.machine('52:54:00:77:00:09')).toBeUndefined()
})

test('of boards that all say the same UUID each is told by its address, and nobody else is', () => {
  identities.learnUuid(ONE, UUID, OWN)
  identities.learnUuid(TWO, UUID, '10.0.0.6')
  expect(file({ uuid: UUID }, 'identity', OWN)).toContain('name=pc-01\n')
  expect(file({ uuid: UUID }, 'identity', '10.0.0.6')).toContain('name=pc-02\n')
  expect(file({ uuid: UUID }, 'identity', '10.0.0.7')).toBeUndefined()
})

test('a PC has user-data of its own, else those of its image, else the usual ones', () => {
  expect(file({ mac: ONE }, 'user-data')).toBe(USUAL_USER_DATA)
  identities.setUserData({ family: 'debian' }, '#!/bin/sh\n')
  expect(file({ mac: ONE }, 'user-data')).toBe('#!/bin/sh\n')
  expect(file({ mac: TWO }, 'user-data')).toBe(USUAL_USER_DATA)
  identities.setUserData({ mac: ONE }, SECRET)
  identities.setUserData({ mac: ONE }, `${SECRET}#\n`)
  expect(file({ mac: ONE }, 'user-data')).toBe(`${SECRET}#\n`)
  identities.setUserData({ mac: ONE }, undefined)
  expect(file({ mac: ONE }, 'user-data')).toBe('#!/bin/sh\n')
})

test('what people wrote is for the PC itself only; all the rest holds nothing secret', () => {
  identities.setUserData({ mac: ONE }, SECRET)
  expect(file({ mac: ONE }, 'user-data', '10.0.0.66')).toBeUndefined()
  expect(asked).toEqual([`${ONE} 10.0.0.66`])
  for (const name of ['identity', 'meta-data', 'vendor-data', 'network-config'] as const)
    expect(file({ mac: ONE }, name, '10.0.0.66')).not.toContain('sesame')
  expect(file({ mac: TWO }, 'user-data', '10.0.0.66')).toBe(USUAL_USER_DATA)
  expect(asked).toHaveLength(1)
})

test('they go with their PC', () => {
  identities.setUserData({ mac: ONE }, SECRET)
  registry.remove('pc-01')
  registry.add(ONE, { name: 'pc-07' })
  expect(file({ mac: ONE }, 'user-data')).toBe(USUAL_USER_DATA)
})

test('text that cloud-init would not know is refused, and so is a flood', () => {
  const refused = expect.objectContaining({ code: 'client.userData' })
  expect(() => identities.setUserData({ mac: ONE }, 'password: x\n')).toThrowError(refused)
  expect(() => identities.setUserData({ mac: ONE }, '#cloud-config\n\0')).toThrowError(refused)
  expect(() => identities.setUserData({ mac: ONE }, `#${'ü'.repeat(33_000)}`)).toThrowError(refused)
  identities.setUserData({ mac: ONE }, 'Content-Type: multipart/mixed; boundary="x"\n')
})
