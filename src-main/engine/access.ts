import { randomInt } from 'node:crypto'
import type { ClientSecret } from '../api/dto.ts'
import { AppError } from '../base/errors.ts'
import { clientNameOf } from '../boot/names.ts'
import type { Client } from '../clients/client.ts'
import type { ClientRegistry } from '../clients/registry.ts'
import type { ChapSecrets, ChapSecretStore, InitiatorNameStore } from '../clients/stores.ts'
import type { ChapCredentials } from '../iscsi/chap.ts'

/** The name we give when a PC asks for proof of ours. */
const OUR_CHAP_NAME = 'bootlace'
/** Windows takes 12 to 16 characters. None of these looks like another one: a password may have to be typed. */
const SECRET_LENGTH = 16
const ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

const newSecret = (): string =>
  Array.from({ length: SECRET_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('')

/** Two secrets that differ: one that served both directions could be had by asking for it. */
function newSecrets(): ChapSecrets {
  const secret = newSecret()
  let reverseSecret = newSecret()
  while (reverseSecret === secret) reverseSecret = newSecret()
  return { secret, reverseSecret }
}

/** Who may use which disk, and with which password. */
export class Access {
  readonly #registry: Pick<ClientRegistry, 'byName' | 'byMac' | 'usersOf'>
  readonly #store: ChapSecretStore
  readonly #names: Pick<InitiatorNameStore, 'macOf'>

  constructor(
    registry: Pick<ClientRegistry, 'byName' | 'byMac' | 'usersOf'>,
    store: ChapSecretStore,
    names: Pick<InitiatorNameStore, 'macOf'>,
  ) {
    this.#registry = registry
    this.#store = store
    this.#names = names
  }

  /** What whoever calls itself that PC must prove to know; discovery included. */
  credentials(initiatorName: string): ChapCredentials | undefined {
    const client = this.clientOf(initiatorName)
    return client && this.credentialsOf(client)
  }

  /** The password of a PC that has one. */
  credentialsOf(client: Client): ChapCredentials | undefined {
    if (client.chap === undefined) return undefined
    const { secret, reverseSecret } = this.#secrets(client)
    return {
      name: client.name,
      secret,
      ...(client.chap === 'mutual' && { reverse: { name: OUR_CHAP_NAME, secret: reverseSecret } }),
    }
  }

  /** Why somebody may not use a disk. A disk that nobody has set up for one PC is for everybody: firmware, loaders and
   *  systems have names of their own. */
  refusal(disk: string, initiatorName: string): string | undefined {
    const users = this.#registry.usersOf(disk)
    const client = this.clientOf(initiatorName)
    if (client && users.some((user) => user.mac === client.mac)) return undefined
    const owner = users.find((user) => user.chap !== undefined || user.exclusive)
    return owner && `only ${owner.name} may use this disk`
  }

  /** Makes or forgets the password, as the PC is set up now. */
  settle(client: Client): void {
    if (client.chap === undefined) this.#store.remove(client.mac)
    else this.#secrets(client)
  }

  /** Errors: client.noPassword. */
  secretOf(client: Client): ClientSecret {
    const credentials = this.credentialsOf(client)
    if (!credentials) {
      throw new AppError('client.noPassword', `${client.name} needs no password for its disk`, {
        hint: `Switch it on first: bootlace client set ${client.name} --chap on.`,
      })
    }
    const { name, secret, reverse } = credentials
    return {
      id: client.name,
      chap: client.chap!,
      username: name,
      password: secret,
      ...(reverse && { reverseUsername: reverse.name, reversePassword: reverse.secret }),
    }
  }

  /** Errors: client.noPassword. */
  renew(client: Client): ClientSecret {
    if (client.chap !== undefined) this.#store.put(client.mac, newSecrets())
    return this.secretOf(client)
  }

  /** The PC that calls itself so: by the name we gave it, or by one that was let in as that PC. */
  clientOf(initiatorName: string): Client | undefined {
    const name = clientNameOf(initiatorName)
    if (name !== undefined) return this.#registry.byName(name)
    const mac = this.#names.macOf(initiatorName.toLowerCase())
    return mac === undefined ? undefined : this.#registry.byMac(mac)
  }

  /** A PC that is set up for a password always has one: without, nobody could be refused. */
  #secrets(client: Client): ChapSecrets {
    const kept = this.#store.get(client.mac)
    if (kept) return kept
    const made = newSecrets()
    this.#store.put(client.mac, made)
    return made
  }
}
