import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MediumReport } from '../../src-main/api/iso.ts'
import {
  ARCH,
  DEBIAN,
  DEBIAN_LIVE,
  DEBIAN_MINI,
  FEDORA,
  UBUNTU,
  writeLayout,
  type Layout,
} from '../support/iso-layouts.ts'
import { checkIpxe } from '../support/ipxe.ts'
import { hasProgram, runProgram } from '../support/programs.ts'
import { runCli, serveEngine, type ServedEngine } from '../support/served-engine.ts'

/** An ISO, the command line, and what the PC then fetches: script, kernel, initrd and what they go on with. */

const MAC = '52:54:00:0c:50:01'
const PATH_MAC = MAC.replaceAll(':', '-')
let folder: string
let engine: ServedEngine
let http: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-installers-'))
  engine = await serveEngine()
  http = `http://${engine.ready.http.replace(/^http:\/\//, '')}`
  expect(engine.verb('disk', 'create', 'fresh', '--size', '1G').code).toBe(0)
  expect(engine.verb('client', 'add', MAC, '--name', 'pc-01', '--disk', 'fresh', '--stage', 'install').code).toBe(0)
})
afterAll(async () => {
  await engine.remove()
  rmSync(folder, { recursive: true })
})

function makeIso(name: string, layout: Layout, ...args: string[]): string {
  const tree = writeLayout(join(folder, name), layout)
  const iso = join(folder, `${name}.iso`)
  execFileSync(
    'xorriso',
    ['-as', 'mkisofs', '-quiet', '-R', '-J', '-V', name.toUpperCase(), ...args, '-o', iso, tree],
    {
      stdio: 'ignore',
    },
  )
  return iso
}

const curl = (...args: string[]) => runProgram('curl', ['-sS', ...args], { cwd: folder })
async function fetched(url: string, ...args: string[]): Promise<Buffer> {
  const { code, out } = await curl('-f', ...args, '-o', 'got', url)
  expect([url, code, out]).toEqual([url, 0, ''])
  return readFileSync(join(folder, 'got'))
}
const bootScript = async (): Promise<string> => (await fetched(`${http}/client/${PATH_MAC}/boot.ipxe?p=efi`)).toString()

/** The medium goes to the PC; returns what its loader is told to start. */
async function plan(iso: string): Promise<{ kernel: string; initrd: string; args: string }> {
  expect(engine.verb('client', 'set', 'pc-01', '--stage', 'install', '--medium', iso).code).toBe(0)
  const script = await bootScript()
  checkIpxe(script)
  const [, kernel, args] = /^kernel --name kernel (\S+) initrd=initrd (.*) \|\| goto failed$/m.exec(script)!
  const [, initrd] = /^initrd --name initrd (\S+) \|\| goto failed$/m.exec(script)!
  return { kernel: kernel!, initrd: initrd!, args: args! }
}

