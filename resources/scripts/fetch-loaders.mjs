#!/usr/bin/env node
// Fetches the iPXE loaders into resources/ipxe/loaders/. Node's own modules only; works from Node 20 on.
//
//   node resources/scripts/fetch-loaders.mjs [--to DIR] [--suite NAME] [--force] [--record]
//
// On Debian: the package `ipxe` of a newer suite, and ISOLINUX of the same one for boot media, through an apt directory
// of its own. The system's apt keeps its lists, cache and settings; the mirror is the one the system's apt uses; apt
// checks the signature of Debian's archive.
// Elsewhere: the archive of the iPXE project's release, which has no ISOLINUX: boot media cannot be made then.
// Every file is compared with resources/ipxe/SOURCES.json; --record writes that file from what was fetched.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const IPXE_FOLDER = resolve(dirname(fileURLToPath(import.meta.url)), '..', 'ipxe')
const SOURCES = join(IPXE_FOLDER, 'SOURCES.json')
const LICENCE = 'GPL-2.0-or-later, most files also under the Unmodified Binary Distribution Licence (UBDL)'
const ISOLINUX_LICENCE = 'GPL-2.0-or-later'

/** Our name of each loader, and the names it has at its origin, best first. */
const LOADERS = {
  'undionly.kpxe': ['undionly.kpxe'],
  'ipxe.pxe': ['ipxe.pxe'],
  'ipxe.efi': ['ipxe-amd64.efi', 'x86_64/ipxe.efi', 'ipxe.efi'],
  'snponly.efi': ['x86_64/snponly.efi', 'snponly.efi'],
  'ipxe-arm64.efi': ['ipxe-arm64.efi', 'arm64/ipxe.efi'],
  'snponly-arm64.efi': ['snponly-arm64.efi', 'arm64/snponly.efi'],
  // What boot media are made of besides `ipxe.efi`.
  'ipxe.lkrn': ['ipxe.lkrn'],
  'isolinux.bin': ['isolinux.bin'],
  'isohdpfx.bin': ['isohdpfx.bin'],
  'ldlinux.c32': ['ldlinux.c32'],
}
/** Debian's packages and where each has its files. */
const PACKAGES = {
  ipxe: ['usr/lib/ipxe', 'boot'],
  isolinux: ['usr/lib/ISOLINUX'],
  'syslinux-common': ['usr/lib/syslinux/modules/bios'],
}
/** Taken where the origin has them: most households have no ARM computer that boots by UEFI, and without the parts of boot
 *  media only those cannot be made. */
const OPTIONAL = new Set([
  'ipxe-arm64.efi',
  'snponly-arm64.efi',
  'ipxe.lkrn',
  'isolinux.bin',
  'isohdpfx.bin',
  'ldlinux.c32',
])
/** Newest first. */
const SUITES = ['sid', 'trixie']
const KEYRINGS = ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp']
const RELEASE = {
  version: '2.0.0',
  origin: 'iPXE release v2.0.0, ipxeboot.tar.gz',
  url: 'https://github.com/ipxe/ipxe/releases/download/v2.0.0/ipxeboot.tar.gz',
}

/** What starts Windows Setup over the network. Debian has no package of it, so its hash is written down in SOURCES.json by
 *  hand, from what several projects say of it. No PC but those that install Windows needs it. */
const WIMBOOT = 'wimboot'

/** A failure with what to do about it. */
class Refusal extends Error {
  constructor(message, remedy) {
    super(message)
    this.remedy = remedy
  }
}

const say = (text) => console.log(`loaders: ${text}`)
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')
const byHand =
  'Put undionly.kpxe, ipxe.pxe, ipxe.efi and snponly.efi into a folder yourself and start the engine with --loaders DIR.'

function readSources() {
  if (!existsSync(SOURCES)) return []
  return JSON.parse(readFileSync(SOURCES, 'utf8')).files
}

/** What the folder holds exactly as its loaders.json says: every loader that PCs need, and whether the others were asked
 *  for when it was filled. */
function contentOf(folder) {
  const nothing = { isComplete: false, wasAsked: false }
  const record = join(folder, 'loaders.json')
  if (!existsSync(record)) return nothing
  let files, asked
  try {
    ;({ files, asked } = JSON.parse(readFileSync(record, 'utf8')))
  } catch {
    return nothing // Half written: fetch again.
  }
  const names = Object.keys(LOADERS)
  const holds = (name) => {
    const path = join(folder, name)
    const known = Array.isArray(files) && files.find((f) => f.name === name)
    return known && existsSync(path) && sha256(readFileSync(path)) === known.sha256
  }
  return {
    isComplete: names.filter((name) => !OPTIONAL.has(name)).every(holds),
    wasAsked: Array.isArray(asked) && names.every((name) => asked.includes(name)),
  }
}

