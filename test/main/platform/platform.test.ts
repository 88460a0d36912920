import { expect, test } from 'vitest'
import { controlAddress, defaultDataDir } from '../../../src-main/platform/folders.ts'
import { chooseInterface, type ServedInterface } from '../../../src-main/platform/interfaces.ts'
import { magicPacket } from '../../../src-main/platform/wake-on-lan.ts'

const eth: ServedInterface = {
  name: 'test-eth',
  address: '192.0.2.10',
  netmask: '255.255.255.0',
  mac: '52:54:00:00:00:01',
}
const wifi: ServedInterface = {
  name: 'test-wifi',
  address: '198.51.100.10',
  netmask: '255.255.255.0',
  mac: '52:54:00:00:00:02',
}

test('the interface is the one named, by name or address', () => {
  expect(chooseInterface('test-wifi', [eth, wifi], 'test-eth')).toBe(wifi)
  expect(chooseInterface('192.0.2.10', [eth, wifi], undefined)).toBe(eth)
})
test('without a name it is that of the default route, or the only one', () => {
  expect(chooseInterface(undefined, [eth, wifi], 'test-wifi')).toBe(wifi)
  expect(chooseInterface(undefined, [eth], undefined)).toBe(eth)
})
test('an unclear or wrong choice lists what there is', () => {
  expect(() => chooseInterface(undefined, [eth, wifi], undefined)).toThrowError(/not clear/)
  expect(() => chooseInterface('test-none', [eth, wifi], undefined)).toThrowError(/no interface "test-none"/)
  expect(() => chooseInterface(undefined, [], undefined)).toThrowError(/no network interface/)
})
test('the data folder follows the environment and the system', () => {
  expect(defaultDataDir({ BOOTLACE_DATA: '/srv/b' }, 'linux')).toBe('/srv/b')
  expect(defaultDataDir({ XDG_DATA_HOME: '/x' }, 'linux')).toBe('/x/bootlace')
})
test('a socket path never exceeds what the system takes', () => {
  expect(controlAddress('/srv/b', 'linux')).toBe('/srv/b/control.sock')
  const long = `/srv/${'x'.repeat(200)}`
  expect(controlAddress(long, 'linux').length).toBeLessThan(104)
  expect(controlAddress(long, 'linux')).toBe(controlAddress(`${long}/`, 'linux'))
  expect(controlAddress('/srv/b', 'win32')).toMatch(/^\\\\\.\\pipe\\bootlace-/)
})
test('the wake-up packet holds the MAC sixteen times', () => {
  const packet = magicPacket('52:54:00:12:34:56')
  expect(packet.length).toBe(102)
  expect(packet.subarray(0, 6).equals(Buffer.alloc(6, 0xff))).toBe(true)
  for (let i = 0; i < 16; i++) expect(packet.subarray(6 + i * 6, 12 + i * 6).toString('hex')).toBe('525400123456')
})
