import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DiskView, JobView } from '../../src-main/api/dto.ts'
import { followJob } from '../../src-main/cli/disk-output.ts'
import { connectEngine } from '../../src-main/cli/connect.ts'
import { chromiumPath, openBrowser } from '../support/browser.ts'
import { qemuIo, useDisk } from '../support/disk-user.ts'
import { root, serveEngine, type ServedEngine } from '../support/served-engine.ts'

const shots = join(root, '.cache', 'screenshots')
const MIB = 2 ** 20

/** A classroom: an image, PCs with disks made from it, and what people do with them. */
describe.skipIf(!chromiumPath || !qemuIo)('the life of disks in a browser', () => {
  let engine: ServedEngine
  let caller: Awaited<ReturnType<typeof connectEngine>>
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  let files: string
  const faults: string[] = []
  const shot = (name: string) => page.screenshot({ path: join(shots, `disks-${name}.png`) })
  /** All of the page, as if the window were high enough. */
  const wholeShot = async (name: string) => {
    await page.evaluate('window.scrollTo(0, 0)')
    await page.screenshot({ path: join(shots, `disks-${name}.png`), fullPage: true })
  }
  const disk = async (name: string): Promise<DiskView> =>
    (await caller.call('snapshot')).disks.find((d) => d.name === name)!
  const wait = (job: JobView) => followJob(caller, job)
  const write = async (name: string, pattern: number, mib: number) =>
    (await useDisk(engine.ready.iscsi, name, [`write -P ${pattern} ${mib}M ${mib}M`]))()
  const row = (name: string) => page.getByRole('article', { name, exact: true })
  const details = (title: string) => page.getByRole('button', { name: `${title}: details and actions` })
  const action = (label: string, name: string) => page.getByRole('button', { name: `${label}: ${name}`, exact: true })
  const dialog = () => page.getByRole('dialog')
  const go = async (label: string) => {
    await dialog().getByRole('button', { name: label, exact: true }).click()
    await dialog().waitFor({ state: 'detached' })
  }

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    files = mkdtempSync(join(tmpdir(), 'bootlace-e2e-'))
    engine = await serveEngine()
    caller = await connectEngine(engine.dataDir)
    await caller.call('diskCreate', { name: 'debian', sizeBytes: 256 * MIB })
    await write('debian', 1, 40)
    await wait(await caller.call('diskSeal', { name: 'debian' }))
    await caller.call('diskClone', { image: 'debian', count: 5 })
    for (const n of [1, 2, 3, 4, 5])
      await caller.call('clientAdd', { mac: `52:54:00:00:00:0${n}`, name: `pc-0${n}`, disk: `pc-0${n}` })
    await caller.call('clientSet', { id: 'pc-03', keep: 'never' })
    await caller.call('clientSet', { id: 'pc-04', channel: 'test' })
    await caller.call('diskCreate', { name: 'games', sizeBytes: 128 * MIB })
    await wait(await caller.call('diskSeal', { name: 'games' }))
    await caller.call('diskCreate', { name: 'laptop', sizeBytes: 64 * 1024 * MIB })
    await write('pc-01', 2, 6)
    browser = await openBrowser()
    page = browser.context.pages()[0] ?? (await browser.context.newPage())
    page.setDefaultTimeout(8000)
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    await page.goto(engine.ready.admin)
    await page.getByRole('button', { name: /^Disks/ }).click()
  })
  afterAll(async () => {
    caller?.close()
    await browser?.close()
    await engine?.remove()
    rmSync(files, { recursive: true, force: true })
  })

  test('images, what was made from them, and the space on this computer are seen at a glance', async () => {
    await page.getByRole('region', { name: 'Space on this computer' }).getByText('Saved by sharing images').waitFor()
    const tree = page.getByRole('list', { name: 'Disks made from debian, version 1' })
    expect(await tree.getByRole('article').count()).toBe(5)
    await page.getByRole('region', { name: 'Disks that stand alone' }).getByText('laptop').waitFor()
    await wholeShot('01-tree')
  })

  test('a restore point is kept with a note, and the disk goes back to it', async () => {
    await details('pc-01').click()
    await action('Keep a restore point', 'pc-01').click()
    await dialog().getByLabel('What to remember it by').fill('before the new driver')
    await shot('02-keep')
    await go('Keep a restore point')
    await action('Go back to “before the new driver”', 'pc-01').waitFor()
    await write('pc-01', 3, 4)
    await wholeShot('03-details')
    await action('Go back', 'pc-01').click()
    await dialog().getByText('is kept as a further restore point').waitFor()
    await shot('04-back')
    await go('Go back')
    await page.getByText(/pc-01 went back. What it held is the restore point/).waitFor()
    expect((await disk('pc-01')).restorePoints.map((p) => p.note)).toEqual([
      'before the new driver',
      'before going back to “before the new driver”',
    ])
    await wholeShot('05-two-points')
  })

  test('a restore point is deleted with a warning of what is lost', async () => {
    await action('Delete restore point “before going back to “before the new driver””', 'pc-01').click()
    await dialog()
      .getByText(/You cannot go back to/)
      .waitFor()
    await shot('06-delete-point')
    await go('Delete the restore point')
    await page.getByText(/Restore point \d+ of pc-01 is gone/).waitFor()
    expect((await disk('pc-01')).restorePoints).toHaveLength(1)
  })

  test('a disk in use says what to do first, and can still be reset at the next start', async () => {
    const leave = await useDisk(engine.ready.iscsi, 'pc-02', ['write -P 5 1M 1M'])
    await details('pc-02').click()
    await row('pc-02').getByText('In use').waitFor()
    await row('pc-02').getByText('Shut pc-02 down first: it is running with it.').first().waitFor()
    expect(await action('Keep a restore point', 'pc-02').isDisabled()).toBe(true)
    await wholeShot('07-in-use')
    await action('Reset to image', 'pc-02').click()
    expect(await dialog().getByRole('radio', { name: /^Now/ }).isDisabled()).toBe(true)
    await shot('08-reset-later')
    await go('Reset it at the next start')
    await row('pc-02').getByText('Goes back to its image when its PC starts the next time.').waitFor()
    await leave()
    expect((await disk('pc-02')).resetAtBoot).toBe(true)
    await details('pc-02').click()
  })

  test('a reset now can throw away what the disk holds, and says so', async () => {
    await write('pc-05', 9, 2)
    await details('pc-05').click()
    await action('Reset to image', 'pc-05').click()
    await dialog()
      .getByText(/exactly like debian, version 1, now/)
      .waitFor()
    await dialog().getByLabel('Throw away what it holds now').check()
    await dialog().getByText('lost for good').waitFor()
    await shot('09-reset-now')
    await go('Reset it now')
    await page.getByText('pc-05 is reset.').waitFor()
    expect(await disk('pc-05')).toMatchObject({ parent: 'debian', restorePoints: [] })
    await details('pc-05').click()
  })

  test('a new version is made from a disk and tried first', async () => {
    await action('Make a new image version', 'pc-01').click()
    await dialog().getByText('pc-04. Give it to everybody when it has proved itself.').waitFor()
    await dialog().getByLabel('What is new in it').fill('updates of November')
    await shot('10-merge')
    await go('Make the new version')
    await page.getByText('debian-v2 is version 2 of debian, for the PCs that try versions.').waitFor()
    await row('debian-v2').getByText('Being tried').waitFor()
    await details('pc-01').click()
    await wholeShot('11-two-versions')
  })

  test('giving it to everybody shows who moves and who stays, and what the engine answers is the same', async () => {
    await caller.call('clientSet', { id: 'pc-05', keep: 'until', keepUntilMs: 1000 })
    await details('debian, version 2').click()
    await action('Choose who gets it', 'debian-v2').click()
    await dialog().getByText('3 PCs will have it at the next start: pc-02, pc-03, pc-05').waitFor()
    await dialog().getByText('1 PC stays with what it has, because it keeps what it writes: pc-04').waitFor()
    await shot('12-promote')
    await go('Give it to them')
    await page.getByText('debian, version 2: 3 PCs will have it at the next start. 1 PC stays.').waitFor()
    await row('debian-v2').getByText('For everybody').waitFor()
    await row('debian').getByText('Kept').waitFor()
    await action('Choose who gets it', 'debian-v2').click()
    expect(
      await dialog()
        .getByRole('radio', { name: /^Nobody any more/ })
        .isDisabled(),
    ).toBe(true)
    await dialog().getByLabel('Also those that keep what they write').check()
    await dialog().getByText('4 PCs will have it at the next start').waitFor()
    await shot('13-promote-all')
    await go('Give it to them')
    await row('pc-04').getByText('Goes back to its image when its PC starts the next time.').waitFor()
    expect((await disk('pc-04')).resetAtBoot).toBe(true)
    await details('debian, version 2').click()
  })

  test('a disk is exported into a chosen folder', async () => {
    await details('debian, version 2').click()
    await action('Export', 'debian-v2').click()
    await dialog().getByRole('button', { name: 'one folder up' }).waitFor()
    await dialog().getByLabel('Kind of file').selectOption('raw')
    expect(await dialog().getByLabel('Name of the file').inputValue()).toBe('debian-v2.img')
    await shot('14-export')
    // What the picker shows is the computer's own; the folder of this test is reached through its parents.
    for (;;) {
      const up = dialog().getByRole('button', { name: 'one folder up' })
      const before = await dialog()
        .getByRole('group', { name: /^Files in/ })
        .getAttribute('aria-label')
      if (before === 'Files in /') break
      await up.click()
      await page.waitForFunction(
        `document.querySelector('dialog [role=group]').getAttribute('aria-label') !== ${JSON.stringify(before)}`,
      )
    }
    for (const part of files.split('/').filter(Boolean))
      await dialog().getByRole('button', { name: part, exact: true }).click()
    await go('Export')
    await page.getByText(`debian-v2 is in ${files}/debian-v2.img.`).waitFor()
    expect(statSync(join(files, 'debian-v2.img')).size).toBe(256 * MIB)
  })

  test('an export onto a file that is there is refused before it begins', async () => {
    await action('Export', 'debian-v2').click()
    await dialog().getByRole('button', { name: 'one folder up' }).waitFor()
    await dialog().getByLabel('Name of the file').fill('a/b')
    await dialog().getByRole('button', { name: 'Export', exact: true }).click()
    await dialog().getByRole('alert').getByText('cannot have slashes').waitFor()
    await shot('15-export-error')
    await page.keyboard.press('Escape')
    await details('debian, version 2').click()
  })

  test('an image is checked, and the result stays on the page until it is hidden', async () => {
    await details('debian, version 1').click()
    await action('Check', 'debian').click()
    await dialog().getByText('compared with what was sealed').waitFor()
    await go('Check it')
    await page.getByText(/debian is exactly as it was when it was sealed/).waitFor()
    await wholeShot('16-checked')
    await page.getByRole('button', { name: 'Hide: Checking debian' }).click()
    await page.getByText(/debian is exactly as it was/).waitFor({ state: 'detached' })
    await details('debian, version 1').click()
  })

  test('a limit is set and shown', async () => {
    await details('laptop').click()
    await action('Limit', 'laptop').click()
    await dialog().getByText('Warn me at a limit').click()
    await dialog().getByLabel('Limit in GiB').fill('20')
    await shot('17-limit')
    await go('Save')
    await row('laptop').getByText('of 20 GiB (limit)').waitFor()
    expect((await disk('laptop')).quotaBytes).toBe(20 * 1024 * MIB)
  })

  test('long work shows how far it is, keeps its disk busy, and can be cancelled', async () => {
    await caller.call('diskCreate', { name: 'large', sizeBytes: 4 * 1024 * 1024 * MIB })
    await details('large').click()
    await action('Check', 'large').click()
    await go('Check it')
    await row('large').getByText('It is being checked.', { exact: true }).first().waitFor()
    await page.getByRole('progressbar', { name: 'Checking large' }).waitFor()
    expect(await action('Delete', 'large').isDisabled()).toBe(true)
    await wholeShot('18-busy')
    await page.getByRole('button', { name: 'Cancel: Checking large' }).click()
    await page.getByText('Cancelled; everything is as it was.').waitFor()
    await row('large').getByText('No PC yet').waitFor()
  })

  test('what the end of the program interrupted is told afterwards', async () => {
    await action('Check', 'large').click()
    await go('Check it')
    await page.getByRole('progressbar', { name: 'Checking large' }).waitFor()
    const port = new URL(engine.ready.admin).port
    caller.close()
    await engine.end('SIGKILL')
    engine = await serveEngine(engine.dataDir, ['--admin', `127.0.0.1:${port}`])
    caller = await connectEngine(engine.dataDir)
    await page.getByText('Checking large: it did not work').waitFor({ timeout: 15_000 })
    await page.getByText('Bootlace was ended while this ran; nothing of it is left. Start it again.').waitFor()
    await wholeShot('19-interrupted')
    await page.getByRole('button', { name: 'Hide: Checking large' }).click()
    await action('Delete', 'large').click()
    await dialog().getByText('There is no way back').waitFor()
    await shot('20-delete')
    await go('Delete the disk')
    await row('large').waitFor({ state: 'detached' })
    faults.splice(0, faults.length, ...faults.filter((text) => !text.includes('WebSocket connection')))
  })

  test('a PC keeps what it writes until a date, tries versions and has a second drive', async () => {
    await page.getByRole('button', { name: /^PCs/ }).click()
    await wholeShot('21-cards')
    await page.getByRole('button', { name: 'Change pc-05' }).click()
    await dialog().getByLabel('What it writes').selectOption('until')
    await dialog().getByLabel('Last day').fill('2099-12-24')
    await dialog().getByLabel('Image version').selectOption('test')
    await dialog().getByLabel('Second drive').selectOption('games')
    await dialog().getByText('its own copy that it may write to').waitFor()
    await shot('22-pc')
    await go('Save')
    await page.getByRole('button', { name: 'Open pc-05', exact: true }).click()
    await dialog()
      .getByText(/What it writes, until the end of/)
      .waitFor()
    await dialog().getByText('pc-05.games').waitFor()
    await page.keyboard.press('Escape')
    const { clients } = await caller.call('snapshot')
    const end = new Date(2099, 11, 24, 23, 59, 59, 999).getTime()
    expect(clients.find((c) => c.name === 'pc-05')).toMatchObject({
      keep: 'until',
      keepUntilMs: end,
      channel: 'test',
      secondDisk: 'pc-05.games',
    })
    await page.getByRole('button', { name: 'Change pc-03' }).click()
    expect(await dialog().getByLabel('What it writes').inputValue()).toBe('never')
    await shot('23-pc-never')
    await page.keyboard.press('Escape')
  })

  test('the keyboard alone opens a disk, keeps a restore point and goes back to where it was', async () => {
    await page.getByRole('button', { name: /^Disks/ }).focus()
    await page.keyboard.press('Enter')
    await details('pc-04').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Keep a restore point')
    await page.keyboard.press('Enter')
    await page.keyboard.type('by keyboard')
    await page.keyboard.press('Enter')
    await action('Go back to “by keyboard”', 'pc-04').waitFor()
    await dialog().waitFor({ state: 'detached' })
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Keep a restore point')
    await details('pc-04').click()
  })

  test('three hundred disks fold together, and one of them is found', async () => {
    await caller.call('diskClone', { image: 'debian-v2', count: 300, prefix: 'class-' })
    await page.getByText('Image · 2 versions · 305 disks').waitFor()
    expect(await page.getByRole('article').count()).toBeLessThan(20)
    await wholeShot('24-many')
    await page.getByRole('button', { name: 'debian: versions and disks' }).click()
    await page.getByRole('button', { name: 'Disks made from debian, version 2: show all' }).waitFor()
    await wholeShot('25-many-open')
    await page.getByLabel('Find a disk').fill('class-277')
    await row('class-277').waitFor()
    expect(await page.getByRole('article').count()).toBe(2)
    await shot('26-found')
    await page.getByLabel('Find a disk').fill('no such thing')
    await page.getByText('No disk, PC or image is called “no such thing”.').waitFor()
    await page.getByRole('button', { name: 'Show all disks' }).click()
  })

  test('all of it is there in the dark and in a narrow window', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.getByRole('button', { name: 'debian: versions and disks' }).click()
    await page.getByRole('button', { name: 'debian: versions and disks' }).click()
    await wholeShot('27-dark')
    await page.setViewportSize({ width: 700, height: 700 })
    await details('class-01').click()
    await wholeShot('28-narrow')
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    expect(overflow).toBe(0)
  })

  test('nothing was reported to the console on the way', () => expect(faults).toEqual([]))
})
