import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClientView, Snapshot, TimelineEntry } from '../../src-main/api/dto.ts'
import type { EnrolmentView, PreflightReport, SetupDraft } from '../../src-main/api/setup.ts'
import { connectEngine } from '../../src-main/cli/connect.ts'
import { KITS } from '../../src-main/guests/linux/kit/all.ts'
import { CONVERT_SCRIPT } from '../../src-main/guests/windows/convert-script.ts'
import { newDataDir, runCli, serveEngine, type ServedEngine } from '../support/served-engine.ts'
import { parseXml } from '../support/xml.ts'

/** The first evening through the real program: command line, engine, and what a loader would fetch. */

let engine: ServedEngine
let files: string
const dataDir = newDataDir()
const mac = '52:54:00:0b:70:01'

beforeAll(async () => {
  engine = await serveEngine(dataDir)
  files = mkdtempSync(join(tmpdir(), 'bootlace-setup-'))
})
afterAll(async () => {
  await engine.remove()
  rmSync(files, { recursive: true })
})

const script = async (ofMac: string): Promise<string> =>
  (await fetch(`${engine.ready.http}/client/${ofMac.replaceAll(':', '-')}/boot.ipxe?p=efi`)).text()
const verb = <T>(...words: string[]): T => {
  const { code, json, stderr } = engine.verb(...words)
  expect(code, stderr).toBe(0)
  return json as T
}

describe('preflight', () => {
  test('says what was found, and the self-test goes to the disk and leaves no trace', () => {
    const { code, json } = engine.verb('preflight', '--self-test')
    const { checks } = json as PreflightReport
    const severity = Object.fromEntries(checks.map((c) => [c.id, c.severity]))
    expect(severity).toMatchObject({
      interface: 'warning',
      'port.dhcp': 'warning',
      'port.tftp': 'ok',
      'port.http': 'ok',
      'port.iscsi': 'ok',
      loaders: 'ok',
      otherDhcp: 'unknown',
      'selfTest.offer.bios': 'unknown',
      'selfTest.loader.bios': 'ok',
      'selfTest.loader.uefi': 'ok',
      'selfTest.script': 'ok',
      'selfTest.iscsi': 'ok',
    })
    expect(code).toBe(checks.some((c) => c.severity === 'problem') ? 1 : 0)
    expect(verb<Snapshot>('status')).toMatchObject({ unknown: [], clients: [] })
    expect(runCli(['events', '--data', dataDir]).stdout).toBe('')
  })
  test('boots that are paused are a problem, and nobody is enrolled meanwhile', async () => {
    verb('disk', 'create', 'spare', '--size', '1M')
    verb('disk', 'seal', 'spare')
    verb('enrol', 'spare')
    verb('pause')
    const { code, json } = engine.verb('preflight')
    expect(code).toBe(1)
    expect((json as PreflightReport).checks.find((c) => c.id === 'paused')).toMatchObject({ severity: 'problem' })
    expect(await script('52:54:00:0b:70:09')).toContain('new boots are paused')
    verb('resume')
    expect(verb<EnrolmentView>('enrol', '--stop')).toMatchObject({ enrolled: [], left: 1 })
    verb('disk', 'delete', 'spare')
    expect((engine.verb('preflight').json as PreflightReport).checks.map((c) => c.id)).not.toContain('paused')
  })
  test('for people marks each line', () => {
    const { stdout } = runCli(['preflight', '--data', dataDir])
    expect(stdout).toMatch(/^warning {2}Only this computer itself is served/m)
    expect(stdout).toMatch(/^ok {7}The loader files for BIOS and UEFI PCs are there\.$/m)
    expect(stdout).not.toContain('undionly')
  })
})

