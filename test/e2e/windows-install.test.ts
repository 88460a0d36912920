import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DriversView, WimbootView } from '../../src-main/api/windows.ts'
import { faultsOf } from '../support/accessible.ts'
import { chromiumPath, openBrowser } from '../support/browser.ts'
import { ndisInf } from '../support/inf-files.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'
import { wimbootFile } from '../support/wimboot-file.ts'

const shots = join(root, '.cache', 'screenshots')

describe.skipIf(!chromiumPath)('Windows over the network, in the window', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bootlace-windows-e2e-'))
  let engine: ServedEngine
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  const faults = (name: string) =>
    faultsOf(page, (look) => page.screenshot({ path: join(shots, `windows-${name}-${look}.png`), fullPage: true }))

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    const loaders = join(folder, 'loaders')
    mkdirSync(loaders)
    writeFileSync(join(loaders, 'undionly.kpxe'), 'loader')
    const drivers = join(folder, 'drivers')
    mkdirSync(join(drivers, 'x64', 'res'), { recursive: true })
    for (const file of ['rt640x64.cat', 'x64/rt640x64.sys', 'x64/res/rtmsg.dll'])
      writeFileSync(join(drivers, file), file)
    writeFileSync(join(drivers, 'rt640x64.inf'), ndisInf())
    writeFileSync(join(drivers, 'rt68cx21.inf'), `${ndisInf()}[Install.NT]\n*AccessType = 2\n`)
    writeFileSync(join(folder, 'wimboot'), wimbootFile('v2.9.0'))
    writeFileSync(join(folder, 'old'), wimbootFile('v2.8.0'))
    engine = await serveEngine(undefined, ['--loaders', loaders])
    engine.verb('disk', 'create', 'win11', '--size', '64M')
    engine.verb('client', 'add', '52:54:00:00:d5:01', '--name', 'pc-01', '--disk', 'win11')
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(8000)
    await page.goto(engine.ready.admin)
    await page.getByRole('navigation').getByRole('button', { name: 'Settings' }).click()
  })
  afterAll(async () => {
    await browser?.close()
    await engine?.remove()
    rmSync(folder, { recursive: true })
  })

  test('wimboot is put in; an old one is refused with the reason', async () => {
    await page.getByText('The file wimboot is missing.').waitFor()
    await page.getByLabel('A file wimboot').first().fill(join(folder, 'old'))
    await page.getByRole('button', { name: 'Put it in' }).click()
    await page.getByRole('alert').getByText('older than 2.9.0').waitFor()
    expect((engine.verb('windows', 'wimboot').json as WimbootView).file).toBeUndefined()
    expect(await faults('missing')).toEqual([])
    await page.getByLabel('A file wimboot').first().fill(join(folder, 'wimboot'))
    await page.getByRole('button', { name: 'Put it in' }).click()
    await page.getByText('wimboot 2.9.0 is here').waitFor()
    expect((engine.verb('windows', 'wimboot').json as WimbootView).file).toMatchObject({
      version: '2.9.0',
      from: 'user',
    })
  })

  test('a folder of drivers is judged and kept, and can be taken away', async () => {
    await page.getByRole('combobox', { name: /^Disk/ }).selectOption('win11')
    await page
      .getByLabel('Folder with the driver')
      .first()
      .fill(join(folder, 'drivers', 'rt640x64.inf'))
    await page.getByRole('button', { name: 'Look at it and keep it' }).click()
    await page.getByText('Take the older NDIS driver of the same maker').waitFor()
    await page.getByText('may fit').waitFor()
    expect((engine.verb('windows', 'drivers', 'win11').json as DriversView).folder).toBe(join(folder, 'drivers'))
    expect(await faults('drivers')).toEqual([])
    await page.getByRole('button', { name: 'No drivers' }).click()
    await expect.poll(() => (engine.verb('windows', 'drivers', 'win11').json as DriversView).folder).toBeUndefined()
  })

  test('speaks German', async () => {
    engine.verb('settings', 'set', 'language', 'de')
    await page.getByRole('heading', { name: 'Windows über das Netz' }).waitFor()
    await page.getByLabel('Ordner mit dem Treiber').first().fill(join(folder, 'drivers'))
    await page.getByRole('button', { name: 'Ansehen und behalten' }).click()
    await page.getByText('Nehmen Sie den älteren NDIS-Treiber desselben Herstellers').waitFor()
    expect(await faults('german')).toEqual([])
  })
})
