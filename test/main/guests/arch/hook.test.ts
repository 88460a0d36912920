import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BUILD_HOOK, RUNTIME_HOOK } from '../../../../src-main/guests/arch/hook.ts'
import { hasProgram } from '../../../support/programs.ts'

/** The hook of the start in busybox ash, as mkinitcpio's init calls it. The kernel's files are files of a folder; what would load
 *  drivers, log in and wait are functions; waiting lets the time of that folder pass, fifteenfold. */
let folder: string
const MAC = '02:00:00:00:00:01'

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-hook-'))
  put('proc/uptime', '5.10 4.00\n')
  mkdirSync(join(folder, 'sys/class/net'), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

function put(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), text)
}
function table(): void {
  put('sys/firmware/ibft/target0/target-name', 'iqn.x:y\n')
  put('sys/firmware/ibft/ethernet0/mac', `${MAC}\n`)
}
function card(name = 'eth0', mac = MAC): void {
  put(`sys/class/net/${name}/address`, `${mac}\n`)
  mkdirSync(join(folder, `sys/class/net/${name}/device`), { recursive: true })
}
const SESSION = 'mkdir -p "$folder/sys/class/iscsi_session/session1/device"'
const DISK = 'mkdir -p "$folder/sys/class/iscsi_session/session1/device/target0:0:0/0:0:0:0/block/sda"'

/** @param login what iscsistart -b does; modprobe what modprobe does beyond being written down */
function run(login: string, modprobe = ':') {
  const hook = RUNTIME_HOOK.replace(/(?<=[\s"(<>])\/(?=(sys|proc|run)\/)/g, `${folder}/`)
  const script = `
folder=${folder}
said() { echo "$*" >>"$folder/calls"; }
modprobe() { said "modprobe $*"; ${modprobe}; }
iscsistart() { said "iscsistart $*"; case $1 in -b) ${login} ;; esac; }
sleep() { echo "$(($(cut -d. -f1 "$folder/proc/uptime") + 15 * $1)).00 1.00" >"$folder/proc/uptime"; }
udevadm() { said "udevadm $*"; }
${hook}
run_hook
echo "returned $?"
`
  const { stdout, stderr } = spawnSync('busybox', ['ash'], { input: script, encoding: 'utf8' })
  expect(stderr).toBe('')
  const calls = existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : []
  return { stdout, calls }
}

describe.skipIf(!hasProgram('busybox'))('at the start', () => {
  test('the disk is attached at the first try, with the patience of a day', () => {
    table()
    card('lo0', '00:00:00:00:00:00')
    card()
    const { stdout, calls } = run(`${SESSION}; ${DISK}`)
    expect(stdout).toBe(':: Bootlace: the disk is attached.\nreturned 0\n')
    expect(calls).toEqual([
      'modprobe -q iscsi_ibft',
      'modprobe -q iscsi_tcp',
      'modprobe -q sd_mod',
      'iscsistart -N',
      'iscsistart -b -P node.session.timeo.replacement_timeout=86400',
      'udevadm settle --timeout=30',
    ])
    // What the running system keeps its hands off.
    expect(readFileSync(join(folder, 'run/initramfs/open-iscsi.interface'), 'utf8')).toBe('eth0\n')
  })

  test('without a table it does nothing: the same system starts from a disk of its own', () => {
    card()
    const { stdout, calls } = run('false')
    expect(stdout).toContain('starts from a disk of its own.\nreturned 0\n')
    expect(calls).toEqual(['modprobe -q iscsi_ibft'])
  })

  test('drivers are loaded by what the hardware says, also for hardware that shows up behind other', () => {
    table()
    put('sys/bus/pci/devices/0000:00:03.0/modalias', 'pci:v00001AF4d00001041\n')
    const appears = `case $2 in pci:*) mkdir -p "$folder/sys/bus/virtio/devices/virtio0" && echo virtio:d1 >"$folder/sys/bus/virtio/devices/virtio0/modalias" ;; virtio:*) mkdir -p "$folder/sys/class/net/ens3/device" && echo ${MAC} >"$folder/sys/class/net/ens3/address" ;; esac`
    const { stdout, calls } = run(`${SESSION}; ${DISK}`, appears)
    expect(stdout).toContain('returned 0')
    expect(calls).toContain('modprobe -q pci:v00001AF4d00001041')
    expect(calls.indexOf('modprobe -q virtio:d1')).toBeLessThan(calls.indexOf('iscsistart -N'))
    expect(readFileSync(join(folder, 'run/initramfs/open-iscsi.interface'), 'utf8')).toBe('ens3\n')
  })

  test('a server that comes later is waited for', () => {
    table()
    card()
    const { stdout, calls } = run(`[ "$(grep -c -- -b "$folder/calls")" -ge 3 ] && { ${SESSION}; ${DISK}; }`)
    expect(stdout.match(/attempt \d failed: the computer that holds the disk does not answer/g)).toHaveLength(2)
    expect(stdout).toContain('the disk is attached.\nreturned 0\n')
    expect(calls.filter((call) => call.startsWith('iscsistart -b'))).toHaveLength(3)
  })

  test('after five minutes it ends, and says why and what to do', () => {
    table()
    card()
    const { stdout, calls } = run('false')
    expect(stdout).toContain('no disk after 300 seconds: the computer that holds the disk does not answer')
    expect(stdout).toContain('Look at Bootlace on that computer')
    expect(stdout).toMatch(/returned 1\n$/)
    expect(calls.filter((call) => call.startsWith('iscsistart -b'))).toHaveLength(11)
  })

  test('a card without a driver is named, and nobody logs in over another', () => {
    table()
    card('eth7', '02:00:00:00:00:99')
    const { stdout, calls } = run('false')
    expect(stdout).toContain(`no driver here knows the network card that the loader used (${MAC})`)
    expect(stdout).toMatch(/returned 1\n$/)
    expect(calls.join('\n')).not.toContain('iscsistart')
  })

  test('a server that lets the PC in but shows no disk is told apart', () => {
    table()
    card()
    const { stdout } = run(SESSION)
    expect(stdout).toBe(
      ':: Bootlace: the computer that holds the disk let this PC in, but showed no disk.\nreturned 1\n',
    )
  })

  test('a session that is there already is used', () => {
    table()
    card()
    mkdirSync(join(folder, 'sys/class/iscsi_session/session1/device/target0:0:0/0:0:0:0/block/sda'), {
      recursive: true,
    })
    const { stdout, calls } = run('false')
    expect(stdout).toContain('returned 0')
    expect(calls.join('\n')).not.toContain('iscsistart')
  })
})

test.skipIf(!hasProgram('bash'))('while it is built: drivers of all cards, iscsistart and the other half', () => {
  const stubs = ['add_module', 'add_all_modules', 'add_binary', 'add_runscript']
  const script = `set -eu
map() { local f=$1 x; shift; for x; do "$f" "$x"; done; }
${stubs.map((name) => `${name}() { echo "${name} $*"; }`).join('\n')}
${BUILD_HOOK}
build
help`
  const out = execFileSync('bash', { input: script, encoding: 'utf8' }).split('\n')
  expect(out).toEqual(
    expect.arrayContaining([
      'add_module iscsi_tcp',
      'add_module iscsi_ibft',
      'add_module sd_mod',
      'add_all_modules /drivers/net/(ethernet|phy|mdio)/',
      'add_module virtio_net?',
      'add_binary iscsistart',
      'add_runscript ',
    ]),
  )
  expect(out.at(-3)).toContain('the iBFT')
})
