import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ElectronApplication, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Snapshot } from '../../src-main/api/dto.ts'
import { Refused, SocketInitiator } from '../support/socket-initiator.ts'
import { appArgs, appEnv, electron, enginePid, freePort, launchApp, quitApp, shots } from '../support/desktop-app.ts'
import { newDataDir, runCli, serveEngine } from '../support/served-engine.ts'
import { openDisplay } from '../support/xvfb.ts'

const TARGET = 'iqn.2026-11.app.bootlace:home'
const block = (byte: number) => new Uint8Array(512).fill(byte)
const isAlive = (pid: number) => existsSync(`/proc/${pid}`)
const visible = (app: ElectronApplication) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().filter((w) => w.isVisible()).length)
const statusOf = (dataDir: string) => runCli(['status', '--data', dataDir, '--json']).json as Snapshot | undefined

/** The process that draws the window of the app with this data folder. */
const rendererOf = (dataDir: string): number | undefined =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return line.includes('--type=renderer') && line.includes(dataDir)
      } catch {
        // It ended while it was looked at.
        return false
      }
    })

/** What the window says, asked of its debugger, which is there for this one question only. */
async function textOfWindow(debugPort: number): Promise<string> {
  const targets = (await (await fetch(`http://127.0.0.1:${debugPort}/json`)).json()) as {
    type: string
    webSocketDebuggerUrl: string
  }[]
  const socket = new WebSocket(targets.find((t) => t.type === 'page')!.webSocketDebuggerUrl)
  await new Promise<void>((done, failed) => {
    socket.onopen = () => done()
    socket.onerror = () => failed(new Error('the debugger does not answer'))
  })
  const answer = new Promise<string>((done) => {
    socket.onclose = () => done('')
    socket.onmessage = ({ data }) => {
      // A page that is still loading answers with an error.
      const { result } = JSON.parse(String(data)) as { result?: { result?: { value?: string } } }
      done(result?.result?.value ?? '')
    }
  })
  // Disks stand on their own page; asked again, the window shows it.
  const expression = `[...document.querySelectorAll('nav button')].find((b) => b.innerText.startsWith('Disks'))?.click(), document.body.innerText`
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }))
  const text = await answer
  socket.close()
  return text
}

