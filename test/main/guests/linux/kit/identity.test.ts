import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { machineIdOf } from '../../../../../src-main/boot/identity.ts'
import {
  CLOUD_INIT_STEPS,
  IDENTITY_STEPS,
  LATEHOOK,
  MACHINE_ID_STEPS,
} from '../../../../../src-main/guests/linux/kit/identity.ts'
import { hasProgram } from '../../../../support/programs.ts'

/** Pieces of the kit put into a folder, and what they leave behind there run in it: the paths of a running system are
 *  written anew to lie in that folder, and `mount` only writes down what it is asked. */
let root: string
const SERIAL = 'A1B2C3D4E5F60718'
const TARGET = 'iqn.2026-11.app.bootlace:debian-01'
const SESSION = '/sys/devices/platform/host2/session1'

function put(path: string, text: string | Uint8Array, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text, { mode })
}
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const there = (path: string): boolean => existsSync(join(root, path))

/** What Linux shows of a PC that was started from a disk of ours. */
function startedFromDisk(name = 'pc-07', page: Uint8Array = page80(SERIAL)): void {
  put('/sys/firmware/ibft/initiator/initiator-name', `iqn.2026-11.app.bootlace:client.${name}\n`)
  put('/sys/firmware/ibft/target0/target-name', `${TARGET}\n`)
  put('/sys/class/iscsi_session/session1/targetname', `${TARGET}\n`)
  put(`${SESSION}/target2:0:0/2:0:0:0/vpd_pg80`, page)
  put(`${SESSION}/target2:0:0/2:0:0:1/vpd_pg80`, page80('FFFFFFFFFFFFFFFF'))
  symlinkSync(join(root, SESSION), join(root, 'sys/class/iscsi_session/session1/device'))
}
const page80 = (serial: string): Uint8Array =>
  Buffer.from(`\0\x80\0${String.fromCharCode(serial.length)}${serial}`, 'latin1')

const KIT_FUNCTIONS = String.raw`
set -u
rebuild=0
step() { if $2; then echo "ok $1"; elif $3 && $2; then echo "done $1"; else echo "PROBLEM $1"; fi; }
has() { [ -e "$ROOT$1" ]; }
put() { mkdir -p "$(dirname "$ROOT$1")" && cat >"$ROOT$1.bootlace-new" && chmod "$2" "$ROOT$1.bootlace-new" && mv "$ROOT$1.bootlace-new" "$ROOT$1"; }
same() { has "$1" && [ "$(cat "$ROOT$1")" = "$(cat)" ]; }
enable() { mkdir -p "$ROOT/etc/systemd/system/$2.wants" && ln -sf "/etc/systemd/system/$1" "$ROOT/etc/systemd/system/$2.wants/$1"; }
`
/** The lines that the pieces of the kit say. */
function kit(...pieces: string[]): string[] {
  const script = `ROOT='${root}'\n${KIT_FUNCTIONS}${pieces.join('')}\necho "rebuild=$rebuild"\n`
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trim().split('\n')
}

const shells = ['dash', 'bash', 'busybox', '/usr/lib/klibc/bin/sh'].filter(
  (shell) => existsSync(shell) || hasProgram(shell),
)
const words = (shell: string): string[] => (shell === 'busybox' ? ['ash'] : [])

/** Runs a text of a system whose root is our folder. */
function run(shell: string, text: string, env: Record<string, string> = {}) {
  const inside = text.replaceAll(/(?<![\w$"/.}-])\/(?=(sys|proc|run|etc|var|usr|new_root)\b)/g, `${root}/`)
  // Functions, as busybox takes a program of its own before one in PATH.
  writeFileSync(join(root, 'script'), `mount() { echo "$*" >>'${root}/mounts'; }\nmodprobe() { return 1; }\n${inside}`)
  const result = spawnSync(shell, [...words(shell), join(root, 'script')], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  })
  return { status: result.status, stdout: result.stdout, stderr: result.stderr }
}
const mounts = (): string => (there('/mounts') ? read('/mounts') : '')

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bootlace-identity-'))
  put('/etc/machine-id', '')
  put('/proc/sys/kernel/hostname', 'golden\n')
  put('/proc/cmdline', 'root=UUID=1 ro\n')
})
afterEach(() => rmSync(root, { recursive: true }))

