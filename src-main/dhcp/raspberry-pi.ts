import { OPTION, type DhcpOptions } from './options.ts'

/** Address blocks of Raspberry Pi. Source: IEEE registry, "Raspberry Pi Foundation" and "Raspberry Pi (Trading) Ltd". */
const PREFIXES: ReadonlySet<string> = new Set([
  '28:cd:c1',
  '2c:cf:67',
  '88:a2:9e',
  'b8:27:eb',
  'd8:3a:dd',
  'dc:a6:32',
  'e4:5f:01',
])

/** `RPi`, with which option 97 begins on a Pi 4 and later (`RPi4`, `RPi5`); a Pi 3 sends its serial number there.
 *  Source: bootloader configuration DHCP_OPTION97 of the Raspberry Pi documentation (default 0x34695052). */
const UUID_MARK = [0x52, 0x50, 0x69]

/** True for the boot ROM and the bootloader of a Raspberry Pi. They say architecture 0, as a BIOS PC does, and their
 *  option 60 is that of a BIOS PC too, so MAC and option 97 must tell. UEFI firmware on a Pi says 11 and is asked nothing
 *  here: it takes what every ARM UEFI takes. */
export function isRaspberryPi(mac: string, arch: number | undefined, options: DhcpOptions): boolean {
  if (arch !== undefined && arch !== 0) return false
  const uuid = options.get(OPTION.clientUuid)
  const marked = uuid?.length === 17 && UUID_MARK.every((byte, i) => uuid[i + 1] === byte)
  return marked || PREFIXES.has(mac.slice(0, 8))
}
