import type { Clock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import { parseMac } from '../base/units.ts'
import type { Client } from './client.ts'
import type { ClientStore, Machine, MachineStore } from './stores.ts'

/** Host-name-like and short: it becomes the computer name, and on BIOS all names share 256 bytes of the iBFT. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/

/** Made once: a collator per comparison costs more than everything else in a snapshot of many PCs. */
const { compare } = new Intl.Collator('en', { numeric: true })

/** A client's name as typed, checked and in lower case. Errors: client.name. */
export function parseClientName(text: string): string {
  const name = text.trim().toLowerCase()
  if (!NAME.test(name)) {
    throw new AppError('client.name', `"${text}" cannot be a PC's name`, {
      hint: 'Use at most 15 letters, digits and hyphens, for example pc-01.',
    })
  }
  return name
}

const GROUP_LENGTH = 40

/** A group as typed: words for people, without blanks around them. Errors: client.group. */
export function parseGroup(text: string): string {
  const group = text.trim().replace(/\s+/g, ' ')
  if (group === '' || group.length > GROUP_LENGTH) {
    throw new AppError('client.group', `"${text}" cannot be the name of a group`, {
      hint: `Use up to ${GROUP_LENGTH} characters, for example Classroom 2.`,
    })
  }
  return group
}

/** Fields of a change: absent stays, `undefined` given explicitly takes away. */
export type ClientFields = { readonly [K in Exclude<keyof Client, 'mac' | 'createdMs'>]?: Client[K] | undefined }

/** Who is who: named clients, machines only seen so far, and which address belongs to whom. */
export class ClientRegistry {
  readonly #store: ClientStore
  readonly #machineStore: MachineStore
  readonly #clock: Clock
  readonly #clients = new Map<string, Client>()
  readonly #machines = new Map<string, Machine>()
  readonly #macByIp = new Map<string, string>()

  constructor(store: ClientStore, machineStore: MachineStore, clock: Clock) {
    this.#store = store
    this.#machineStore = machineStore
    this.#clock = clock
    for (const client of store.all()) this.#clients.set(client.mac, client)
    for (const machine of machineStore.all()) {
      this.#machines.set(machine.mac, machine)
      // Newest first: an address that moved on belongs to the machine that had it last.
      if (machine.ip !== undefined && !this.#macByIp.has(machine.ip)) this.#macByIp.set(machine.ip, machine.mac)
    }
  }

  all(): Client[] {
    return [...this.#clients.values()].sort((a, b) => compare(a.name, b.name))
  }
  byMac(mac: string): Client | undefined {
    return this.#clients.get(mac)
  }
  byName(name: string): Client | undefined {
    for (const client of this.#clients.values()) if (client.name === name) return client
    return undefined
  }
  machine(mac: string): Machine | undefined {
    return this.#machines.get(mac)
  }
  macOfIp(ip: string): string | undefined {
    return this.#macByIp.get(ip)
  }
  usersOf(disk: string): Client[] {
    return [...this.#clients.values()]
      .filter((client) => client.disk === disk || client.secondDisk === disk)
      .sort((a, b) => compare(a.name, b.name))
  }
  /** Machines that asked and have no name yet, newest first. */
  unknown(): Machine[] {
    return [...this.#machines.values()]
      .filter((m) => !this.#clients.has(m.mac))
      .sort((a, b) => b.lastSeenMs - a.lastSeenMs)
  }

  /** By name or MAC in any spelling. Errors: client.unknown. */
  find(id: string): Client {
    const byName = this.byName(id.trim().toLowerCase())
    if (byName) return byName
    let client: Client | undefined
    try {
      client = this.#clients.get(parseMac(id))
    } catch {
      // Not a MAC, so it was meant as a name; the error below says what exists.
    }
    if (client) return client
    const names = this.all().map((c) => c.name)
    throw new AppError('client.unknown', `no PC is called "${id}"`, {
      hint:
        names.length > 0
          ? `Known: ${names.slice(0, 10).join(', ')}.`
          : 'Add it first: bootlace client add MAC --name NAME.',
    })
  }

  /** Errors: config.mac, client.macTaken, client.name, client.nameTaken, client.fields, client.group. */
  add(macText: string, fields: ClientFields): Client {
    const mac = parseMac(macText)
    const taken = this.#clients.get(mac)
    if (taken) {
      throw new AppError('client.macTaken', `${mac} is already called ${taken.name}`, {
        hint: `Change it with: bootlace client set ${taken.name} …`,
      })
    }
    const name = fields.name ?? `pc-${mac.replaceAll(':', '').slice(6)}`
    return this.#put({
      mac,
      stage: 'run',
      loader: 'auto',
      keep: 'always',
      channel: 'production',
      createdMs: this.#clock.now(),
      ...clean({ ...fields, name }),
    } as Client)
  }

  /** Errors: as `add`, and client.unknown. */
  change(id: string, fields: ClientFields): Client {
    return this.#put(clean({ ...this.find(id), ...fields }) as Client)
  }

  remove(id: string): Client {
    const client = this.find(id)
    this.#store.remove(client.mac)
    this.#clients.delete(client.mac)
    return client
  }

  /** Remembers what was learnt of a machine. Returns true when it was never seen before. */
  noteMachine(
    mac: string,
    learnt: { firmware?: string | undefined; ip?: string | undefined; uuid?: string | undefined },
  ): boolean {
    const now = this.#clock.now()
    const before = this.#machines.get(mac)
    const firmware = learnt.firmware ?? before?.firmware
    const ip = learnt.ip ?? before?.ip
    const uuid = learnt.uuid ?? before?.uuid
    const machine: Machine = {
      mac,
      ...(firmware !== undefined && { firmware }),
      ...(ip !== undefined && { ip }),
      ...(uuid !== undefined && { uuid }),
      firstSeenMs: before?.firstSeenMs ?? now,
      lastSeenMs: now,
    }
    this.#machines.set(mac, machine)
    if (ip !== undefined) this.#macByIp.set(ip, mac)
    // A firmware asks several times a second at worst; the disk needs to hear only what is new.
    const isNews = before?.firmware !== firmware || before?.ip !== ip || before?.uuid !== uuid
    if (!before || isNews || now - before.lastSeenMs > 60_000) this.#machineStore.put(machine)
    return before === undefined
  }

  #put(candidate: Client): Client {
    const client: Client = {
      ...candidate,
      name: parseClientName(candidate.name),
      ...(candidate.group !== undefined && { group: parseGroup(candidate.group) }),
    }
    const twin = this.byName(client.name)
    if (twin && twin.mac !== client.mac) {
      throw new AppError('client.nameTaken', `another PC (${twin.mac}) is already called ${client.name}`, {
        hint: 'Choose another name.',
      })
    }
    if (client.medium !== undefined && client.kernel !== undefined) {
      throw new AppError('client.fields', 'a PC installs from an ISO or from a kernel, not from both', {
        hint: "Take one away: --medium '' or --kernel '' --initrd ''.",
      })
    }
    if (client.initrd !== undefined && client.kernel === undefined) {
      throw new AppError('client.fields', 'an initrd needs a kernel', {
        hint: "Give --kernel FILE beside --initrd FILE, or take the initrd away: --initrd ''.",
      })
    }
    if ((client.keep === 'until') !== (client.keepUntilMs !== undefined)) {
      throw new AppError('client.fields', 'a date belongs to “keep until”, and to nothing else', {
        hint: 'Say always, never, or until when.',
      })
    }
    this.#store.put(client)
    this.#clients.set(client.mac, client)
    return client
  }
}

function clean<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}
