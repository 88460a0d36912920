import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClientView } from '../../src-main/api/dto.ts'
import { followJob } from '../../src-main/cli/disk-output.ts'
import { connectEngine } from '../../src-main/cli/connect.ts'
import { faultsOf } from '../support/accessible.ts'
import { chromiumPath, openBrowser } from '../support/browser.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'
import { SocketInitiator } from '../support/socket-initiator.ts'

const shots = join(root, '.cache', 'screenshots')
const MIB = 2 ** 20
const ROOM = 24

/** A school: two rooms of PCs with disks from one image, and whoever looks after them day by day. */
describe.skipIf(!chromiumPath)('everyday life with many PCs', () => {
  let engine: ServedEngine
  let caller: Awaited<ReturnType<typeof connectEngine>>
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  const faults: string[] = []
  const sessions: SocketInitiator[] = []
  const name = (n: number) => `pc-${String(n).padStart(2, '0')}`
  const mac = (n: number) => `52:54:00:00:00:${String(n).padStart(2, '0')}`
  const client = async (who: string): Promise<ClientView> =>
    (await caller.call('snapshot')).clients.find((c) => c.name === who)!
  const card = (who: string) => page.getByRole('article', { name: who, exact: true })
  const opener = (who: string) => page.getByRole('button', { name: `Open ${who}`, exact: true })
  const focused = () => page.evaluate('document.activeElement.textContent.trim()')
  /** Light and dark. */
  const shot = async (what: string, fullPage = false) => {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: join(shots, `everyday-${what}-${colorScheme}.png`), fullPage })
    }
  }
  const go = (title: RegExp) => page.getByRole('navigation').getByRole('button', { name: title }).click()
  const undo = () => page.getByRole('button', { name: 'Undo' }).click()

  /** As the PC's own system would: its disk is in use until the session is closed. */
  const use = async (who: string) => {
    const session = await SocketInitiator.login(engine.ready.iscsi, `iqn.2026-11.app.bootlace:${who}`, {
      name: `iqn.2026-11.app.bootlace:client.${who}`,
    })
    sessions.push(session)
    return session
  }

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    engine = await serveEngine()
    caller = await connectEngine(engine.dataDir)
    await caller.call('diskCreate', { name: 'win11', sizeBytes: 64 * MIB })
    await followJob(caller, await caller.call('diskSeal', { name: 'win11' }))
    await caller.call('diskClone', { image: 'win11', count: ROOM })
    for (let n = 1; n <= ROOM; n++)
      await caller.call('clientAdd', {
        mac: mac(n),
        name: name(n),
        disk: name(n),
        ...(n > 4 && { group: n <= 14 ? 'Room 1' : 'Room 2' }),
      })
    for (const n of [5, 6, 7]) await fetch(`${engine.ready.http}/client/${mac(n).replaceAll(':', '-')}/boot.ipxe`)
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(8000)
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    await page.goto(engine.ready.admin)
    await card('pc-01').waitFor()
  })
  afterAll(async () => {
    for (const session of sessions) session.close()
    caller?.close()
    await browser?.close()
    await engine?.remove()
  })

  test('PCs stand in their groups, and groups fold and stay folded', async () => {
    const headings = await page.getByRole('main').getByRole('heading', { level: 2 }).allTextContents()
    expect(headings).toEqual(['Room 1', 'Room 2', 'In no group'])
    await shot('board')
    await page.getByRole('button', { name: /^Room 1: 10 PCs/ }).click()
    await card('pc-05').waitFor({ state: 'detached' })
    await page.reload()
    await card('pc-15').waitFor()
    expect(await card('pc-05').count()).toBe(0)
    await page.getByRole('button', { name: /^Room 1: 10 PCs/ }).click()
    await card('pc-05').waitFor()
  })

  test('the search finds by name, MAC, image and group, even what is folded', async () => {
    await page.getByRole('button', { name: /^Room 2: / }).click()
    await opener('pc-05').focus()
    await page.keyboard.press('/')
    const find = async (text: string, count: number) => {
      await page.getByLabel('Find a PC').fill(text)
      await page.getByText(`${count} ${count === 1 ? 'PC' : 'PCs'} found.`, { exact: true }).waitFor()
      expect(await page.getByRole('article').count()).toBe(count)
    }
    expect(await page.evaluate("document.activeElement.matches('[data-search]')")).toBe(true)
    await find('room 2', 10)
    await find('pc-17', 1)
    await find('52-54-00-00-00-03', 1)
    await find('win11, version 1', ROOM)
    await page.getByLabel('Find a PC').fill('nobody')
    await page.getByText('No PC matches “nobody”.').waitFor()
    await page.keyboard.press('Escape')
    await card('pc-05').waitFor()
    await page.getByRole('button', { name: /^Room 2: / }).click()
  })

  test('arrows move, Space chooses, Enter opens, ? tells the keys', async () => {
    await page.getByLabel('Find a PC').focus()
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('pc-05')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toBe('pc-06')
    await page.keyboard.press('ArrowDown')
    const below = String(await focused())
    expect(below).not.toBe('pc-07')
    await page.keyboard.press('ArrowUp')
    expect(await focused()).toBe('pc-06')
    await page.keyboard.press('End')
    expect(await focused()).toBe('pc-04')
    await page.keyboard.press('Home')
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Space')
    await page.getByText('2 PCs chosen').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'pc-06' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await focused()).toBe('pc-06')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys of this page' }).waitFor()
    await shot('keys')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.getByText('2 PCs chosen').waitFor({ state: 'detached' })
  })

  test('many are changed at once, and it can be taken back', async () => {
    await page.getByRole('checkbox', { name: 'Choose all of Room 2' }).click()
    await page.getByText('10 PCs chosen').waitFor()
    await shot('chosen')
    await page.getByRole('button', { name: 'Change …' }).click()
    await page.getByRole('button', { name: 'Change them', exact: true }).click()
    await page.getByRole('alert').getByText('Choose what is to become different.').waitFor()
    await page.getByLabel('When they start').selectOption('local')
    await page.getByLabel('Image version').selectOption('test')
    await page.getByRole('combobox', { name: /^Group/ }).selectOption('in')
    await page.getByLabel('Name of the group').fill('Lab')
    await page.getByRole('button', { name: 'Change them', exact: true }).click()
    await page.getByText('10 PCs are changed.').waitFor()
    expect(await client('pc-20')).toMatchObject({ stage: 'local', channel: 'test', group: 'Lab' })
    await page.getByRole('heading', { name: 'Lab' }).waitFor()
    await undo()
    await page.getByText('Taken back.').waitFor()
    expect(await client('pc-20')).toMatchObject({ stage: 'run', channel: 'production', group: 'Room 2' })
    await page.getByRole('heading', { name: 'Room 2' }).waitFor()
  })

  test('what would be lost is named before, with PCs and sizes', async () => {
    await page.getByRole('button', { name: 'Change …' }).click()
    await page.getByLabel('What they write').selectOption('never')
    await page.getByText(/10 PCs lose what they wrote, .* in all\./).waitFor()
    expect(await page.getByText(/^pc-15 \(/).count()).toBe(1)
    await shot('losses')
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await client('pc-15')).toMatchObject({ keep: 'always' })
  })

  test('disks of many go back to their image; those in use at their next start; both are taken back', async () => {
    const session = await use('pc-16')
    await session.write(0, new Uint8Array(4096).fill(7))
    await page.getByRole('button', { name: 'Reset to image …' }).click()
    await page.getByText('At their next start, for they are running or busy:').waitFor()
    await page.getByRole('button', { name: 'Reset to image', exact: true }).click()
    await page.getByText('10 PCs begin with their image again.').waitFor()
    const disk = async (who: string) => (await caller.call('snapshot')).disks.find((d) => d.name === who)!
    expect(await disk('pc-16')).toMatchObject({ resetAtBoot: true })
    await undo()
    await page.getByText('Taken back.').waitFor()
    expect(await disk('pc-16')).toMatchObject({ resetAtBoot: false })
  })

  test('a running PC shows what it reads and writes, in numbers and as a picture', async () => {
    const session = sessions[0]!
    for (let i = 0; i < 40; i++) await session.read(i * 8, 64)
    await card('pc-16').getByText('Running', { exact: true }).waitFor()
    await opener('pc-16').click()
    const sheet = page.getByRole('dialog', { name: 'pc-16' })
    await sheet.getByRole('img', { name: /What it reads and writes: Reads/ }).waitFor()
    await sheet.getByText('The operating system took its disk over').first().waitFor()
    await shot('open')
    const found = await faultsOf(page)
    await page.keyboard.press('Escape')
    expect(found).toEqual([])
  })

  test('PCs are forgotten, those that run are not, and it can be taken back', async () => {
    await page.getByRole('button', { name: 'Forget …' }).click()
    await page.getByText('Running, so they stay: pc-16.').waitFor()
    await page.getByRole('button', { name: 'Forget these PCs' }).click()
    await page.getByText('9 PCs are forgotten.').waitFor()
    await card('pc-15').waitFor({ state: 'detached' })
    await undo()
    await card('pc-15').waitFor()
    expect(await client('pc-15')).toMatchObject({ mac: mac(15), disk: 'pc-15', group: 'Room 2' })
  })

  test('forgetting with their disks asks once, names them, and has no undo', async () => {
    await page.keyboard.press('Escape')
    for (const n of [23, 24]) await page.getByRole('checkbox', { name: `Choose ${name(n)}`, exact: true }).click()
    await page.getByRole('button', { name: 'Forget …' }).click()
    await page.getByLabel('Delete their 2 disks, too').click()
    await page.getByText(/2 PCs lose what they wrote/).waitFor()
    await page.getByRole('button', { name: 'Forget and delete' }).click()
    await page.getByText('2 PCs are forgotten. 2 disks are deleted.').waitFor()
    expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0)
    expect((await caller.call('snapshot')).disks.some((d) => d.name === 'pc-23')).toBe(false)
  })

  test('the list shows the same, is remembered, and all of it can be used by everybody', async () => {
    await page.getByRole('button', { name: 'List', exact: true }).click()
    await page.getByRole('table', { name: 'Room 1' }).getByRole('row').nth(3).waitFor()
    await shot('list')
    expect(await faultsOf(page)).toEqual([])
    await page.reload()
    await page.getByRole('table', { name: 'Room 1' }).waitFor()
    await page.getByRole('button', { name: 'Board', exact: true }).click()
    expect(await faultsOf(page)).toEqual([])
  })

  test('services show how they perform, addresses and the log', async () => {
    await go(/^Services/)
    const session = sessions[0]!
    for (let i = 0; i < 40; i++) await session.read(i * 8, 64)
    await page.getByRole('img', { name: /How long PCs wait for their disk: Reads, half within/ }).waitFor()
    await page.getByRole('button', { name: 'Check now' }).click()
    await page.getByText(/Everything is in order|worth a look/).waitFor({ timeout: 30_000 })
    await page.getByRole('button', { name: 'Log of the engine' }).click()
    await page.getByText('a session began').first().waitFor()
    await shot('services', true)
    expect(await faultsOf(page)).toEqual([])
  })

  test('activity is told boot by boot, and can be filtered, searched and paused', async () => {
    await go(/^Activity/)
    await page.getByRole('article', { name: /^pc-05 asked for a boot/ }).waitFor()
    await shot('activity')
    await page.getByRole('combobox', { name: /^PC/ }).selectOption({ label: 'pc-06' })
    expect(await page.getByRole('article').count()).toBe(1)
    await page.getByLabel('Find').fill('nothing like it')
    await page.getByText('Nothing of that kind was seen.').waitFor()
    await page.getByRole('button', { name: 'Show everything' }).click()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Nothing came since.').waitFor()
    await fetch(`${engine.ready.http}/client/${mac(8).replaceAll(':', '-')}/boot.ipxe`)
    await page.getByText('1 event came since.').waitFor()
    expect(await page.getByRole('article', { name: /^pc-08/ }).count()).toBe(0)
    await page.getByRole('button', { name: 'Follow again' }).click()
    await page.getByRole('article', { name: /^pc-08/ }).waitFor()
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as a file' }).click()
    expect((await saved).suggestedFilename()).toBe('bootlace-activity.csv')
    expect(await faultsOf(page)).toEqual([])
  })

  test('the command line tells the same numbers', () => {
    const status = engine.verb('status')
    expect(status.code).toBe(0)
    expect(status.json).toMatchObject({
      metrics: { reads: { samples: expect.any(Number) as number }, cache: { hits: expect.any(Number) as number } },
    })
    expect(engine.verb('client', 'set', 'pc-01', '--group', 'Office').json).toMatchObject({ group: 'Office' })
    expect(engine.verb('client', 'set', 'pc-01', '--group', '').json).not.toHaveProperty('group')
  })

  test('nothing was reported to the console on the way', () => expect(faults).toEqual([]))
})
