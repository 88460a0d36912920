import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import { LAB } from './support/network.ts'
import { run } from './support/process.ts'
import type { Pc, PcOptions } from './support/qemu.ts'

const BIOS = { name: 'bios', mac: '52:54:00:0b:70:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' } as const
const UEFI = { name: 'uefi', mac: '52:54:00:0b:70:02', firmware: 'ovmf', nic: 'virtio', rom: 'none' } as const
const SECRETIVE = { ...BIOS, name: 'secretive', mac: '52:54:00:0b:70:05' } as const
const NEW_BIOS = { ...BIOS, name: 'new-bios', mac: '52:54:00:0b:70:03' } as const
const NEW_UEFI = { ...UEFI, name: 'new-uefi', mac: '52:54:00:0b:70:04' } as const

/** What stands for the PC's own disk: the CD, next in its boot order. */
const OWN_DISK = /LAB-CD up platform=(\w+)\n/
const OUR_DISK = /LAB-GRUB up platform=(\w+)\n/
const UP = /LAB-MARKER up (.*)\n/
const MAINTENANCE = /LAB-MARKER installer started way=maintenance/

const PASSWORD = 'let me in & out'

async function addClients(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  for (const pc of [BIOS, UEFI, SECRETIVE]) {
    await product.verb('disk', 'import', lab.images.disk, '--name', pc.name)
    await product.verb('client', 'add', pc.mac, '--name', pc.name, '--disk', pc.name, '--stage', 'run')
  }
  const files = ['--kernel', lab.images.kernel, '--initrd', lab.images.initrd]
  await product.verb('maintenance', 'set', ...files, '--kernel-args', 'console=ttyS0,115200 lab.way=maintenance')
}

interface Row {
  readonly type: string
  readonly text: string
  readonly data: Readonly<Record<string, unknown>>
}

