import { describe, expect, test } from 'vitest'
import { clientScript, type ScriptDesk } from '../../../src-main/boot/client-script.ts'
import type { Client } from '../../../src-main/clients/client.ts'
import { checkIpxe } from '../../support/ipxe.ts'

const MAC = '52:54:00:77:00:01'
const SECRET = 'abcdefghjkmnpqrs'
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
const deskWith = (o: Partial<ScriptDesk>): ScriptDesk => ({
  stageFor: (client) => client.next ?? client.stage,
  menu: () => ({}),
  opensMenu: () => false,
  maintenance: () => ({ attachDisk: false }),
  mayTell: () => true,
  onLink: () => true,
  ownScript: () => undefined,
  ownMenu: () => undefined,
  ...o,
})
function ask(
  client: Partial<Client>,
  desk: Partial<ScriptDesk> = {},
  query: Record<string, string> = {},
  password?: string,
) {
  const text = clientScript({
    client: { ...base, ...client },
    server: { ip: '10.77.0.2', httpPort: 8470, iscsiPort: 3260 },
    directory: {
      clientByMac: () => undefined,
      unknownAllowed: () => true,
      passwordOf: (c) => (c.chap === undefined ? undefined : { name: c.name, secret: SECRET }),
    },
    desk: deskWith(desk),
    query: new Map(Object.entries(query)),
    from: { ip: '10.77.0.130', ...(password !== undefined && { password }) },
  })
  if (text !== undefined) expect(checkIpxe(text)).toEqual([])
  return text
}

describe('the script of a client', () => {
  test('is that of its next start only, before its stage and before own scripts', () => {
    const desk = { ownScript: () => 'mac-525400770001.ipxe' }
    expect(ask({}, desk)).toContain('/scripts/mac-525400770001.ipxe')
    expect(ask({ next: 'local' }, desk)).toContain('own disk of this PC')
    expect(ask({ next: 'maintenance' })).toContain('nothing is set for maintenance')
    // The firmware comes again in the same start, after what was chosen for it is used up.
    expect(ask({}, { ...desk, stageFor: () => 'local' })).not.toContain('/scripts/')
  })

  test('attaches the disk for maintenance where that was said and there is one', () => {
    const maintenance = () => ({ kernel: '/k', attachDisk: true })
    expect(ask({ stage: 'maintenance' }, { maintenance })).toContain('sanhook --drive 0x80')
    const { disk: _, ...without } = base
    const text = clientScript({
      client: { ...without, stage: 'maintenance' },
      server: { ip: '10.77.0.2', httpPort: 8470, iscsiPort: 3260 },
      directory: { clientByMac: () => undefined, unknownAllowed: () => true },
      desk: deskWith({ maintenance }),
      query: new Map(),
      from: {},
    })
    expect(text).toContain('kernel --name kernel')
    expect(text).not.toContain('sanhook')
  })

  test('holds its password only for the address that the PC was seen to take', () => {
    expect(ask({ chap: 'on' })).toContain(SECRET)
    const refused = ask({ chap: 'on' }, { mayTell: (_client, ip) => ip === '10.77.0.131' })
    expect(refused).not.toContain(SECRET)
    expect(refused).toContain('dhcp ||')
    expect(refused).toContain('st=passwordWithheld')
    for (const stage of ['local', 'menu'] as const) expect(ask({ chap: 'on', stage })).not.toContain(SECRET)
  })

  test('clears the gateway where that was said, unless the PC needs it to reach us', () => {
    expect(ask({ gateway: 'clear' })).toContain('set netX/gateway 0.0.0.0')
    expect(ask({})).not.toContain('gateway')
    expect(ask({ gateway: 'clear' }, { onLink: () => false })).not.toContain('gateway')
  })
})

describe('the menu of a client', () => {
  const menu = () => ({ entries: ['disk', 'second', 'local', 'shell', 'scripts'], locked: ['shell'] }) as const
  const at = (e: string, o: Partial<Client> = {}, desk: Partial<ScriptDesk> = {}, password?: string) =>
    ask({ stage: 'menu', ...o }, { menu, ...desk }, { e, p: 'efi' }, password)

  test('offers what there is', () => {
    const text = ask({ stage: 'menu' }, { menu })!
    expect(text).toContain('item --key d disk Boot from the disk win11 ||')
    expect(text).toContain('item --key s shell Open the iPXE shell (password) ||')
    expect(text).not.toMatch(/item .* (second|scripts) /)
    const more = ask({ stage: 'menu', secondDisk: 'games' }, { menu, ownMenu: () => 'menu.ipxe' })!
    expect(more).toContain('item --key 2 second Boot from the second disk games ||')
    expect(more).toContain('item --key o scripts Own scripts ||')
  })
  test('its own wishes count before those for all PCs', () => {
    const text = ask({ stage: 'menu', menu: { preset: 'local', timeoutSeconds: 3, title: 'Mine' } }, { menu })!
    expect(text).toContain('choose --default local --timeout 3000 choice')
    expect(text).toContain('menu Mine ||')
  })
  test('an entry becomes its script', () => {
    expect(at('disk')).toContain('sanhook --drive 0x80 iscsi:10.77.0.2::3260:0:iqn.2026-11.app.bootlace:win11')
    expect(at('second', { secondDisk: 'games' })).toContain(':iqn.2026-11.app.bootlace:games')
    expect(at('local')).toContain('own disk of this PC')
    expect(at('scripts', {}, { ownMenu: () => 'menu.ipxe' })).toContain('/scripts/menu.ipxe')
  })
  test('one that is not offered shows the menu again', () => {
    for (const entry of ['install', 'maintenance', 'second', 'nonsense']) expect(at(entry)).toContain('\n:menu\n')
  })
  test('a locked one opens with the password only', () => {
    const opensMenu = (password: string | undefined) => password === 'sesame'
    expect(at('shell', {}, { opensMenu })).toBeUndefined()
    expect(at('shell', {}, { opensMenu }, 'wrong')).toBeUndefined()
    expect(at('shell', {}, { opensMenu }, 'sesame')).toContain('\nshell ||\n')
  })
  test('entries are asked for by PCs whose start is for the menu, and by no others', () => {
    expect(ask({ stage: 'run' }, { menu, opensMenu: () => true }, { e: 'shell' })).not.toContain('shell')
  })
  test('without a disk offers the rest; with nothing that could start by itself says what is missing', () => {
    const { disk: _, ...without } = base
    const of = (entries: readonly ('disk' | 'local' | 'shell')[]) =>
      clientScript({
        client: { ...without, stage: 'menu' },
        server: { ip: '10.77.0.2', httpPort: 8470, iscsiPort: 3260 },
        directory: { clientByMac: () => undefined, unknownAllowed: () => true },
        desk: deskWith({ menu: () => ({ entries, locked: ['shell'] }) }),
        query: new Map(),
        from: {},
      })
    expect(of(['disk', 'local'])).toContain('choose --default local')
    expect(of(['disk', 'shell'])).toContain('st=noDisk')
  })
})
