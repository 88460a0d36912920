import { accessSync, closeSync, constants, mkdtempSync, openSync, readdirSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { firstWrong, type Marks } from './marks.ts'
import { hasProgram, runProgram } from './programs.ts'
import type { SeededRandom } from './random.ts'

/** QEMU's and libvhdi's programs: neither shares code or author with us. */

/** Why QEMU's programs cannot be asked here; undefined when they can. */
export const noQemu = hasProgram('qemu-img') && hasProgram('qemu-io') ? undefined : 'qemu-utils is not installed'
/** The same for libvhdi, whose disks are read through a mount. */
export const noVhdi = hasProgram('vhdimount') ? noFuse() : 'vhdimount (libvhdi-utils) is not installed'

function noFuse(): string | undefined {
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK)
    return process.getuid?.() === 0 ? undefined : 'only root may mount here'
  } catch {
    return '/dev/fuse may not be used here'
  }
}

/** Runs a program that must succeed. Returns what it wrote. */
export async function succeed(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const { code, out } = await runProgram(program, args, cwd === undefined ? {} : { cwd })
  expect(code, `${program} ${args.join(' ').slice(0, 400)}: ${out.slice(-2000)}`).toBe(0)
  return out
}

export type QemuFormat = 'vpc' | 'vhdx'

export async function qemuSize(path: string, format: QemuFormat): Promise<number> {
  const info = await succeed('qemu-img', ['info', '--output=json', '-f', format, path])
  return (JSON.parse(info) as { 'virtual-size': number })['virtual-size']
}

const io = (path: string, format: QemuFormat, commands: readonly string[], readOnly: boolean): Promise<string> =>
  succeed('qemu-io', [...(readOnly ? ['-r'] : []), '-f', format, ...commands.flatMap((c) => ['-c', c]), path])

/** QEMU must find all marks. */
export async function expectQemuFinds(path: string, format: QemuFormat, marks: Marks): Promise<void> {
  const commands = marks.all().map(({ position, length, value }) => `read -P ${value} ${position} ${length}`)
  expect(await io(path, format, commands, true)).not.toContain('failed')
}

/** QEMU makes marks. */
export async function qemuMakes(
  path: string,
  format: QemuFormat,
  marks: Marks,
  random: SeededRandom,
  count: number,
): Promise<void> {
  const commands = Array.from({ length: count }, () => {
    const { position, length, value } = marks.next(random)
    return `write -P ${value} ${position} ${length}`
  })
  expect(await io(path, format, commands, false)).not.toContain('failed')
}

/** Shows a disk of libvhdi, the last of its chain, as a file. */
export async function withVhdi<T>(path: string, look: (disk: string) => T | Promise<T>): Promise<T> {
  const mount = mkdtempSync(join(tmpdir(), 'bootlace-vhdi-'))
  try {
    await succeed('vhdimount', [path, mount])
    try {
      // One file for each disk of the chain, the eldest first.
      return await look(join(mount, readdirSync(mount).sort().at(-1)!))
    } finally {
      await succeed('umount', [mount])
    }
  } finally {
    rmSync(mount, { recursive: true })
  }
}

/** libvhdi must find all marks. */
export async function expectVhdiFinds(path: string, marks: Marks): Promise<void> {
  const wrong = await withVhdi(path, async (disk) => {
    const fd = openSync(disk, 'r')
    try {
      return await firstWrong(marks, (position, into) => {
        const got = readSync(fd, into, 0, into.length, position)
        if (got < into.length) into.fill(0xdb, got)
      })
    } finally {
      closeSync(fd)
    }
  })
  expect(wrong).toBeUndefined()
}
