import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SetupDraft } from '../../src-main/api/setup.ts'
import { connectEngine } from '../../src-main/cli/connect.ts'
import { CONVERT_SCRIPT } from '../../src-main/guests/windows/convert-script.ts'
import { checkAnswerFile } from '../../src-main/guests/windows/answer-schema.ts'
import { faultsOf } from '../support/accessible.ts'
import { chromiumPath, openBrowser } from '../support/browser.ts'
import { writeLayout } from '../support/iso-layouts.ts'
import { hasProgram } from '../support/programs.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'
import { wimBytes } from '../support/wim-writer.ts'
import { wimbootFile } from '../support/wimboot-file.ts'
import type { InstallAnswersView } from '../../src-main/api/windows.ts'

/** What the wizard says to somebody whose PCs run Windows: the steps from real drafts, over the real engine. */
describe.skipIf(!chromiumPath)('Windows in the wizard', () => {
  let engine: ServedEngine
  let caller: Awaited<ReturnType<typeof connectEngine>>
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  const faults: string[] = []
  const shots = join(root, '.cache', 'screenshots')

  const look = async (name: string) =>
    expect(
      await faultsOf(page, (how) =>
        page.screenshot({ path: join(shots, `windows-${name}-${how}.png`), fullPage: true }),
      ),
    ).toEqual([])
  const openStep = async (draft: Partial<SetupDraft> & { step: string }) => {
    await caller.call('setupSave', { confirmed: ['network'], changedMs: Date.now(), ...draft })
    await page.goto(engine.ready.admin)
    await page.getByRole('navigation').getByRole('button', { name: 'Set up PCs' }).click()
  }

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    engine = await serveEngine()
    caller = await connectEngine(engine.dataDir)
    expect(engine.verb('disk', 'create', 'win', '--size', '64G').code).toBe(0)
    expect(
      engine.verb('client', 'add', '52:54:00:0b:70:41', '--name', 'pc-01', '--disk', 'win', '--stage', 'install').code,
    ).toBe(0)
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  })
  afterAll(async () => {
    caller?.close()
    await browser?.close()
    await engine?.remove()
  })

  const MAC_2 = '52:54:00:0b:70:42'
  const pc = { mac: '52:54:00:0b:70:41', pcName: 'pc-01', diskName: 'win', diskSizeBytes: 64 * 2 ** 30 }

  test('a Windows that is to move is prepared before its drive is copied', async () => {
    await openStep({ ...pc, goal: 'convert', step: 'file' })
    await page.getByText('It runs Windows: what to do before you copy its drive').click()
    await look('convert')
    const line = await page
      .getByText(/kit\/windows .* apply"$/)
      .first()
      .innerText()
    const address = /http\S+\/kit\/windows/.exec(line)![0]
    expect(await (await fetch(address)).text()).toBe(CONVERT_SCRIPT)
    expect(await page.getByText('not tried by anybody here').count()).toBeGreaterThan(0)
  })

  const fileShown = async () => {
    const text = await page.getByText('<?xml').first().innerText()
    return text.replace(/\u00a0/g, ' ')
  }
  test('the answers for Setup skip the look of Windows 11 when that is ticked', async () => {
    await openStep({ ...pc, goal: 'install', system: 'windows', medium: 'cd', firmware: 'UEFI', step: 'install' })
    await page.getByText('Let Windows Setup answer its questions itself').click()
    expect(await page.getByRole('checkbox', { name: /Windows 11 although/ }).isChecked()).toBe(false)
    await page.getByRole('checkbox', { name: /Windows 11 although/ }).check()
    await page.getByRole('button', { name: 'Make the file' }).click()
    const text = await fileShown()
    expect(text).toContain('BypassTPMCheck')
    expect(text).toContain('PagingFiles')
    expect(checkAnswerFile(text)).toEqual([])
    await look('install')
  })

  test.skipIf(!hasProgram('xorriso'))('the answers for Setup take the edition that is chosen on the ISO', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bootlace-e2e-edition-'))
    try {
      const windows = { build: 26100, revision: 1742, language: 'de-DE' }
      const image = wimBytes({
        images: [
          { ...windows, name: 'Windows 11 Home', editionId: 'Core' },
          { ...windows, name: 'Windows 11 Pro' },
        ],
      })
      const tree = writeLayout(join(folder, 'tree'), { 'sources/install.wim': image })
      const iso = join(folder, 'windows.iso')
      execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', '-R', '-o', iso, tree], { stdio: 'ignore' })
      await page.getByRole('textbox', { name: /^ISO of this Windows/ }).fill(iso)
      await page.getByText('This build of Windows starts once from the network, then no more.').waitFor()
      await page.getByRole('combobox', { name: 'Edition' }).selectOption('Windows 11 Pro')
      await page.getByRole('button', { name: 'Make the file' }).click()
      expect((await fileShown()).replace(/\s+/g, '')).toContain('<Key>/IMAGE/INDEX</Key><Value>2</Value>')
      await look('edition')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test.skipIf(!hasProgram('xorriso'))('a PC that installs over the network is given its answers here', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bootlace-e2e-answers-'))
    try {
      const windows = { build: 26100, revision: 8000, architecture: 12 }
      const images = [
        { ...windows, name: 'Windows 11 Home', editionId: 'Core' },
        { ...windows, name: 'Windows 11 Pro' },
      ]
      const tree = writeLayout(join(folder, 'tree'), {
        'sources/install.wim': wimBytes({ images }),
        'sources/boot.wim': wimBytes({ images: [{ name: 'Windows PE' }] }),
        bootmgr: Buffer.from('bootmgr'),
        'efi/boot/bootx64.efi': Buffer.from('efi'),
      })
      const iso = join(folder, 'windows.iso')
      execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', '-R', '-o', iso, tree], { stdio: 'ignore' })
      writeFileSync(join(folder, 'wimboot'), wimbootFile('v2.9.0'))
      expect(engine.verb('windows', 'wimboot', join(folder, 'wimboot')).code).toBe(0)
      const view = () => engine.verb('windows', 'answers', 'pc-02').json as InstallAnswersView

      await openStep({
        goal: 'install',
        system: 'windows',
        mac: MAC_2,
        pcName: 'pc-02',
        firmware: 'UEFI',
        step: 'system',
      })
      await page.getByRole('radio', { name: /^An ISO file over the network/ }).check()
      await page.getByRole('textbox', { name: 'ISO file' }).fill(iso)
      await page.getByText('The PC starts the Setup of this Windows over the network by itself').waitFor()
      await look('network-medium')
      expect(await page.getByRole('button', { name: 'Next' }).isEnabled()).toBe(true)

      expect(engine.verb('disk', 'create', 'win2', '--size', '64G').code).toBe(0)
      const added = ['client', 'add', MAC_2, '--name', 'pc-02', '--disk', 'win2', '--stage', 'install', '--medium', iso]
      expect(engine.verb(...added)).toMatchObject({ code: 0 })
      await openStep({
        ...{ goal: 'install', system: 'windows', medium: 'iso', isoFile: iso, isoNetwork: true, firmware: 'UEFI' },
        ...{ mac: MAC_2, pcName: 'pc-02', diskName: 'win2', diskSizeBytes: 64 * 2 ** 30, step: 'install' },
      })
      await page.getByText('Let Windows Setup answer its questions itself').click()
      await page.getByRole('combobox', { name: 'Edition' }).selectOption('Windows 11 Pro')
      expect(await page.getByRole('textbox', { name: /^ISO of this Windows/ }).count()).toBe(0)
      expect(view()).toMatchObject({ present: false })
      await page.getByRole('button', { name: 'Use it when this PC installs' }).click()
      await page.getByText('pc-02 has an answer file: Windows Setup takes it').waitFor()
      expect(view()).toMatchObject({ present: true, findings: [] })
      expect(await page.getByText('not tried by anybody here').count()).toBeGreaterThan(0)
      await look('network-answers')
      engine.verb('settings', 'set', 'language', 'de')
      await page.getByText('pc-02 hat eine Antwortdatei: Das Windows-Setup nimmt sie').waitFor()
      expect(await page.getByRole('button', { name: 'Verwenden, wenn dieser PC installiert' }).isEnabled()).toBe(true)
      await look('network-answers-german')
      engine.verb('settings', 'set', 'language', 'en')
      const address = `${engine.ready.http.replace(/\/$/, '')}/winpe/${MAC_2.replaceAll(':', '-')}/unattend.xml`
      const text = await (await fetch(address)).text()
      expect(checkAnswerFile(text)).toEqual([])
      for (const part of [
        '<Path>X:\\bootlace\\drivers</Path>',
        'processorArchitecture="arm64"',
        'convert gpt',
        '<Value>2<',
      ])
        expect(text.replace(/>\s+</g, '><'), part).toContain(part)
      await page.reload()
      await page.getByRole('navigation').getByRole('button', { name: 'Set up PCs' }).click()
      await page.getByText('Let Windows Setup answer its questions itself').click()
      await page.getByRole('button', { name: 'Do not use it any more' }).click()
      await page.getByText('pc-02 has an answer file').waitFor({ state: 'detached' })
      expect(view()).toMatchObject({ present: false })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('the answers for sysprep give each copy its name, and ask this computer only when that is ticked', async () => {
    await openStep({ ...pc, goal: 'install', system: 'windows', medium: 'cd', firmware: 'UEFI', step: 'guest' })
    await page.getByText('Make the answer file for sysprep').click()
    await page.getByRole('button', { name: 'Make the file' }).click()
    expect(await fileShown()).toContain('MSIscsiInitiator_SessionClass')
    expect(await fileShown()).not.toContain(new URL(engine.ready.http).host)
    await page.getByRole('checkbox', { name: /may ask this computer/ }).check()
    await page.getByRole('button', { name: 'Make the file' }).click()
    await page.getByText(new URL(engine.ready.http).host).first().waitFor()
    expect(await fileShown()).toContain(`${engine.ready.http.replace(/\/$/, '')}/client/`)
    await page.getByRole('checkbox', { name: /named like its PC/ }).uncheck()
    await page.getByRole('button', { name: 'Make the file' }).click()
    await expect.poll(fileShown).not.toContain('MSIscsiInitiator_SessionClass')
    await look('guest')
  })

  test('nothing was reported to the console on the way', () => expect(faults).toEqual([]))
})