describe('enrol', () => {
  test('refuses what cannot be meant, and an image that is none', () => {
    expect(engine.verb('enrol').code).toBe(64)
    expect(engine.verb('enrol', 'gold', '--stop').code).toBe(64)
    expect(engine.verb('enrol', 'gold', '--count', '0').code).toBe(64)
    const { code, stderr } = engine.verb('enrol', 'gold')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^bootlace: there is no disk "gold"\..*\n$/)])
    expect(verb<null>('enrol', '--stop')).toBeNull()
  })
  test('a new PC that asks for its script is given a name and a disk at that very question', async () => {
    verb('disk', 'create', 'gold', '--size', '32M')
    verb('disk', 'seal', 'gold')
    expect(verb<EnrolmentView>('enrol', 'gold', '--prefix', 'lab-', '--count', '2', '--minutes', '5')).toMatchObject({
      left: 2,
      enrolled: [],
      prefix: 'lab-',
    })
    expect(await script(mac)).toContain('iqn.2026-11.app.bootlace:lab-01')
    expect(verb<ClientView>('client', 'show', 'lab-01')).toMatchObject({ mac, disk: 'lab-01', stage: 'run' })
    expect(runCli(['events', '--data', dataDir]).stdout).toContain(
      'Was given the name lab-01 and a disk made from gold.',
    )
  })
  test('the window, the count and the draft survive kill -9', async () => {
    const caller = await connectEngine(dataDir)
    const draft: SetupDraft = { step: 'clones', goal: 'install', confirmed: ['cable'], cloneCount: 2, changedMs: 7 }
    expect(await caller.call('setupSave', draft)).toEqual(draft)
    caller.close()
    await engine.end('SIGKILL')
    engine = await serveEngine(dataDir)
    const s = verb<Snapshot>('status')
    expect(s.setup).toEqual(draft)
    expect(s.enrolment).toMatchObject({ left: 1, enrolled: ['lab-01'] })
    const second = '52:54:00:0b:70:02'
    expect(await script(second)).toContain('iqn.2026-11.app.bootlace:lab-02')
    expect(await script(mac)).toContain('iqn.2026-11.app.bootlace:lab-01')
    expect(verb<Snapshot>('status').enrolment).toMatchObject({ left: 0, ended: 'count' })
    expect(await script('52:54:00:0b:70:03')).toContain('is not set up in Bootlace yet')
    const { stdout } = runCli(['enrol', '--stop', '--data', dataDir])
    expect(stdout).toBe('The window for new PCs is closed: lab-01, lab-02 came.\n')
    expect(verb<Snapshot>('status').enrolment).toBeUndefined()
    const entries = verb<TimelineEntry[]>('events', '--client', 'lab-02')
    expect(entries.map((e) => e.type)).toContain('enrolled')
  })
})

test('answer files are written as they are', () => {
  const out = join(files, 'autounattend.xml')
  const { code, stdout } = runCli([
    ...['answer-file', '--firmware', 'BIOS', '--language', 'de-DE', '--user', 'anna', '--out', out],
    ...['--data', dataDir],
  ])
  expect([code, stdout]).toEqual([0, expect.stringContaining('on the installation medium')])
  expect(parseXml(readFileSync(out, 'utf8')).name).toBe('unattend')
  expect(engine.verb('answer-file', '--language', 'german').code).toBe(64)
  expect(engine.verb('answer-file', '--user', 'a/b').code).toBe(1)
})

test("an answer file takes every choice, and passes the check that one's own can be given", () => {
  const out = join(files, 'own.xml')
  const made = engine.verb(
    ...['answer-file', '--architecture', 'x86', '--edition', '3', '--build', '26100', '--skip-checks'],
    ...['--drivers', 'X:\\a', 'X:\\b', '--no-drive-encryption', '--page-file', 'automatic'],
    ...['--computer-name', 'client', '--server', 'http://10.0.0.5:8470', '--out', out],
  )
  expect(made.code).toBe(0)
  const text = readFileSync(out, 'utf8')
  expect(text).toMatch(/processorArchitecture="x86"/)
  expect(text).toMatch(/IMAGE\/INDEX<\/Key>\s*<Value>3</)
  for (const part of ['BypassTPMCheck', 'X:\\b', 'DisableEncryptedDiskProvisioning', '10.0.0.5:8470'])
    expect(text, part).toContain(part)
  expect(text).not.toContain('PagingFiles')
  expect(runCli(['answer', 'check', out, '--data', dataDir])).toMatchObject({
    code: 0,
    stdout: 'own.xml: nothing wrong was found. Windows itself has the last word.\n',
  })
  // As Windows programs write it, and with a fault.
  const planted = text.replace('<ProtectYourPC>3', '<ProtectYourPC>9')
  writeFileSync(out, Buffer.from(`\ufeff${planted}`, 'utf16le'))
  const line = planted.split('\r\n').findIndex((l) => l.includes('ProtectYourPC')) + 1
  expect(runCli(['answer', 'check', out, '--data', dataDir])).toMatchObject({
    code: 1,
    stdout: `PROBLEM  line ${line}: <ProtectYourPC> "9" must be a number from 1 to 3.\n`,
  })
  writeFileSync(out, '<unattend>\n<settings>\n</unattend>')
  expect(engine.verb('answer', 'check', out)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('"line":3') as string,
  })
  expect(runCli(['answer', 'check', `${out}.not`, '--data', dataDir]).stderr).toMatch(
    /there is no file .*own\.xml\.not/,
  )
})

test('the script for a Windows of its own is served as it is', async () => {
  expect(await (await fetch(`${engine.ready.http}/kit/windows`)).text()).toBe(CONVERT_SCRIPT)
})

test.each([...KITS])('the kit %s is served as it is', async (name, text) => {
  expect(await (await fetch(`${engine.ready.http}/kit/${name}`)).text()).toBe(text)
})