/** What happens to the desktop app in its life, and what of it PCs notice. */
describe.skipIf(!electron)('the desktop app', () => {
  let display: Awaited<ReturnType<typeof openDisplay>>
  const open: ElectronApplication[] = []
  const folders: string[] = []
  const folder = () => {
    folders.push(newDataDir())
    return folders.at(-1)!
  }
  const launch = async (dataDir: string, o: { args?: string[]; env?: Record<string, string> } = {}) => {
    const app = await launchApp({ dataDir, display: display.display, ...o })
    open.push(app)
    return app
  }
  const windowOf = async (app: ElectronApplication): Promise<Page> => {
    const page = await app.firstWindow()
    page.setDefaultTimeout(20_000)
    return page
  }
  /** A second start of the program, as a click on its icon does it. */
  const startAgain = async (dataDir: string, ...args: string[]) => {
    const o = { dataDir, display: display.display, args }
    const second = spawn(electron!.command, appArgs(o), { env: appEnv(o), stdio: 'ignore' })
    await new Promise<void>((done) => second.once('exit', () => done()))
  }

  beforeAll(async () => {
    display = await openDisplay()
  })
  afterEach(async () => {
    for (const app of open.splice(0)) {
      await app.close().catch((error: Error) => {
        if (!/closed/.test(error.message)) throw error
      })
    }
  })
  afterAll(async () => {
    await display?.close()
    for (const one of folders) rmSync(one, { recursive: true, force: true })
  })

  test('an engine that is killed serves again within five seconds, and a PC has its disk back with all it wrote', async () => {
    const dataDir = folder()
    const port = String(await freePort())
    const app = await launch(dataDir, { env: { BOOTLACE_ISCSI_PORT: port } })
    const page = await windowOf(app)
    await page.getByText('Serving, no PC connected').waitFor()
    expect(runCli(['disk', 'create', 'home', '--size', '1G', '--data', dataDir]).code).toBe(0)
    const pc = await SocketInitiator.login(`127.0.0.1:${port}`, TARGET)
    expect(await pc.write(7, block(0x5a))).toBe(0)
    expect(await pc.synchronizeCache()).toBe(0)

    const before = enginePid(dataDir)
    const killedAt = performance.now()
    process.kill(before, 'SIGKILL')
    // A system opens its session again by itself, again and again until somebody answers.
    let back: SocketInitiator | undefined
    await expect
      .poll(
        async () => {
          back = await SocketInitiator.login(`127.0.0.1:${port}`, TARGET).catch((error: Error) => {
            if (error instanceof Refused || /ECONNREFUSED|ECONNRESET/.test(error.message)) return undefined
            throw error
          })
          return back !== undefined
        },
        { timeout: 5000, interval: 100 },
      )
      .toBe(true)
    expect(performance.now() - killedAt).toBeLessThan(5000)
    expect(await back!.read(7, 1)).toEqual(block(0x5a))
    expect(await back!.write(8, block(0x33))).toBe(0)
    expect(enginePid(dataDir)).not.toBe(before)
    back!.close()
    pc.close()
    await page.getByText('Serving, no PC connected').waitFor()
  })

  test('a window that crashes comes back, and a PC at work notices nothing; at the end of the session all ends', async () => {
    const dataDir = folder()
    const debugPort = await freePort()
    const o = { dataDir, display: display.display }
    // The window opens after the engine has started: an engine that is forked by Node (as with the stand-in) beside a window
    // that is just coming up holds an end of that window's pipe, and the death of the window is not seen.
    const app = spawn(electron!.command, [`--remote-debugging-port=${debugPort}`, ...appArgs(o), '--hidden'], {
      env: appEnv(o),
      stdio: 'ignore',
    })
    const gone = new Promise<void>((done) => app.once('exit', () => done()))
    try {
      await expect.poll(() => statusOf(dataDir)?.services.length ?? 0, { timeout: 20_000 }).toBeGreaterThan(0)
      await startAgain(dataDir)
      await expect.poll(() => rendererOf(dataDir), { timeout: 20_000 }).toBeDefined()
      expect(runCli(['disk', 'create', 'home', '--size', '1G', '--data', dataDir]).code).toBe(0)
      const where = statusOf(dataDir)!.services.find((s) => s.id === 'iscsi')!.address!
      const pc = await SocketInitiator.login(where, TARGET)
      const engineBefore = enginePid(dataDir)
      const crashed = rendererOf(dataDir)!
      process.kill(crashed, 'SIGKILL')
      await expect
        .poll(() => rendererOf(dataDir) !== undefined && rendererOf(dataDir) !== crashed, { timeout: 10_000 })
        .toBe(true)
      await expect.poll(() => textOfWindow(debugPort), { timeout: 10_000 }).toContain('home')
      expect(pc.lost).toBeUndefined()
      expect(await pc.write(1, block(1))).toBe(0)
      expect(enginePid(dataDir)).toBe(engineBefore)
      // Asked by the system it ends at once, with a PC still at work: nobody is there to answer a question.
      app.kill('SIGTERM')
      await gone
      expect(pc.lost).toBeDefined()
      expect(isAlive(engineBefore)).toBe(false)
    } finally {
      app.kill('SIGKILL')
      await gone
    }
  })

  test('with a service on the same data folder it is a window on that one, and quits without a question', async () => {
    const service = await serveEngine(folder())
    const { dataDir } = service
    expect(service.verb('disk', 'create', 'home', '--size', '1G').code).toBe(0)
    const pc = await SocketInitiator.login(service.ready.iscsi, TARGET)
    const before = enginePid(dataDir)
    const app = await launch(dataDir)
    const page = await windowOf(app)
    await page.getByText('Served by a service: quitting this app does not stop it.').waitFor()
    await page.getByRole('button', { name: /^Disks/ }).click()
    await page.getByRole('article', { name: 'home' }).waitFor()
    await page.screenshot({ path: join(shots, '21-electron-service.png') })
    expect(enginePid(dataDir)).toBe(before)

    // Nobody answers a question here: one that is asked would keep it from ending.
    await quitApp(app)
    expect(isAlive(before)).toBe(true)
    expect(await pc.write(1, block(1))).toBe(0)
    pc.close()
    await service.end()
  })

  test('a service that is started anew is found again', async () => {
    const service = await serveEngine(folder())
    const { dataDir } = service
    const app = await launch(dataDir)
    const page = await windowOf(app)
    await page.getByText('Served by a service').waitFor()
    await service.end('SIGKILL')
    await page.getByText('Connecting …').waitFor()
    const again = await serveEngine(dataDir)
    await page.getByText('Served by a service').waitFor()
    expect(again.verb('disk', 'create', 'later', '--size', '1G').code).toBe(0)
    await page.getByRole('button', { name: /^Disks/ }).click()
    await page.getByRole('article', { name: 'later' }).waitFor()
    await quitApp(app)
    expect(again.verb('status').code).toBe(0)
    await again.end()
  })

  test('settings take effect at once, survive a restart, and start it with the session, hidden', async () => {
    const dataDir = folder()
    const autostart = join(dataDir, 'config', 'autostart', 'bootlace.desktop')
    const app = await launch(dataDir)
    const page = await windowOf(app)
    await page.getByText('Serving, no PC connected').waitFor()
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.screenshot({ path: join(shots, '22-electron-settings.png'), fullPage: true })
    await page.getByLabel('Start Bootlace when I sign in').check()
    await expect.poll(() => existsSync(autostart)).toBe(true)
    expect(readFileSync(autostart, 'utf8')).toMatch(/^Exec=\S*electron \S+ --hidden$/m)
    await page.getByLabel('Dark', { exact: true }).check()
    await page.getByLabel('Deutsch').check()
    await page.getByRole('heading', { name: 'Einstellungen' }).waitFor()
    await expect.poll(() => app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark')
    await page.screenshot({ path: join(shots, '23-electron-settings-dark.png'), fullPage: true })
    await quitApp(app)

    const second = await launch(dataDir)
    const again = await windowOf(second)
    await again.getByText('Bereit, kein PC verbunden').waitFor()
    // As the tray and a click on a notification lead to a page.
    await second.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]!.webContents.send('bootlace:event', { event: 'open', page: 'settings' }),
    )
    expect(await again.getByLabel('Bootlace starten, wenn ich mich anmelde').isChecked()).toBe(true)
    await again.getByLabel('Bootlace starten, wenn ich mich anmelde').uncheck()
    await expect.poll(() => existsSync(autostart)).toBe(false)
    await quitApp(second)
  })

  test('started hidden it serves without a window; a second start shows it, a second hidden one does not', async () => {
    const dataDir = folder()
    const app = await launch(dataDir, { args: ['--hidden'] })
    await expect.poll(() => statusOf(dataDir)?.services.length ?? 0, { timeout: 20_000 }).toBeGreaterThan(0)
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0)
    await startAgain(dataDir, '--hidden')
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0)
    await startAgain(dataDir)
    await expect.poll(() => visible(app), { timeout: 10_000 }).toBe(1)
  })

  test('a start that fails says why, and goes on by itself when the reason is gone', async () => {
    const dataDir = folder()
    const app = await launch(dataDir, { env: { BOOTLACE_INTERFACE: '203.0.113.7' } })
    const page = await windowOf(app)
    await page.getByRole('heading', { name: 'Bootlace cannot serve' }).waitFor()
    await page.screenshot({ path: join(shots, '24-electron-cannot-serve.png') })
    const service = await serveEngine(dataDir)
    await page.getByText('Served by a service').waitFor()
    await service.end()
  })

  test('it stays awake while a PC reads and writes, unless that was switched off', async () => {
    const dataDir = folder()
    const app = await launch(dataDir)
    await (await windowOf(app)).getByText('Serving, no PC connected').waitFor()
    const held = () =>
      app.evaluate(({ powerSaveBlocker }) => [0, 1, 2, 3].filter((id) => powerSaveBlocker.isStarted(id)).length)
    expect(await held()).toBe(0)
    expect(runCli(['disk', 'create', 'home', '--size', '1G', '--data', dataDir]).code).toBe(0)
    const where = statusOf(dataDir)!.services.find((s) => s.id === 'iscsi')!.address!
    const pc = await SocketInitiator.login(where, TARGET)
    await expect.poll(held, { timeout: 5000 }).toBe(1)
    runCli(['settings', 'set', 'keepAwake', 'no', '--data', dataDir])
    await expect.poll(held, { timeout: 5000 }).toBe(0)
    runCli(['settings', 'set', 'keepAwake', 'yes', '--data', dataDir])
    await expect.poll(held, { timeout: 5000 }).toBe(1)
    pc.close()
    await expect.poll(held, { timeout: 5000 }).toBe(0)
  })

  test('paused boots are said in the window, and PCs in the loader are told', async () => {
    const dataDir = folder()
    const app = await launch(dataDir)
    const page = await windowOf(app)
    await page.getByText('Serving, no PC connected').waitFor()
    const http = statusOf(dataDir)!.services.find((s) => s.id === 'http')!.address!
    const script = async () => (await fetch(`${http}/client/52-54-00-00-00-01/boot.ipxe`)).text()
    expect(runCli(['pause', '--data', dataDir]).stdout).toContain('New boots are paused')
    await page.getByText('New boots are paused.').waitFor()
    expect(await script()).toContain('new boots are paused')
    await page.screenshot({ path: join(shots, '25-electron-paused.png') })
    await page.getByRole('button', { name: 'Resume', exact: true }).click()
    await page.getByText('New boots are paused.').waitFor({ state: 'detached' })
    expect(await script()).toContain('not set up in Bootlace yet')
  })

  test('no page can be opened beside its own, and no page of others can take its place', async () => {
    const dataDir = folder()
    const app = await launch(dataDir)
    const page = await windowOf(app)
    await page.getByText('Serving, no PC connected').waitFor()
    const url = page.url()
    const asked = await page.evaluate(`(async () => {
      const opened = window.open('http://127.0.0.1:1/') !== null
      location.href = 'http://127.0.0.1:1/'
      const camera = await navigator.permissions.query({ name: 'camera' }).then((p) => p.state)
      const evaluated = (() => { try { return new Function('return 1')() } catch { return 'refused' } })()
      const fetched = await fetch('http://127.0.0.1:1/').then(() => 'sent', () => 'refused')
      return [opened, camera, evaluated, fetched].join()
    })()`)
    expect(asked).toBe('false,denied,refused,refused')
    expect(page.url()).toBe(url)
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  })
})
