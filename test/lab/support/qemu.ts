import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { accelerator } from './accelerator.ts'
import { GuestShell } from './guest-shell.ts'
import type { Network } from './network.ts'
import { Qmp } from './qmp.ts'
import { SerialLine } from './serial.ts'

const OVMF_2M = ['/usr/share/OVMF/OVMF_CODE.fd', '/usr/share/OVMF/OVMF_VARS.fd'] as const
/** Code and variables of UEFI firmware, the first pair that is there: all of Debian's ovmf package, by generation of it. */
const OVMF = {
  ovmf: [['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'], OVMF_2M],
  'ovmf-2m': [OVMF_2M],
  // Secure Boot with a key that everybody has (`SECURE_BOOT_KEY`).
  'ovmf-secure': [['/usr/share/OVMF/OVMF_CODE_4M.secboot.fd', '/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd']],
} as const

/** What the firmware `ovmf-secure` trusts, its private key, and the password of that. */
export const SECURE_BOOT_KEY = {
  certificate: '/usr/share/ovmf/PkKek-1-snakeoil.pem',
  key: '/usr/share/ovmf/PkKek-1-snakeoil.key',
  password: 'snakeoil',
} as const

/** Network cards by the names QEMU has for them. */
const CARDS = {
  virtio: 'virtio-net-pci',
  e1000: 'e1000',
  e1000e: 'e1000e',
  rtl8139: 'rtl8139',
  vmxnet3: 'vmxnet3',
} as const

/** Nothing good follows these on the console. */
const DEAD = /Kernel panic.*|LAB-MARKER (?:corrupt|installer failed).*/
const NOTHING_BOOTED = /No bootable device.*/

export interface PcOptions {
  readonly name: string
  readonly mac: string
  readonly firmware: 'seabios' | keyof typeof OVMF
  readonly nic: keyof typeof CARDS
  /** `ipxe`: QEMU's own iPXE is in the card's ROM. `none`: no ROM, so that OVMF's own PXE client boots. */
  readonly rom: 'ipxe' | 'none'
  /** Tried after the network. */
  readonly cd?: string
  /** Tried before everything else; the card is no boot device then. */
  readonly medium?: { readonly file: string; readonly as: 'cd' | 'stick' }
  readonly memoryMib?: number
  /** UEFI: its PXE client is switched off, so that HTTP Boot is the first way. */
  readonly withoutPxe?: boolean
  /** SeaBIOS: starts anew this long after nothing booted. Without it that is the end. */
  readonly retriesAfterMs?: number
}

/** A virtual PC that boots from the network. */
export class Pc {
  readonly name: string
  readonly mac: string
  readonly console: SerialLine
  readonly shell: GuestShell
  readonly #process: ChildProcess
  readonly #qmpPath: string
  readonly #ended: Promise<void>

