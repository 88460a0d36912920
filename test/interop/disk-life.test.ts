import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DiskView } from '../../src-main/api/dto.ts'
import { serveEngine, type ServedEngine } from '../support/served-engine.ts'

/** What happens to disks after they were made, by the program's own verbs, with QEMU's initiator as the PC. */

let engine: ServedEngine
let files: string
beforeAll(async () => {
  files = mkdtempSync(join(tmpdir(), 'bootlace-life-'))
  engine = await serveEngine()
})
afterAll(async () => {
  await engine.remove()
  rmSync(files, { recursive: true })
})

const url = (disk: string) => `iscsi://${engine.ready.iscsi}/iqn.2026-11.app.bootlace:${disk}/0`
function pc(disk: string, ...commands: string[]): string {
  const { stdout, stderr } = spawnSync('qemu-io', ['-f', 'raw', ...commands.flatMap((c) => ['-c', c]), url(disk)], {
    encoding: 'utf8',
    timeout: 30_000,
  })
  return stdout + stderr
}
/** Reads must show the patterns they ask for. */
function expectReads(disk: string, ...reads: string[]): void {
  const text = pc(disk, ...reads.map((r) => `read -P ${r}`))
  expect(text.match(/^read /gm)).toHaveLength(reads.length)
  expect(text).not.toMatch(/Pattern verification failed|error/i)
}
function done(...args: string[]): unknown {
  const { code, json, stderr } = engine.verb(...args)
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  return json
}
const show = (name: string) => done('disk', 'show', name) as DiskView
const fileHash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

describe.skipIf(!existsSync('/usr/bin/qemu-io'))('from an image to its next version', () => {
  test('restore points, reset, versions, over a kill of the engine', async () => {
    done('disk', 'create', 'debian', '--size', '64M')
    pc('debian', 'write -P 1 0 4M', 'flush')
    done('disk', 'seal', 'debian')
    const imageFile = show('debian').file
    const before = fileHash(imageFile)
    done('disk', 'clone', 'debian', 'pc-01', 'pc-02')

    pc('pc-01', 'write -P 2 1M 1M', 'flush')
    expect(done('disk', 'snapshot', 'pc-01', '--note', 'works')).toMatchObject({ note: 'works', current: true })
    pc('pc-01', 'write -P 3 2M 1M', 'flush')
    await engine.end('SIGKILL')
    engine = await serveEngine(engine.dataDir)
    expectReads('pc-01', '1 0 1M', '2 1M 1M', '3 2M 1M')
    const reverted = done('disk', 'revert', 'pc-01') as { kept: { id: number } }
    expectReads('pc-01', '1 0 1M', '2 1M 1M', '1 2M 1M')
    expect(done('disk', 'reset', 'pc-01')).toMatchObject({ disk: { parent: 'debian' } })
    expectReads('pc-01', '1 0 4M')
    done('disk', 'revert', 'pc-01', '--to', String(reverted.kept.id), '--discard')
    expectReads('pc-01', '1 0 1M', '2 1M 1M', '3 2M 1M')
    expect(show('pc-01').restorePoints.map((p) => p.note)).toEqual(['works', 'before going back to “works”'])

    // The disk as it is becomes the next version; a PC that tries versions gets it.
    expect(done('disk', 'merge', 'pc-01', '--note', 'with 2 and 3')).toMatchObject({
      name: 'debian-v2',
      image: { family: 'debian', version: 2, channel: 'test', note: 'with 2 and 3' },
    })
    expectReads('pc-01', '1 0 1M', '2 1M 1M', '3 2M 1M')
    done('client', 'add', '52:54:00:00:00:02', '--name', 'pc-02', '--disk', 'pc-02', '--keep', 'never')
    done('disk', 'reset', 'pc-02')
    expectReads('pc-02', '1 0 4M')
    done('client', 'set', 'pc-02', '--channel', 'test')
    done('disk', 'reset', 'pc-02')
    expectReads('pc-02', '2 1M 1M')
    expect(done('disk', 'promote', 'debian-v2')).toMatchObject({ disk: { image: { channel: 'production' } } })
    expect(done('disk', 'clone', 'debian', 'pc-03')).toMatchObject([{ parent: 'debian-v2' }])
    expect(fileHash(imageFile)).toBe(before)
    expect(done('disk', 'check', 'debian')).toMatchObject({ state: 'done' })
  })

  test.each(['vhdx', 'vhd', 'img', 'qcow2'])('a clone leaves as one whole .%s that QEMU reads', (extension) => {
    const file = join(files, `out.${extension}`)
    done('disk', 'export', 'pc-03', file)
    const format = { vhdx: 'vhdx', vhd: 'vpc', img: 'raw', qcow2: 'qcow2' }[extension]!
    const { stdout } = spawnSync(
      'qemu-io',
      [
        '-r',
        '-f',
        format,
        '-c',
        'read -P 1 0 1M',
        '-c',
        'read -P 2 1M 1M',
        '-c',
        'read -P 3 2M 1M',
        '-c',
        'read -P 0 8M 1M',
        file,
      ],
      { encoding: 'utf8' },
    )
    expect(stdout.match(/^read /gm)).toHaveLength(4)
    expect(stdout).not.toContain('Pattern')
    expect(engine.verb('disk', 'export', 'pc-03', file).stderr).toContain('exists already')
  })

  test.each(['own-vhdx', 'own-raw', 'clone'])('what a PC discards on %s goes back to this computer', async (name) => {
    if (name === 'clone') done('disk', 'clone', 'debian', name)
    else done('disk', 'create', name, '--size', '64M', '--format', name.slice(4))
    const empty = show(name).realBytes
    pc(name, 'write -P 4 16M 32M', 'flush')
    expect(show(name).realBytes).toBeGreaterThan(empty + 31 * 2 ** 20)
    pc(name, 'discard 16M 32M', 'flush')
    await expect.poll(() => show(name).realBytes, { timeout: 10_000 }).toBeLessThan(empty + 4 * 2 ** 20)
    expectReads(name, '0 16M 32M')
    done('disk', 'delete', name)
  })

  test('every refusal says what to do', () => {
    const refused = (...args: string[]) => {
      const { code, stderr } = engine.verb(...args)
      expect(code, args.join(' ')).toBe(1)
      expect(stderr.trim().split('\n').length).toBe(1)
      return stderr
    }
    expect(refused('disk', 'snapshot', 'debian')).toContain('bootlace disk clone debian')
    expect(refused('disk', 'revert', 'pc-03')).toContain('bootlace disk snapshot pc-03')
    expect(engine.verb('disk', 'revert', 'pc-01', '--to', 'x')).toMatchObject({ code: 64 })
    expect(refused('disk', 'reset', 'pc-03', '--image', 'pc-01')).toContain('bootlace disk seal pc-01')
    expect(refused('disk', 'merge', 'debian')).toContain('Make a disk from it')
    expect(refused('disk', 'promote', 'pc-03')).toContain('bootlace disk merge pc-03')
    expect(refused('disk', 'delete', 'debian-v2')).toMatch(/is the image of/)
    expect(refused('disk', 'export', 'pc-03', '/none/a.vhdx')).toContain('there is no folder')
    expect(engine.verb('client', 'set', 'pc-02', '--keep', 'tomorrow').stderr).toContain('2026-12-24')
    const [point] = show('pc-01').restorePoints
    expect(refused('disk', 'delete', 'pc-01', '--point', String(point!.id))).toContain('newer ones first')
  })

  test('restore points go one by one, and the disk with all its files', () => {
    const points = show('pc-01')
      .restorePoints.map((p) => p.id)
      .reverse()
    for (const id of points) done('disk', 'delete', 'pc-01', '--point', String(id))
    expect(show('pc-01').restorePoints).toEqual([])
    expectReads('pc-01', '3 2M 1M')
    done('disk', 'delete', 'pc-01')
    expect(readdirSync(join(engine.dataDir, 'disks')).filter((f) => f.startsWith('pc-01'))).toEqual([])
  })
})