/** Mirrors of the Debian archive that the system's apt uses, in its order. */
function debianMirrors() {
  const files = ['/etc/apt/sources.list']
  try {
    for (const name of readdirSync('/etc/apt/sources.list.d').sort())
      if (/\.(list|sources)$/.test(name)) files.push(join('/etc/apt/sources.list.d', name))
  } catch {
    return [] // No apt here.
  }
  const uris = []
  for (const file of files.filter((f) => existsSync(f))) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)/.exec(line) ?? /^\s*URIs:\s*(.+)$/i.exec(line)
      if (match) uris.push(...match[1].split(/\s+/))
    }
  }
  return [
    ...new Set(
      uris.map((uri) => uri.replace(/\/+$/, '')).filter((uri) => /^(https?|mirror\+https?):\/\/.*\/debian$/.test(uri)),
    ),
  ]
}

function run(command, args, o = {}) {
  const env = { ...process.env, LC_ALL: 'C', ...o.env }
  const result = spawnSync(command, args, { encoding: 'utf8', cwd: o.cwd, env, maxBuffer: 64 << 20, timeout: 300_000 })
  if (result.error) throw new Refusal(`${command} could not be run: ${result.error.message}`, byHand)
  return { ok: result.status === 0, text: `${result.stdout}${result.stderr}` }
}

const has = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
const lastLines = (text) => text.trim().split('\n').slice(-4).join('\n  ')

/** An apt that knows one suite and writes only below `folder`. */
function privateApt(folder, mirror, suite, keyring) {
  for (const sub of ['state/lists/partial', 'cache/archives/partial', 'packages'])
    mkdirSync(join(folder, sub), { recursive: true })
  writeFileSync(join(folder, 'sources.list'), `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`)
  writeFileSync(join(folder, 'status'), '')
  // The settings of the system are left out, because hooks may hang on them; how to reach the network is taken over.
  const network = run('apt-config', ['dump'])
    .text.split('\n')
    .filter((line) => /^Acquire::(http|https|ftp)::.* ".+";$/i.test(line))
  writeFileSync(
    join(folder, 'apt.conf'),
    [
      `Dir::Etc::main "/dev/null";`,
      `Dir::Etc::parts "/dev/null";`,
      `Dir::Etc::sourcelist "${folder}/sources.list";`,
      `Dir::Etc::sourceparts "/dev/null";`,
      `Dir::Etc::preferences "/dev/null";`,
      `Dir::Etc::preferencesparts "/dev/null";`,
      `Dir::State "${folder}/state";`,
      `Dir::State::status "${folder}/status";`,
      `Dir::Cache "${folder}/cache";`,
      // As root, apt would hand the download to a user who may not write here.
      `APT::Sandbox::User "root";`,
      `APT::Architecture "amd64";`,
      `Acquire::Languages "none";`,
      `Acquire::Retries "2";`,
      ...network,
      '',
    ].join('\n'),
  )
  return (args) =>
    run('apt-get', ['-q', ...args], { cwd: join(folder, 'packages'), env: { APT_CONFIG: join(folder, 'apt.conf') } })
}

/** The packages of one suite, unpacked. `fresh` is false when the signed index is past its date, as on a mirror that is
 *  kept at a point in time: then only files we already know by their hash are taken. */
function fetchFromSuite(folder, mirror, suite, keyring) {
  const apt = privateApt(folder, mirror, suite, keyring)
  say(`reading the index of Debian ${suite}`)
  let fresh = true
  let update = apt(['update'])
  if (!update.ok && /is expired|is not valid anymore/.test(update.text)) {
    say(`the index of ${suite} is signed but past its date: only files listed in SOURCES.json will be taken`)
    fresh = false
    update = apt(['-o', 'Acquire::Check-Valid-Until=false', 'update'])
  }
  if (!update.ok)
    throw new Refusal(
      `the index of Debian ${suite} could not be read:\n  ${lastLines(update.text)}`,
      'Check the network and the mirror in /etc/apt.',
    )
  const unpacked = Object.entries(PACKAGES).flatMap(([name, places]) => {
    const download = apt(['download', name])
    if (download.ok) return [unpack(folder, suite, name, places)]
    if (name === 'ipxe')
      throw new Refusal(
        `the package ipxe could not be fetched:\n  ${lastLines(download.text)}`,
        'Check the network and the mirror in /etc/apt.',
      )
    // PCs start over the network without it.
    say(`notice: Debian ${suite} has no ${name}; boot media cannot be made`)
    return []
  })
  const take = (name) => unpacked.map((one) => one.take(name)).find((found) => found !== undefined)
  return { origin: `Debian ${suite}`, fresh, take }
}