describe('the machine-id', () => {
  test('is that of the disk: a UUID of version 4, in digits and small letters', () => {
    expect(machineIdOf(SERIAL)).toBe('a1b2c3d4e5f6407188b0071ace000000')
    expect(machineIdOf(SERIAL)).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
    expect(machineIdOf('A1B2C3D4E5F60719')).not.toBe(machineIdOf(SERIAL))
    expect(machineIdOf('WD-12')).toBeUndefined()
  })

  /** What each initramfs runs, and the folder that it calls the root of the system. */
  const initramfs = {
    debian: ['/etc/initramfs-tools/scripts/init-bottom/bootlace-machine-id', 'rootmnt', ''],
    dracut: ['/usr/lib/dracut/modules.d/95bootlace-machine-id/machine-id.sh', 'NEWROOT', ''],
    arch: ['/etc/initcpio/hooks/bootlace', 'unused', '\nrun_latehook\n'],
  } as const

  describe.each(Object.entries(initramfs))('by %s', (kind, [path, rootName, call]) => {
    // For mkinitcpio it is a part of the hook that attaches the disk.
    const prepare = () => (kind === 'arch' ? put(path, LATEHOOK) : kit(steps))
    const steps = kind === 'arch' ? '' : MACHINE_ID_STEPS[kind as 'debian' | 'dracut']
    const start = (shell: string) => {
      if (kind === 'arch' && !there('/new_root')) symlinkSync(root, join(root, 'new_root'))
      return run(shell, read(path) + call, { [rootName]: root })
    }

    test.skipIf(kind === 'arch')('is put in place once, and the initramfs made anew', () => {
      expect(kit(steps)).toEqual([expect.stringMatching(/^done Each disk has a machine-id/), 'rebuild=1'])
      expect(kit(steps)).toEqual([expect.stringMatching(/^ok Each disk has a machine-id/), 'rebuild=0'])
    })

    test.each(shells)('is mounted over an empty one before systemd starts (%s)', (shell) => {
      prepare()
      startedFromDisk()
      expect(start(shell)).toMatchObject({ status: 0, stderr: '' })
      expect(read('/run/bootlace/machine-id')).toBe(`${machineIdOf(SERIAL)}\n`)
      expect(statSync(join(root, 'run/bootlace/machine-id')).mode & 0o777).toBe(0o444)
      expect(mounts()).toMatch(/^-n -o bind \S*\/run\/bootlace\/machine-id \S*\/etc\/machine-id\n$/)
    })

    test.each(shells)('replaces that of the disk it was made from, and leaves its own (%s)', (shell) => {
      prepare()
      startedFromDisk()
      put('/etc/machine-id', '0123456789abcdef0123456789abcdef\n')
      start(shell)
      expect(mounts()).not.toBe('')
      rmSync(join(root, 'mounts'))
      put('/etc/machine-id', `${machineIdOf(SERIAL)}\n`)
      expect(start(shell)).toMatchObject({ status: 0, stdout: '', stderr: '' })
      expect(mounts()).toBe('')
    })

    test.each(shells)('stays as it is without a boot table, and for disks of others (%s)', (shell) => {
      prepare()
      expect(start(shell)).toMatchObject({ status: 0, stdout: '', stderr: '' })
      startedFromDisk('pc-07', page80('WD-WCAV5  '))
      expect(start(shell)).toMatchObject({ status: 0, stdout: '' })
      put(`${SESSION}/target2:0:0/2:0:0:0/vpd_pg80`, page80(SERIAL))
      put('/sys/class/iscsi_session/session1/targetname', 'iqn.2001-01.org.example:other\n')
      expect(start(shell)).toMatchObject({ status: 0, stdout: '' })
      expect(mounts()).toBe('')
      expect(there('/run/bootlace')).toBe(false)
    })
  })

  test('initramfs-tools asks what must run before it', () => {
    kit(MACHINE_ID_STEPS.debian)
    startedFromDisk()
    const script = join(root, initramfs.debian[0])
    expect(execFileSync(script, ['prereqs'], { encoding: 'utf8' })).toBe('')
    expect(mounts()).toBe('')
  })
})

