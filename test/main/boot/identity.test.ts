import { expect, test } from 'vitest'
import { identityText, metaData, NETWORK_CONFIG } from '../../../src-main/boot/identity.ts'
import type { Client } from '../../../src-main/clients/client.ts'

const client: Client = {
  mac: '52:54:00:77:00:01',
  name: 'pc-01',
  stage: 'run',
  loader: 'auto',
  keep: 'never',
  channel: 'production',
  createdMs: 0,
}

test('a script is told the name, and what else is known', () => {
  expect(identityText(client, undefined)).toBe('name=pc-01\ninitiator=iqn.2026-11.app.bootlace:client.pc-01\n')
  expect(identityText({ ...client, group: 'Room 2' }, '4c4c4544-0042-3510-8052-b4c04f4d3732')).toBe(
    'name=pc-01\ninitiator=iqn.2026-11.app.bootlace:client.pc-01\nuuid=4c4c4544-0042-3510-8052-b4c04f4d3732\ngroup=Room 2\n',
  )
})

test('the instance of cloud-init is the disk: it stays when the PC is renamed, and is another on another disk', () => {
  const first = metaData(client, 'A1B2C3D4E5F60718')
  expect(first).toBe('instance-id: bootlace-a1b2c3d4e5f6407188b0071ace000000\nlocal-hostname: pc-01\n')
  const [instance, name] = metaData({ ...client, name: 'pc-02' }, 'A1B2C3D4E5F60718').split('\n')
  expect([instance, name]).toEqual([first.split('\n')[0], 'local-hostname: pc-02'])
  expect(metaData(client, 'A1B2C3D4E5F60719').split('\n')[0]).not.toBe(instance)
  expect(metaData(client, undefined)).toContain('instance-id: bootlace-525400770001\n')
})

test('the network is left alone', () => {
  expect(NETWORK_CONFIG).toBe('network: {config: disabled}\n')
})
