import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { DriversView } from '../../src-main/api/windows.ts'
import { ndisInf } from '../support/inf-files.ts'
import { STAND_IN_SAYS, standInEfiKernel, standInKernel } from '../support/stand-in-kernel.ts'
import { writeWindowsIso } from '../support/windows-iso.ts'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'

/** The way of Windows up to where wimboot takes over, with real loaders: what they fetch, in which order, and that all of it
 *  is handed over. wimboot itself cannot be had here; on BIOS a kernel stands in for it that says what it was given, on
 *  UEFI a kernel of Linux, which is started in the same way. */

const BIOS = { name: 'bios', mac: '52:54:00:0b:71:01', firmware: 'seabios', nic: 'e1000', rom: 'ipxe' } as const
const UEFI = { name: 'uefi', mac: '52:54:00:0b:71:02', firmware: 'ovmf', nic: 'virtio', rom: 'none' } as const
/** QEMU's e1000 and virtio cards: one driver is made up for all of them. */
const CARDS = { bios: '8086:100e', uefi: /^1af4:10(00|41)$/ } as const
const inf = (): string =>
  ndisInf()
    .replaceAll('VEN_10EC&DEV_8168', 'VEN_8086&DEV_100E')
    .replace('VEN_10EC&DEV_8125', 'VEN_1AF4&DEV_1000')
    .replace('VEN_10EC&DEV_8136', 'VEN_1AF4&DEV_1041')

const folder = mkdtempSync(join(tmpdir(), 'bootlace-lab-windows-'))
afterAll(() => rmSync(folder, { recursive: true }))
const drivers = join(folder, 'drivers')

async function addClients(lab: Lab): Promise<void> {
  const { iso } = writeWindowsIso(folder)
  mkdirSync(join(drivers, 'x64', 'res'), { recursive: true })
  for (const file of ['rt640x64.cat', 'x64/rt640x64.sys', 'x64/res/rtmsg.dll']) writeFileSync(join(drivers, file), file)
  writeFileSync(join(drivers, 'e1000.inf'), inf())
  const wimboot = join(folder, 'wimboot')
  writeFileSync(wimboot, standInKernel())
  const product = await lab.startProduct(['--log-level', 'debug'])
  await product.verb('windows', 'wimboot', wimboot)
  for (const pc of [BIOS, UEFI]) {
    await product.verb('disk', 'create', `empty-${pc.name}`, '--size', '64M')
    const install = ['--name', pc.name, '--disk', `empty-${pc.name}`, '--stage', 'install', '--medium', iso]
    await product.verb('client', 'add', pc.mac, ...install)
    await product.verb('windows', 'drivers', `empty-${pc.name}`, '--folder', drivers)
  }
}

const NAMES = ['winpeshl.ini', 'bootlace.cmd', 'bldrv01.bin', 'bldrv02.bin', 'bldrv03.bin', 'bldrv04.bin']

/** The files that a PC asked for, in the order in which it asked, by the engine's own log. */
function asked(lab: Lab, mac: string): string[] {
  const own = mac.replaceAll(':', '-')
  const lines = readFileSync(join(lab.dataDir, 'logs', 'engine.log'), 'utf8')
    .split('\n')
    .filter(Boolean)
  return lines
    .map((line) => JSON.parse(line) as { method?: string; target?: string })
    .filter(({ method, target }) => method === 'GET' && target?.includes(own) && /^\/(winpe|media)\//.test(target))
    .map(({ target }) => target!)
}

const inOrder = (mac: string): string[] => {
  const own = mac.replaceAll(':', '-')
  return [
    ...['wimboot', ...NAMES].map((name) => `/winpe/${own}/${name}`),
    ...['bootmgr', 'boot/bcd', 'boot/boot.sdi', 'sources/boot.wim'].map((path) => `/media/${own}/iso/${path}`),
  ]
}

describeLab('the Setup of Windows is handed to its loader', addClients, (lab) => {
  test('on BIOS, with the disk attached, every file in its order, and as many bytes as there are', async () => {
    const pc = await lab().startPc(BIOS)
    const [, given] = await pc.console.waitFor(STAND_IN_SAYS, WITHIN_MS.grub)
    await pc.off()
    expect(asked(lab(), BIOS.mac)).toEqual(inOrder(BIOS.mac))
    const tree = join(folder, 'windows')
    const sizes = [
      ...['bootmgr', 'boot/bcd', 'boot/boot.sdi', 'sources/boot.wim'].map((path) => statSync(join(tree, path)).size),
      ...['e1000.inf', 'rt640x64.cat', 'x64/rt640x64.sys', 'x64/res/rtmsg.dll'].map(
        (f) => statSync(join(drivers, f)).size,
      ),
    ]
    const least = sizes.reduce((sum, size) => sum + size, 0)
    // Each file comes with a header and fills whole pages; the two that are made for the PC are small.
    expect(parseInt(given!, 16)).toBeGreaterThan(least)
    expect(parseInt(given!, 16)).toBeLessThan(least + 10 * 4096 + 16384)
    const view = await lab().product.verb<DriversView>('windows', 'drivers', `empty-${BIOS.name}`)
    expect(view).toMatchObject({ card: CARDS.bios, drivers: [{ inf: 'e1000.inf', verdict: 'fits' }] })
    const wim = readFileSync(join(tree, 'sources/boot.wim'))
    console.log(
      `boot.wim: ${wim.length} bytes, SHA-256 ${createHash('sha256').update(wim).digest('hex')}; in all 0x${given}`,
    )
  })

  test('on UEFI, every file in its order, and then it starts', async () => {
    const kernel = join(folder, 'wimboot-uefi')
    writeFileSync(kernel, standInEfiKernel(readFileSync(lab().images.kernel)))
    await lab().product.verb('windows', 'wimboot', kernel)
    const pc = await lab().startPc(UEFI)
    // A kernel of Linux stands in: what it says first is that it found what it was given.
    await pc.console.waitFor(/EFI stub: Loaded initrd/, WITHIN_MS.grub)
    await pc.off()
    expect(asked(lab(), UEFI.mac).slice(0, inOrder(UEFI.mac).length)).toEqual(inOrder(UEFI.mac))
    const view = await lab().product.verb<DriversView>('windows', 'drivers', `empty-${UEFI.name}`)
    expect(view).toMatchObject({ card: expect.stringMatching(CARDS.uefi) })
  })
})
