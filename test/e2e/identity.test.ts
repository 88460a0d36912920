import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClientView } from '../../src-main/api/dto.ts'
import type { ClientIdentity } from '../../src-main/api/identity.ts'
import { faultsOf } from '../support/accessible.ts'
import { chromiumPath, openBrowser } from '../support/browser.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'

const shots = join(root, '.cache', 'screenshots')

describe.skipIf(!chromiumPath)('names of PCs and what they are known by, in the window', () => {
  let engine: ServedEngine
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  const faults = (name: string) =>
    faultsOf(page, (look) => page.screenshot({ path: join(shots, `identity-${name}-${look}.png`) }))
  const goTo = (name: RegExp) => page.getByRole('navigation').getByRole('button', { name }).click()
  const settings = () => engine.verb('settings', 'show').json as { namePattern: string }

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    engine = await serveEngine()
    engine.verb('disk', 'create', 'debian', '--size', '64M')
    engine.verb('client', 'add', '52:54:00:00:c3:01', '--name', 'room-1', '--disk', 'debian')
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(8000)
    await page.goto(engine.ready.admin)
  })
  afterAll(async () => {
    await browser?.close()
    await engine?.remove()
  })

  test('a pattern is refused while it names no computer, and kept when it does', async () => {
    await goTo(/^Settings/)
    const field = page.getByRole('textbox', { name: 'Names of new PCs' })
    expect(await field.inputValue()).toBe('pc-{nn}')
    await field.fill('a-very-long-room-{nn}')
    await page.getByText('Names may have 15 characters: Windows takes no longer ones.').waitFor()
    await field.press('Enter')
    await field.fill('room-1')
    await page.getByText('They are suggested as room-1, room-2 and so on.').waitFor()
    expect(await faults('pattern')).toEqual([])
    expect(settings().namePattern).toBe('pc-{nn}')
    await field.press('Enter')
    await expect.poll(() => settings().namePattern).toBe('room-{n}')
    await expect.poll(() => field.inputValue()).toBe('room-{n}')
  })

  test('the next free name is suggested for a new PC', async () => {
    await goTo(/^PCs/)
    await page.getByRole('button', { name: 'Add a PC' }).first().click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByLabel('Name', { exact: true }).inputValue()).toBe('room-2')
    await page.keyboard.press('Escape')
  })

  test('a PC shows what its system is told from others by', async () => {
    await page.getByRole('article', { name: 'room-1' }).getByRole('button', { name: 'Open room-1' }).click()
    const sheet = page.getByRole('dialog', { name: 'room-1' })
    const line = sheet.getByRole('button', { name: 'Its own identity' })
    await line.focus()
    await page.keyboard.press('Enter')
    const { identity } = engine.verb('client', 'show', 'room-1').json as ClientView & {
      readonly identity: ClientIdentity
    }
    expect(identity.machineId).toMatch(/^[0-9a-f]{32}$/)
    await sheet.getByText(identity.machineId!).waitFor()
    await sheet.getByText(identity.seedUrl!).waitFor()
    await sheet.getByText(identity.machineId!).scrollIntoViewIfNeeded()
    expect(await faults('sheet')).toEqual([])
  })
})