describeLab('what people choose for one start, and at the PC', addClients, (lab) => {
  const withCd = (pc: PcOptions): PcOptions => ({ ...pc, cd: lab().images.installerCd })
  const next = (pc: PcOptions, stage: string) => lab().product.verb('client', 'next', pc.name, stage)
  const set = (pc: PcOptions, ...words: string[]) => lab().product.verb('client', 'set', pc.name, ...words)
  const nextOf = async (pc: PcOptions) => (await lab().product.verb<{ next?: string }>('client', 'show', pc.name)).next
  const timeline = (pc: PcOptions) => lab().product.verb<Row[]>('events', '--client', pc.name)

  /** Presses reset; returns the place in the console's text where the new boot begins. */
  async function restart(pc: Pc): Promise<number> {
    const from = pc.console.mark()
    await pc.reset()
    return from
  }

  /** `own`: how the loader came when the PC went on to its own disk. */
  async function oneStartEach(who: PcOptions, own: readonly string[]): Promise<void> {
    await next(who, 'local')
    const pc = await lab().startPc(withCd(who))
    await pc.console.waitFor(OWN_DISK, WITHIN_MS.grub)
    // A UEFI may come once more by another boot entry: its choice is used up when it does not.
    if (who.firmware === 'seabios') expect(await nextOf(who)).toBeUndefined()
    const ways = (await timeline(who)).filter((e) => e.type === 'loader').map((e) => e.data['via'])
    expect(ways).toEqual(own)
    await next(who, 'maintenance')
    const second = await restart(pc)
    await pc.console.waitFor(MAINTENANCE, WITHIN_MS.installer, second)
    expect(await nextOf(who)).toBeUndefined()
    const third = await restart(pc)
    await pc.console.waitFor(OUR_DISK, WITHIN_MS.grub, third)
    await pc.off()
    const used = (await timeline(who)).filter((e) => e.type === 'nextBoot').map((e) => e.data['stage'])
    expect(used).toEqual(
      who.firmware === 'seabios' ? ['local', 'maintenance'] : expect.arrayContaining(['maintenance']),
    )
  }

  test('one start from its own disk, one for maintenance, then as always, with BIOS and with UEFI', async () => {
    // A UEFI's card stands for several boot entries, and each leads to us before the own disk has its turn.
    await Promise.all([oneStartEach(BIOS, []), oneStartEach(UEFI, ['tftp', 'http'])])
  })

  test('a start that fails does not lose what was chosen for it', async () => {
    await lab().product.verb('maintenance', 'set', '--kernel-args', 'lab.way=broken', '--kernel', lab().images.initrd)
    await next(BIOS, 'maintenance')
    const pc = await lab().startPc(withCd(BIOS))
    await pc.console.waitFor(/did not work at the step (kernel|boot) \(error (?:0x)?[0-9a-f]+\)/, WITHIN_MS.loader)
    expect(await nextOf(BIOS)).toBe('maintenance')
    const args = ['--kernel-args', 'console=ttyS0,115200 lab.way=maintenance']
    await lab().product.verb('maintenance', 'set', '--kernel', lab().images.kernel, ...args)
    await pc.console.waitFor(MAINTENANCE, WITHIN_MS.installer)
    expect(await nextOf(BIOS)).toBeUndefined()
    await pc.off()
  })

  async function useMenu(who: PcOptions): Promise<void> {
    const pc = await lab().startPc(withCd(who))
    const shown = /Maintenance \(password\)/
    await pc.console.waitFor(shown, WITHIN_MS.loader)
    await pc.console.waitFor(OWN_DISK, WITHIN_MS.grub)

    const byKey = await restart(pc)
    await pc.console.waitFor(shown, WITHIN_MS.loader, byKey)
    pc.console.write('d')
    await pc.console.waitFor(OUR_DISK, WITHIN_MS.grub, byKey)

    const locked = await restart(pc)
    await pc.console.waitFor(shown, WITHIN_MS.loader, locked)
    pc.console.write('m')
    await pc.console.waitFor(/Password/, WITHIN_MS.loader, locked)
    await pc.console.type('\twrong\r')
    await pc.console.waitFor(/that password was not accepted \(error (?:0x)?[0-9a-f]+\)/, WITHIN_MS.loader, locked)
    const again = pc.console.mark()
    await pc.console.waitFor(shown, WITHIN_MS.loader, again)
    pc.console.write('m')
    await pc.console.waitFor(/Password/, WITHIN_MS.loader, again)
    await pc.console.type(`\t${PASSWORD}\r`)
    await pc.console.waitFor(MAINTENANCE, WITHIN_MS.installer, again)
    expect(pc.console.textSince(locked)).not.toContain(PASSWORD)
    expect(pc.console.textSince(locked)).not.toContain(encodeURIComponent(PASSWORD))
    await pc.off()
  }

  test('the menu by timeout, by key, and with a password, with BIOS and with UEFI', async () => {
    await givePassword(lab(), PASSWORD)
    const preset = ['--timeout', '8', '--preset', 'local']
    await lab().product.verb('menu', 'set', ...preset, '--entries', 'disk,local,maintenance', '--locked', 'maintenance')
    const both = [BIOS, UEFI]
    for (const who of both) await set(who, '--stage', 'menu')
    await Promise.all(both.map(useMenu))
    for (const who of both) await set(who, '--stage', 'run')
  })

  test('a script of the user’s own runs from its address, with what it includes, and may be left out', async () => {
    const folder = join(lab().dataDir, 'scripts')
    writeFileSync(join(folder, 'room.cfg'), '#!ipxe\nset room seven\n')
    const own = '#!ipxe\nchain --autofree room.cfg || exit 1\necho OWN-SCRIPT of room ${room} at ${bootlace-url}\n'
    writeFileSync(join(folder, `mac-${BIOS.mac.replaceAll(':', '-')}.ipxe`), own)
    const pc = await lab().startPc(withCd(BIOS))
    await pc.console.waitFor(/OWN-SCRIPT of room seven at http:\/\/10\.77\.0\.2:8470\/scripts\//, WITHIN_MS.loader)
    await pc.console.waitFor(OWN_DISK, WITHIN_MS.grub)
    await set(BIOS, '--own-scripts', 'ignore')
    const again = await restart(pc)
    await pc.console.waitFor(OUR_DISK, WITHIN_MS.grub, again)
    expect(pc.console.textSince(again)).not.toContain('OWN-SCRIPT')
    await pc.off()
    rmSync(join(folder, `mac-${BIOS.mac.replaceAll(':', '-')}.ipxe`))
  })

  test('a password goes to the PC that DHCP was seen to give an address, and to nobody else', async () => {
    await set(SECRETIVE, '--chap', 'mutual', '--gateway', 'clear')
    const { password } = await lab().product.verb<{ password: string }>('client', 'secret', SECRETIVE.name)
    const asked = () =>
      run(
        lab().network.inside('router', [
          ...['curl', '-s', '-m', '5', `http://${LAB.server}:8470/client/${SECRETIVE.mac}/boot.ipxe?p=pcbios`],
        ]),
      )
    // The one that asks first is not that PC; then the PC itself, which is in the loader while the engine starts anew.
    const refused = await asked()
    expect(refused).toContain('has not seen it take the address')
    expect(refused).not.toContain(password)
    await lab().product.verb('client', 'set', SECRETIVE.name, '--disk', '')
    const pc = await lab().startPc(withCd(SECRETIVE))
    await pc.console.waitFor(/this PC has no disk yet/, WITHIN_MS.loader)
    await lab().product.stop()
    const product = await lab().startProduct()
    await product.verb('client', 'set', SECRETIVE.name, '--disk', SECRETIVE.name)
    await pc.console.waitFor(/asking the router for the address again/, WITHIN_MS.loader)
    await pc.console.waitFor(UP, WITHIN_MS.system)
    expect(pc.console.textSince(0)).not.toContain(password)
    await pc.shell.ready(WITHIN_MS.command)
    const table = await pc.shell.must('cd /sys/firmware/ibft/ethernet0 && grep -r . ip-addr gateway 2>/dev/null; true')
    // No line for the gateway: the table has none.
    expect(table.trim()).toMatch(/^ip-addr:10\.77\.0\.\d+$/)
    expect(await asked()).not.toContain(password)
    const withheld = (await timeline(SECRETIVE)).filter((e) => e.type === 'passwordWithheld')
    expect(withheld.at(-1)?.text).toContain(`was asked for from ${LAB.router}`)
    await pc.off()
  })

  test('unknown PCs go on to their own disk, with BIOS and with UEFI', async () => {
    const pcs = [await lab().startPc(withCd(NEW_BIOS)), await lab().startPc(withCd(NEW_UEFI))]
    await Promise.all(pcs.map((pc) => pc.console.waitFor(/not set up in Bootlace yet/, WITHIN_MS.loader)))
    const found = await Promise.all(pcs.map((pc) => pc.console.waitFor(OWN_DISK, WITHIN_MS.grub)))
    expect(found.map(([, platform]) => platform)).toEqual(['pc', 'efi'])
    await Promise.all(pcs.map((pc) => pc.off()))
  })
})

/** As a person would: on the standard input, not among the words of the command. */
async function givePassword(lab: Lab, password: string): Promise<void> {
  const [program = '', ...args] = [
    process.execPath,
    'dist/main/cli.cjs',
    ...['menu', 'password', '--data', lab.dataDir, '--json'],
  ]
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin.end(`${password}\n`)
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
}
