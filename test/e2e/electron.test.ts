import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ElectronApplication, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Snapshot } from '../../src-main/api/dto.ts'
import { newDataDir, root, runCli } from '../support/served-engine.ts'
import { launchSteadily } from '../support/desktop-app.ts'
import { hasXvfb, openDisplay } from '../support/xvfb.ts'
import { electronProgram } from '../../resources/scripts/electron.mjs'

const program = hasXvfb && process.platform === 'linux' ? await electronProgram() : undefined
const shots = join(root, '.cache', 'screenshots')

describe.skipIf(!program)('the window in Electron', () => {
  let display: Awaited<ReturnType<typeof openDisplay>>
  let app: ElectronApplication
  let page: Page
  const dataDir = newDataDir()
  const enginePid = () => Number(readFileSync(join(dataDir, 'engine.pid'), 'utf8'))
  const isAlive = (pid: number) => existsSync(`/proc/${pid}`)

  const launch = () =>
    launchSteadily({
      executablePath: program!.command,
      args: [...program!.args, '--user-data-dir=' + join(dataDir, 'electron'), root],
      env: {
        ...(process.env as Record<string, string>),
        ...program!.env,
        DISPLAY: display.display,
        BOOTLACE_DATA: dataDir,
        BOOTLACE_INTERFACE: '127.0.0.1',
        BOOTLACE_DHCP: 'off',
        BOOTLACE_ISCSI_PORT: '0',
        BOOTLACE_HTTP_PORT: '0',
        BOOTLACE_TFTP_PORT: '0',
      },
    })

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    display = await openDisplay()
    app = await launch()
    page = await app.firstWindow()
    page.setDefaultTimeout(20_000)
  })
  afterAll(async () => {
    await app?.close().catch((error: Error) => {
      if (!/closed/.test(error.message)) throw error
    })
    await display?.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  test('opens on its first screen with the engine serving', async () => {
    await page.getByRole('heading', { name: 'Let this computer be the disk of your other PCs.' }).waitFor()
    await page.screenshot({ path: join(shots, '20-electron.png') })
  })

  test('the page is cut off from Node and reaches only the bridge', async () => {
    expect(
      await page.evaluate("[typeof require, typeof process, Object.keys(window.bootlace).sort().join()].join(' ')"),
    ).toBe('undefined undefined call,onEvent,update')
  })

  test('what the window does, the command line sees, and the other way round', async () => {
    await page.getByRole('button', { name: 'Make an empty disk' }).first().click()
    await page.getByLabel('Name').fill('by-window')
    await page.getByRole('button', { name: 'Make the disk' }).click()
    await page.getByRole('article', { name: 'by-window' }).waitFor()
    const made = runCli(['disk', 'create', 'by-cli', '--size', '1G', '--data', dataDir, '--json'])
    expect(made.code).toBe(0)
    await page.getByRole('article', { name: 'by-cli' }).waitFor()
    expect(
      (runCli(['disk', 'list', '--data', dataDir, '--json']).json as { name: string }[]).map((d) => d.name),
    ).toEqual(['by-cli', 'by-window'])
  })

  test('closing the window keeps serving, and a second start shows it again', async () => {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close())
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((w) => w.isVisible()))).toEqual([
      false,
    ])
    expect(runCli(['status', '--data', dataDir, '--json']).code).toBe(0)
    await app.evaluate(({ app }) => app.emit('second-instance', {}, ['bootlace']))
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((w) => w.isVisible()))).toEqual([
      true,
    ])
  })

  test('an engine that dies is started again, and the window goes on', async () => {
    const before = enginePid()
    process.kill(before, 'SIGKILL')
    await expect.poll(() => enginePid() !== before && isAlive(enginePid()), { timeout: 10_000 }).toBe(true)
    await expect.poll(() => runCli(['disk', 'list', '--data', dataDir, '--json']).code, { timeout: 10_000 }).toBe(0)
    await page.getByText('Serving, no PC connected').waitFor()
    const made = runCli(['disk', 'create', 'after-crash', '--size', '1G', '--data', dataDir, '--json'])
    expect(made.code).toBe(0)
    await page.getByRole('article', { name: 'after-crash' }).waitFor()
  })

  test.skipIf(!existsSync('/usr/bin/qemu-io'))('a PC at work shows as running with its throughput', async () => {
    for (const [mac, name, disk] of [
      ['52:54:00:12:34:01', 'living-room', 'debian'],
      ['52:54:00:12:34:02', 'pc-02', 'win11'],
    ] as const) {
      expect(runCli(['disk', 'create', disk, '--size', '64G', '--data', dataDir]).code).toBe(0)
      expect(runCli(['client', 'add', mac, '--name', name, '--disk', disk, '--data', dataDir]).code).toBe(0)
    }
    const status = runCli(['status', '--data', dataDir, '--json']).json as Snapshot
    const portal = status.services.find((s) => s.id === 'iscsi')!.address
    const file = {
      driver: 'iscsi',
      transport: 'tcp',
      portal,
      target: 'iqn.2026-11.app.bootlace:debian',
      lun: 0,
      'initiator-name': 'iqn.2026-11.app.bootlace:client.living-room',
    }
    const initiator = spawn('qemu-io', ['-n', `json:${JSON.stringify({ driver: 'raw', file })}`], {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const ended = new Promise<void>((done) => initiator.on('exit', () => done()))
    initiator.stdin.write('write -P 7 0 48M\nread -P 7 0 48M\nread 1G 256M\n')
    await page.getByRole('button', { name: /^PCs/ }).click()
    const card = page.getByRole('article', { name: 'living-room' })
    await card.getByText('Running', { exact: true }).first().waitFor()
    const written = () =>
      (runCli(['status', '--data', dataDir, '--json']).json as Snapshot).clients[0]!.live.bytesWritten
    await expect.poll(written, { timeout: 20_000 }).toBe(48 * 2 ** 20)
    await page.screenshot({ path: join(shots, 'window.png') })
    const asked = await app.evaluate(async ({ app, dialog }) => {
      const shown: string[] = []
      dialog.showMessageBox = ((options: { message: string }) => {
        shown.push(options.message)
        return Promise.resolve({ response: 0, checkboxChecked: false })
      }) as never
      app.quit()
      await new Promise((done) => setImmediate(done))
      return shown
    })
    expect(asked).toEqual(['living-room is running from this computer.'])
    initiator.stdin.end('quit\n')
    await ended
    await expect
      .poll(() => (runCli(['status', '--data', dataDir, '--json']).json as Snapshot).sessions.length, {
        timeout: 10_000,
      })
      .toBe(0)
  })

  test('quitting with nobody connected ends program and engine', async () => {
    // The shell decides by the snapshot that the window shows; the engine may be a quarter of a second ahead of it.
    await page.getByText('Serving, no PC connected').waitFor()
    const pid = enginePid()
    await page.getByText('Serving, no PC connected').waitFor()
    const gone = new Promise<void>((done) => app.process().once('exit', () => done()))
    await app
      .evaluate(({ app }) => app.quit())
      .catch((error: Error) => {
        // The answer may get lost with the program.
        if (!/closed|destroyed/.test(error.message)) throw error
      })
    await gone
    expect(isAlive(pid)).toBe(false)
    expect(runCli(['status', '--data', dataDir]).code).toBe(3)
  })
})
