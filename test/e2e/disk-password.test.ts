import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClientSecret, ClientView } from '../../src-main/api/dto.ts'
import { faultsOf } from '../support/accessible.ts'
import { chromiumPath, openBrowser, PCS_ENTRY } from '../support/browser.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'

const shots = join(root, '.cache', 'screenshots')

describe.skipIf(!chromiumPath)('the password of a PC for its disk, in the window', () => {
  let engine: ServedEngine
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  let sheet: Locator
  const faults = (name: string) =>
    faultsOf(page, (look) => page.screenshot({ path: join(shots, `disk-password-${name}-${look}.png`) }))
  const pc = (): ClientView => engine.verb('client', 'show', 'pc-01').json as ClientView
  const secret = (): ClientSecret => engine.verb('client', 'secret', 'pc-01').json as ClientSecret
  const shownPassword = (): Locator => sheet.getByRole('group', { name: 'Password', exact: true }).last()

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    engine = await serveEngine()
    engine.verb('disk', 'create', 'win11', '--size', '64M')
    engine.verb('client', 'add', '52:54:00:00:c2:01', '--name', 'pc-01', '--disk', 'win11')
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(8000)
    await page.goto(engine.ready.admin)
    await page.getByRole('navigation').getByRole('button', { name: PCS_ENTRY }).click()
    await page.getByRole('article', { name: 'pc-01' }).getByRole('button', { name: 'Open pc-01' }).click()
    sheet = page.getByRole('dialog', { name: 'pc-01' })
    await sheet.waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await engine?.remove()
  })

  test('is a quiet line, off, and opens with the keyboard', async () => {
    const line = sheet.getByRole('button', { name: 'Password for its disk: off' })
    expect(await line.getAttribute('aria-expanded')).toBe('false')
    await line.focus()
    await page.keyboard.press('Enter')
    await sheet.getByRole('radio', { name: /^Off/ }).waitFor()
    expect(await sheet.getByRole('radio', { name: /^Off/ }).isChecked()).toBe(true)
    expect(await sheet.getByRole('button', { name: 'Show password' }).count()).toBe(0)
    expect(await faults('off')).toEqual([])
  })

  test('turns other names away when that is wanted', async () => {
    const check = sheet.getByRole('checkbox', { name: /^Turn away other names/ })
    await check.click()
    await expect.poll(() => pc().exclusive).toBe(true)
    await check.click()
    await expect.poll(() => pc().exclusive).toBe(false)
  })

  test('is on with one click, and shown when somebody asks', async () => {
    await sheet.getByRole('radio', { name: /^On/ }).click()
    await sheet.getByRole('button', { name: 'Password for its disk: on' }).waitFor()
    expect(pc().chap).toBe('on')
    const { password } = secret()
    expect(await page.content()).not.toContain(password)
    await sheet.getByRole('button', { name: 'Show password' }).click()
    await sheet.getByText(password).waitFor()
    expect(await faults('shown')).toEqual([])
    await sheet.getByRole('button', { name: 'Hide password' }).click()
    await sheet.getByText(password).waitFor({ state: 'detached' })
    expect(await page.content()).not.toContain(password)
  })

  test('is made anew, and in both directions', async () => {
    const before = secret().password
    await sheet.getByRole('button', { name: 'New password' }).click()
    await shownPassword().waitFor()
    expect(secret().password).not.toBe(before)
    expect(await shownPassword().textContent()).toBe(secret().password)
    await sheet.getByRole('radio', { name: /^In both directions/ }).click()
    await sheet.getByRole('button', { name: 'Password for its disk: in both directions' }).waitFor()
    await sheet.getByRole('button', { name: 'Show password' }).click()
    const { reverseUsername, reversePassword } = secret()
    await sheet.getByText(reversePassword!).waitFor()
    expect(await sheet.getByRole('group', { name: 'User name of this computer' }).textContent()).toBe(reverseUsername)
    expect(await faults('mutual')).toEqual([])
  })

  test('is forgotten with the line closed, and when it is switched off', async () => {
    const { reversePassword } = secret()
    await sheet.getByRole('button', { name: /^Password for its disk/ }).click()
    expect(await page.content()).not.toContain(reversePassword)
    await sheet.getByRole('button', { name: /^Password for its disk/ }).click()
    await sheet.getByRole('radio', { name: /^Off/ }).click()
    await sheet.getByRole('button', { name: 'Password for its disk: off' }).waitFor()
    expect(engine.verb('client', 'secret', 'pc-01').code).toBe(1)
  })

  test('speaks German', async () => {
    engine.verb('client', 'set', 'pc-01', '--chap', 'mutual')
    await page.keyboard.press('Escape')
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^Settings/ })
      .click()
    await page.getByLabel('Deutsch').check()
    await page.getByRole('navigation').getByRole('button', { name: PCS_ENTRY }).click()
    await page.getByRole('button', { name: 'pc-01 öffnen' }).click()
    await sheet.getByRole('button', { name: 'Passwort für sein Laufwerk: in beide Richtungen' }).click()
    await sheet.getByRole('button', { name: 'Passwort zeigen' }).click()
    await sheet.getByText(secret().password).waitFor()
    expect(await faults('german')).toEqual([])
  })
})
