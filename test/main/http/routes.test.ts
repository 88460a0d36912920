import { expect, test } from 'vitest'
import { mediaType, routeOf } from '../../../src-main/http/routes.ts'

const mac = '52:54:00:77:00:01'

test.each([
  ['/boot.ipxe', { to: 'firstScript' }],
  ['/boot.ipxe?x=1', { to: 'firstScript' }],
  ['/autoexec.ipxe', { to: 'firstScript' }],
  ['/loader/autoexec.ipxe', { to: 'firstScript' }],
  [
    '/client/52-54-00-77-00-01/boot.ipxe?p=efi&v=2.0%2B',
    {
      to: 'clientScript',
      mac,
      query: new Map([
        ['p', 'efi'],
        ['v', '2.0+'],
      ]),
    },
  ],
  ['/client/52:54:00:77:00:01/boot.ipxe', { to: 'clientScript', mac, query: new Map() }],
  ['/client/52%3A54%3A00%3A77%3A00%3A01/boot.ipxe', { to: 'clientScript', mac, query: new Map() }],
  ['/loader/snponly.efi', { to: 'loader', file: 'snponly.efi' }],
  ['/media/m/kernel', { to: 'media', name: 'm', rest: 'kernel' }],
  ['/media/m/a/b%20c', { to: 'media', name: 'm', rest: 'a/b c' }],
  ['/kit/debian', { to: 'kit', name: 'debian' }],
  ['/client/52-54-00-77-00-01/identity', { to: 'identity', pc: { mac }, file: 'identity' }],
  ['/nocloud/52-54-00-77-00-01/meta-data', { to: 'identity', pc: { mac }, file: 'meta-data' }],
  ['/nocloud/52:54:00:77:00:01/user-data', { to: 'identity', pc: { mac }, file: 'user-data' }],
  [
    '/nocloud/4C4C4544-0042-3510-8052-B4C04F4D3732/network-config',
    { to: 'identity', pc: { uuid: '4c4c4544-0042-3510-8052-b4c04f4d3732' }, file: 'network-config' },
  ],
  ['/scripts/menu.ipxe', { to: 'ownFile', path: 'menu.ipxe' }],
  ['/scripts/boot/mac-525400770001.ipxe', { to: 'ownFile', path: 'boot/mac-525400770001.ipxe' }],
  ['/report/52-54-00-77-00-01?st=sanboot&err=1d852039', { to: 'report', mac, stage: 'sanboot', errno: '1d852039' }],
  ['/report/52-54-00-77-00-01', { to: 'report', mac, stage: '', errno: '' }],
  ['/report/52-54-00-77-00-01?st=a%0Ab%1B&err=x', { to: 'report', mac, stage: 'a?b?', errno: 'x' }],
])('%s', (target, want) => {
  expect(routeOf(target)).toEqual(want)
})

test.each([
  '',
  '/',
  '*',
  'boot.ipxe',
  'http://x/boot.ipxe',
  '//boot.ipxe',
  '/boot.ipxe/',
  '/boot.ipxe/x',
  '/client/52-54-00-77-00/boot.ipxe',
  '/client/525400770001/boot.ipxe',
  '/client/52-54-00-77-00-01',
  '/client/52-54-00-77-00-01/other',
  '/loader/a/b',
  '/loader/..',
  '/loader/%2e%2e',
  '/loader/a%2fb',
  '/loader/a%5cb',
  '/loader/a%00',
  '/loader/%zz',
  '/media/m',
  '/media/m/../x',
  '/media/m//x',
  '/media/../m/x',
  '/kit',
  '/nocloud/52-54-00-77-00-01',
  '/nocloud/52-54-00-77-00-01/',
  '/nocloud/52-54-00-77-00-01/password',
  '/nocloud/52-54-00-77-00-01/meta-data/x',
  '/nocloud/__dmi.system-uuid__/meta-data',
  '/nocloud/pc-01/meta-data',
  '/client/pc-01/identity',
  '/client/52-54-00-77-00-01/identity/x',
  '/kit/debian/x',
  '/scripts',
  '/scripts/../boot.ipxe',
  '/scripts/a%2Fb.ipxe',
  '/report/x',
  '/admin',
  '/api/snapshot',
])('%j leads nowhere', (target) => {
  expect(routeOf(target)).toEqual({ to: 'nothing' })
})

test('a long query is cut and only its first keys are read', () => {
  const route = routeOf(`/report/52-54-00-77-00-01?st=${'x'.repeat(1000)}${'&a=b'.repeat(50)}&err=1`)
  expect(route).toMatchObject({ stage: 'x'.repeat(128), errno: '' })
})

test.each([
  ['snponly.efi', 'application/efi'],
  ['a.ISO', 'application/vnd.efi-iso'],
  ['preseed.cfg', 'text/plain; charset=utf-8'],
  ['kernel', 'application/octet-stream'],
])('the type of %s is %s', (name, want) => {
  expect(mediaType(name)).toBe(want)
})