/** One package that was downloaded. */
function unpack(folder, suite, name, places) {
  const file = readdirSync(join(folder, 'packages')).find((n) => n.startsWith(`${name}_`) && n.endsWith('.deb'))
  if (!file)
    throw new Refusal(`the package ${name} could not be fetched`, 'Check the network and the mirror in /etc/apt.')
  const path = join(folder, 'packages', file)
  const version = run('dpkg-deb', ['-f', path, 'Version']).text.trim()
  const to = join(folder, 'files', name)
  mkdirSync(to, { recursive: true })
  const done = run('dpkg-deb', ['-x', path, to])
  if (!done.ok) throw new Refusal(`the package ${name} could not be unpacked:\n  ${lastLines(done.text)}`, byHand)
  say(`Debian ${suite} has ${name} ${version}`)
  const take = (wanted) => {
    const found = places.map((place) => join(to, place, wanted)).find((candidate) => existsSync(candidate))
    return found === undefined
      ? undefined
      : {
          bytes: readFileSync(found),
          version,
          origin: `Debian package ${name} ${version} (${suite})`,
          licence: name === 'ipxe' ? LICENCE : ISOLINUX_LICENCE,
        }
  }
  return { take }
}

/** Members of a tar archive by path. Source: POSIX ustar; names over 100 bytes come with a prefix field. */
function untar(bytes) {
  const members = new Map()
  const text = (at, length) =>
    bytes
      .subarray(at, at + length)
      .toString('utf8')
      .replace(/\0.*$/s, '')
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0;) {
    const size = parseInt(text(at + 124, 12).trim() || '0', 8)
    const prefix = text(at + 257, 5) === 'ustar' ? text(at + 345, 155) : ''
    const type = bytes[at + 156]
    if (type === 0x30 || type === 0)
      members.set((prefix ? `${prefix}/` : '') + text(at, 100), bytes.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return members
}

async function fetchRelease() {
  say(`fetching ${RELEASE.url}`)
  let archive
  try {
    const answer = await fetch(RELEASE.url, { signal: AbortSignal.timeout(120_000) })
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`)
    archive = untar(gunzipSync(Buffer.from(await answer.arrayBuffer())))
  } catch (thrown) {
    const why = thrown.cause?.message ?? thrown.message
    throw new Refusal(`the iPXE release could not be fetched: ${why}`, `Check the network. ${byHand}`)
  }
  const take = (name) => {
    const path = [...archive.keys()]
      .sort((a, b) => a.length - b.length)
      .find((p) => p === name || p.endsWith(`/${name}`))
    const { version, origin } = RELEASE
    return path === undefined ? undefined : { bytes: archive.get(path), version, origin, licence: LICENCE }
  }
  return { origin: RELEASE.origin, fresh: true, take }
}

/** The files of one origin, compared with SOURCES.json. */
function collect(found, sources, recording) {
  return Object.entries(LOADERS).flatMap(([name, names]) => {
    const taken = names.map((n) => found.take(n)).find((t) => t !== undefined)
    if (!taken && OPTIONAL.has(name)) return []
    if (!taken) throw new Refusal(`${found.origin} has no ${name}`, byHand)
    const { bytes, version, origin, licence } = taken
    const hash = sha256(bytes)
    const pinned = sources.find((s) => s.name === name && s.version === version)
    if (!recording && pinned && pinned.sha256 !== hash)
      throw new Refusal(
        `${name} ${version} is not the file SOURCES.json knows (got ${hash})`,
        `Do not use it; try another mirror. ${byHand}`,
      )
    if (!recording && !pinned && !found.fresh)
      throw new Refusal(
        `${name} ${version} is not in SOURCES.json and its index is past its date`,
        `Use a mirror that is up to date. ${byHand}`,
      )
    if (!recording && !pinned)
      say(`notice: ${name} ${version} is newer than SOURCES.json; taken on the word of its origin`)
    return [{ name, bytes, record: { name, version, origin, sha256: hash, licence } }]
  })
}

function store(folder, loaders) {
  mkdirSync(folder, { recursive: true })
  for (const { name, bytes } of loaders) {
    writeFileSync(join(folder, `${name}.part`), bytes)
    renameSync(join(folder, `${name}.part`), join(folder, name))
    say(`${name} (${bytes.length} bytes)`)
  }
  const files = loaders.map((l) => l.record)
  writeFileSync(join(folder, 'loaders.json'), `${JSON.stringify({ files, asked: Object.keys(LOADERS) }, null, 2)}\n`)
}

/** Adds to SOURCES.json what was fetched; entries of other versions stay. */
function recordSources(loaders) {
  const records = loaders.map((l) => l.record)
  const others = readSources().filter((s) => !records.some((r) => r.name === s.name && r.version === s.version))
  writeFileSync(SOURCES, `${JSON.stringify({ files: [...records, ...others] }, null, 2)}\n`)
  say('SOURCES.json is written')
}

async function fetchLoaders(sources, o) {
  const mirrors = has('apt-get') && has('dpkg-deb') ? debianMirrors() : []
  if (mirrors.length === 0) {
    say('no Debian mirror in this system’s apt: using the release of the iPXE project')
    return collect(await fetchRelease(), sources, o.recording)
  }
  const keyring = KEYRINGS.find((path) => existsSync(path))
  if (!keyring)
    throw new Refusal(
      'the keys of the Debian archive are missing',
      'Install them: apt-get install debian-archive-keyring',
    )
  let last
  for (const suite of o.suites) {
    for (const mirror of mirrors) {
      const folder = mkdtempSync(join(tmpdir(), 'bootlace-loaders-'))
      try {
        return collect(fetchFromSuite(folder, mirror, suite, keyring), sources, o.recording)
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown
        last = thrown
        say(`Debian ${suite} cannot be used: ${thrown.message}`)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }
  }
  throw last
}

/** Fetches wimboot where nobody has tried it yet; a computer without the internet goes without it, and does not wait for it
 *  again and again. */
async function fetchWimboot(folder, sources, again) {
  const known = sources.find((s) => s.name === WIMBOOT && s.url)
  const path = join(folder, WIMBOOT)
  const record = join(folder, 'loaders.json')
  const written = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : { files: [], asked: [] }
  const isThere = known && existsSync(path) && sha256(readFileSync(path)) === known.sha256
  if (!known || isThere || (written.asked?.includes(WIMBOOT) && !again)) return
  // Nothing that runs there needs it.
  if (process.env.CI) return
  const asked = [...(written.asked ?? []), WIMBOOT]
  writeFileSync(record, `${JSON.stringify({ ...written, asked: [...new Set(asked)] }, null, 2)}\n`)
  try {
    const answer = await fetch(known.url, { signal: AbortSignal.timeout(30_000) })
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`)
    const bytes = Buffer.from(await answer.arrayBuffer())
    if (sha256(bytes) !== known.sha256) throw new Error(`it is not the file SOURCES.json knows (got ${sha256(bytes)})`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${path}.part`, bytes)
    renameSync(`${path}.part`, path)
    say(`${WIMBOOT} ${known.version} (${bytes.length} bytes)`)
  } catch (thrown) {
    const why = thrown.cause?.message ?? thrown.message
    say(`notice: ${WIMBOOT} could not be fetched (${why}); only installing Windows over the network needs it`)
  }
}

function parseArguments(args) {
  const o = { to: join(IPXE_FOLDER, 'loaders'), force: false, recording: false, suites: SUITES }
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--force') o.force = true
    else if (args[i] === '--record') o.recording = true
    else if (args[i] === '--to' && args[i + 1]) o.to = resolve(args[++i])
    else if (args[i] === '--suite' && args[i + 1]) o.suites = [args[++i]]
    else
      throw new Refusal(
        `unknown argument ${args[i]}`,
        'Usage: fetch-loaders.mjs [--to DIR] [--suite NAME] [--force] [--record]',
      )
  }
  return o
}

try {
  const o = parseArguments(process.argv.slice(2))
  const { isComplete, wasAsked } = contentOf(o.to)
  if (!o.force && !o.recording && isComplete && wasAsked) say(`all loaders are in ${o.to}`)
  else {
    const loaders = await fetchLoaders(readSources(), o).catch((thrown) => {
      if (!(thrown instanceof Refusal) || !isComplete || o.force || o.recording) throw thrown
      // What PCs need is there; only loaders that are new to this list could have come.
      say(`${thrown.message}; the loaders that are in ${o.to} stay`)
      return []
    })
    if (loaders.length > 0) store(o.to, loaders)
    if (o.recording) recordSources(loaders)
    say(`done, in ${o.to}`)
  }
  await fetchWimboot(o.to, readSources(), o.force)
} catch (thrown) {
  if (!(thrown instanceof Refusal)) throw thrown
  console.error(`loaders: ${thrown.message}\nloaders: ${thrown.remedy}`)
  process.exitCode = 1
}
