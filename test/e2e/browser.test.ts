import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectEngine } from '../../src-main/cli/connect.ts'
import { chromiumPath, openBrowser, PCS_ENTRY } from '../support/browser.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'

const shots = join(root, '.cache', 'screenshots')

describe.skipIf(!chromiumPath)('the window in a browser', () => {
  let engine: ServedEngine
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  let files: string
  const faults: string[] = []
  const shot = (name: string) => page.screenshot({ path: join(shots, `${name}.png`) })

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    files = mkdtempSync(join(tmpdir(), 'bootlace-e2e-'))
    engine = await serveEngine()
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(8000)
    page.on('pageerror', (error) => faults.push(error.message))
    page.on(
      'console',
      (message) =>
        message.type() === 'error' && !message.text().includes('WebSocket connection') && faults.push(message.text()),
    )
  })
  afterAll(async () => {
    await browser?.close()
    await engine?.remove()
    rmSync(files, { recursive: true, force: true })
  })

  test('a page without its key says what to open', async () => {
    await page.goto(engine.ready.admin.split('#')[0]!)
    await page.getByText('Open the whole address that Bootlace printed').waitFor()
    await shot('00-no-key')
  })

  test('a page with the key of another engine says so instead of waiting for ever', async () => {
    await page.goto(engine.ready.admin.replace(/token=.*/, 'token=of-another-engine'))
    await page.reload()
    await page.getByText('Open the whole address that Bootlace printed').waitFor({ timeout: 15_000 })
    expect(await page.getByText('the key of this page is not its own').count()).toBe(1)
    // The browser itself notes each refusal.
    faults.splice(0, faults.length, ...faults.filter((text) => !text.includes('403')))
  })

  test('somebody who has nothing yet sees three steps', async () => {
    await page.goto(engine.ready.admin)
    await page.reload()
    await page.getByRole('heading', { name: 'Let this computer be the disk of your other PCs.' }).waitFor()
    expect(page.url()).not.toContain('token')
    await shot('01-welcome')
  })

  test('a disk image is imported by clicks and shows its progress and result', async () => {
    const image = Buffer.alloc(64 * 2 ** 20)
    for (let at = 0; at < image.length; at += 4096) image.writeUInt32LE(at + 1, at)
    writeFileSync(join(files, 'debian 12.img'), image)
    await page.getByRole('button', { name: 'Import an image' }).click()
    await page.getByLabel('File on the computer that runs Bootlace').fill(join(files, 'debian 12.img'))
    await page.getByLabel('Name of the new disk').fill('debian')
    await shot('02-import')
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByRole('article', { name: 'debian' }).waitFor()
    await shot('03-disks')
  })

  test('an import that cannot be is explained in the dialog, and nothing is lost', async () => {
    await page.getByRole('button', { name: 'Import an image' }).click()
    await page.getByLabel('File on the computer that runs Bootlace').fill('/no/such.img')
    await page.getByLabel('Name of the new disk').fill('other')
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByRole('alert').getByText('There is no file /no/such.img').waitFor()
    await shot('04-import-error')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // Who uses the keyboard goes on where the dialog was opened.
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Import an image')
  })

  test('a PC that asks appears by itself and is added with one click and a look', async () => {
    await fetch(`${engine.ready.http}/client/52-54-00-12-34-56/boot.ipxe`)
    await page.getByRole('button', { name: PCS_ENTRY }).click()
    await page.getByRole('button', { name: 'Add this PC: 52:54:00:12:34:56' }).click()
    await shot('05-add-pc')
    expect(await page.getByLabel('Name').inputValue()).toBe('pc-01')
    expect(await page.getByRole('combobox', { name: /^Disk/ }).inputValue()).toBe('debian')
    await page.getByRole('button', { name: 'Add this PC', exact: true }).click()
    await page.getByRole('article', { name: 'pc-01' }).waitFor()
    expect(engine.verb('client', 'list').json).toMatchObject([{ name: 'pc-01', disk: 'debian' }])
  })

  test('its stage is live', async () => {
    await fetch(`${engine.ready.http}/client/52-54-00-12-34-56/boot.ipxe`)
    const card = page.getByRole('article', { name: 'pc-01' })
    await card.getByText('got its instructions').waitFor()
    await shot('06-pc-booting')
  })

  test('what the command line does shows in the window at once', async () => {
    engine.verb('client', 'add', '52:54:00:00:00:02', '--name', 'from-cli')
    await page.getByRole('article', { name: 'from-cli' }).waitFor()
    await page.getByText('from-cli has no disk.').waitFor()
  })

  test('forgetting a PC asks first', async () => {
    await page.getByRole('button', { name: 'Open from-cli' }).click()
    await shot('07-open')
    await page.getByRole('button', { name: 'Forget …' }).click()
    await shot('07-forget')
    await page.getByRole('button', { name: 'Forget this PC' }).click()
    await page.getByRole('article', { name: 'from-cli' }).waitFor({ state: 'detached' })
  })

  test('services and activity tell what is going on', async () => {
    await page.getByRole('button', { name: /^Services/ }).click()
    await page.getByRole('article', { name: 'Disks' }).getByText('Running').waitFor()
    await shot('08-services')
    await page.getByRole('button', { name: /^Activity/ }).click()
    await page.getByText('The loader asked what to do').first().waitFor()
    await shot('09-activity')
  })

  test('the keyboard alone makes a disk', async () => {
    await page.getByRole('button', { name: /^Disks/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Make an empty disk' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.type('typed')
    await page.keyboard.press('Enter')
    await page.getByRole('article', { name: 'typed' }).waitFor()
  })

  test('sealing explains what it does and is shown', async () => {
    await page.getByRole('button', { name: 'typed: details and actions' }).click()
    await page.getByRole('button', { name: 'Seal as an image of its own: typed' }).click()
    await page.getByText('It becomes read-only for ever').waitFor()
    await shot('13-seal')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Make an empty disk' }).click()
    await page.getByLabel('Name').fill('gold')
    await page.getByLabel('Size in GiB').fill('1')
    await page.getByRole('button', { name: 'Make the disk' }).click()
    await page.getByRole('button', { name: 'gold: details and actions' }).click()
    await page.getByRole('button', { name: 'Seal as an image of its own: gold' }).click()
    await page.getByRole('button', { name: 'Seal it' }).click()
    await page.getByRole('article', { name: 'gold' }).getByText('For everybody').waitFor()
    await page.getByText('gold is a golden image now.').waitFor()
    await shot('14-sealed')
    await page.getByRole('button', { name: 'Make disks from gold' }).click()
    await page.getByLabel('How many').fill('3')
    await page.getByText('pc-01 … pc-03').waitFor()
    await shot('15-clone')
    await page.getByRole('button', { name: 'Make 3 disks' }).click()
    await page.getByRole('list', { name: 'Disks made from gold, version 1' }).getByText('pc-03').waitFor()
    await shot('16-clones')
    expect(engine.verb('disk', 'show', 'pc-02').json).toMatchObject({ parent: 'gold', health: 'ok' })
    expect(engine.verb('disk', 'show', 'gold').json).toMatchObject({ sealed: true, health: 'ok' })
  })

  test('when the engine goes away the page says so and goes on when it is back', async () => {
    const port = new URL(engine.ready.admin).port
    await engine.end('SIGKILL')
    await page.getByText('Bootlace does not answer.').first().waitFor()
    await shot('10-lost')
    engine = await serveEngine(engine.dataDir, ['--admin', `127.0.0.1:${port}`])
    await page.getByText('Serving, no PC connected').waitFor()
    await page.getByRole('article', { name: 'typed' }).waitFor()
  })

  test('dark and narrow windows show everything', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.getByRole('button', { name: PCS_ENTRY }).click()
    await shot('11-dark')
    await page.setViewportSize({ width: 760, height: 560 })
    await shot('12-narrow')
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    expect(overflow).toBe(0)
  })

  test('a room of sixty PCs, a broken disk and missing loaders stay readable', async () => {
    await page.setViewportSize({ width: 1180, height: 800 })
    await page.emulateMedia({ colorScheme: 'light' })
    const caller = await connectEngine(engine.dataDir)
    for (let i = 10; i < 70; i++) {
      if (i < 65) await caller.call('clientAdd', { mac: `52:54:00:00:01:${i}`, name: `classroom-pc-${i}` })
      else await caller.call('clientAdd', { mac: `52:54:00:00:01:${i}`, name: `shared-pc-${i}`, disk: 'typed' })
    }
    caller.close()
    await page.getByText(/classroom-pc-10, classroom-pc-11 and 53 more have no disk/).waitFor()
    await page.getByText(/shared-pc-65, shared-pc-66 and 3 more have the same disk, typed/).waitFor()
    expect(await page.getByRole('article').count()).toBe(61)
    const port = new URL(engine.ready.admin).port
    await engine.end()
    rmSync(join(engine.dataDir, 'disks', 'debian.vhdx'))
    engine = await serveEngine(engine.dataDir, ['--admin', `127.0.0.1:${port}`, '--loaders', files])
    for (let i = 10; i < 22; i++) await fetch(`${engine.ready.http}/client/52-54-00-00-02-${i}/boot.ipxe`)
    await page.getByText(/Loader files: no loader lies in/).waitFor()
    await page.getByText('Show all 12').click()
    await page.getByRole('button', { name: 'Add this PC: 52:54:00:00:02:10' }).waitFor()
    await shot('13-sixty')
    await page.getByRole('button', { name: /^Disks/ }).click()
    await page
      .getByRole('article', { name: 'debian' })
      .getByText('The file of disk debian is gone. Put it back at')
      .waitFor()
    await shot('14-broken')
    await page.getByRole('button', { name: /^Services/ }).click()
    await page.getByRole('article', { name: 'Loader files' }).getByText('Needs help').waitFor()
    await shot('15-loaders')
    await page.getByRole('button', { name: PCS_ENTRY }).click()
    await page.getByRole('button', { name: 'Change shared-pc-65' }).click()
    await page.getByText('shared-pc-66, shared-pc-67, shared-pc-68, shared-pc-69 have this disk too.').waitFor()
    await shot('16-shared')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('nothing was reported to the console on the way', () => expect(faults).toEqual([]))
})