  private constructor(
    options: PcOptions,
    console: SerialLine,
    shell: GuestShell,
    process: ChildProcess,
    qmpPath: string,
    errors: () => string,
  ) {
    this.name = options.name
    this.mac = options.mac
    this.console = console
    this.shell = shell
    this.#process = process
    this.#qmpPath = qmpPath
    this.#ended = new Promise((resolve) => {
      process.once('exit', (code) => {
        console.fail(`${options.name} is off (QEMU ended with ${code}: ${errors()})`)
        resolve()
      })
    })
  }

  /** Switches a PC on. Its files are in the network's folder under its name. */
  static async start(network: Network, options: PcOptions): Promise<Pc> {
    const file = (suffix: string) => join(network.dir, `${options.name}.${suffix}`)
    const tap = await network.addTap()
    const console = await SerialLine.listen(file('s0'), file('console.log'), deadEnd(options))
    const shellLine = await SerialLine.listen(file('s1'), file('shell.log'))
    const [program = '', ...args] = network.inside('hub', [
      'qemu-system-x86_64',
      ...['-name', options.name, '-nodefaults', '-display', 'none', '-vga', 'std'],
      // Without graphics in the machine's own words, SeaBIOS copies its screen, and iPXE's with it, to the serial port.
      ...[
        '-machine',
        `${machineOf(options)},graphics=off`,
        ...(await accelerator()),
        '-smp',
        '1',
        '-m',
        `${options.memoryMib ?? 768}`,
      ],
      ...(options.firmware === 'seabios' ? [] : ovmfArgs(options.firmware, file('vars.fd'))),
      ...['-chardev', `socket,id=s0,path=${console.path}`, '-serial', 'chardev:s0'],
      ...['-chardev', `socket,id=s1,path=${shellLine.path}`, '-serial', 'chardev:s1'],
      ...['-qmp', `unix:${file('qmp')},server=on,wait=off`],
      ...['-netdev', `tap,id=n0,ifname=${tap},script=no,downscript=no`],
      ...['-device', nicArg(options)],
      ...['-object', 'rng-random,id=r0,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=r0'],
      ...(options.retriesAfterMs === undefined ? [] : ['-boot', `reboot-timeout=${options.retriesAfterMs}`]),
      ...(options.withoutPxe
        ? ['IPv4', 'IPv6'].flatMap((ip) => ['-fw_cfg', `name=opt/org.tianocore/${ip}PXESupport,string=n`])
        : []),
      ...(options.cd === undefined ? [] : cdArgs(options.cd)),
      ...(options.medium === undefined ? [] : mediumArgs(options.medium)),
    ])
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text))
    return new Pc(options, console, new GuestShell(shellLine), child, file('qmp'), () => errors.trim())
  }

  /** The reset button. */
  async reset(): Promise<void> {
    await this.#tell('system_reset')
  }

  /** Holds it where it is, and lets it go on. */
  async pause(): Promise<void> {
    await this.#tell('stop')
  }
  async goOn(): Promise<void> {
    await this.#tell('cont')
  }

  /** A picture of the screen (PPM), for looking at a failure. */
  async screenshot(to: string): Promise<void> {
    await this.#tell('screendump', { filename: to })
  }

  async #tell(command: string, words?: Readonly<Record<string, unknown>>): Promise<void> {
    const qmp = await Qmp.open(this.#qmpPath)
    await qmp.execute(command, words)
    qmp.close()
  }

  /** Resolves when the system on it has switched it off. */
  async switchedOff(deadlineMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.name} is still on after ${deadlineMs / 1000} s`)), deadlineMs)
    })
    try {
      await Promise.race([this.#ended, late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Pulls the plug. */
  async off(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.#process.kill('SIGKILL')
    await this.#ended
    this.console.close()
    this.shell.close()
  }
}

function deadEnd(options: PcOptions): RegExp {
  return options.retriesAfterMs === undefined ? new RegExp(`${DEAD.source}|${NOTHING_BOOTED.source}`) : DEAD
}

/** Secure Boot keeps its variables where only system management mode can write. */
const machineOf = (options: PcOptions): string => (options.firmware === 'ovmf-secure' ? 'q35,smm=on' : 'pc')

function ovmfArgs(firmware: keyof typeof OVMF, vars: string): string[] {
  const pair = OVMF[firmware].find(([code]) => existsSync(code))
  if (pair === undefined) throw new Error(`no firmware ${firmware}: install the package ovmf`)
  copyFileSync(pair[1], vars)
  return [
    ...(firmware === 'ovmf-secure' ? ['-global', 'driver=cfi.pflash01,property=secure,value=on'] : []),
    ...['-drive', `if=pflash,format=raw,readonly=on,file=${pair[0]}`],
    ...['-drive', `if=pflash,format=raw,file=${vars}`],
  ]
}

function nicArg(options: PcOptions): string {
  // Only for its default ROM file does QEMU write the card's PCI ids into the ROM, without which SeaBIOS skips it: so
  // `ipxe` must not name a file.
  return `${CARDS[options.nic]},netdev=n0,mac=${options.mac}${options.medium === undefined ? ',bootindex=1' : ''}${options.rom === 'none' ? ',romfile=' : ''}`
}

function mediumArgs({ file, as }: NonNullable<PcOptions['medium']>): string[] {
  if (as === 'stick')
    return [
      ...['-device', 'qemu-xhci', '-drive', `if=none,id=stick,readonly=on,format=raw,file=${file}`],
      ...['-device', 'usb-storage,drive=stick,bootindex=0'],
    ]
  return [
    ...['-drive', `if=none,id=cd1,media=cdrom,readonly=on,format=raw,file=${file}`],
    ...['-device', 'ide-cd,drive=cd1,bootindex=0'],
  ]
}

function cdArgs(file: string): string[] {
  return [
    ...['-drive', `if=none,id=cd0,media=cdrom,readonly=on,format=raw,file=${file}`],
    ...['-device', 'ide-cd,drive=cd0,bootindex=2'],
  ]
}
