import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { KEEP_SCRIPT } from '../../../../../src-main/guests/linux/kit/keep-network.ts'
import { KIT_SHELLS } from '../../../../support/kit-root.ts'

/** The script that runs at every start of the guest, with a folder in place of /sys, /run and /etc. */
let folder: string
const NAME = 'iqn.2026-11.app.bootlace:client.pc-02'
const NM = 'run/NetworkManager/conf.d/90-bootlace.conf'

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlace-keep-'))
  put('sys/class/net/lo/address', '00:00:00:00:00:00')
  put('sys/class/net/ens3/address', '02:00:00:00:00:01')
  put('sys/class/net/ens3/device/vendor', '')
  put('etc/iscsi/iscsid.conf', '')
})
afterEach(() => rmSync(folder, { recursive: true }))

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
const read = (path: string) => readFileSync(join(folder, path), 'utf8')
const has = (path: string) => existsSync(join(folder, path))

function table(o: { gateway?: string; dns?: string; mac?: string } = {}): void {
  put('sys/firmware/ibft/ethernet0/mac', `${o.mac ?? '02:00:00:00:00:01'}\n`)
  put('sys/firmware/ibft/ethernet0/gateway', `${o.gateway ?? '0.0.0.0'}\n`)
  put('sys/firmware/ibft/ethernet0/primary-dns', `${o.dns ?? '0.0.0.0'}\n`)
  put('sys/firmware/ibft/initiator/initiator-name', `${NAME}\n`)
}

function run(shell: string, routes = ''): string[] {
  const script = KEEP_SCRIPT.replace(/(?<=[\s"=>])\/(?=(sys|run|etc)\/)/g, `${folder}/`)
  const stubs = `modprobe() { return 1; }\nip() { case $* in 'route show default') echo '${routes}' ;; *) echo "ip $*" ;; esac; }\n`
  const { stdout, stderr, status } = spawnSync(shell, shell === 'busybox' ? ['sh'] : [], {
    input: stubs + script,
    encoding: 'utf8',
  })
  expect([status, stderr]).toEqual([0, ''])
  return stdout === '' ? [] : stdout.trim().split('\n')
}

describe.each(KIT_SHELLS)('run by %s', (shell) => {
  test('the card that Debian wrote down is left alone, and asks for the same address', () => {
    put('run/initramfs/open-iscsi.interface', 'enp1s0\n')
    run(shell)
    expect(read(NM)).toBe('[device-bootlace]\nmatch-device=interface-name:enp1s0\nmanaged=0\n')
    expect(read('run/systemd/network/05-bootlace.network')).toBe(
      '[Match]\nName=enp1s0\n[Network]\nDHCP=ipv4\nKeepConfiguration=yes\n[DHCPv4]\nClientIdentifier=mac\n',
    )
  })

  test("elsewhere the card is known by the loader's table", () => {
    table()
    run(shell)
    expect(read(NM)).toContain('interface-name:ens3\n')
  })

  test('a PC that starts from a disk of its own is not touched', () => {
    put('etc/dhcpcd.conf', 'persistent\n')
    expect(run(shell)).toEqual([])
    expect([has('run'), has('etc/iscsi/initiatorname.iscsi')]).toEqual([false, false])
    expect(read('etc/dhcpcd.conf')).toBe('persistent\n')
  })

  test('a table of a card that is not here changes nothing', () => {
    table({ mac: '02:00:00:00:00:99', gateway: '10.0.0.1' })
    expect(run(shell)).toEqual([])
    expect(has(NM)).toBe(false)
  })

  test('the PC bears the name that the loader gave it, readable by root alone', () => {
    table()
    put('etc/iscsi/initiatorname.iscsi', 'GenerateName=yes\n')
    run(shell)
    expect(read('etc/iscsi/initiatorname.iscsi')).toBe(`InitiatorName=${NAME}\n`)
    expect(statSync(join(folder, 'etc/iscsi/initiatorname.iscsi')).mode & 0o777).toBe(0o600)
  })

  test('the way out and the name server are set where nobody set them', () => {
    table({ gateway: '10.0.0.1', dns: '10.0.0.2' })
    expect(run(shell)).toEqual(['ip route add default via 10.0.0.1 dev ens3'])
    expect(read('etc/resolv.conf')).toBe('nameserver 10.0.0.2\n')
    expect(run(shell, 'default via 10.0.0.1')).toEqual([])
    expect(read('etc/resolv.conf')).toBe('nameserver 10.0.0.2\n')
  })

  test("systemd-resolved's link is left alone", () => {
    table({ dns: '10.0.0.2' })
    symlinkSync('../run/systemd/resolve/stub-resolv.conf', join(folder, 'etc/resolv.conf'))
    run(shell)
    expect(has('run/systemd/resolve/stub-resolv.conf')).toBe(false)
  })

  test('dhcpcd is told once', () => {
    table()
    put('etc/dhcpcd.conf', 'persistent\n')
    run(shell)
    run(shell)
    expect(read('etc/dhcpcd.conf')).toBe('persistent\ndenyinterfaces ens3\n')
  })
})
