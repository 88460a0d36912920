import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClientView, DiskView } from '../../src-main/api/dto.ts'
import type { ClientIdentity } from '../../src-main/api/identity.ts'
import { machineIdOf } from '../../src-main/boot/identity.ts'
import { serveEngine, type ServedEngine } from '../support/served-engine.ts'

/** A room of PCs of one image, by the command line, and what each of them is told by HTTP. */

const MACS = ['52:54:00:00:1d:01', '52-54-00-00-1D-02', '525400001d03']
const UUID = '4c4c4544-0042-3510-8052-b4c04f4d3732'

let engine: ServedEngine
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-user-data-'))
  engine = await serveEngine()
  engine.verb('disk', 'create', 'debian', '--size', '64M')
  engine.verb('disk', 'seal', 'debian')
  engine.verb('client', 'add', '52:54:00:00:1d:99', '--name', 'lab-02')
})
afterAll(async () => {
  await engine.remove()
  rmSync(folder, { recursive: true })
})
const get = async (path: string): Promise<string | number> => {
  const answer = await fetch(`${engine.ready.http}${path}`)
  return answer.ok ? answer.text() : answer.status
}
const show = (pc: string) =>
  engine.verb('client', 'show', pc).json as ClientView & { readonly identity: ClientIdentity }

test('many are named by the pattern of the settings, past names that are taken, each with a disk of its own', () => {
  expect(engine.verb('settings', 'set', 'namePattern', 'lab-01').code).toBe(0)
  const made = engine.verb('client', 'add-many', ...MACS, '--image', 'debian', '--group', 'Room 2').json as ClientView[]
  expect(made.map(({ name, mac, disk, group }) => [name, mac, disk, group])).toEqual([
    ['lab-01', '52:54:00:00:1d:01', 'lab-01', 'Room 2'],
    ['lab-03', '52:54:00:00:1d:02', 'lab-03', 'Room 2'],
    ['lab-04', '52:54:00:00:1d:03', 'lab-04', 'Room 2'],
  ])
})

test('all of them or none', () => {
  const refused = engine.verb('client', 'add-many', '52:54:00:00:1d:04', MACS[0]!, '--image', 'debian')
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('already called lab-01')])
  expect(engine.verb('client', 'show', '52:54:00:00:1d:04').code).toBe(1)
  expect(engine.verb('disk', 'show', 'lab-05').code).toBe(1)
  const long = engine.verb('client', 'add-many', '52:54:00:00:1d:04', '--pattern', 'a-very-long-room-{nn}')
  expect([long.code, long.stderr]).toEqual([1, expect.stringContaining('at most 15 letters, digits and hyphens')])
})

test('each is told its name, and an instance that is its disk', async () => {
  const { serial } = engine.verb('disk', 'show', 'lab-01').json as DiskView
  const machineId = machineIdOf(serial)
  expect(machineId).toBeDefined()
  expect(show('lab-01').identity).toEqual({
    hostName: 'lab-01',
    initiatorName: 'iqn.2026-11.app.bootlace:client.lab-01',
    machineId,
    seedUrl: `${engine.ready.http}/nocloud/52-54-00-00-1d-01/`,
    commonSeedUrl: `${engine.ready.http}/nocloud/__dmi.system-uuid__/`,
    userDataFrom: 'usual',
  })
  expect(await get('/nocloud/52-54-00-00-1d-01/meta-data')).toBe(
    `instance-id: bootlace-${machineId}\nlocal-hostname: lab-01\n`,
  )
  expect(await get('/client/52-54-00-00-1d-03/identity')).toBe(
    'name=lab-04\ninitiator=iqn.2026-11.app.bootlace:client.lab-04\ngroup=Room 2\n',
  )
  expect(await get('/nocloud/52-54-00-00-1d-44/meta-data')).toBe(404)
})

test('a reset leaves the instance as it is', async () => {
  const before = await get('/nocloud/52-54-00-00-1d-01/meta-data')
  expect(engine.verb('disk', 'reset', 'lab-01', '--discard').code).toBe(0)
  expect(await get('/nocloud/52-54-00-00-1d-01/meta-data')).toBe(before)
})

test('a PC is found by the UUID that its loader told', async () => {
  expect(await get(`/nocloud/${UUID}/meta-data`)).toBe(404)
  await get(`/client/52-54-00-00-1d-02/boot.ipxe?p=efi&u=${UUID}`)
  expect(await get(`/nocloud/${UUID.toUpperCase()}/meta-data`)).toContain('local-hostname: lab-03\n')
  expect(show('lab-03').identity.uuid).toBe(UUID)
})

test('user-data are those of the PC, else of its image, else the usual ones', async () => {
  const file = join(folder, 'user-data')
  const of = (mac: string) => get(`/nocloud/${mac}/user-data`)
  writeFileSync(file, '#cloud-config\npackages: [htop]\n')
  expect(engine.verb('user-data', '--image', 'debian', '--file', file).json).toMatchObject({ from: 'image' })
  writeFileSync(file, '#cloud-config\npackages: [vim]\n')
  expect(engine.verb('user-data', '--client', 'lab-03', '--file', file).json).toMatchObject({ from: 'client' })
  expect(await of('52-54-00-00-1d-01')).toContain('htop')
  expect(await of('52-54-00-00-1d-02')).toContain('vim')
  expect(await of('52-54-00-00-1d-99')).toBe('#cloud-config\npreserve_hostname: false\n')
  expect(show('lab-03').identity.userDataFrom).toBe('client')
  expect(engine.verb('user-data', '--client', 'lab-03', '--usual').json).toMatchObject({ from: 'image' })
  expect(await of('52-54-00-00-1d-02')).toContain('htop')
  writeFileSync(file, 'packages: [vim]\n')
  expect(engine.verb('user-data', '--client', 'lab-03', '--file', file).stderr).toContain('#cloud-config')
})
