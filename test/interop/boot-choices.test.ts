import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BootChoices } from '../../src-main/api/boot.ts'
import type { ClientView, Snapshot } from '../../src-main/api/dto.ts'
import type { WakeScheduleView } from '../../src-main/api/wake.ts'
import { checkIpxe } from '../support/ipxe.ts'
import { cliPath, serveEngine, type ServedEngine } from '../support/served-engine.ts'

/** What people type about the start of PCs, and what PCs get for it over HTTP. */

const MAC = '52:54:00:00:e1:01'
let engine: ServedEngine
let files: string
const client = () => engine.verb('client', 'show', 'pc-01').json as ClientView
const choices = () => engine.verb('menu').json as BootChoices
const ask = (query = 'p=pcbios', headers: Record<string, string> = {}) =>
  fetch(`${engine.ready.http}/client/${MAC}/boot.ipxe?${query}`, { headers })
const script = async (query?: string): Promise<string> => {
  const text = await (await ask(query)).text()
  expect(checkIpxe(text)).toEqual([])
  return text
}
const report = (step: string) => fetch(`${engine.ready.http}/report/${MAC.replaceAll(':', '-')}?st=${step}&err=0`)
const basic = (password: string) => ({ Authorization: `Basic ${Buffer.from(`menu:${password}`).toString('base64')}` })

beforeAll(async () => {
  engine = await serveEngine()
  files = mkdtempSync(join(tmpdir(), 'bootlace-choices-'))
  for (const name of ['vmlinuz', 'initrd']) writeFileSync(join(files, name), name)
  engine.verb('disk', 'create', 'win11', '--size', '64M')
  engine.verb('client', 'add', MAC, '--name', 'pc-01', '--disk', 'win11', '--group', 'Room 2', '--gateway', 'keep')
})
afterAll(async () => {
  await engine.remove()
  rmSync(files, { recursive: true })
})

describe('next start only', () => {
  test('is used up when the PC says that it goes on, and told in the timeline', async () => {
    expect(engine.verb('client', 'next', 'pc-01', 'local')).toMatchObject({ code: 0, json: { next: 'local' } })
    for (let i = 0; i < 2; i++) expect(await script()).toContain('own disk of this PC')
    expect(client().next).toBe('local')
    await report('local')
    expect(client().next).toBeUndefined()
    expect(await script()).toContain('sanboot')
    const events = engine.verb('events', '--client', 'pc-01').json as { type: string; text: string }[]
    expect(events.filter((e) => e.type === 'nextBoot').map((e) => e.text)).toEqual([
      'Its one start for local is used up; its next start is for run again.',
    ])
  })
  test('can be taken back', () => {
    engine.verb('client', 'next', 'pc-01', 'install')
    expect((engine.verb('client', 'next', 'pc-01', 'none').json as ClientView).next).toBeUndefined()
    expect(engine.verb('client', 'next', 'pc-01', 'nonsense').code).toBe(64)
  })
})

describe('the menu', () => {
  test('has a password that no command line and no answer shows', async () => {
    const set = spawnSync(process.execPath, [cliPath, 'menu', 'password', '--data', engine.dataDir, '--json'], {
      input: 'open sesame\n',
      encoding: 'utf8',
    })
    expect([set.status, set.stdout.includes('sesame')]).toEqual([0, false])
    expect(engine.verb('menu', 'set', '--entries', 'disk,local,shell', '--locked', 'shell').code).toBe(0)
    engine.verb('client', 'set', 'pc-01', '--stage', 'menu')
    expect(await script()).toContain('item --key s shell Open the iPXE shell (password) ||')
    expect((await ask('p=efi&e=shell')).status).toBe(401)
    expect((await ask('p=efi&e=shell', basic('wrong'))).status).toBe(401)
    expect(await (await ask('p=efi&e=shell', basic('open sesame'))).text()).toContain('\nshell ||\n')
    expect(JSON.stringify(engine.verb('status').json)).not.toContain('sesame')
  })
  test('of one PC has what is its own', async () => {
    engine.verb('menu', 'set', '--pc', 'pc-01', '--preset', 'local', '--timeout', '0')
    expect(await script()).toContain('choose --default local choice')
    expect(choices().menu).toMatchObject({ preset: 'disk', timeoutSeconds: 10 })
    engine.verb('client', 'set', 'pc-01', '--stage', 'run')
  })
  test.each([
    [['menu', 'set', '--preset', 'shell'], 1, 'asks for a password'],
    [['menu', 'set', '--entries', 'disk,nonsense'], 64, 'no entry "nonsense"'],
    [['menu', 'set', '--timeout', 'soon'], 64, 'no number of seconds'],
    [['menu', 'set', '--pc', 'pc-01', '--preset', 'install'], 1, 'does not offer install'],
    [['menu', 'password', '--none'], 1, 'no password that could open'],
  ])('%j is refused', (words, code, why) => {
    const result = engine.verb(...words)
    expect(result.stderr).toContain(why)
    expect(result.code).toBe(code)
  })
})