describe.skipIf(!hasProgram('xorriso') || !hasProgram('curl'))('an ISO is enough', () => {
  const files = () => `${http}/media/${PATH_MAC}/iso`

  test.each<[string, Layout, string, string, () => string]>([
    [
      'ubuntu',
      UBUNTU,
      'casper/vmlinuz',
      'casper/initrd',
      () => `ip=dhcp url=${http}/media/${PATH_MAC}/medium.iso cloud-config-url=/dev/null`,
    ],
    [
      'fedora',
      FEDORA,
      'images/pxeboot/vmlinuz',
      'images/pxeboot/initrd.img',
      () => `inst.stage2=${files()} inst.repo=${files()} rd.neednet=1 rd.iscsi.ibft=1 rd.iscsi.firmware=1`,
    ],
    [
      'arch',
      ARCH,
      'arch/boot/x86_64/vmlinuz-linux',
      'arch/boot/x86_64/initramfs-linux.img',
      () => `archisobasedir=arch archiso_http_srv=${files()}/ ip=dhcp`,
    ],
    [
      'debian-live',
      DEBIAN_LIVE,
      'live/vmlinuz-6.12.43-amd64',
      'live/initrd.img-6.12.43-amd64',
      () => `boot=live components ip=dhcp fetch=${files()}/live/filesystem.squashfs`,
    ],
    [
      'debian-netboot',
      DEBIAN_MINI,
      'linux',
      'initrd.gz',
      () => 'disk-detect/ibft/enable=true partman-iscsi/iscsi_auto=true',
    ],
  ])('%s: each address of the script holds the very bytes', async (kind, layout, kernel, initrd, args) => {
    const iso = makeIso(kind, layout)
    const { json, code } = engine.verb('medium', 'show', iso)
    expect([code, (json as MediumReport).kind]).toEqual([0, kind])
    const given = await plan(iso)
    expect(given.args).toBe(args())
    expect((await fetched(given.kernel)).equals(layout[kernel]!)).toBe(true)
    expect((await fetched(given.initrd)).equals(layout[initrd]!)).toBe(true)
    // What the arguments lead to: all that lies in the ISO, and the ISO itself.
    for (const [path, bytes] of Object.entries(layout))
      expect((await fetched(`${files()}/${path.replaceAll('+', '%2B')}`)).equals(bytes)).toBe(true)
    const whole = await fetched(`${http}/media/${PATH_MAC}/medium.iso`)
    expect(whole.equals(readFileSync(iso))).toBe(true)
  })

  test('parts, heads and what is not there', async () => {
    await plan(makeIso('parts', FEDORA))
    const url = `${files()}/images/install.img`
    const image = FEDORA['images/install.img']!
    const part = await fetched(url, '-r', '262000-262999')
    expect(part.equals(image.slice(262_000, 263_000))).toBe(true)
    const { out } = await curl('-I', url)
    expect(out).toContain('HTTP/1.1 200 OK')
    expect(out).toContain(`Content-Length: ${image.length}`)
    expect(out).toContain('Content-Type: application/vnd.efi-img')
    for (const path of ['images', 'images/none', '../medium.iso', '%2e%2e/medium.iso', 'images/', ''])
      expect((await curl('--path-as-is', '-o', 'got', '-w', '%{http_code}', `${files()}/${path}`)).out).toBe('404')
  })

  test('arguments of a person come last, and a new file under the old name is a new medium', async () => {
    const iso = makeIso('again', ARCH)
    engine.verb('client', 'set', 'pc-01', '--kernel-args', 'console=ttyS0,115200')
    expect((await plan(iso)).args).toMatch(/ ip=dhcp console=ttyS0,115200$/)
    engine.verb('client', 'set', 'pc-01', '--kernel-args', '')
    writeFileSync(iso, readFileSync(makeIso('other', UBUNTU)))
    expect((await plan(iso)).kernel).toBe(`${files()}/casper/vmlinuz`)
  })

  test("Debian's CD is started as before, and it is said why", async () => {
    const iso = makeIso('debian', DEBIAN)
    engine.verb('client', 'set', 'pc-01', '--stage', 'install', '--medium', iso)
    const script = await bootScript()
    expect(script).toContain(`sanboot --no-describe --drive 0x81 ${http}/media/${PATH_MAC}/medium.iso`)
    expect(script).not.toContain('kernel --name')
    const report = engine.verb('medium', 'show', iso).json as MediumReport
    expect(report).toMatchObject({ kind: 'debian', title: expect.stringContaining('13.1.0 "Trixie"') })
    expect(report.plan).toBeUndefined()
    expect(report.notes[0]).toContain('insists on a CD drive')
  })

  test('a file that is no ISO is refused with a remedy, and the PC still has its script', async () => {
    const broken = join(folder, 'broken.iso')
    writeFileSync(broken, Buffer.alloc(70_000, 7))
    const shown = engine.verb('medium', 'show', broken)
    expect(shown.code).toBe(1)
    expect(shown.stderr).toContain('this file is not an ISO')
    expect(engine.verb('medium', 'show', join(folder, 'nothing.iso')).stderr).toContain('does not exist')
    engine.verb('client', 'set', 'pc-01', '--stage', 'install', '--medium', broken)
    expect(await bootScript()).toContain('--drive 0x81')
    rmSync(broken)
    expect(await bootScript()).toContain('--drive 0x81')
  })

  test('in words', () => {
    const iso = makeIso('words', FEDORA)
    const { stdout } = runCli(['medium', 'show', iso, '--data', engine.dataDir])
    expect(stdout).toContain('system     Fedora 43\n')
    expect(stdout).toContain('network    BIOS and UEFI PCs start its installer over the network\n')
    expect(stdout).toContain('how sure   as its makers describe it; not tried here\n')
    expect(stdout).toContain(`bootlace client set PC --stage install --medium ${iso}\n`)
  })
})
