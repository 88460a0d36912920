import { execFileSync, spawnSync } from 'node:child_process'
import { afterEach, describe, expect, test } from 'vitest'
import { KITS } from '../../../../../src-main/guests/linux/kit/all.ts'
import { DISK_VENDOR } from '../../../../../src-main/guests/linux/kit/disk.ts'
import { VENDOR } from '../../../../../src-main/scsi/inquiry.ts'
import { freshSystem, KIT_NAMES, KIT_SHELLS, KitRoot } from '../../../../support/kit-root.ts'

let r: KitRoot | undefined
afterEach(() => {
  r?.close()
  r = undefined
})

test('the rules are for disks that say they are ours', () => {
  expect(DISK_VENDOR).toBe(VENDOR)
})

describe.each([...KITS])('the kit %s', (_, text) => {
  test.each(KIT_SHELLS)('can be read by %s', (shell) => {
    execFileSync(shell, [...(shell === 'busybox' ? ['sh'] : []), '-n'], { input: text })
  })

  test('holds nothing that only bash knows, and is plain text', () => {
    // The halves of Arch's hook are for bash and for busybox; they are not run by the kit.
    const own = text.replaceAll(/^(build|runtime)_hook\(\) \{\n {2}cat <<'END'\n[^]*?\nEND\n/gm, '')
    expect(own).not.toMatch(/^\s*(local|function \w+ \{|declare|source)\b|<<<|\[\[ |\[ [^\]\n]* == /m)
    expect(text).toMatch(/^#!\/bin\/sh\n/)
    expect(text).toMatch(/^[\t\x20-\x7e\n]*$/)
  })

  test.each([0.1, 0.5, 0.999])('does nothing when only %f of it arrived', (part) => {
    r = freshSystem('debian')
    const before = r.picture()
    const input = text.slice(0, Math.floor(text.length * part))
    const { status, stdout } = spawnSync('dash', ['-s'], { input, env: { PATH: process.env['PATH'], ROOT: r.root } })
    expect([status, String(stdout)]).toEqual([2, ''])
    expect(r.picture()).toEqual(before)
  })
})

describe('the kit for any Linux', () => {
  test.each(KIT_NAMES)('does for %s what its own kit does', (name) => {
    const [own, any] = [freshSystem(name), freshSystem(name)]
    try {
      const without = (folder: KitRoot, text: string) => text.replaceAll(folder.root, '')
      const [a, b] = [own.run('dash', name), any.run('dash', 'linux')]
      expect(b.status).toBe(0)
      expect(without(any, b.stdout)).toBe(without(own, a.stdout))
      const files = (at: KitRoot) =>
        at.picture().map((line) => without(at, line).replace(/ \d+\.?\d* (?=[0-9a-f]{64}$)/, ' '))
      expect(files(any)).toEqual(files(own))
    } finally {
      own.close()
      any.close()
    }
  })

  test('a system with none of the three is told so, and left alone', () => {
    r = new KitRoot()
    r.put('/etc/os-release', 'ID=alpine\n')
    const before = r.picture()
    const { status, stdout } = r.run('busybox', 'linux')
    expect([status, r.picture()]).toEqual([1, before])
    expect(stdout).toContain('PROBLEM  This Linux has none of initramfs-tools, dracut and mkinitcpio')
  })

  test('dracut beside initramfs-tools: the one that makes the initramfs counts', () => {
    r = freshSystem('debian')
    r.put('/usr/bin/dracut', '', 0o755)
    expect(r.run('dash', 'linux').status).toBe(0)
    expect(r.calls()).toEqual(['update-initramfs -u -k all'])
  })
})

test('refuses other words', () => {
  r = freshSystem('debian')
  const before = r.picture()
  expect(r.run('dash', 'debian', 'remove')).toMatchObject({ status: 64, stdout: '' })
  expect(r.picture()).toEqual(before)
})

test.skipIf(process.getuid?.() !== 0 || !KIT_SHELLS.includes('dash'))(
  'asks for root when it would change this system',
  () => {
    r = new KitRoot()
    const env = { PATH: process.env['PATH'] }
    const { status, stderr } = spawnSync('dash', ['-s'], { input: KITS.get('debian')!, env, uid: 65534, gid: 65534 })
    expect([status, String(stderr)]).toEqual([1, 'Run this as root: sudo sh kit\n'])
  },
)
