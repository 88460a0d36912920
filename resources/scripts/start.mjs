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
  'libgtk-3-0|libgtk-3-0t64',
  'libnss3',
  'libgbm1',
  'libasound2|libasound2t64',
  'libxss1',
  'libxtst6',
  'libatk-bridge2.0-0|libatk-bridge2.0-0t64',
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
      const code = await start(electron.command, [...electron.args, root, ...process.argv.slice(2)], {
        ...environment(),
        ...electron.env,
      })
      if (code !== MISSING_LIBRARY) return code
      tell('The window lacks a library of this system (see above), so it opens in your browser instead.')
    } else tell('No Electron could be had here, so the window opens in your browser instead.')
  }
  return start(projectNode(), [join(root, 'dist', 'main', 'cli.cjs'), 'serve', ...process.argv.slice(2)], environment())
}

/** What the loader of shared libraries ends a program with that it cannot start. Source: ld.so(8). */
const MISSING_LIBRARY = 127

/** Runs a child to its end and returns its code; signals go to it, so that it can let go of clients first. */
function start(command, args, env) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: process.cwd(), env, stdio: 'inherit' })
    const pass = (signal) => child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, pass)
    const end = (code) => {
      for (const signal of signals) process.off(signal, pass)
      done(code)
    }
    child.on('error', (error) => {
      process.stderr.write(`bootlace: ${error.message}\n`)
      end(2)
    })
    child.on('close', (code, signal) => end(code ?? (signal ? 1 : 0)))
  })
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error) => {
    process.stderr.write(`\nbootlace: the preparation failed: ${error.message}\n`)
    process.stderr.write('Nothing is lost: when the cause is gone (often: no network), run npm start again.\n')
    process.exitCode = 2
  },
)
