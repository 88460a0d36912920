import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openFirstPage, type DevtoolsPage } from '../support/devtools.ts'
import { openPackageRoot, PERSON, type PackageRoot } from '../support/package-root.ts'
import { Product } from '../support/product.ts'
import { hasProgram } from '../support/programs.ts'
import { root } from '../support/served-engine.ts'
import { hasXvfb, openDisplay } from '../support/xvfb.ts'
import { standInElectron } from '../../resources/scripts/electron.mjs'

/** The .deb as a person meets it: built, installed in a clean Debian by dpkg, used, removed, purged. */

const tools = ['mmdebstrap', 'dpkg-deb', 'unshare', 'ip', 'curl']
const why =
  process.platform !== 'linux' || process.getuid!() !== 0
    ? 'root on Linux'
    : tools.filter((name) => !hasProgram(name)).join(', ') ||
      ((await standInElectron()) ? '' : 'an Electron that can be had')
if (why) console.log(`skipped: the packages need ${why}`)

const out = join(root, '.cache', 'packages')
const shots = join(root, '.cache', 'screenshots')
const INSTALLED = 'opt/Bootlace'

describe.skipIf(why !== '')('the Debian package', () => {
  let debian: PackageRoot
  let deb: string
  let before: string[]
  let shown: ChildProcess | undefined
  const at = (path: string) => join(debian.path, path)
  const field = (name: string) => spawnSync('dpkg-deb', ['-f', deb, name], { encoding: 'utf8' }).stdout.trim()
  const dpkg = async (...args: string[]) => {
    const done = await debian.run(['env', 'DEBIAN_FRONTEND=noninteractive', 'dpkg', ...args])
    expect(done.code, done.stderr + done.stdout).toBe(0)
    return done.stdout + done.stderr
  }

  beforeAll(async () => {
    const made = spawnSync(
      process.execPath,
      [
        'resources/scripts/dist.mjs',
        '--stand-in',
        '--built',
        '--fast',
        '--targets',
        'deb',
        '--output',
        '.cache/packages',
      ],
      { cwd: root, encoding: 'utf8' },
    )
    expect(made.status, made.stdout + made.stderr).toBe(0)
    deb = join(
      out,
      readdirSync(out).find((name) => name.endsWith('.deb'))!,
    )
    debian = await openPackageRoot(field('Depends'))
    before = debian.files()
  }, 600_000)
  afterAll(() => {
    // After a failure only: its engine ends with it.
    shown?.kill('SIGKILL')
    debian?.remove()
  })

  test('is marked as a stand-in, so that nobody passes it on', () => {
    expect(field('Version')).toMatch(/~standin$/)
  })

  test('installs where only its dependencies are', async () => {
    spawnSync('cp', [deb, at('bootlace.deb')])
    await dpkg('-i', '/bootlace.deb')
    rmSync(at('bootlace.deb'))
    expect((await debian.run(['bootlace', '--version'], { user: PERSON })).code).toBe(0)
    expect(existsSync(at('usr/share/man/man1/bootlace.1.gz'))).toBe(true)
    const libraries = await debian.run(['ldd', `/${INSTALLED}/bootlace-desktop`])
    expect(libraries.stdout).toContain('libgtk-3')
    expect(libraries.stdout).not.toContain('not found')
  })

  test('brings the licences of everything in it', () => {
    const licences = at(`${INSTALLED}/resources/licences`)
    const parts = readFileSync(join(licences, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    for (const name of ['better-sqlite3', 'koffi', 'zod', 'ws', 'pino', 'commander', 'svelte'])
      expect(parts).toMatch(new RegExp(`^  ${name} [0-9.]+ \\(`, 'm'))
    expect(readFileSync(join(licences, 'iPXE-SOURCES.md'), 'utf8')).toContain('apt-get source ipxe')
    expect(readFileSync(join(licences, 'iPXE-GPL-2.0.txt'), 'utf8')).toContain('Version 2, June 1991')
    expect(readFileSync(join(licences, 'Node-LICENSE.txt'), 'utf8')).toContain('Node.js')
    expect(existsSync(at(`${INSTALLED}/LICENSES.chromium.html`))).toBe(true)
  })

  test('carries native parts of this system only', () => {
    const native = debian.files().filter((name) => name.startsWith(INSTALLED) && name.endsWith('.node'))
    expect(native.map((name) => name.split('node_modules/')[1])).toEqual([
      '@koromix/koffi-linux-x64/linux_x64/koffi.node',
      'better-sqlite3/prebuilds/linux-x64.node',
    ])
  })

  test('its desktop file is right and its services are there, not enabled', async () => {
    if (hasProgram('desktop-file-validate')) {
      const checked = spawnSync('desktop-file-validate', [at('usr/share/applications/bootlace-desktop.desktop')], {
        encoding: 'utf8',
      })
      expect(checked.stdout).toBe('')
    }
    const passwd = await debian.run(['getent', 'passwd', 'bootlace'])
    expect(passwd.stdout).toMatch(/:\/var\/lib\/bootlace:\/usr\/sbin\/nologin$/m)
    expect(debian.files().filter((name) => /^etc\/systemd\/.*bootlace/.test(name))).toEqual([])
  })

  test.skipIf(!hasProgram('systemd-analyze'))('systemd takes its units', () => {
    for (const unit of ['bootlace.service', 'bootlace@.service']) {
      const checked = spawnSync(
        'systemd-analyze',
        ['verify', '--man=no', '--recursive-errors=no', `--root=${debian.path}`, `/usr/lib/systemd/system/${unit}`],
        { encoding: 'utf8' },
      )
      expect(checked.stdout + checked.stderr).toBe('')
      expect(checked.status).toBe(0)
    }
  })

  test('its command serves a person, with the loaders it brought', async () => {
    const data = `/home/${PERSON}/disks`
    const product = await Product.start({
      dataDir: data,
      interface: '127.0.0.1',
      args: ['--dhcp=off', '--iscsi-port=0', '--http-port=0', '--tftp-port=0', '--admin=127.0.0.1:0'],
      inside: (command) => debian.inside(['bootlace', ...command.slice(2)], { user: PERSON }),
    })
    try {
      await product.verb('disk', 'create', 'win11', '--size', '64G')
      const disks = await product.verb<{ name: string }[]>('disk', 'list')
      expect(disks.map((disk) => disk.name)).toEqual(['win11'])
      expect(statSync(at(data)).mode & 0o077).toBe(0)
      const loader = spawnSync('curl', ['-s', `tftp://${String(product.ready['tftp'])}/undionly.kpxe`])
      expect(loader.stdout.equals(readFileSync(join(root, 'resources/ipxe/loaders/undionly.kpxe')))).toBe(true)
    } finally {
      await product.stop()
    }
  })

  /** What the unit gives its process, without a systemd: user, one capability, no way to more. */
  const asService = (capabilities: string) => [
    ...['setpriv', '--reuid=bootlace', '--regid=bootlace', '--clear-groups', '--no-new-privs'],
    ...[`--inh-caps=-all${capabilities}`, `--ambient-caps=-all${capabilities}`, `--bounding-set=-all${capabilities}`],
  ]
  const serveAsUnit = (capabilities: string) => [
    ...asService(capabilities),
    ...['env', 'BOOTLACE_DATA=/var/lib/bootlace', 'bootlace', 'serve', '--json', '--interface', '127.0.0.1'],
  ]

  test('the service needs that one capability for its ports, and no more', async () => {
    mkdirSync(at('var/lib/bootlace'), { mode: 0o700 })
    await debian.run(['chown', 'bootlace:bootlace', '/var/lib/bootlace'])
    const without = await debian.run(serveAsUnit(''), { network: 'own' })
    expect(without.code).toBe(2)
    expect(without.stderr).toContain('may not use')
    const [program = '', ...args] = debian.inside(serveAsUnit(',+net_bind_service'), { network: 'own' })
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const ready = await firstLine(child)
    child.kill('SIGTERM')
    expect(ready).toMatchObject({ event: 'ready', tftp: '127.0.0.1:69' })
    expect(existsSync(at('var/lib/bootlace/bootlace.db'))).toBe(true)
  })

  test.skipIf(!hasXvfb)('its window opens, served by its own engine', async () => {
    const display = await openDisplay()
    const settings = [
      'BOOTLACE_INTERFACE=127.0.0.1',
      'BOOTLACE_DHCP=off',
      'BOOTLACE_ISCSI_PORT=0',
      'BOOTLACE_HTTP_PORT=0',
    ]
    const [program = '', ...args] = debian.inside(
      [
        'env',
        ...settings,
        'BOOTLACE_TFTP_PORT=0',
        `/${INSTALLED}/bootlace-desktop`,
        '--no-sandbox',
        '--remote-debugging-port=0',
      ],
      { user: PERSON },
    )
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, DISPLAY: display.display },
    })
    shown = child
    const ended = new Promise<void>((done) => child.once('exit', () => done()))
    let page: DevtoolsPage | undefined
    try {
      page = await openFirstPage(child)
      await page.waitForText('Let this computer be the disk of your other PCs.')
      mkdirSync(shots, { recursive: true })
      writeFileSync(join(shots, '60-installed.png'), await page.screenshot())
      const made = await debian.run(['bootlace', 'disk', 'create', 'by-cli', '--size', '1G'], { user: PERSON })
      expect(made.code, made.stderr).toBe(0)
      await page.press('Disks')
      await page.waitForText('by-cli')
    } finally {
      page?.close()
      child.kill('SIGTERM')
      await ended
      shown = undefined
      await display.close()
    }
  })

  test('removing keeps disks and says so', async () => {
    const said = await dpkg('-r', 'bootlace')
    expect(said).toContain("stay in /var/lib/bootlace. 'apt purge bootlace' removes them")
    expect(existsSync(at('var/lib/bootlace/bootlace.db'))).toBe(true)
    expect(existsSync(at(INSTALLED))).toBe(false)
  })

  test('purging leaves nothing behind but what people made', async () => {
    const said = await dpkg('-P', 'bootlace')
    expect(said).toContain('removing /var/lib/bootlace')
    expect(debian.files()).toEqual(before)
    expect(readFileSync(at('etc/passwd'), 'utf8')).not.toContain('bootlace')
    expect(readFileSync(at('etc/group'), 'utf8')).not.toContain('bootlace')
    expect(existsSync(at(`home/${PERSON}/disks/bootlace.db`))).toBe(true)
  })
})

/** The first line a program says, as JSON. Errors: when it ends before. */
function firstLine(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let errors = ''
    child.stderr!.on('data', (text) => (errors += String(text)))
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${errors}`)))
    createInterface({ input: child.stdout! }).once('line', (line) => resolve(JSON.parse(line)))
  })
}
