import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, openBrowser } from '../support/browser.ts'
import { diskOf, fixtureImage, PARTITION_TYPE } from '../support/offline-images.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'

const shots = join(root, '.cache', 'screenshots')

/** Disks with a Windows and a Debian of the fixtures: both lack something, and say so before they become images. */
describe('a disk is looked into before it is sealed', () => {
  let engine: ServedEngine
  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    engine = await serveEngine()
    const efi = { type: PARTITION_TYPE.efi, content: fixtureImage('esp.fat') }
    for (const [name, type, fixture] of [
      ['win', PARTITION_TYPE.windows, 'windows.ntfs'],
      ['deb', PARTITION_TYPE.linux, 'linux.ext4'],
    ] as const) {
      const file = join(engine.dataDir, `${name}-source.img`)
      writeFileSync(file, diskOf([efi, { type, content: fixtureImage(fixture) }]).bytes)
      expect(engine.verb('disk', 'import', file, '--name', name).code).toBe(0)
    }
  })
  afterAll(() => engine?.remove())

  test('in a terminal: refused with the list, until told to', () => {
    const refused = engine.verb('disk', 'seal', 'win')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('PROBLEM The driver of Intel')
    expect(refused.stderr).toContain('--anyway')
    expect(engine.verb('disk', 'show', 'win').json).toMatchObject({ sealed: false })
    expect(engine.verb('disk', 'seal', 'win', '--anyway')).toMatchObject({ code: 0, json: { sealed: true } })
  })

  describe.skipIf(!chromiumPath)('in the window', () => {
    let browser: Awaited<ReturnType<typeof openBrowser>>
    let page: Page
    beforeAll(async () => {
      browser = await openBrowser()
      page = browser.context.pages()[0] ?? (await browser.context.newPage())
      page.setDefaultTimeout(8000)
      await page.goto(engine.ready.admin)
    })
    afterAll(() => browser?.close())

    test('the list is shown, and must be accepted', async () => {
      await page
        .getByRole('navigation')
        .getByRole('button', { name: /^Disks/ })
        .click()
      await page.getByRole('button', { name: 'deb: details and actions' }).click()
      await page.getByRole('button', { name: 'Seal as an image of its own: deb' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('The list of disks names the system by its place in the PC.').waitFor()
      const seal = dialog.getByRole('button', { name: 'Seal it' })
      expect(await seal.isDisabled()).toBe(true)
      await page.screenshot({ path: join(shots, 'seal-problems.png') })
      await dialog.getByRole('checkbox', { name: /^Seal it all the same/ }).check()
      await seal.click()
      await dialog.waitFor({ state: 'detached' })
      await expect
        .poll(() => engine.verb('disk', 'show', 'deb').json, { timeout: 8000 })
        .toMatchObject({ sealed: true })
    })
  })
})