test('maintenance starts what was set, with the disk where that was said', async () => {
  engine.verb('client', 'next', 'pc-01', 'maintenance')
  expect(await script()).toContain('nothing is set for maintenance yet')
  const set = ['--kernel', join(files, 'vmlinuz'), '--initrd', join(files, 'initrd'), '--kernel-args', 'quiet']
  expect(engine.verb('maintenance', 'set', ...set, '--disk', 'attach').code).toBe(0)
  const text = await script()
  expect(text).toContain('sanhook')
  const [, kernelUrl = ''] = /kernel --name kernel (\S+) initrd=initrd quiet/.exec(text) ?? []
  expect(await (await fetch(kernelUrl)).text()).toBe('vmlinuz')
  expect((await fetch(kernelUrl.replace(/kernel$/, '..%2f..%2fetc%2fpasswd'))).status).toBe(404)
  expect(engine.verb('maintenance', 'set', '--initrd', '/nowhere').stderr).toContain('does not exist')
  engine.verb('client', 'next', 'pc-01', 'none')
})

test('own scripts are imported, checked and served, and count for the PC that they name', async () => {
  const folder = join(files, 'ipxe')
  mkdirSync(join(folder, 'boot'), { recursive: true })
  writeFileSync(join(folder, 'menu.ipxe'), '#!ipxe\nchain boot/common.cfg\n')
  writeFileSync(join(folder, 'boot', `mac-${MAC.replaceAll(':', '')}.ipxe`), '#!ipxe\necho mine\n')
  expect(engine.verb('scripts', 'import', folder)).toMatchObject({
    code: 0,
    json: [
      { path: 'boot/mac-52540000e101.ipxe', forPc: `mac ${MAC}`, problems: [] },
      { path: 'menu.ipxe', problems: ['line 2 needs boot/common.cfg, which is not there'] },
    ],
  })
  expect(engine.verb('scripts', 'check').code).toBe(1)
  const [, url = ''] = /chain --autofree --timeout \d+ (\S+)/.exec(await script()) ?? []
  expect(await (await fetch(url)).text()).toBe('#!ipxe\necho mine\n')
  expect((await fetch(`${engine.ready.http}/scripts/../bootlace.db`)).status).toBe(404)
  expect((await fetch(`${engine.ready.http}/scripts/..%2fbootlace.db`)).status).toBe(404)
  // Nobody has set that one up; its script is there.
  writeFileSync(join(engine.dataDir, 'scripts', 'mac-52-54-00-00-e1-99.ipxe'), '#!ipxe\necho new\n')
  const found = async () => (await fetch(`${engine.ready.http}/client/52:54:00:00:e1:99/boot.ipxe?p=efi`)).text()
  await expect.poll(found, { timeout: 5000 }).toContain('/scripts/mac-52-54-00-00-e1-99.ipxe')
  engine.verb('client', 'set', 'pc-01', '--own-scripts', 'ignore')
  expect(await script()).toContain('sanboot')
})

test('times of waking are kept, listed and deleted', async () => {
  const added = engine.verb(
    ...['wake', 'schedule', 'add', '07:30', 'pc-01', '--group', 'Room 2', '--days', 'mon-wed,sat', '--wait', 'most'],
  )
  expect(added).toMatchObject({
    code: 0,
    json: { pcs: ['pc-01'], groups: ['Room 2'], time: '07:30', weekdays: [1, 2, 3, 6], wait: 'most' },
  })
  const { id, nextMs } = added.json as WakeScheduleView
  expect(new Date(nextMs).toTimeString()).toMatch(/^07:30:00/)
  expect((engine.verb('status').json as Snapshot).wakeSchedules ?? engine.verb('wake', 'schedule').json).toHaveLength(1)
  expect(engine.verb('wake', 'schedule', 'add', '7:30', 'pc-01').stderr).toContain('no time of day')
  expect(engine.verb('wake', 'schedule', 'add', '07:30', 'pc-01', '--days', 'noday').code).toBe(64)
  expect(engine.verb('wake', 'schedule', 'delete', String(id))).toMatchObject({ code: 0, json: { id } })
  expect(engine.verb('wake', 'schedule', 'delete', String(id)).code).toBe(1)
  expect(engine.verb('client', 'wake', '--group', 'Room 9').stderr).toContain('there are no such PCs')
})
