import { DISK } from './disk.ts'
import { EFI_FALLBACK } from './firmware.ts'
import { begin, END } from './frame.ts'
import { FRESH } from './fresh.ts'
import { CLOUD_INIT_STEPS, IDENTITY_STEPS } from './identity.ts'
import { KEEP_NETWORK } from './keep-network.ts'
import { MENU } from './menu.ts'
import { NETWORK_FLAGS, NETWORK_MANAGERS } from './network.ts'
import { POWER } from './power.ts'
import { SESSION } from './session.ts'

/** What differs between the families of Linux. */
export interface Family {
  /** The value of SYSTEM in the scripts. */
  readonly system: string
  /** Who it is for, in the script's first comment. */
  readonly title: string
  /** Stops when this is another system or its programs are missing; sets REINSTALL, WANTED, IP_IS_IBFT and MENU_SENTENCE. */
  readonly begin: string
  /** What goes into the initramfs. */
  readonly settings: string
  /** Makes the initramfs anew when something of it changed. */
  readonly initramfs: string
}

/** The steps, in order; a further subject is one more entry. Those that write what the initramfs holds come before it; the machine-id goes last, because dracut files
 *  the initramfs of some systems under it. */
const PARTS: readonly (string | ((families: readonly Family[]) => string))[] = [
  (families) => each(families, (family) => family.begin),
  SESSION,
  (families) => each(families, (family) => family.settings),
  DISK,
  MENU,
  EFI_FALLBACK,
  KEEP_NETWORK,
  NETWORK_MANAGERS,
  NETWORK_FLAGS,
  POWER,
  IDENTITY_STEPS,
  CLOUD_INIT_STEPS,
  (families) => each(families, (family) => family.initramfs),
  FRESH,
]

function each(families: readonly Family[], part: (family: Family) => string): string {
  if (families.length === 1) return part(families[0]!)
  return `case $SYSTEM in\n${families.map((family) => `${family.system})\n${part(family)}\n;;\n`).join('')}esac\n`
}

/** One script for these families; with several it recognises the one it runs on. */
export function composeKit(title: string, families: readonly Family[]): string {
  const system = families.length === 1 ? `SYSTEM=${families[0]!.system}\n` : RECOGNISE
  const parts = PARTS.map((part) => (typeof part === 'string' ? part : part(families)))
  return [begin(title), system, ...parts, END].join('')
}

/** By the program that makes the initramfs: Ubuntu 25.10 and later may have dracut, and EndeavourOS, made from Arch, has. */
const RECOGNISE = String.raw`# The program that makes the initramfs tells the families apart.
recognise() {
  if has /usr/share/initramfs-tools/hook-functions || has /usr/share/initramfs-tools/hooks; then
    echo debian
  elif has /etc/mkinitcpio.conf; then
    echo arch
  elif has /usr/bin/dracut || has /usr/sbin/dracut || has /sbin/dracut; then
    echo dracut
  else
    echo unknown
  fi
}
SYSTEM=$(recognise)
if [ "$SYSTEM" = unknown ]; then
  flag "This Linux has none of initramfs-tools, dracut and mkinitcpio: no kit fits it." "Its initramfs must load iscsi_ibft, iscsi_tcp and the driver of the network card, then run: iscsistart -N && iscsistart -b"
  exit 1
fi
`
