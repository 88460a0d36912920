import { randomInt } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { ARCH } from '../../dhcp/arch-type.ts'
import type { ServedInterface } from '../../platform/interfaces.ts'
import { probeMacOf } from '../setup/probe-mac.ts'
import { serversOf } from '../setup/wire/offers.ts'
import { firmwareDiscover } from '../setup/wire/questions.ts'
import { openTalk } from '../setup/wire/talk.ts'

/** A server may look for three seconds whether an address is free before it offers it (dnsmasq's PING_WAIT). */
const HEAR_MS = 3600
/** A call that gets lost is no finding. */
const REPEAT_AFTER_MS = 1500

/** Calls as a PC that starts, and returns the other servers that would give it an address. Ends at the first one.
 *  Errors: net.portTaken, net.permission, net.device. */
export async function lookForServers(served: ServedInterface, clock: Clock): Promise<string[]> {
  const asker = { mac: probeMacOf(served.mac), xid: randomInt(1, 2 ** 32) }
  const talk = await openTalk(served, clock)
  const others = () =>
    serversOf(talk.replies)
      .filter(({ server, address }) => address !== undefined && server !== served.address)
      .map(({ server }) => server)
  try {
    for (const ms of [REPEAT_AFTER_MS, HEAR_MS - REPEAT_AFTER_MS]) {
      await talk.call(firmwareDiscover(asker, ARCH.biosX86))
      await talk.wait(() => others().length > 0, ms)
      if (others().length > 0) break
    }
    return others()
  } finally {
    talk.close()
  }
}
