import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BootChoices } from '../../src-main/api/boot.ts'
import type { ClientView } from '../../src-main/api/dto.ts'
import type { WakeScheduleView } from '../../src-main/api/wake.ts'
import { faultsOf } from '../support/accessible.ts'
import { chromiumPath, openBrowser } from '../support/browser.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'

const shots = join(root, '.cache', 'screenshots')

describe.skipIf(!chromiumPath)('what PCs do when they start, in the window', () => {
  let engine: ServedEngine
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  const faults = (name: string) =>
    faultsOf(page, (look) => page.screenshot({ path: join(shots, `start-${name}-${look}.png`), fullPage: true }))
  const pc = (name: string): ClientView => engine.verb('client', 'show', name).json as ClientView
  const choices = (): BootChoices => engine.verb('menu').json as BootChoices
  const open = (name: string | RegExp) => page.getByRole('navigation').getByRole('button', { name }).click()

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    engine = await serveEngine()
    for (const n of [1, 2, 3]) {
      engine.verb('disk', 'create', `disk-${n}`, '--size', '64M')
      const group = n < 3 ? 'Room 1' : 'Room 2'
      engine.verb(
        'client',
        'add',
        `52:54:00:00:d2:0${n}`,
        '--name',
        `pc-0${n}`,
        '--disk',
        `disk-${n}`,
        '--group',
        group,
      )
    }
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(8000)
    await page.goto(engine.ready.admin)
    await open(/^PCs/)
  })
  afterAll(async () => {
    await browser?.close()
    await engine?.remove()
  })

  test('one PC is given one start, and more about its start', async () => {
    await page.getByRole('article', { name: 'pc-01' }).getByRole('button', { name: 'Open pc-01' }).click()
    const sheet = page.getByRole('dialog', { name: 'pc-01' })
    await sheet.getByLabel('Next start only').selectOption({ label: 'Start from its own local disk' })
    await expect.poll(() => pc('pc-01').next).toBe('local')
    await sheet.getByText('Start from its own local disk, this once').waitFor()
    await sheet.getByRole('button', { name: /^More about its start/ }).click()
    await sheet.getByRole('checkbox', { name: /^Tell its system of no router/ }).click()
    await expect.poll(() => pc('pc-01').gateway).toBe('clear')
    await sheet.getByLabel('Its menu starts by itself').selectOption({ label: 'Its own local disk' })
    await expect.poll(() => pc('pc-01').menu).toEqual({ preset: 'local' })
    expect(await faults('pc')).toEqual([])
    await sheet.getByLabel('Next start only').selectOption({ index: 0 })
    await expect.poll(() => pc('pc-01').next).toBeUndefined()
    // The window hears of it a moment later.
    await sheet.getByText('this once').waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
  })

  test('several are given one start at once, and it can be taken back', async () => {
    for (const name of ['pc-01', 'pc-02']) await page.getByRole('checkbox', { name: `Choose ${name}` }).click()
    await page.getByRole('button', { name: 'Change …' }).click()
    const dialog = page.getByRole('dialog', { name: 'Change 2 PCs' })
    await dialog.getByLabel('Next start only').selectOption({ label: 'Start maintenance' })
    await dialog.getByRole('button', { name: 'Change them' }).click()
    await expect.poll(() => [pc('pc-01').next, pc('pc-02').next]).toEqual(['maintenance', 'maintenance'])
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => [pc('pc-01').next, pc('pc-02').next]).toEqual([undefined, undefined])
    await page.keyboard.press('Escape')
  })

  test('groups are switched on at fixed times, one after the other', async () => {
    await page.getByRole('button', { name: 'Switch on at fixed times' }).click()
    const dialog = page.getByRole('dialog', { name: 'Switch on at fixed times' })
    await dialog.getByRole('button', { name: 'Add this time' }).click()
    await dialog.getByText('Choose who is to be switched on.').waitFor()
    await dialog.getByLabel('Time of day').fill('06:45')
    await dialog.getByRole('checkbox', { name: 'Room 2' }).click()
    await dialog.getByRole('checkbox', { name: 'Room 1' }).click()
    await dialog.getByLabel('Before the next group').selectOption('most')
    await dialog.getByRole('button', { name: 'Add this time' }).click()
    await dialog.getByText(/next on/).waitFor()
    const [schedule] = engine.verb('wake', 'schedule').json as WakeScheduleView[]
    expect(schedule).toMatchObject({
      groups: ['Room 2', 'Room 1'],
      time: '06:45',
      wait: 'most',
      weekdays: [1, 2, 3, 4, 5],
    })
    expect(await faults('times')).toEqual([])
    await dialog.getByRole('button', { name: /^Delete 06:45/ }).click()
    await expect.poll(() => engine.verb('wake', 'schedule').json).toEqual([])
    await dialog.getByRole('button', { name: 'Close' }).click()
  })

  test('the menu, its password and maintenance are set for all PCs', async () => {
    await open('Settings')
    await page.getByRole('heading', { name: 'The start of PCs' }).waitFor()
    const lock = page.getByRole('checkbox', { name: 'Password for: The shell of the loader' })
    await page.getByRole('checkbox', { name: 'Offer: The shell of the loader' }).click()
    await expect.poll(() => choices().menu.entries).toEqual(['disk', 'local', 'shell'])
    expect(await lock.isDisabled()).toBe(true)
    await page.getByLabel('Password for the menu').fill('open sesame')
    await page.getByRole('button', { name: 'Set password' }).click()
    await expect.poll(() => choices().menuPassword).toBe(true)
    await lock.click()
    await expect.poll(() => choices().menu.locked).toEqual(['shell'])
    await page.getByLabel('Starts by itself').selectOption({ label: 'Its own local disk' })
    await expect.poll(() => choices().menu.preset).toBe('local')
    await page.getByLabel('Kernel', { exact: true }).fill('/nowhere/vmlinuz')
    await page.getByRole('button', { name: 'Save maintenance' }).click()
    await page.getByText('/nowhere/vmlinuz does not exist or cannot be read').waitFor()
    await page.getByLabel('Kernel', { exact: true }).fill('/etc/hostname')
    await page.getByRole('button', { name: 'Save maintenance' }).click()
    await expect.poll(() => choices().maintenance.kernel).toBe('/etc/hostname')
    await page.getByRole('button', { name: 'Look at them' }).click()
    await page.getByText('There are none.').waitFor()
    expect(await faults('settings')).toEqual([])
  })

  test('in German too', async () => {
    engine.verb('settings', 'set', 'language', 'de')
    await page.getByRole('heading', { name: 'Der Start der PCs' }).waitFor()
    expect(await faults('settings-de')).toEqual([])
  })
})
