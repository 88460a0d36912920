import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClientSecret, ClientView } from '../../src-main/api/dto.ts'
import { runProgram, type ProgramResult } from '../support/run-program.ts'
import { serveEngine, type ServedEngine } from '../support/served-engine.ts'
import { SocketInitiator } from '../support/socket-initiator.ts'
import { hasProgram } from '../support/targets.mjs'

/** PCs with passwords, as a foreign initiator (libiscsi) and a script meet them. */

const TOOL_TIMEOUT_MS = 20_000
const PREFIX = 'iqn.2026-11.app.bootlace:'
const FOREIGN = 'iqn.1993-08.org.debian:01:abc'

let engine: ServedEngine
beforeAll(async () => {
  engine = await serveEngine(undefined, ['--log-level', 'debug'])
  for (const disk of ['one-way', 'both-ways', 'open', 'strict']) verb('disk', 'create', disk, '--size', '64M')
  verb('client', 'add', '52:54:00:00:c0:01', '--name', 'pc-01', '--disk', 'one-way', '--chap', 'on')
  verb('client', 'add', '52:54:00:00:c0:02', '--name', 'pc-02', '--disk', 'both-ways', '--chap', 'mutual')
  verb('client', 'add', '52:54:00:00:c0:03', '--name', 'pc-03', '--disk', 'open')
  verb('client', 'add', '52:54:00:00:c0:04', '--name', 'pc-04', '--disk', 'strict', '--exclusive', 'on')
})
afterAll(async () => engine.remove())

function verb<T>(...args: string[]): T {
  const { code, json, stderr } = engine.verb(...args)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
  return json as T
}
const secretOf = (pc: string) => verb<ClientSecret>('client', 'secret', pc)

interface Login {
  readonly disk?: string
  readonly user?: string
  readonly password?: string
  readonly target?: { readonly user: string; readonly password: string }
}
const credentialsOf = (s: ClientSecret): Pick<Login, 'user' | 'password'> => ({
  user: s.username,
  password: s.password,
})
const envOf = ({ target }: Login): Record<string, string> =>
  target ? { LIBISCSI_CHAP_TARGET_USERNAME: target.user, LIBISCSI_CHAP_TARGET_PASSWORD: target.password } : {}
const at = (o: Login): string =>
  `iscsi://${o.user === undefined ? '' : `${o.user}%${o.password}@`}${engine.ready.iscsi}/${o.disk === undefined ? '' : `${PREFIX}${o.disk}/0`}`
const inquire = (initiator: string, o: Login): Promise<ProgramResult> =>
  runProgram('iscsi-inq', ['-i', initiator, at(o)], TOOL_TIMEOUT_MS, envOf(o))
const list = (initiator: string, o: Login = {}): Promise<ProgramResult> =>
  runProgram('iscsi-ls', ['-i', initiator, at(o)], TOOL_TIMEOUT_MS, envOf(o))
const pc = (name: string) => `${PREFIX}client.${name}`

