import type { Client } from '../clients/client.ts'
import { initiatorNameOf } from './names.ts'

/** What tells PCs of one image apart. The kit inside a system knows its name and machine-id without asking us. */

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

/** What a script inside a system may ask for, a line each. Nothing secret. */
export function identityText(client: Client, uuid: string | undefined): string {
  const lines = [
    ['name', client.name],
    ['initiator', initiatorNameOf(client.name)],
    ['uuid', uuid],
    ['group', client.group],
  ]
  return lines
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
}

/** The instance of cloud-init is the disk: it stays when the disk is reset to its image or its PC is renamed, and cloud-init
 *  begins anew on a disk that was made from another one. A PC without a disk of ours is an instance by its MAC. */
export function metaData(client: Client, diskSerial: string | undefined): string {
  const id = (diskSerial === undefined ? undefined : machineIdOf(diskSerial)) ?? client.mac.replaceAll(':', '')
  return `instance-id: bootlace-${id}\nlocal-hostname: ${client.name}\n`
}

/** What cloud-init is told where nobody wrote anything. */
export const USUAL_USER_DATA = '#cloud-config\npreserve_hostname: false\n'
/** Counts where the user-data say nothing else: an image that keeps its host name would make many PCs of one name. */
export const VENDOR_DATA = USUAL_USER_DATA
/** The network card that the disk hangs on is never set up anew. Source: cloud-init #6915. */
export const NETWORK_CONFIG = 'network: {config: disabled}\n'
