import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClientValues, DhcpView, RouterConfig } from '../../src-main/api/dhcp.ts'
import type { ClientSecret } from '../../src-main/api/dto.ts'
import { faultsOf } from '../support/accessible.ts'
import { chromiumPath, openBrowser, PCS_ENTRY } from '../support/browser.ts'
import { root, runCli, serveEngine, type ServedEngine } from '../support/served-engine.ts'

const shots = join(root, '.cache', 'screenshots')

describe.skipIf(!chromiumPath)('how PCs find Bootlace, in the window', () => {
  let engine: ServedEngine
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  let card: Locator
  const faults = (name: string) =>
    faultsOf(page, (look) => page.screenshot({ path: join(shots, `dhcp-${name}-${look}.png`), fullPage: true }))
  const holds = (): DhcpView => engine.verb('dhcp').json as DhcpView
  const tile = (name: RegExp) => card.getByRole('radio', { name })

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    engine = await serveEngine()
    engine.verb('disk', 'create', 'win11', '--size', '64M')
    engine.verb('client', 'add', '52:54:00:00:c3:01', '--name', 'pc-01', '--disk', 'win11', '--chap', 'mutual')
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(8000)
    await page.goto(engine.ready.admin)
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^Services/ })
      .click()
    card = page.getByRole('region', { name: 'How PCs find Bootlace' })
    await card.waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await engine?.remove()
  })

  test('off: the text for a router stands ready, says how sure it is, and is the one of the command line', async () => {
    expect(await tile(/^The router tells them/).isChecked()).toBe(true)
    await card.getByRole('note').getByText('was started with --dhcp').waitFor()
    const select = card.getByRole('combobox', { name: 'Your router or DHCP server' })
    expect(await select.getByRole('option').count()).toBe(11)
    for (const [kind, title] of [
      ['kea', 'Kea'],
      ['mikrotik', 'MikroTik RouterOS 7'],
    ] as const) {
      await select.selectOption(kind)
      const text = await card.getByRole('group', { name: `Text for ${title}` }).textContent()
      const [said] = engine.verb('router-config', kind).json as RouterConfig[]
      expect(text).toBe(said!.text)
      await card.getByText(kind === 'kea' ? 'Tried with the program' : 'Not tried on a device').waitFor()
    }
    await card.getByRole('button', { name: 'Copy: Text for MikroTik RouterOS 7' }).click()
    await card.getByText('Copied').first().waitFor()
    expect(await faults('off')).toEqual([])
  })

  test('a range that cannot be is refused where it is typed, and nothing changes', async () => {
    await tile(/^This computer gives addresses/).click()
    const first = card.getByRole('textbox', { name: 'First address' })
    // A range that fits stands ready.
    expect(
      `${await first.inputValue()}-${await card.getByRole('textbox', { name: 'Last address' }).inputValue()}`,
    ).toBe(holds().exampleRange)
    await first.fill('10.1.2.3')
    expect(await faults('server')).toEqual([])
    await card.getByRole('button', { name: 'Use this' }).click()
    await card.getByRole('alert').getByText('Give two addresses of the network of 127.0.0.1').waitFor()
    expect(holds().choice.mode).toBe('off')
    await card.getByRole('button', { name: 'Leave it as it is' }).click()
    expect(await tile(/^The router tells them/).isChecked()).toBe(true)
    expect(await card.getByRole('alert').count()).toBe(0)
  })

  test('another mode counts at once, with the keyboard, and stays chosen', async () => {
    await tile(/^Another server sends them/).focus()
    await page.keyboard.press('Space')
    await card.getByRole('button', { name: 'Use this' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('article', { name: 'Boot answers' }).getByText('127.0.0.1:4011 (4011)').waitFor()
    expect(holds()).toMatchObject({ choice: { mode: '4011' }, chosenBy: 'person' })
    expect(await card.getByRole('note').count()).toBe(0)
    await tile(/^The router tells them/).click()
    await card.getByRole('button', { name: 'Use this' }).click()
    await expect.poll(() => holds().choice.mode).toBe('off')
  })

  test('is said in German as well', async () => {
    engine.verb('settings', 'set', 'language', 'de')
    const deutsch = page.getByRole('region', { name: 'Wie PCs Bootlace finden' })
    await deutsch.getByRole('radio', { name: /^Der Router sagt es ihnen/ }).waitFor()
    await deutsch
      .getByText('Melden Sie sich mit ssh als root am Router an')
      .or(deutsch.getByText('Setzen Sie die Namen Ihres DHCP-Servers'))
      .waitFor()
    expect(await faults('german')).toEqual([])
    engine.verb('settings', 'set', 'language', 'en')
    await card.waitFor()
  })

  test('the values for firmware of one PC: as the command line prints them, the secret only when asked for', async () => {
    const values = engine.verb('client', 'values', 'pc-01').json as ClientValues
    const secret = engine.verb('client', 'secret', 'pc-01').json as ClientSecret
    expect(JSON.stringify(values)).not.toContain(secret.password)
    const printed = runCli(['client', 'values', 'pc-01', '--data', engine.dataDir]).stdout
    expect(printed).toMatch(/^target name {5}iqn\.2026-11\.app\.bootlace:win11$/m)
    expect(printed).toMatch(/^CHAP secret {5}shown by: bootlace client secret pc-01$/m)
    expect(printed).not.toContain(secret.password)

    await page.getByRole('navigation').getByRole('button', { name: PCS_ENTRY }).click()
    await page.getByRole('article', { name: 'pc-01' }).getByRole('button', { name: 'Open pc-01' }).click()
    const sheet = page.getByRole('dialog', { name: 'pc-01' })
    await sheet.getByRole('button', { name: 'Values for firmware and iSCSI cards' }).click()
    const value = (label: string) => sheet.getByRole('group', { name: label, exact: true }).textContent()
    await sheet.getByRole('group', { name: 'Target name', exact: true }).waitFor()
    expect({
      targetAddress: await value('Target address'),
      targetPort: Number(await value('Target port')),
      targetName: await value('Target name'),
      lun: Number(await value('Boot LUN')),
      initiatorName: await value('Initiator name'),
      chapName: await value('CHAP name'),
      reverseChapName: await value('Reverse CHAP name'),
      rootPath: await value('All in one (root path)'),
    }).toEqual({ ...values, client: undefined, mac: undefined, chap: undefined })
    expect(await page.content()).not.toContain(secret.password)
    await sheet.getByRole('button', { name: 'Show CHAP secret' }).click()
    await sheet.getByRole('group', { name: 'Reverse CHAP secret', exact: true }).waitFor()
    expect([await value('CHAP secret'), await value('Reverse CHAP secret')]).toEqual([
      secret.password,
      secret.reversePassword,
    ])
    expect(await faults('values')).toEqual([])
    await sheet.getByRole('button', { name: 'Hide CHAP secret' }).click()
    await expect.poll(() => page.content()).not.toContain(secret.password)
  })
})
