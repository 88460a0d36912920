// `npm start`: installs what is missing, builds, and opens Bootlace: the window where there is a display, else the same engine
// with its window served to a browser.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import {
  build,
  environment,
  fetchLoaders,
  installDebianPackages,
  installPackages,
  projectNode,
  root,
  tell,
} from './steps.mjs'

const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

/** What Electron's window needs of the system, by Debian's names. */
const WINDOW_PACKAGES = [
  'libgtk-3-0',
  'libnss3',
  'libgbm1',
  'libasound2',
  'libxss1',
  'libxtst6',
  'libatk-bridge2.0-0',
  'libdrm2',
  'libnotify4',
  'xdg-utils',
]

async function main() {
  await installPackages()
  await fetchLoaders()
  await build()
  if (hasDisplay) {
    const { electronProgram } = await import('./electron.mjs')
    if (process.platform === 'linux') await installDebianPackages(WINDOW_PACKAGES, "the window's own libraries")
    const electron = await electronProgram()
    if (electron) {
      for (const line of electron.notes) tell(line)
      return start(electron.command, [...electron.args, root, ...process.argv.slice(2)], {
        ...environment(),
        ...electron.env,
      })
    }
    tell('No Electron could be had here, so the window opens in your browser instead.')
  }
  start(projectNode(), [join(root, 'dist', 'main', 'cli.cjs'), 'serve', ...process.argv.slice(2)], environment())
}

/** Ends with the child; signals go to it, so that it can let go of clients first. */
function start(command, args, env) {
  const child = spawn(command, args, { cwd: process.cwd(), env, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal))
  child.on('error', (error) => {
    process.stderr.write(`bootlace: ${error.message}\n`)
    process.exitCode = 2
  })
  child.on('close', (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0)
  })
}

main().catch((error) => {
  process.stderr.write(`\nbootlace: the preparation failed: ${error.message}\n`)
  process.exitCode = 2
})
