import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMPATIBILITY } from '../../src-main/api/compatibility.ts'
import { faultsOf } from '../support/accessible.ts'
import { chromiumPath, openBrowser } from '../support/browser.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'

const shots = join(root, '.cache', 'screenshots')

describe.skipIf(!chromiumPath)('what works with Bootlace, in the help', () => {
  let engine: ServedEngine
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  const rows = () => page.getByRole('main').getByRole('heading', { level: 3 })

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    engine = await serveEngine()
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(8000)
    await page.goto(engine.ready.admin)
  })
  afterAll(async () => {
    await browser?.close()
    await engine?.remove()
  })

  test('is reached and left by the keyboard, and the focus comes along', async () => {
    await page.getByRole('navigation').getByRole('button', { name: /^Help/ }).press('Enter')
    await page.getByRole('button', { name: 'See what works' }).press('Enter')
    const title = page.getByRole('heading', { level: 1, name: 'What works with Bootlace' })
    expect(await title.evaluate((h) => h.matches(':focus'))).toBe(true)
    await page.getByRole('button', { name: 'Back to the help' }).press('Enter')
    const opener = page.getByRole('button', { name: 'See what works' })
    await opener.waitFor()
    expect(await opener.evaluate((b) => b.matches(':focus'))).toBe(true)
    await opener.press('Enter')
    expect(await rows().count()).toBe(COMPATIBILITY.length)
  })

  test('can be used by everybody, in any light and at any size', async () => {
    await page.getByText('What the marks mean').click()
    expect(await faultsOf(page, (look) => page.screenshot({ path: join(shots, `compatibility-${look}.png`) }))).toEqual(
      [],
    )
    await page.screenshot({ path: join(shots, 'compatibility-whole.png'), fullPage: true })
  })

  test('is searched and narrowed, and says so', async () => {
    await page.getByRole('searchbox', { name: 'System, card or firmware' }).fill('24h2 7705')
    await page.getByText('2 entries').waitFor()
    expect(await rows().count()).toBe(2)
    await page.getByLabel('How well it is known').selectOption('cannot')
    await page.getByText('Nothing is known of that here.').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole('button', { name: 'Show everything' }).click()
    await page.getByLabel(/^Kind/).selectOption('cards')
    await page.getByLabel('How well it is known').selectOption('cannot')
    expect(await rows().allTextContents()).toEqual(['Windows drivers built on NetAdapterCx', 'Wi-Fi'])
  })
})
