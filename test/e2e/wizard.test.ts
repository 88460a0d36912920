import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Snapshot } from '../../src-main/api/dto.ts'
import { connectEngine } from '../../src-main/cli/connect.ts'
import { followJob } from '../../src-main/cli/disk-output.ts'
import { faultsOf } from '../support/accessible.ts'
import { chromiumPath, openBrowser, PCS_ENTRY } from '../support/browser.ts'
import { FakePc } from '../support/fake-pc.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'

const shots = join(root, '.cache', 'screenshots')
const MIB = 2 ** 20
const FIRST = '52:54:00:00:0e:01'

describe.skipIf(!chromiumPath)('the first evening in a browser', () => {
  let engine: ServedEngine
  let caller: Awaited<ReturnType<typeof connectEngine>>
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  let files: string
  const faults: string[] = []

  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' })
  const radio = (name: string) => page.getByRole('radio', { name, exact: true })
  const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
  const next = () => button('Next').click()
  const snapshot = (): Promise<Snapshot> => caller.call('snapshot')
  /** Looks at a step in every light and size, with the eyes of axe-core. */
  const look = async (name: string) => {
    expect(
      await faultsOf(page, (how) =>
        page.screenshot({ path: join(shots, `wizard-${name}-${how}.png`), fullPage: true }),
      ),
    ).toEqual([])
  }
  const openWizard = () => page.getByRole('navigation').getByRole('button', { name: 'Set up PCs' }).click()
  const startOver = async () => {
    await button('Start over').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Start over' }).click()
    await heading('What would you like to do?')
  }
  /** From the first step to that of the PC. */
  const toThePc = async (goal: string) => {
    await radio(goal).check()
    await next()
    await heading('Is your network ready?')
    await button(/^(Next|Go on all the same)$/).click({ timeout: 20_000 })
    await heading('Which PC comes first?')
  }
  const typeMac = async (mac: string) => {
    await page.getByText('Type its MAC address').click()
    await page.getByLabel('MAC address').fill(mac)
    await button('Take this address').click()
  }

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    files = mkdtempSync(join(tmpdir(), 'bootlace-e2e-'))
    engine = await serveEngine()
    caller = await connectEngine(engine.dataDir)
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    await page.goto(engine.ready.admin)
  })
  afterAll(async () => {
    caller?.close()
    await browser?.close()
    await engine?.remove()
    rmSync(files, { recursive: true, force: true })
  })

  describe('a new system, from the first click to the last PC', () => {
    let pc: FakePc

    test('the first screen offers one thing', async () => {
      await heading('Let this computer be the disk of your other PCs.')
      await look('00-welcome')
      await button('Set up the first PC').click()
      await heading('What would you like to do?')
      expect(await button('Next').isDisabled()).toBe(true)
      await page.getByText('Choose one of the four.').waitFor()
      await look('01-goal')
    })

    test('the network is looked at by itself', async () => {
      await radio('Install a new system').check()
      await next()
      await heading('Is your network ready?')
      // Who listens is told where he is.
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Is your network ready?')
      const found = page.getByRole('region', { name: 'What was found on the network' })
      await found.waitFor({ timeout: 20_000 })
      await button('Check again').click()
      await found.waitFor({ timeout: 20_000 })
      await look('02-network')
      await button(/^(Next|Go on all the same)$/).click()
    })

    test('a PC that asks appears by itself and is taken with one click', async () => {
      await heading('Which PC comes first?')
      await page.getByText('Waiting for a PC to ask …').waitFor()
      await look('03-pc-waiting')
      pc = new FakePc(engine, FIRST)
      await pc.ask()
      await button(`Take this PC: ${FIRST}`).click()
      expect(await page.getByLabel('Name of the PC').inputValue()).toBe('pc-01')
      await page.getByText('How do I turn on network boot?').click()
      await look('03-pc-chosen')
      await next()
    })

    test('what cannot work with its firmware says why', async () => {
      await heading('What do you install, and from where?')
      await radio('Debian or Ubuntu').check()
      await radio('UEFI').check()
      expect(await radio('A CD or USB stick in that PC').isDisabled()).toBe(true)
      await page.getByText('such a PC hangs when it leaves the network loader').waitFor()
      expect(await radio('Kernel and initrd over the network').isEnabled()).toBe(true)
      await radio('Windows').check()
      await page.getByText('with the file wimboot its Setup starts over the network').waitFor()
      expect(await radio('An ISO file over the network').isEnabled()).toBe(true)
      await look('04-system-uefi')
      await radio('Debian or Ubuntu').check()
      await radio('BIOS').check()
      await radio('A CD or USB stick in that PC').check()
      await look('04-system')
      await next()
    })

    test('a size is advised, and a reload goes on at the same step', async () => {
      await heading('How large, and what is it called?')
      expect(await page.getByLabel('Size in GiB').inputValue()).toBe('20')
      await page.getByLabel('Name of the disk').fill('deb')
      await page.waitForFunction("!document.querySelector('.error')")
      await expect.poll(async () => (await snapshot()).setup?.diskName).toBe('deb')
      await page.reload()
      await button('Go on with setup').click()
      await heading('How large, and what is it called?')
      expect(await page.getByLabel('Name of the disk').inputValue()).toBe('deb')
      await look('05-size')
      await next()
    })

    test('one click makes the disk and the PC', async () => {
      await heading('Create the disk')
      await look('06-create')
      await button('Create the empty disk').click()
      await page.getByText('Done: deb is there, and pc-01 gets it.').waitFor()
      const { disks, clients } = await snapshot()
      expect(disks).toMatchObject([{ name: 'deb', sizeBytes: 20 * 1024 * MIB }])
      expect(clients).toMatchObject([{ mac: FIRST, name: 'pc-01', disk: 'deb', stage: 'install' }])
      // Back is safe: nothing that was made is undone, and nothing is asked again.
      await page.keyboard.press('Alt+ArrowLeft')
      await heading('How large, and what is it called?')
      await page.getByText('deb is made already.').waitFor()
      await next()
      await next()
    })

    test('the installation is watched, and its end noticed', async () => {
      await heading('Install on pc-01')
      const live = page.getByRole('region', { name: 'pc-01, live' })
      await look('07-install-before')
      await pc.start()
      await pc.reportEmptyDisk()
      await page.getByText('It is that moment now').waitFor()
      await live.getByText('Installer at work').waitFor()
      await look('07-install-moment')
      expect(await button('The system is installed').isDisabled()).toBe(true)
      await pc.write(80)
      await page.getByText(/\d MiB on its disk/).waitFor()
      await look('07-install-writing')
      expect(await button('Next').isDisabled()).toBe(true)
      pc.off()
      await pc.ask()
      await page.getByText('The system is installed. From now on pc-01 starts from its disk').waitFor()
      expect((await snapshot()).clients[0]).toMatchObject({ stage: 'run' })
      await look('07-install-done')
      await next()
    })

    test('its first own start is watched', async () => {
      await heading('The first start of pc-01')
      await look('08-boot-before')
      await pc.start()
      await page.getByText('pc-01 ran from this computer.').waitFor()
      await look('08-boot')
      await next()
    })

    test('the line for the guest has the real address, and its end is noticed', { timeout: 90_000 }, async () => {
      await heading('Prepare the system to be copied')
      await page
        .getByRole('group', { name: 'Line for the terminal' })
        .getByText(`curl -fsS ${engine.ready.http}/kit/debian | sh`)
        .waitFor()
      await look('09-guest')
      // It was another Linux after all, or nobody knows.
      const lines = page.getByRole('group', { name: 'Line for the terminal' })
      await page.getByRole('radio', { name: 'Arch Linux' }).check()
      await lines.getByText(`curl -fsS ${engine.ready.http}/kit/arch | sh`).waitFor()
      await page.getByText('Not tried on Arch Linux itself').waitFor()
      await page.getByRole('radio', { name: 'I do not know' }).check()
      await lines.getByText(`curl -fsS ${engine.ready.http}/kit/linux | sh`).waitFor()
      await look('09-guest-linux')
      await page.getByRole('radio', { name: 'Debian or Ubuntu' }).check()
      expect(await button('Next').isDisabled()).toBe(true)
      pc.off()
      await page.getByText('pc-01 is shut down and has let go of its disk.').waitFor({ timeout: 60_000 })
      await next()
    })

    test('the image is sealed after a look into it', async () => {
      await heading('Make it the image')
      await page
        .getByText(/^(Looked at|Problems)$|could not be looked into/)
        .first()
        .waitFor()
      await look('10-seal')
      await button('Seal deb as the image').click()
      await page.getByText('deb is an image now.').waitFor({ timeout: 60_000 })
      await look('10-sealed')
      await next()
    })

    test('the disks are made, and the first PC has the first of them', async () => {
      await heading('Disks for all PCs')
      await page.getByLabel('How many PCs in all').fill('3')
      await page.getByText('pc-01, pc-02, pc-03').waitFor()
      await look('11-clones')
      await button('Make 3 disks').click()
      await page.getByText('3 disks are made from deb. pc-01 starts from pc-01 now.').waitFor()
      const { clients, disks } = await snapshot()
      expect(clients).toMatchObject([{ name: 'pc-01', disk: 'pc-01', stage: 'run' }])
      expect(disks.filter((disk) => disk.parent === 'deb').map((disk) => disk.name)).toEqual([
        'pc-01',
        'pc-02',
        'pc-03',
      ])
      await next()
    })

    test('new PCs that switch on get the next names', async () => {
      await heading('The other PCs')
      await look('12-others')
      await button('Open the door for 30 minutes').click()
      await page.getByText('2 more PCs are expected').waitFor()
      await new FakePc(engine, '52:54:00:00:0e:02').ask()
      await page.getByText('One more PC is expected').waitFor()
      await page.getByRole('list', { name: 'PCs that have come' }).getByText('pc-02').waitFor()
      await look('12-others-open')
      await new FakePc(engine, '52:54:00:00:0e:03').ask()
      await page.getByText('Every disk has its PC.').waitFor()
      await next()
    })

    test('all PCs are watched until they run', async () => {
      await heading('Start them all')
      const second = new FakePc(engine, '52:54:00:00:0e:02')
      await second.start()
      expect(second.disk).toBe('pc-02')
      await page.getByText('1 of 3 PCs run from this computer.').waitFor()
      await look('13-board')
      const third = new FakePc(engine, '52:54:00:00:0e:03')
      await third.start()
      await pc.start()
      await page.getByText('All 3 PCs run from this computer.').waitFor()
      await look('13-board-all')
      for (const each of [pc, second, third]) each.off()
    })

    test('the end says what to do daily', async () => {
      await button(/^(Next|Later)$/).click()
      await heading('Your PCs need no disk any more')
      await look('14-done')
      await button('Finish').click()
      await page.getByRole('article', { name: 'pc-03' }).waitFor()
      expect((await snapshot()).setup).toBeUndefined()
    })
  })

  describe('an image, by keyboard alone', () => {
    const key = (name: string) => page.keyboard.press(name)
    const focusTo = async (what: string) => {
      for (let i = 0; i < 60; i++) {
        const at: string = await page.evaluate(
          "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent ?? '').trim()",
        )
        if (at.startsWith(what)) return
        await key('Tab')
      }
      throw new Error(`the Tab key does not lead to “${what}”`)
    }

    test('is brought in and given to a PC', async () => {
      const image = Buffer.alloc(32 * MIB)
      for (let at = 0; at < image.length; at += 4096) image.writeUInt32LE(at + 1, at)
      writeFileSync(join(files, 'Lab 12.img'), image)
      await openWizard()
      await heading('What would you like to do?')
      await focusTo('Install a new system')
      await key('Space')
      await key('ArrowDown')
      expect(await radio('Use an image that I have').isChecked()).toBe(true)
      await key('Enter')
      await heading('Is your network ready?')
      await button(/^(Next|Go on all the same)$/)
        .and(page.locator(':enabled'))
        .waitFor({ timeout: 20_000 })
      await focusTo('Check again')
      await key('Tab')
      await key('Tab')
      await key('Enter')
      await heading('Which PC comes first?')
      await focusTo('Type its MAC address')
      await key('Enter')
      await focusTo('MAC address')
      await page.keyboard.type('5254.0000.0e10')
      await key('Enter')
      await focusTo('Name of the PC')
      await page.keyboard.type('desk')
      await key('Enter')
      await heading('Which image is it?')
      await focusTo('File on the computer')
      await page.keyboard.type(join(files, 'Lab 12.img'))
      await look('20-file')
      await page.getByRole('textbox', { name: 'File on the computer that runs Bootlace' }).focus()
      await key('Enter')
      await heading('What is it called?')
      expect(await page.getByLabel('Name of the disk').inputValue()).toBe('lab-12')
      await focusTo('Name of the disk')
      await key('Enter')
      await heading('Bring the image in')
      await focusTo('Bring the image in')
      await key('Tab')
      await focusTo('Bring the image in')
      await key('Enter')
      await page.getByText('Done: lab-12 is there, and desk gets it.').waitFor({ timeout: 30_000 })
      await focusTo('Next')
      expect((await snapshot()).clients.find((c) => c.name === 'desk')).toMatchObject({
        mac: '52:54:00:00:0e:10',
        disk: 'lab-12',
        stage: 'run',
      })
      await look('21-imported')
      await key('Alt+ArrowLeft')
      await heading('What is it called?')
    })

    test('another window follows, and starting over keeps what was made', async () => {
      const other = await browser.context.newPage()
      other.setDefaultTimeout(10_000)
      await other.goto(engine.ready.admin)
      await other.getByText('You are setting up desk.').waitFor()
      await other.getByRole('button', { name: 'Go on with setup' }).click()
      await other.getByRole('heading', { level: 1, name: 'What is it called?' }).waitFor()
      await next()
      await other.getByRole('heading', { level: 1, name: 'Bring the image in' }).waitFor()
      await startOver()
      await other.getByRole('heading', { level: 1, name: 'What would you like to do?' }).waitFor()
      await other.close()
      expect((await snapshot()).disks.map((disk) => disk.name)).toContain('lab-12')
    })
  })

  test('a failed import is explained and can be tried again', async () => {
    await toThePc('Make an existing PC diskless')
    await typeMac('52-54-00-00-0E-11')
    await next()
    await heading('Where is the copy of its drive?')
    await page.getByRole('textbox', { name: 'File on the computer that runs Bootlace' }).fill(join(files, 'gone.img'))
    await button('Will it start over the network?').click()
    await page
      .getByRole('alert')
      .getByText(/There is no file/)
      .waitFor()
    await button('Choose: File on the computer that runs Bootlace').click()
    await page.getByRole('group', { name: /^Files in / }).waitFor()
    await look('22-picker')
    await next()
    await next()
    await heading('Bring the image in')
    await button('Bring the image in').click()
    await page
      .getByRole('alert')
      .getByText(/There is no file/)
      .waitFor()
    await look('23-import-error')
    await startOver()
  })

  test('one more PC gets a disk of its own from an image', async () => {
    await followJob(caller, await caller.call('diskSeal', { name: 'lab-12' })).catch((thrown: unknown) => {
      throw new Error('the image could not be sealed', { cause: thrown })
    })
    await toThePc('Start one PC from a disk that is here already')
    await typeMac('525400000e12')
    await page.getByLabel('Name of the PC').fill('kitchen')
    await next()
    await heading('Which disk does it get?')
    await radio('lab-12').check()
    await look('30-disk')
    await button('Give lab-12 to kitchen').click()
    await page.getByText('kitchen starts from kitchen.').waitFor()
    expect((await snapshot()).disks.find((disk) => disk.name === 'kitchen')).toMatchObject({ parent: 'lab-12' })
    await next()
    await heading('The first start of kitchen')
    const pc = new FakePc(engine, '52:54:00:00:0e:12')
    await pc.start()
    await page.getByText('kitchen ran from this computer.').waitFor()
    pc.off()
    await next()
    await heading('kitchen needs no disk any more')
    await button('See what happened').click()
    await heading('Activity')
  })

  test('leaving keeps the place', async () => {
    await page.getByRole('navigation').getByRole('button', { name: PCS_ENTRY }).click()
    await button('Go on with setup').click()
    await heading('kitchen needs no disk any more')
    await button('Leave for now').click()
    await heading('PCs')
    await page.getByText('You are setting up kitchen.').waitFor()
  })

  test('nothing was reported to the console on the way', () => expect(faults).toEqual([]))
})
