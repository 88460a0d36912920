import type { AllowedInitiator, RefusedLogin } from '../api/access.ts'
import type { Clock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import { clientNameOf, targetNameOf } from '../boot/names.ts'
import type { Client } from '../clients/client.ts'
import type { ClientRegistry } from '../clients/registry.ts'
import type { InitiatorNameStore } from '../clients/stores.ts'
import type { DiskRecord } from '../disks/disk-record.ts'

/** Who was turned away is shown for so long. Milliseconds. */
const SHOWN_MS = 3_600_000
const SHOWN_AT_MOST = 8

/** iSCSI names. Source: RFC 7143 §4.2.7.3 to .5, at most 223 bytes. */
const NAME = /^(?:iqn\.\d{4}-\d{2}\.[a-z0-9][a-z0-9.-]*(?::[^\s]+)?|eui\.[0-9a-f]{16}|naa\.(?:[0-9a-f]{16}){1,2})$/

const keyOf = (initiator: string, disk: string): string => `${initiator} ${disk}`

/** An initiator name as typed, in lower case. Errors: client.initiator. */
export function parseInitiatorName(text: string): string {
  const name = text.trim().toLowerCase()
  if (!NAME.test(name) || new TextEncoder().encode(name).length > 223) {
    throw new AppError('client.initiator', `"${text}" is not the name of an initiator`, {
      hint: 'It begins with iqn., eui. or naa., like iqn.1991-05.com.microsoft:pc; the firmware or the adapter shows it.',
    })
  }
  return name
}

/** Further initiator names of PCs: firmware and adapters have names of their own, and a disk that is kept for one PC turns
 *  them away. Such a name then is that PC, and gives its password where it has one. */
export class LetIn {
  readonly #registry: Pick<ClientRegistry, 'usersOf' | 'byName' | 'byMac'>
  readonly #disks: { all(): readonly DiskRecord[]; find(name: string): DiskRecord }
  readonly #names: InitiatorNameStore
  readonly #clock: Clock
  /** By initiator and target; the newest last. */
  readonly #refused = new Map<string, RefusedLogin & { readonly atMs: number }>()

  constructor(
    registry: Pick<ClientRegistry, 'usersOf' | 'byName' | 'byMac'>,
    disks: { all(): readonly DiskRecord[]; find(name: string): DiskRecord },
    names: InitiatorNameStore,
    clock: Clock,
  ) {
    this.#registry = registry
    this.#disks = disks
    this.#names = names
    this.#clock = clock
  }

  /** A login that the rules of access refused. Names of our own PCs are not noted: theirs is another remedy. */
  noteRefused(who: {
    readonly initiatorName: string
    readonly targetName: string
    readonly remoteAddress: string
  }): void {
    const initiator = who.initiatorName.toLowerCase()
    const disk = this.#disks.all().find((d) => targetNameOf(d.name) === who.targetName.toLowerCase())
    const owner = disk && this.#ownerOf(disk.name)
    if (!disk || !owner || clientNameOf(initiator) !== undefined || !NAME.test(initiator)) return
    const key = keyOf(initiator, disk.name)
    this.#refused.delete(key)
    this.#refused.set(key, {
      initiator,
      disk: disk.name,
      client: owner.name,
      ip: who.remoteAddress,
      atMs: this.#clock.now(),
    })
    if (this.#refused.size > SHOWN_AT_MOST) this.#refused.delete(this.#refused.keys().next().value!)
  }

  /** Who was turned away lately, the newest first. */
  refused(): RefusedLogin[] {
    const since = this.#clock.now() - SHOWN_MS
    return [...this.#refused.values()].filter((r) => r.atMs > since).reverse()
  }

  namesOf(client: Client): string[] {
    return this.#names.namesOf(client.mac)
  }

  /** The next login of that name gets that disk. Errors: client.initiator, disk.unknown. */
  allow(initiatorText: string, diskText: string): AllowedInitiator {
    const initiator = parseInitiatorName(initiatorText)
    const disk = this.#disks.find(diskText)
    const own = clientNameOf(initiator)
    if (own !== undefined) {
      throw new AppError('client.initiator', `${initiator} is the name that Bootlace gives the PC ${own}`, {
        hint: `Give that PC the disk instead: bootlace client set ${own} --disk ${disk.name}.`,
      })
    }
    const targetName = targetNameOf(disk.name)
    const owner = this.#ownerOf(disk.name)
    this.#refused.delete(keyOf(initiator, disk.name))
    if (!owner) return { initiator, disk: disk.name, targetName, password: false }
    this.#names.put(initiator, owner.mac)
    return { initiator, disk: disk.name, targetName, client: owner.name, password: owner.chap !== undefined }
  }

  /** Errors: client.initiator. */
  revoke(initiatorText: string): { initiator: string } {
    const initiator = parseInitiatorName(initiatorText)
    if (!this.#names.remove(initiator)) {
      throw new AppError('client.initiator', `${initiator} was not let in by anybody`, {
        hint: 'Which names a PC has says: bootlace client show NAME.',
      })
    }
    return { initiator }
  }

  /** The PC that a disk is kept for; undefined for a disk that everybody may use. */
  #ownerOf(disk: string): Client | undefined {
    return this.#registry.usersOf(disk).find((user) => user.chap !== undefined || user.exclusive)
  }
}