describe('the name', () => {
  const start = (shell = 'dash') => run(shell, read('/usr/local/lib/bootlace/identity'))
  beforeEach(() => kit(IDENTITY_STEPS))

  test('is taken early, by a unit that is put in place once', () => {
    expect(kit(IDENTITY_STEPS)).toEqual(['ok Each PC takes the name that it has in Bootlace.', 'rebuild=0'])
    expect(readlinkSync(join(root, 'etc/systemd/system/sysinit.target.wants/bootlace-identity.service'))).toBe(
      '/etc/systemd/system/bootlace-identity.service',
    )
    expect(read('/etc/systemd/system/bootlace-identity.service')).toMatch(/^Before=.*cloud-init-local\.service/m)
  })

  test.each(shells)('is that of the boot table, at once and for later (%s)', (shell) => {
    startedFromDisk()
    put('/etc/hostname', 'golden\n')
    put(
      '/etc/hosts',
      '127.0.0.1\tlocalhost\n127.0.1.1\tgolden.home.lan golden\n# * no file\n::1 localhost ip6-localhost',
    )
    expect(start(shell)).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(read('/proc/sys/kernel/hostname')).toBe('pc-07\n')
    expect(read('/etc/hostname')).toBe('pc-07\n')
    const hosts = '127.0.0.1\tlocalhost\n127.0.1.1 pc-07.home.lan pc-07\n# * no file\n::1 localhost ip6-localhost\n'
    expect(read('/etc/hosts')).toBe(hosts)
    start(shell)
    expect(read('/etc/hosts')).toBe(hosts)
    expect(readdirSync(join(root, 'etc')).filter((name) => name.includes('bootlace-new'))).toEqual([])
  })

  test('may come with another prefix, and is in the hosts of a system that had none', () => {
    startedFromDisk()
    put('/sys/firmware/ibft/initiator/initiator-name', 'iqn.2020-01.lan.home:lab:client.bench-3\n')
    start()
    expect(read('/etc/hostname')).toBe('bench-3\n')
    expect(read('/etc/hosts')).toBe('127.0.1.1 bench-3\n')
  })

  test.each([
    ['no boot table', undefined],
    ['a foreign initiator', 'iqn.1993-08.org.debian:01:abcdef'],
    ['a name that is none', 'iqn.2026-11.app.bootlace:client.pc;reboot'],
    ['a name that begins with a hyphen', 'iqn.2026-11.app.bootlace:client.-f'],
  ])('with %s everything stays as it was', (_, initiator) => {
    put('/etc/hostname', 'golden\n')
    if (initiator !== undefined) put('/sys/firmware/ibft/initiator/initiator-name', `${initiator}\n`)
    expect(start()).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(read('/etc/hostname')).toBe('golden\n')
    expect(read('/proc/sys/kernel/hostname')).toBe('golden\n')
    expect(there('/etc/hosts')).toBe(false)
  })

  test('SSH keys of the disk that this one was made from are taken away once, if others are made then', () => {
    startedFromDisk()
    put('/etc/machine-id', `${machineIdOf(SERIAL)}\n`)
    put('/etc/ssh/ssh_host_ed25519_key', 'golden')
    start()
    expect(there('/etc/ssh/ssh_host_ed25519_key')).toBe(true)

    put('/etc/systemd/system/bootlace-ssh-keys.service', '')
    put('/var/lib/bootlace/identity', 'the golden one\n')
    start()
    expect(there('/etc/ssh/ssh_host_ed25519_key')).toBe(false)
    put('/etc/ssh/ssh_host_ed25519_key', 'own')
    start()
    expect(read('/etc/ssh/ssh_host_ed25519_key')).toBe('own')
  })

  test('cloud-init is told the name and an instance that is the disk, where the kit set it up', () => {
    startedFromDisk()
    put('/etc/machine-id', `${machineIdOf(SERIAL)}\n`)
    start()
    expect(there('/var/lib/cloud')).toBe(false)
    put('/etc/cloud/cloud.cfg', '')
    kit(CLOUD_INIT_STEPS)
    start()
    const seed = '/var/lib/cloud/seed/nocloud'
    expect(read(`${seed}/meta-data`)).toBe(`instance-id: bootlace-${machineIdOf(SERIAL)}\nlocal-hostname: pc-07\n`)
    expect(read(`${seed}/user-data`)).toBe('#cloud-config\npreserve_hostname: false\n')
    put(`${seed}/user-data`, '#cloud-config\npackages: [vim]\n')
    start()
    expect(read(`${seed}/user-data`)).toContain('vim')
    put(`${seed}/meta-data`, 'other')
    put('/proc/cmdline', 'root=UUID=1 ds=nocloud;s=http://192.168.1.2/\n')
    start()
    expect(read(`${seed}/meta-data`)).toBe('other')
  })
})

describe('cloud-init in an image', () => {
  test('is no matter where there is none', () => {
    expect(kit(CLOUD_INIT_STEPS)).toEqual(['rebuild=0'])
  })

  test('leaves the network card alone, and forgets the PC that the image was made on', () => {
    put('/etc/cloud/cloud.cfg', '')
    put(
      '/etc/netplan/50-cloud-init.yaml',
      'network:\n ethernets:\n  ens3:\n   match: {macaddress: 52:54:00:00:00:01}\n',
    )
    put('/etc/netplan/01-mine.yaml', 'network: {ethernets: {ens4: {match: {macaddress: 52:54:00:00:00:02}}}}\n')
    put('/var/lib/cloud/instances/iid-1/obj.pkl', '')
    put('/var/lib/cloud/seed/nocloud/meta-data', 'instance-id: 1\n')
    put('/var/lib/cloud/seed/nocloud/user-data', '#cloud-config\n')
    const lines = kit(CLOUD_INIT_STEPS)
    expect(lines.slice(0, 3).every((line) => line.startsWith('done '))).toBe(true)
    expect(read('/etc/cloud/cloud.cfg.d/zz-bootlace.cfg')).toContain('network: {config: disabled}\n')
    expect(there('/etc/netplan/50-cloud-init.yaml')).toBe(false)
    expect(there('/etc/netplan/01-mine.yaml')).toBe(true)
    expect(there('/var/lib/cloud/instances')).toBe(false)
    expect(there('/var/lib/cloud/seed/nocloud/meta-data')).toBe(false)
    expect(there('/var/lib/cloud/seed/nocloud/user-data')).toBe(true)
    expect(
      kit(CLOUD_INIT_STEPS)
        .slice(0, 3)
        .every((line) => line.startsWith('ok ')),
    ).toBe(true)
  })

  test('no address of a server is written into an image', () => {
    const all = IDENTITY_STEPS + CLOUD_INIT_STEPS + Object.values(MACHINE_ID_STEPS).join('')
    expect(all).not.toMatch(/\d+\.\d+\.\d+\.\d+(?<!127\.0\.1\.1)|http:|iqn\./)
    expect(all).toMatch(/^[\x20-\x7e\n]*$/)
  })
})