describe.skipIf(!hasProgram('iscsi-inq'))('libiscsi (skipped when libiscsi-bin is not installed)', () => {
  test('logs in with the password', async () => {
    const r = await inquire(pc('pc-01'), { disk: 'one-way', ...credentialsOf(secretOf('pc-01')) })
    expect(r.stderr).toBe('')
    expect(r.stdout).toContain('Vendor:BOOTLACE')
  })
  test('in both directions, and believes our proof', async () => {
    const s = secretOf('pc-02')
    const target = { user: s.reverseUsername!, password: s.reversePassword! }
    const r = await inquire(pc('pc-02'), { disk: 'both-ways', ...credentialsOf(s), target })
    expect(r.stderr).toBe('')
    expect(r.stdout).toContain('Vendor:BOOTLACE')
    // It does look: with another password in its hands it does not believe us.
    const wrong = await inquire(pc('pc-02'), {
      disk: 'both-ways',
      ...credentialsOf(s),
      target: { ...target, password: 'x'.repeat(16) },
    })
    expect(wrong.code).not.toBe(0)
    expect(wrong.stdout + wrong.stderr).toMatch(/Invalid CHAP_R/)
  })
  test('a PC set up for both directions may leave the second one out', async () => {
    const r = await inquire(pc('pc-02'), { disk: 'both-ways', ...credentialsOf(secretOf('pc-02')) })
    expect(r.stdout).toContain('Vendor:BOOTLACE')
  })
  test('a PC set up for one direction is not given proof of ours', async () => {
    const target = { user: 'bootlace', password: 'x'.repeat(16) }
    const r = await inquire(pc('pc-01'), { disk: 'one-way', ...credentialsOf(secretOf('pc-01')), target })
    expect(r.code).not.toBe(0)
    expect(r.stdout + r.stderr).toMatch(/AUTH|Authentication/i)
  })

  test.each<[string, string, () => Login]>([
    ['no password', pc('pc-01'), () => ({ disk: 'one-way' })],
    ['a wrong password', pc('pc-01'), () => ({ disk: 'one-way', user: 'pc-01', password: 'y'.repeat(16) })],
    ['a wrong user name', pc('pc-01'), () => ({ disk: 'one-way', user: 'pc-1', password: secretOf('pc-01').password })],
    ["another PC's password", pc('pc-01'), () => ({ disk: 'one-way', ...credentialsOf(secretOf('pc-02')) })],
    ["another PC's disk", pc('pc-02'), () => ({ disk: 'one-way', ...credentialsOf(secretOf('pc-02')) })],
    ['a name of its own', FOREIGN, () => ({ disk: 'one-way', ...credentialsOf(secretOf('pc-01')) })],
    ['a name of its own, at a disk for one name only', FOREIGN, () => ({ disk: 'strict' })],
  ])('is refused with %s', async (_name, initiator, login) => {
    const r = await inquire(initiator, login())
    expect(r.code).not.toBe(0)
    expect(r.stdout).not.toContain('Vendor:')
  })
  test('is let in where nothing was asked for, under any name', async () => {
    expect((await inquire(FOREIGN, { disk: 'open' })).stdout).toContain('Vendor:BOOTLACE')
    expect((await inquire(pc('pc-03'), { disk: 'open' })).stdout).toContain('Vendor:BOOTLACE')
    expect((await inquire(pc('pc-04'), { disk: 'strict' })).stdout).toContain('Vendor:BOOTLACE')
  })

  test('discovery shows each name only what it may use', async () => {
    const shown = (r: ProgramResult): string[] => [...r.stdout.matchAll(/Target:\S*:(\S+) /g)].map((m) => m[1]!).sort()
    expect(shown(await list(FOREIGN))).toEqual(['open'])
    expect(shown(await list(pc('pc-03')))).toEqual(['open'])
    expect(shown(await list(pc('pc-04')))).toEqual(['open', 'strict'])
    expect(shown(await list(pc('pc-01'), credentialsOf(secretOf('pc-01'))))).toEqual(['one-way', 'open'])
    const without = await list(pc('pc-01'))
    expect(shown(without)).toEqual([])
    expect(without.code).not.toBe(0)
  })

  test('a new password is another one, and the old one is worth nothing', async () => {
    const before = credentialsOf(secretOf('pc-02'))
    const after = credentialsOf(verb<ClientSecret>('client', 'secret', 'pc-02', '--new'))
    expect(after.password).not.toBe(before.password)
    expect((await inquire(pc('pc-02'), { disk: 'both-ways', ...before })).code).not.toBe(0)
    expect((await inquire(pc('pc-02'), { disk: 'both-ways', ...after })).code).toBe(0)
  })
})

