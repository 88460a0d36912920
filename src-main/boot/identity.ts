/** What a system on a disk is told from others by. The kit inside says the same from the disk's serial number, without asking us. */

const SERIAL = /^[0-9A-F]{16}$/

/** The machine-id of Linux on a disk with this serial number: a UUID of version 4 without its hyphens. The same for as long as
 *  there is the disk, whatever is on it. `undefined`: a serial number of another kind, Linux makes one of its own.
 *  Source: machine-id(5); RFC 9562 §5.4. */
export function machineIdOf(serial: string): string | undefined {
  if (!SERIAL.test(serial)) return undefined
  const digits = serial.toLowerCase()
  // 64 bits tell disks apart; the rest is fixed, as there is nothing to hash with in an initramfs.
  return `${digits.slice(0, 12)}4${digits.slice(12, 15)}8${digits.slice(15)}b0071ace000000`
}
