import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsOf } from '../support/accessible.ts'
import { chromiumPath, openBrowser } from '../support/browser.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'

const shots = join(root, '.cache', 'screenshots')
/** A medium for the loopback interface would lead nowhere, and is refused. */
const address = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find((a) => a.family === 'IPv4' && !a.internal)?.address

describe.skipIf(!chromiumPath || address === undefined)('a boot medium, in the window', () => {
  let engine: ServedEngine
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  let dialog: Locator
  let home: string
  const faults = (name: string) =>
    faultsOf(page, (look) => page.screenshot({ path: join(shots, `boot-medium-${name}-${look}.png`) }))
  const openDialog = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Make a boot stick or CD' }).click()
    dialog = page.getByRole('dialog')
    await dialog.getByRole('group', { name: /^Files in/ }).waitFor()
  }

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    home = mkdtempSync(join(tmpdir(), 'bootlace-home-'))
    writeFileSync(join(home, 'bootlace.img'), 'somebody else’s')
    const before = process.env['HOME']
    process.env['HOME'] = home
    engine = await serveEngine(undefined, ['--interface', address!])
    process.env['HOME'] = before
    engine.verb('client', 'add', '52:54:00:00:c3:01', '--name', 'pc-01')
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(8000)
    await page.goto(engine.ready.admin)
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^Services/ })
      .click()
  })
  afterAll(async () => {
    await browser?.close()
    await engine?.remove()
    rmSync(home, { recursive: true, force: true })
  })

  test('is offered beside the check of the network, and asks for little', async () => {
    await openDialog()
    expect(await dialog.getByRole('radio', { name: 'A USB stick' }).isChecked()).toBe(true)
    expect(await dialog.getByLabel('For which PC?').inputValue()).toBe('')
    expect(await faults('asks')).toEqual([])
  })

  test('does not take the place of a file that is there', async () => {
    await dialog.getByRole('button', { name: 'Write the file' }).click()
    await dialog.getByRole('alert').getByText('There is a bootlace.img in this folder already').waitFor()
    expect(readFileSync(join(home, 'bootlace.img'), 'utf8')).toBe('somebody else’s')
  })

  test('says what is wrong with an address before anything is written', async () => {
    await dialog.getByLabel('For which PC?').selectOption('pc-01')
    await dialog.getByRole('checkbox', { name: /^Give the PC an address/ }).check()
    await dialog.getByRole('textbox', { name: 'Address' }).fill(address!)
    await dialog.getByRole('button', { name: 'Write the file' }).click()
    await dialog.getByRole('alert').getByText('is the address of this computer').waitFor()
    expect(await faults('address')).toEqual([])
    expect(readdirSync(home)).toEqual(['bootlace.img'])
    await dialog.getByRole('checkbox', { name: /^Give the PC an address/ }).uncheck()
  })

  test('is written, and the window says what to do with it', async () => {
    await dialog.getByRole('button', { name: 'Write the file' }).click()
    await dialog.getByText('Everything on the stick is lost').waitFor()
    const file = join(home, 'bootlace-pc-01.img')
    expect(await dialog.getByRole('status').textContent()).toContain(file)
    expect(statSync(file).size % 2 ** 20).toBe(0)
    expect(readFileSync(file, 'latin1')).toContain('/client/52-54-00-00-c3-01/boot.ipxe')
    expect(await faults('ready')).toEqual([])
    await dialog.getByRole('button', { name: 'Done' }).click()
    await dialog.waitFor({ state: 'detached' })
  })

  test('can be asked for by keyboard alone, and left with Escape', async () => {
    await page.getByRole('button', { name: 'Make a boot stick or CD' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const focused = await page.evaluate('document.activeElement?.textContent?.trim()')
    expect(focused).toBe('Make a boot stick or CD')
  })
})
