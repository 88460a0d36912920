import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClientView, Snapshot } from '../../src-main/api/dto.ts'
import type { MediumReport } from '../../src-main/api/iso.ts'
import { faultsOf } from '../support/accessible.ts'
import { chromiumPath, openBrowser, PCS_ENTRY } from '../support/browser.ts'
import { DEBIAN, UBUNTU, writeLayout, type Layout } from '../support/iso-layouts.ts'
import { hasProgram } from '../support/programs.ts'
import { wimBytes } from '../support/wim-writer.ts'
import { runProgram } from '../support/run-program.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'

const shots = join(root, '.cache', 'screenshots')
const MAC = '52:54:00:00:e1:01'
const HBA = 'iqn.2000-04.com.qlogic:qla4062c.fs1'

let engine: ServedEngine
let browser: Awaited<ReturnType<typeof openBrowser>>
let page: Page
let folder: string

const ready = chromiumPath !== undefined && hasProgram('xorriso')
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' })
const radio = (name: string) => page.getByRole('radio', { name, exact: true })
const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
const go = (name: string | RegExp) => page.getByRole('navigation').getByRole('button', { name }).click()
const look = async (name: string) =>
  expect(
    await faultsOf(page, (how) => page.screenshot({ path: join(shots, `media-${name}-${how}.png`), fullPage: true })),
  ).toEqual([])
const iso = (name: string, layout: Layout): string => {
  const path = join(folder, `${name}.iso`)
  const tree = writeLayout(join(folder, name), layout)
  execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', '-R', '-o', path, tree], { stdio: 'ignore' })
  return path
}
const inGerman = async (work: () => Promise<void>) => {
  await go('Settings')
  await page.getByLabel('Deutsch').check()
  await work()
  await go('Einstellungen')
  await page.getByLabel('English').check()
  await heading('Settings')
}

