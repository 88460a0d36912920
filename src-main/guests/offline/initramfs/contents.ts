/** What of an initramfs matters to a start over iSCSI. */
export interface InitramfsContents {
  /** Which program made it, as far as its files tell. */
  readonly maker: 'initramfs-tools' | 'dracut' | 'mkinitcpio' | undefined
  /** Kernel modules by name, with `_`. */
  readonly modules: ReadonlySet<string>
  /** Drivers of wired network cards, by name, sorted. */
  readonly networkDrivers: readonly string[]
  /** Of iscsistart, iscsid, iscsiadm: those that are there. */
  readonly programs: ReadonlySet<string>
  /** The script that logs in: initramfs-tools' local-top/iscsi, dracut's iscsiroot, mkinitcpio's iscsi hook. */
  readonly hook: string | undefined
  /** What sets up the network in dracut: its own scripts, NetworkManager, systemd-networkd. */
  readonly network: ReadonlySet<'legacy' | 'NetworkManager' | 'networkd'>
  /** Small files that say what the hook does, by path without a leading slash. */
  readonly files: ReadonlyMap<string, string>
  readonly fileCount: number
}

const MODULE = /^(?:usr\/)?lib\/modules\/[^/]+\/(.*\/)?([^/]+)\.ko(?:\.(?:xz|gz|zst))?$/
const ETHERNET = /(?:^|\/)kernel\/drivers\/net\/(?:ethernet\/|[^/]+$|hyperv\/|vmxnet3\/|usb\/)/
/** Modules of drivers/net that drive no card. */
const NO_CARD = new Set(
  (
    'mii mdio libphy dummy ifb veth tun tap macvlan macvtap netconsole nlmon loopback net_failover failover bareudp ' +
    'geneve gtp vxlan vrf rionet libcxgb ipvlan ipvtap usbnet'
  ).split(' '),
)
const PROGRAM = /^(?:usr\/)?s?bin\/(iscsistart|iscsid|iscsiadm|iscsiuio)$/
const HOOKS: readonly RegExp[] = [
  /^scripts\/local-top\/iscsi$/,
  /^(?:usr\/)?s?bin\/iscsiroot$/,
  /^(?:usr\/)?lib\/dracut\/hooks\/[^/]+\/[^/]*iscsi[^/]*$/,
  // Bootlace's kit for Arch names its hook after itself.
  /^hooks\/(?:bootlace|[^/]*iscsi[^/]*)$/,
]
const NETWORK: readonly (readonly [RegExp, 'legacy' | 'NetworkManager' | 'networkd'])[] = [
  [/^(?:usr\/)?s?bin\/ifup$/, 'legacy'],
  [/^usr\/lib(?:exec)?\/nm-initrd-generator$/, 'NetworkManager'],
  [/^(?:usr\/)?lib\/systemd\/systemd-networkd$/, 'networkd'],
]
export const KEPT_FILES = new Set([
  'etc/iscsi.initramfs',
  'etc/iscsi/iscsi.initramfs',
  'etc/iscsi/initiatorname.iscsi',
  'conf/initramfs.conf',
  'config',
])
const MOST_FILES = 400_000
const MOST_MODULES = 20_000
const LONGEST_MODULE = 128

export const moduleName = (file: string): string => file.replaceAll('-', '_')

/** Whether a module's path below /lib/modules/VERSION names the driver of a wired card. */
export function isNetworkDriver(path: string): boolean {
  const name = /([^/]+)\.ko(?:\.\w+)?$/.exec(path)?.[1]
  return name !== undefined && ETHERNET.test(path) && !NO_CARD.has(moduleName(name))
}

/** Gathers the contents while names go by. */
export class Survey {
  #maker: InitramfsContents['maker']
  readonly #modules = new Set<string>()
  readonly #network = new Set<string>()
  readonly #programs = new Set<string>()
  readonly #files = new Map<string, string>()
  readonly #handlers = new Set<'legacy' | 'NetworkManager' | 'networkd'>()
  #hook: string | undefined
  #count = 0

  /** False when there are more files than any real one has. */
  add(path: string): boolean {
    const name = path.replace(/^\.?\/+/, '')
    this.#count++
    const module = MODULE.exec(name)
    if (module && module[2]!.length <= LONGEST_MODULE && this.#modules.size < MOST_MODULES) {
      this.#modules.add(moduleName(module[2]!))
      if (isNetworkDriver(name)) this.#network.add(moduleName(module[2]!))
    }
    const program = PROGRAM.exec(name)
    if (program) this.#programs.add(program[1]!)
    for (const [pattern, handler] of NETWORK) if (pattern.test(name)) this.#handlers.add(handler)
    if (this.#hook === undefined && HOOKS.some((hook) => hook.test(name))) this.#hook = name
    if (/^conf\/initramfs\.conf$|^scripts\/init-top(\/|$)/.test(name)) this.#maker ??= 'initramfs-tools'
    else if (/^(?:usr\/)?lib\/dracut(\/|$)/.test(name)) this.#maker ??= 'dracut'
    else if (/^init_functions$/.test(name)) this.#maker ??= 'mkinitcpio'
    return this.#count <= MOST_FILES
  }

  keep(path: string, text: string): void {
    this.#files.set(path.replace(/^\.?\/+/, ''), text)
  }

  done(): InitramfsContents {
    return {
      maker: this.#maker,
      modules: this.#modules,
      networkDrivers: [...this.#network].sort(),
      programs: this.#programs,
      hook: this.#hook,
      network: this.#handlers,
      files: this.#files,
      fileCount: this.#count,
    }
  }
}
