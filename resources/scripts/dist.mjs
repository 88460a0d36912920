// `npm run dist`: makes the packages that this system can make, into `release/`, with sizes and checksums. Where Electron's own
// download cannot be reached, they are made with the stand-in instead: for trying the packaging, never to be given to anybody.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { declaredElectron, standInElectron, STAND_IN_VERSION } from './electron.mjs'
import { licenceTexts } from './licences.mjs'
import { inMiB, overBudget } from './sizes.mjs'
import { build, fetchLoaders, installDebianPackages, installPackages, root, tell } from './steps.mjs'
import { readUpdateChannel, signChannelFile } from './update-channel.mjs'

/** What the packaging itself runs where electron-builder cannot fetch its own tools. */
const DIST_PACKAGES = ['p7zip-full', 'dpkg']
const SEVEN_ZIP = '/usr/bin/7za'
const SUFFIX = { deb: '.deb', 'tar.gz': '.tar.gz', AppImage: '.AppImage', nsis: '.exe' }

const { values: o } = parseArgs({
  options: {
    /** Only these, separated by commas. */
    targets: { type: 'string' },
    output: { type: 'string', default: 'release' },
    /** Hardly compressed: for tests of the packages themselves. */
    fast: { type: 'boolean', default: false },
    /** Uses the stand-in although Electron could be fetched. */
    'stand-in': { type: 'boolean', default: false },
    /** Packs what lies in `dist` already. */
    built: { type: 'boolean', default: false },
  },
})
const output = resolve(root, o.output)
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

async function main() {
  await installPackages()
  if (!(await fetchLoaders())) throw new Error('a package without loaders could boot no PC')
  if (!o.built) await build()
  const channel = readUpdateChannel()
  prepareParts(channel)
  const electron = o['stand-in'] ? undefined : await declaredElectron()
  const plan = electron ? planned() : standInPlan()
  const wanted = o.targets?.split(',')
  const targets = plan.targets.filter((target) => !wanted || wanted.includes(target))
  rmSync(output, { recursive: true, force: true })
  mkdirSync(output, { recursive: true })
  const config = electron ? realConfig() : await standInConfig()
  const { build: package_, Platform, Arch } = await import('electron-builder')
  const platform = process.platform === 'win32' ? Platform.WINDOWS : Platform.LINUX
  const make = (target, prepackaged) =>
    package_({
      targets: platform.createTarget([target], Arch.x64),
      config,
      projectDir: root,
      publish: 'never',
      ...(prepackaged && { prepackaged }),
    })
  tell('Putting the program together …')
  await make('dir')
  const unpacked = join(output, process.platform === 'win32' ? 'win-unpacked' : 'linux-unpacked')
  tryOut(join(unpacked, 'resources'))
  const failed = []
  for (const target of targets.filter((each) => each !== 'dir')) {
    tell(`Making the ${target} …`)
    try {
      await make(target, unpacked)
    } catch (error) {
      failed.push(`${target}: ${error.message}`)
    }
  }
  if (electron && channel) announce(channel, targets)
  const tooLarge = list()
  for (const line of plan.notHere) process.stdout.write(`not made: ${line}\n`)
  if (!channel)
    process.stdout.write('updates: off in these packages, resources/update-channel.json names no address and key\n')
  if (!electron)
    process.stdout.write(
      `STAND-IN: these hold Electron ${STAND_IN_VERSION}, without security updates. Do not pass them on.\n`,
    )
  for (const line of [...failed.map((each) => `failed: ${each}`), ...tooLarge]) process.stdout.write(`${line}\n`)
  return failed.length + tooLarge.length === 0 ? 0 : 1
}

function planned() {
  if (process.platform === 'win32')
    return { targets: ['nsis'], notHere: ['AppImage, deb, tar.gz: they are made on Linux'] }
  if (process.platform === 'linux')
    return { targets: ['deb', 'tar.gz', 'AppImage'], notHere: ['the Windows installer: it is made on Windows'] }
  throw new Error(`no packages are made on ${process.platform}`)
}

function standInPlan() {
  if (process.platform !== 'linux')
    throw new Error("Electron's download cannot be reached, and there is a stand-in on Linux only")
  return {
    targets: ['deb', 'tar.gz', 'dir'],
    notHere: [
      'AppImage: its runtime is one of the downloads of electron-builder, which cannot be reached',
      'the Windows installer: Electron for Windows cannot be reached (npm test compiles and runs our part of it)',
    ],
  }
}

