import { AppError } from '../../base/errors.ts'
import { parseUuid } from '../../base/units.ts'
import type { AskedPc, BootContent, IdentityFile, ScriptAsker } from '../../boot/boot-content.ts'
import { identityText, metaData, NETWORK_CONFIG, USUAL_USER_DATA, VENDOR_DATA } from '../../boot/identity.ts'
import type { Client } from '../../clients/client.ts'
import type { ClientRegistry } from '../../clients/registry.ts'
import type { UserDataOf, UserDataStore } from '../../clients/stores.ts'
import type { DiskRecord } from '../../disks/disk-record.ts'

/** What boards say that were given none. */
const NO_UUID = /^(?:0[0-]*|f[f-]*)$/
/** cloud-init's own limit is that of clouds, 16 KiB; more is a mistake or an attack. Bytes. */
const MOST_BYTES = 64 * 1024
/** How user-data begin. Source: cloud-init's documentation, user-data formats. */
const BEGINNINGS = /^(?:#|Content-Type:|MIME-Version:)/i

interface Needs {
  readonly registry: ClientRegistry
  readonly disks: () => readonly DiskRecord[]
  readonly userData: UserDataStore
  /** Whether what may hold passwords is told to that address. */
  mayTell(mac: string, ip: string | undefined): boolean
}

/** What PCs of one image are told, so that each is itself: their names, and all that cloud-init asks for. */
export class Identities {
  readonly #n: Needs

  constructor(needs: Needs) {
    this.#n = needs
  }

  /** A loader told the UUID of its machine. From another address than the machine's it is not believed. */
  learnUuid(mac: string, text: string | undefined, ip: string | undefined): void {
    const { registry } = this.#n
    const uuid = text === undefined ? undefined : parseUuid(text)
    if (uuid === undefined || NO_UUID.test(uuid) || !registry.byMac(mac)) return
    const machine = registry.machine(mac)
    if (machine?.uuid === uuid || (machine?.ip !== undefined && machine.ip !== ip)) return
    registry.noteMachine(mac, { uuid })
  }

  readonly file: NonNullable<BootContent['identityFile']> = (pc, file, from) => {
    const client = this.#clientOf(pc, from)
    return client && this.#text(client, file, from)
  }

  /** Where nobody wrote anything. */
  readonly usual = { text: USUAL_USER_DATA, from: 'usual' } as const

  /** What its cloud-init is told, and by whom it was written. */
  userDataFor(client: Client): { readonly text: string; readonly from: 'client' | 'image' | 'usual' } {
    const { userData } = this.#n
    const own = userData.get({ mac: client.mac })
    if (own !== undefined) return { text: own, from: 'client' }
    const family = this.#familyOf(client)
    const ofImage = family === undefined ? undefined : userData.get({ family })
    return ofImage === undefined ? this.usual : { text: ofImage, from: 'image' }
  }
  /** What was written for exactly that. */
  userData(whose: UserDataOf): string | undefined {
    return this.#n.userData.get(whose)
  }
  /** `undefined` takes it away. Errors: client.userData. */
  setUserData(whose: UserDataOf, text: string | undefined): void {
    if (text !== undefined) checkUserData(text)
    this.#n.userData.set(whose, text)
  }

  #clientOf(pc: AskedPc, { ip }: ScriptAsker): Client | undefined {
    const { registry } = this.#n
    if ('mac' in pc) return registry.byMac(pc.mac)
    const found = registry.all().filter((client) => registry.machine(client.mac)?.uuid === pc.uuid)
    // Boards of one maker may all say the same.
    return found.length > 1 ? found.find((client) => registry.machine(client.mac)?.ip === ip) : found[0]
  }

  #text(client: Client, file: IdentityFile, { ip }: ScriptAsker): string | undefined {
    switch (file) {
      case 'identity':
        return identityText(client, this.#n.registry.machine(client.mac)?.uuid)
      case 'meta-data':
        return metaData(client, this.#n.disks().find((disk) => disk.name === client.disk)?.serial)
      case 'vendor-data':
        return VENDOR_DATA
      case 'network-config':
        return NETWORK_CONFIG
      case 'user-data': {
        const { text, from } = this.userDataFor(client)
        return from === 'usual' || this.#n.mayTell(client.mac, ip) ? text : undefined
      }
    }
  }

  #familyOf({ disk: name }: Client): string | undefined {
    const disks = this.#n.disks()
    const disk = disks.find((d) => d.name === name)
    return disk?.image?.family ?? disks.find((d) => d.name === disk?.parent)?.image?.family
  }
}

function checkUserData(text: string): void {
  if (new TextEncoder().encode(text).length > MOST_BYTES)
    throw new AppError('client.userData', 'these user-data are too long', { hint: 'They may take 64 KiB.' })
  if (!BEGINNINGS.test(text) || text.includes('\0'))
    throw new AppError('client.userData', 'cloud-init would not know what these user-data are', {
      hint: 'Begin them with #cloud-config, or with #! for a script.',
    })
}