beforeAll(async () => {
  if (!ready) return
  mkdirSync(shots, { recursive: true })
  folder = mkdtempSync(join(tmpdir(), 'bootlace-e2e-iso-'))
  engine = await serveEngine()
  browser = await openBrowser()
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
  page.setDefaultTimeout(10_000)
  await page.goto(engine.ready.admin)
})
afterAll(async () => {
  await browser?.close()
  await engine?.remove()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(!ready)('an ISO, in the wizard', () => {
  test('is chosen for a UEFI PC, which then starts from it', async () => {
    await button('Set up the first PC').click()
    await radio('Install a new system').check()
    await button('Next').click()
    await heading('Is your network ready?')
    await button(/^(Next|Go on all the same)$/).click({ timeout: 20_000 })
    await heading('Which PC comes first?')
    await page.getByText('Type its MAC address').click()
    await page.getByLabel('MAC address').fill(MAC)
    await button('Take this address').click()
    await button('Next').click()
    await heading('What do you install, and from where?')
    await radio('Debian or Ubuntu').check()
    await radio('UEFI').check()
    await radio('An ISO file over the network').check()
    expect(await button('Next').isDisabled()).toBe(true)
    await page.getByRole('textbox', { name: 'ISO file' }).fill(iso('ubuntu', UBUNTU))
    const box = page.getByRole('status').filter({ hasText: 'Noble Numbat' })
    await box.getByText('starts this installer over the network by itself').waitFor()
    await box.getByText('We have not tried it ourselves').waitFor()
    await look('wizard-ubuntu')
    await expect.poll(() => button('Next').isDisabled()).toBe(false)
  })

  test('says what a Debian CD lacks, and does not go on with it', async () => {
    await page.getByRole('textbox', { name: 'ISO file' }).fill(iso('debian', DEBIAN))
    await page.getByText('insists on a CD drive').waitFor()
    await page.getByText('This ISO cannot be started on this PC over the network.').waitFor()
    await expect.poll(() => button('Next').isDisabled()).toBe(true)
    await look('wizard-debian')
  })

  test('says what is no ISO', async () => {
    const broken = join(folder, 'broken.iso')
    writeFileSync(broken, 'nothing')
    await page.getByRole('textbox', { name: 'ISO file' }).fill(broken)
    await page.getByRole('alert').getByText('not an ISO').waitFor()
    expect(await button('Next').isDisabled()).toBe(true)
  })
})

describe.skipIf(!ready)('an ISO, on the page of a PC', () => {
  test('is chosen, explained and kept', async () => {
    engine.verb('disk', 'create', 'strict', '--size', '64M')
    engine.verb('client', 'add', MAC, '--name', 'pc-01', '--disk', 'strict', '--exclusive', 'on')
    await go(PCS_ENTRY)
    await page.getByRole('article', { name: 'pc-01' }).getByRole('button', { name: 'Open pc-01' }).click()
    await button('Change').click()
    const dialog = page.getByRole('dialog', { name: 'Change pc-01' })
    await dialog.getByRole('combobox', { name: /^When it starts/ }).selectOption('install')
    const path = join(folder, 'ubuntu.iso')
    await dialog.getByRole('textbox', { name: /^ISO to install from/ }).fill(path)
    await dialog.getByText('Noble Numbat').waitFor()
    await look('client-dialog')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(engine.verb('client', 'show', 'pc-01').json as ClientView).toMatchObject({ stage: 'install', medium: path })
    await page.getByRole('article', { name: 'pc-01' }).getByRole('button', { name: 'Open pc-01' }).click()
    await page.getByRole('dialog', { name: 'pc-01' }).getByText(path).waitFor()
    await page.keyboard.press('Escape')
  })
})

describe.skipIf(!ready)('a Windows that is known to fail', () => {
  const edition = { build: 26100, revision: 1742, language: 'de-DE' }
  const WINDOWS: Layout = {
    'sources/install.wim': wimBytes({
      images: [
        { ...edition, name: 'Windows 11 Home', editionId: 'Core' },
        { ...edition, name: 'Windows 11 Pro' },
      ],
    }),
    'sources/boot.wim': wimBytes({}),
    'efi/boot/bootx64.efi': new Uint8Array(1),
    'efi/microsoft/boot/bcd': new Uint8Array(1),
  }

  test('is said with its reason, and taken only by who knows', async () => {
    const path = iso('windows', WINDOWS)
    await go(PCS_ENTRY)
    await page.getByRole('article', { name: 'pc-01' }).getByRole('button', { name: 'Open pc-01' }).click()
    await button('Change').click()
    const dialog = page.getByRole('dialog', { name: 'Change pc-01' })
    await dialog.getByRole('combobox', { name: /^When it starts/ }).selectOption('install')
    await dialog.getByRole('textbox', { name: /^ISO to install from/ }).fill(path)
    await dialog.getByText('Windows 11 (24H2/25H2)').waitFor()
    await dialog.getByText('Build 26100.1742 · 64-bit · German (Germany)').waitFor()
    await dialog.getByText('This build of Windows starts once from the network, then no more.').waitFor()
    await dialog.getByText(/^Others report it; we have not tried it: NexBoot/).waitFor()
    await dialog.getByText('2 editions on it').click()
    await dialog.getByRole('listitem').filter({ hasText: 'Windows 11 Home' }).waitFor()
    await look('windows-stop')

    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByRole('alert').getByText('starts once from the network').waitFor()
    expect((engine.verb('client', 'show', 'pc-01').json as ClientView).medium).not.toBe(path)
    await dialog.getByLabel('I know this, and install it all the same.').check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect((engine.verb('client', 'show', 'pc-01').json as ClientView).medium).toBe(path)
  })

  test('is said in German', async () => {
    await page.keyboard.press('Escape')
    await inGerman(async () => {
      await go(/^PCs$/)
      await page.getByRole('article', { name: 'pc-01' }).getByRole('button', { name: 'pc-01 öffnen' }).click()
      await button('Ändern').click()
      const dialog = page.getByRole('dialog', { name: 'pc-01 ändern' })
      await dialog.getByText('Dieser Build von Windows startet einmal über das Netz, dann nicht mehr.').waitFor()
      await dialog.getByText('Gut zu wissen über dieses Windows').click()
      await dialog.getByText('Build 26100.1742 · 64 Bit · Deutsch (Deutschland)').waitFor()
      await page.screenshot({ path: join(shots, 'media-windows-de.png'), fullPage: true })
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
    })
  })

  test('by the command line', () => {
    const path = join(folder, 'windows.iso')
    engine.verb('client', 'set', 'pc-01', '--medium', '')
    const refused = engine.verb('client', 'set', 'pc-01', '--medium-drive', path)
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('--anyway')
    expect(engine.verb('client', 'set', 'pc-01', '--medium-drive', path, '--anyway').json).toMatchObject({
      mediumDrive: path,
    })
    engine.verb('client', 'set', 'pc-01', '--medium-drive', '')
    const shown = engine.verb('medium', 'show', path).json as MediumReport
    expect(shown.windows?.findings[0]).toMatchObject({ id: 'windows.24h2', level: 'stop' })
  })
})

describe.skipIf(!ready || !hasProgram('iscsi-inq'))('somebody who was turned away', () => {
  const refused = () => (engine.verb('status').json as Snapshot).refused ?? []
  const names = () => (engine.verb('client', 'show', 'pc-01').json as ClientView).initiators

  test('is shown, and let in with one click', async () => {
    const target = `iscsi://${engine.ready.iscsi}/iqn.2026-11.app.bootlace:strict/0`
    await runProgram('iscsi-inq', ['-i', HBA, target], 20_000)
    expect(refused()).toHaveLength(1)
    await go('Activity')
    const card = page.getByRole('region', { name: 'Somebody was turned away from the disk strict' })
    await card.getByText(HBA).waitFor()
    await look('turned-away')
    await inGerman(async () => {
      await go('Verlauf')
      await button('Als pc-01 hereinlassen').waitFor()
      await page.screenshot({ path: join(shots, 'media-turned-away-de.png') })
    })
    await go('Activity')
    await card.getByRole('button', { name: 'Let it in as pc-01' }).click()
    await card.waitFor({ state: 'detached' })
    expect(names()).toEqual([HBA])
    const { stdout } = await runProgram('iscsi-inq', ['-i', HBA, target], 20_000)
    expect(stdout).toContain('Vendor:BOOTLACE')
  })

  test('is a name of that PC, which can be taken away again', async () => {
    await go(PCS_ENTRY)
    await page.getByRole('article', { name: 'pc-01' }).getByRole('button', { name: 'Open pc-01' }).click()
    const sheet = page.getByRole('dialog', { name: 'pc-01' })
    await sheet.getByText(HBA).first().waitFor()
    await look('also-comes-as')
    await sheet.getByRole('button', { name: `Do not let in any more: ${HBA}` }).click()
    await expect.poll(names).toBeUndefined()
  })
})