describe('who is told a password', () => {
  test('the loader, before it opens the disk', async () => {
    const script = async (mac: string) => (await fetch(`${engine.ready.http}/client/${mac}/boot.ipxe`)).text()
    const [one, both] = [secretOf('pc-01'), secretOf('pc-02')]
    const first = await script('52-54-00-00-c0-01')
    expect(first).toContain(`\nset username pc-01\nset password ${one.password}\n`)
    expect(first.indexOf('set password')).toBeLessThan(first.indexOf('sanhook'))
    expect(first).not.toMatch(/^set reverse-/m)
    expect(await script('52-54-00-00-c0-02')).toContain(
      `\nset username pc-02\nset password ${both.password}\nset reverse-username bootlace\nset reverse-password ${both.reversePassword}\n`,
    )
    expect(await script('52-54-00-00-c0-03')).not.toMatch(/^set (?:username|password)/m)
  })

  test('nobody else: no other verb, no event, no log, and no file that others may read', async () => {
    await fetch(`${engine.ready.http}/client/52-54-00-00-c0-01/boot.ipxe`)
    const secrets = ['pc-01', 'pc-02'].flatMap((name) => {
      const s = secretOf(name)
      return [s.password, s.reversePassword].filter((one) => one !== undefined)
    })
    expect(secrets).toHaveLength(3)
    const told = [
      verb('client', 'list'),
      verb('client', 'show', 'pc-01'),
      verb('client', 'set', 'pc-01', '--group', 'Room 1'),
      verb('status'),
      verb('events'),
      verb('disk', 'list'),
    ].map((json) => JSON.stringify(json))
    const log = readFileSync(join(engine.dataDir, 'logs/engine.log'), 'utf8')
    // The log tells of the logins, in every detail, or this would prove nothing.
    if (hasProgram('iscsi-inq')) expect(log).toContain('CHAP_N=pc-01 CHAP_R=(not shown)')
    for (const text of [...told, log]) {
      for (const secret of secrets) expect(text.includes(secret)).toBe(false)
      expect(text).not.toMatch(/CHAP_R=0x/)
    }
    expect(statSync(engine.dataDir).mode & 0o777).toBe(0o700)
    const files = readdirSync(engine.dataDir, { withFileTypes: true, recursive: true }).filter((e) => e.isFile())
    const holders = files.filter((e) => {
      const bytes = readFileSync(join(e.parentPath, e.name)).toString('latin1')
      return secrets.some((secret) => bytes.includes(secret))
    })
    expect(holders.length).toBeGreaterThan(0)
    for (const e of holders) {
      expect(e.name).toMatch(/^bootlace\.db(-wal|-shm)?$/)
      expect(`${e.name} ${(statSync(join(e.parentPath, e.name)).mode & 0o777).toString(8)}`).toBe(`${e.name} 600`)
    }
  })

  test('a PC that runs keeps its name and password: with others it could not come back to its disk', async () => {
    const session = await SocketInitiator.login(engine.ready.iscsi, `${PREFIX}open`, { name: pc('pc-03') })
    const refused = /^bootlace: pc-03 is running, and would lose its disk\. Shut that PC down first\.\n$/
    for (const change of [
      ['--chap', 'on'],
      ['--exclusive', 'on'],
    ]) {
      expect(engine.verb('client', 'set', 'pc-03', ...change)).toMatchObject({ code: 1 })
      expect(engine.verb('client', 'set', 'pc-03', ...change).stderr).toMatch(refused)
    }
    // What does not touch that can be changed, the same value again included.
    verb('client', 'set', 'pc-03', '--group', 'Room 1', '--chap', 'off')
    session.close()
    await expect.poll(() => verb<ClientView>('client', 'show', 'pc-03').live.sessions).toBe(0)
    verb('client', 'set', 'pc-03', '--exclusive', 'on')
    const again = await SocketInitiator.login(engine.ready.iscsi, `${PREFIX}open`, { name: pc('pc-03') })
    expect(engine.verb('client', 'set', 'pc-03', '--name', 'pc-33').stderr).toMatch(refused)
    again.close()
    await expect.poll(() => verb<ClientView>('client', 'show', 'pc-03').live.sessions).toBe(0)
    verb('client', 'set', 'pc-03', '--exclusive', 'off')
  })

  test('a PC without one says so', () => {
    const { code, stderr } = engine.verb('client', 'secret', 'pc-03')
    expect(code).toBe(1)
    expect(stderr).toBe(
      'bootlace: pc-03 needs no password for its disk. Switch it on first: bootlace client set pc-03 --chap on.\n',
    )
  })
  test('what is set up is told, and comes back after a restart with the same password', async () => {
    expect(verb<ClientView>('client', 'show', 'pc-02')).toMatchObject({ chap: 'mutual', exclusive: false })
    expect(verb<ClientView>('client', 'show', 'pc-04')).toMatchObject({ chap: 'off', exclusive: true })
    const before = secretOf('pc-02')
    await engine.end()
    engine = await serveEngine(engine.dataDir, ['--log-level', 'debug'])
    expect(secretOf('pc-02')).toEqual(before)
    expect(verb<ClientView>('client', 'set', 'pc-02', '--chap', 'on')).toMatchObject({ chap: 'on' })
    expect(secretOf('pc-02')).toEqual({ id: 'pc-02', chap: 'on', username: 'pc-02', password: before.password })
    verb('client', 'set', 'pc-02', '--chap', 'off')
    expect(verb<ClientView>('client', 'set', 'pc-02', '--chap', 'on')).toMatchObject({ chap: 'on' })
    expect(secretOf('pc-02').password).not.toBe(before.password)
  })
})