/** The parts of a package that are made, not kept: see electron-builder.yml. */
function prepareParts(channel) {
  const parts = join(root, 'dist', 'package')
  mkdirSync(parts, { recursive: true })
  writeFileSync(join(parts, 'THIRD-PARTY-LICENSES.txt'), licenceTexts())
  writeFileSync(
    join(parts, 'bootlace.1.gz'),
    gzipSync(readFileSync(join(root, 'resources', 'linux', 'bootlace.1')), { level: 9 }),
  )
  // Read by electron-updater: where it keeps a download, and whose signature Windows must find on it.
  const lines = [
    'provider: generic',
    `url: ${channel?.url ?? 'https://updates.invalid/'}`,
    'updaterCacheDirName: bootlace-updater',
  ]
  if (channel?.windowsPublisher) lines.push('publisherName:', `  - ${JSON.stringify(channel.windowsPublisher)}`)
  writeFileSync(join(parts, 'app-update.yml'), `${lines.join('\n')}\n`)
}

const common = () => ({
  extends: join(root, 'electron-builder.yml'),
  directories: { output },
  ...(o.fast && { compression: 'store' }),
})

function realConfig() {
  return common()
}

async function standInConfig() {
  await installDebianPackages(DIST_PACKAGES, 'making packages')
  const program = await standInElectron()
  if (!program) throw new Error('neither Electron nor its stand-in can be had here')
  process.env.CUSTOM_FPM_PATH = join(root, 'resources', 'scripts', 'fpm.mjs')
  if (existsSync(SEVEN_ZIP)) process.env.ELECTRON_BUILDER_7ZIP_PATH = SEVEN_ZIP
  if (o.fast) process.env.BOOTLACE_FAST_PACKAGE = '1'
  return {
    ...common(),
    electronDist: realpathSync(dirname(program)),
    electronVersion: STAND_IN_VERSION,
    // A fuse the stand-in does not have would be an error; what is tried here is the packaging.
    electronFuses: null,
    // What only the stand-in needs, to be tried out without a package.
    afterPack: ({ appOutDir }) => {
      for (const name of ['ready', 'resources/default_app.asar']) rmSync(join(appOutDir, name), { force: true })
    },
    extraMetadata: { version: `${version}-standin` },
    ...(o.fast && { deb: { compression: 'gz' } }),
  }
}

/** The program that was put together must find its parts: a missing native one would only make it slower or narrower, unseen. */
function tryOut(resources) {
  const node = join(resources, 'node', process.platform === 'win32' ? 'node.exe' : 'node')
  const cli = join(resources, 'app.asar.unpacked', 'dist', 'main', 'cli.cjs')
  const load = `const load = require('node:module').createRequire(${JSON.stringify(cli)})
    load('koffi').sizeof('int'); new (load('better-sqlite3'))(':memory:').close()`
  for (const args of [
    ['-e', load],
    [cli, '--version'],
  ]) {
    const { status, stderr } = spawnSync(node, args, { encoding: 'utf8', env: { ...process.env, NODE_PATH: '' } })
    if (status !== 0) throw new Error(`the program that was put together does not run:\n${stderr}`)
  }
}

/** The files that tell installed programs of a new version, signed. Without the key nothing is announced, and that is an error. */
function announce(channel, targets) {
  const pem = process.env.BOOTLACE_UPDATE_SIGNING_KEY
  if (!pem) throw new Error('this release names an update address, and BOOTLACE_UPDATE_SIGNING_KEY is not set')
  for (const [target, name] of [
    ['AppImage', 'latest-linux.yml'],
    ['nsis', 'latest.yml'],
  ]) {
    const file = readdirSync(output).find((each) => each.endsWith(SUFFIX[target]))
    if (!targets.includes(target) || !file) continue
    const bytes = readFileSync(join(output, file))
    const sha512 = createHash('sha512').update(bytes).digest('base64')
    const lines = [
      `version: ${version}`,
      'files:',
      `  - url: ${file}`,
      `    sha512: ${sha512}`,
      `    size: ${bytes.length}`,
      `path: ${file}`,
      `sha512: ${sha512}`,
      `releaseDate: '${new Date().toISOString()}'`,
    ]
    writeFileSync(join(output, name), `${lines.join('\n')}\n`)
    signChannelFile(join(output, name), pem, channel.publicKey)
  }
}

/** Prints what was made, writes SHA256SUMS, and returns what is too large. */
function list() {
  const files = readdirSync(output).filter(
    (name) => Object.values(SUFFIX).some((suffix) => name.endsWith(suffix)) || /^latest.*\.yml(\.sig)?$/.test(name),
  )
  const sums = files.map((name) => {
    const sha256 = createHash('sha256')
      .update(readFileSync(join(output, name)))
      .digest('hex')
    process.stdout.write(`${inMiB(statSync(join(output, name)).size).padStart(10)}  ${sha256}  ${name}\n`)
    return `${sha256}  ${name}\n`
  })
  writeFileSync(join(output, 'SHA256SUMS'), sums.join(''))
  // Hardly compressed packages say nothing about what a release weighs.
  if (o.fast) return []
  return files.map((name) => overBudget(name, statSync(join(output, name)).size)).filter((line) => line !== undefined)
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error) => {
    process.stderr.write(`\nnpm run dist: ${error.message}\n`)
    process.exitCode = 1
  },
)
