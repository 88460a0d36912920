import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { _electron, errors, type ElectronApplication } from 'playwright-core'
import { electronProgram } from '../../resources/scripts/electron.mjs'
import { root } from './served-engine.ts'
import { hasXvfb } from './xvfb.ts'

export const electron = hasXvfb && process.platform === 'linux' ? await electronProgram() : undefined
export const shots = join(root, '.cache', 'screenshots')

export interface AppOptions {
  readonly dataDir: string
  readonly display: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Everything of the app's own stays in the data folder: profile, settings of the desktop, engine. */
export const appEnv = (o: AppOptions): Record<string, string> => ({
  ...(process.env as Record<string, string>),
  ...(electron!.env as Record<string, string>),
  LANGUAGE: 'en',
  LC_ALL: 'C.UTF-8',
  DISPLAY: o.display,
  XDG_CONFIG_HOME: join(o.dataDir, 'config'),
  BOOTLACE_DATA: o.dataDir,
  BOOTLACE_INTERFACE: '127.0.0.1',
  BOOTLACE_DHCP: 'off',
  BOOTLACE_ISCSI_PORT: '0',
  BOOTLACE_HTTP_PORT: '0',
  BOOTLACE_TFTP_PORT: '0',
  ...o.env,
})
export const appArgs = (o: AppOptions): string[] => [
  ...electron!.args,
  '--user-data-dir=' + join(o.dataDir, 'electron'),
  root,
  ...(o.args ?? []),
]

/** The desktop app on a display of its own. */
export async function launchApp(o: AppOptions): Promise<ElectronApplication> {
  mkdirSync(shots, { recursive: true })
  return launchSteadily({ executablePath: electron!.command, args: appArgs(o), env: appEnv(o) })
}

const LAUNCH_LIMIT_MS = 45_000
/** On a busy machine Playwright sometimes misses the start of the program that it debugs, and would wait for ever although the
 *  program runs: then it is started once more. */
export async function launchSteadily(options: Parameters<typeof _electron.launch>[0]): Promise<ElectronApplication> {
  try {
    return await _electron.launch({ ...options, timeout: LAUNCH_LIMIT_MS })
  } catch (thrown) {
    if (!(thrown instanceof errors.TimeoutError)) throw thrown
    return _electron.launch({ ...options, timeout: LAUNCH_LIMIT_MS })
  }
}

/** Quits as the tray would. */
export async function quitApp(app: ElectronApplication): Promise<void> {
  const gone = new Promise<void>((done) => app.process().once('exit', () => done()))
  await app
    .evaluate(({ app: electronApp }) => electronApp.quit())
    .catch((error: Error) => {
      // The answer may get lost with the program.
      if (!/closed|destroyed/.test(error.message)) throw error
    })
  await gone
}

export const enginePid = (dataDir: string): number => Number(readFileSync(join(dataDir, 'engine.pid'), 'utf8'))

/** A port that stays the same when the engine starts anew. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))
  const { port } = server.address() as { port: number }
  await new Promise<void>((done) => server.close(() => done()))
  return port
}
