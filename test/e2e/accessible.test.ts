import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectEngine } from '../../src-main/cli/connect.ts'
import { followJob } from '../../src-main/cli/disk-output.ts'
import { faultsOf } from '../support/accessible.ts'
import { chromiumPath, openBrowser } from '../support/browser.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'

const shots = join(root, '.cache', 'screenshots')
const MIB = 2 ** 20

/** Every screen, empty and with something on it, for people who see, hear or move otherwise than its makers. */
describe.skipIf(!chromiumPath)('every screen can be used by everybody', () => {
  let engine: ServedEngine
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  const faults = (name: string) =>
    faultsOf(page, (look) => page.screenshot({ path: join(shots, `accessible-${name}-${look}.png`) }))
  const open = async (title: RegExp) => {
    await page.getByRole('navigation').getByRole('button', { name: title }).click()
  }

  const wordOf = (title: RegExp) => title.source.slice(1).toLowerCase()

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    engine = await serveEngine()
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(8000)
    await page.goto(engine.ready.admin)
    await page.getByRole('navigation').waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await engine?.remove()
  })

  test('axe-core and the eye for clipping find what is planted', async () => {
    await page.evaluate(`(() => {
      const bad = document.createElement('div')
      bad.id = 'planted'
      bad.innerHTML = '<img src="data:,"><button></button><p style="color:#bbb;background:#ccc">pale</p><p style="width:9000px">wide</p>'
      document.querySelector('main').append(bad)
    })()`)
    const found = (await faultsOf(page)).join('\n')
    for (const rule of ['image-alt', 'button-name', 'color-contrast', 'wider than the window'])
      expect(found).toContain(rule)
    await page.evaluate("document.querySelector('#planted').remove()")
  })

  test.each([[/^PCs/], [/^Disks/], [/^Services/], [/^Activity/], [/^Settings/], [/^Help/]])(
    '%s, empty',
    async (title) => {
      await open(title)
      expect(await faults(`empty-${wordOf(title)}`)).toEqual([])
    },
  )

  describe('with PCs and disks', () => {
    beforeAll(async () => {
      const caller = await connectEngine(engine.dataDir)
      await caller.call('diskCreate', { name: 'debian', sizeBytes: 64 * MIB })
      await followJob(caller, await caller.call('diskSeal', { name: 'debian' }))
      await caller.call('diskClone', { image: 'debian', count: 3 })
      await caller.call('diskSnapshot', { name: 'pc-02', note: 'before the games' })
      for (const n of [1, 2, 3])
        await caller.call('clientAdd', { mac: `52:54:00:00:00:0${n}`, name: `pc-0${n}`, disk: `pc-0${n}` })
      await caller.call('clientAdd', { mac: '52:54:00:00:00:04', name: 'classroom-pc-15' })
      await caller.call('diskCreate', { name: 'laptop', sizeBytes: 64 * 1024 * MIB })
      caller.close()
      for (const n of [1, 8, 9]) await fetch(`${engine.ready.http}/client/52-54-00-00-00-0${n}/boot.ipxe`)
      await open(/^PCs/)
      await page.getByRole('article', { name: 'pc-03' }).waitFor()
    })

    test.each([[/^PCs/], [/^Disks/], [/^Services/], [/^Activity/]])('%s', async (title) => {
      await open(title)
      expect(await faults(`full-${wordOf(title)}`)).toEqual([])
    })

    test.each([
      ['Make an empty disk', /^Disks/],
      ['Import an image', /^Disks/],
      ['Add this PC: 52:54:00:00:00:08', /^PCs/],
    ])('the dialog “%s”', async (button, title) => {
      await open(title)
      await page.getByRole('button', { name: button }).click()
      await page.getByRole('dialog').waitFor()
      expect(await faults(`dialog-${button.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    })
  })
})
