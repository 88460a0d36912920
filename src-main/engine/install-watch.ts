import type { Fact } from '../clients/live-board.ts'
import type { TimelineEvent } from '../clients/client.ts'
import type { ClientRegistry } from '../clients/registry.ts'

/** Who wrote less has not installed a system. Bytes. */
export const LEAST_SYSTEM_BYTES = 64 * 2 ** 20

interface Needs {
  readonly registry: ClientRegistry
  /** What a machine wrote since the engine started. */
  bytesWritten(mac: string): number
  /** Tells people. */
  record(fact: Fact): void
}

/** Sees the end of an installation: a PC that was to install, wrote a system to its disk and left it starts from that disk from
 *  then on. Otherwise a PC that installs over the network would begin again for ever. */
export class InstallWatch {
  readonly #n: Needs
  /** What each machine had written when its installation began. */
  readonly #before = new Map<string, number>()

  constructor(needs: Needs) {
    this.#n = needs
  }

  /** Hears every event of the timeline. */
  heard(event: TimelineEvent): void {
    const { mac, type } = event
    const client = this.#n.registry.byMac(mac)
    if (client?.stage !== 'install') {
      this.#before.delete(mac)
      return
    }
    // An installation may restart its PC before it wrote much; what counts is all of it.
    if (type === 'sanLogin' && !this.#before.has(mac)) this.#before.set(mac, this.#n.bytesWritten(mac))
    if (type !== 'gone') return
    const written = this.#n.bytesWritten(mac) - (this.#before.get(mac) ?? 0)
    if (written < LEAST_SYSTEM_BYTES) return
    this.#before.delete(mac)
    this.#n.registry.change(mac, { stage: 'run' })
    this.#n.record({
      mac,
      type: 'installed',
      text: 'The installation has ended: from now on this PC starts from its disk.',
      data: { bytesWritten: written },
    })
  }
}
