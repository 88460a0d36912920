#!/usr/bin/env node
// Stands in for `fpm` where electron-builder cannot fetch it: makes a .deb of what electron-builder asks for, with dpkg-deb.
// Only what our electron-builder.yml leads to is understood; anything else is refused. Named by CUSTOM_FPM_PATH.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** What fpm's words become; `maps` are source=destination. */
function parse(args) {
  const o = { depends: [], recommends: [], maps: [] }
  const single = {
    '-s': 'source',
    '-t': 'target',
    '--architecture': 'architecture',
    '--after-install': 'postinst',
    '--before-remove': 'prerm',
    '--after-remove': 'postrm',
    '--description': 'description',
    '--version': 'version',
    '--package': 'package',
    '--name': 'name',
    '--maintainer': 'maintainer',
    '--vendor': 'vendor',
    '--url': 'url',
    '--category': 'section',
    '--deb-priority': 'priority',
    '--deb-compression': 'compression',
    '--license': 'license',
  }
  const several = { '-d': 'depends', '--deb-recommends': 'recommends' }
  for (let i = 0; i < args.length; i++) {
    const [, word, inline] = /^(--[^=]+)=(.*)$/s.exec(args[i]) ?? [args[i], args[i]]
    const value = () => inline ?? args[++i]
    if (word === '--force') continue
    else if (single[word]) o[single[word]] = value()
    else if (several[word]) o[several[word]].push(value())
    else if (!word.startsWith('-')) o.maps.push(args[i])
    else throw new Error(`this stand-in for fpm does not know ${word}`)
  }
  if (o.source !== 'dir' || o.target !== 'deb') throw new Error('this stand-in for fpm makes a deb of folders only')
  return o
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function copyInto(tree, map) {
  const split = map.lastIndexOf('=')
  const from = map.slice(0, split)
  const to = join(tree, map.slice(split + 1))
  mkdirSync(dirname(to), { recursive: true })
  if (statSync(from).isDirectory()) cpSync(from, to, { recursive: true, verbatimSymlinks: true })
  else {
    cpSync(from, to)
    chmodSync(to, statSync(from).mode & 0o111 ? 0o755 : 0o644)
  }
}

/** Folders of a package may be read by everybody, whatever the umask of who built it. */
function openUp(folder) {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) chmodSync(path, 0o755)
    else if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o111 ? 0o755 : 0o644)
  }
}

/** Source: deb-control(5). */
function control(o, tree) {
  const installed = filesBelow(tree).reduce((sum, file) => sum + Math.ceil(lstatSync(file).size / 1024) + 1, 0)
  const fields = {
    Package: o.name,
    Version: o.version,
    License: o.license,
    Vendor: o.vendor,
    Architecture: o.architecture,
    Maintainer: o.maintainer,
    'Installed-Size': String(installed),
    Depends: o.depends.join(', '),
    Recommends: o.recommends.join(', '),
    Section: o.section ?? 'default',
    Priority: o.priority ?? 'optional',
    Homepage: o.url,
    Description: descriptionOf(o.description ?? ''),
  }
  return Object.entries(fields)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')
}

function descriptionOf(text) {
  const [first, ...more] = text.trim().split('\n')
  return [first.trim(), ...more.map((line) => ` ${line.trim() || '.'}`)].join('\n')
}

const o = parse(process.argv.slice(2))
const work = mkdtempSync(join(dirname(o.package), '.deb-'))
try {
  for (const map of o.maps) copyInto(work, map)
  openUp(work)
  const meta = join(work, 'DEBIAN')
  const sums = filesBelow(work).filter((file) => lstatSync(file).isFile())
  const md5 = (file) => createHash('md5').update(readFileSync(file)).digest('hex')
  const lines = sums.map((file) => `${md5(file)}  ${relative(work, file)}\n`)
  const text = control(o, work)
  mkdirSync(meta)
  writeFileSync(join(meta, 'control'), text)
  writeFileSync(join(meta, 'md5sums'), lines.join(''))
  for (const script of ['postinst', 'prerm', 'postrm']) {
    if (!o[script]) continue
    cpSync(o[script], join(meta, script))
    chmodSync(join(meta, script), 0o755)
  }
  const format = { gz: 'gzip', bzip2: 'xz' }[o.compression] ?? o.compression ?? 'xz'
  const fast = process.env.BOOTLACE_FAST_PACKAGE ? ['-z1'] : []
  const { status, stderr } = spawnSync(
    'dpkg-deb',
    ['--root-owner-group', `-Z${format}`, ...fast, '--build', work, o.package],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`dpkg-deb: ${stderr}`)
} finally {
  rmSync(work, { recursive: true, force: true })
}