describe.skipIf(!existsSync('/usr/bin/qemu-io'))('a second drive', () => {
  const second = (disk: string) => url(disk).replace(/0$/, '1')
  const io = (disk: string, ...commands: string[]) => {
    const { stdout, stderr } = spawnSync(
      'qemu-io',
      ['-f', 'raw', ...commands.flatMap((c) => ['-c', c]), second(disk)],
      { encoding: 'utf8', timeout: 30_000 },
    )
    return stdout + stderr
  }

  test('is one image for all, read-only, or a disk of its own made from it', () => {
    done('disk', 'create', 'games', '--size', '16M')
    pc('games', 'write -P 7 0 1M', 'flush')
    done('disk', 'seal', 'games')
    for (const [i, how] of ['shared', 'shared', 'own', 'own'].entries()) {
      done('disk', 'create', `sys-${i}`, '--size', '8M')
      const mac = `52:54:00:00:01:0${i}`
      done('client', 'add', mac, '--name', `lan-${i}`, '--disk', `sys-${i}`, '--second-disk', 'games', '--second', how)
      expect(io(`sys-${i}`, 'read -P 7 0 1M')).not.toMatch(/Pattern|error/i)
    }
    expect(io('sys-0', 'write -P 8 0 64k')).not.toContain('wrote')
    expect(io('sys-2', 'write -P 8 0 64k', 'flush')).toContain('wrote 65536/65536')
    expect(io('sys-2', 'read -P 8 0 64k')).not.toMatch(/Pattern|error/i)
    expect(io('sys-3', 'read -P 7 0 64k')).not.toMatch(/Pattern|error/i)
    expect(show('lan-2.games')).toMatchObject({ parent: 'games', clients: ['lan-2'] })
    expect(engine.verb('disk', 'delete', 'lan-2.games').stderr).toContain('is the disk of lan-2')
    expect(engine.verb('client', 'set', 'lan-0', '--second-disk', 'lan-2.games').stderr).toContain('a disk of lan-2')
    done('client', 'set', 'lan-2', '--second-disk', '')
    done('disk', 'delete', 'lan-2.games')
  })
})
