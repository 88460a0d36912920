import { decodePacket, encodePacket, type DhcpPacket } from '../../src-main/dhcp/packet.ts'
import { CodecError } from '../../src-main/base/errors.ts'
import { decideProxy } from '../../src-main/dhcp/proxy.ts'
import type { ProductAnswers } from './boot-answers.ts'
import { clientDatagrams, dhcpCaptures } from './dhcp-fixtures.ts'
import { seededRandom, type SeededRandom } from './random.ts'

/** What a proxy must never send: mask, router, name servers, lease time and its relatives. Source: RFC 2132. */
const LEASE_OPTIONS = [1, 3, 6, 15, 28, 51, 58, 59]

export interface FuzzResult {
  readonly packets: number
  readonly refused: number
  readonly answered: number
}

/** One change of a packet, in place, or another length. */
function mutate(seed: Uint8Array, random: SeededRandom): Uint8Array {
  let bytes = Uint8Array.from(seed)
  switch (random.below(6)) {
    case 0:
      bytes = bytes.subarray(0, random.below(bytes.length + 1))
      break
    case 1: {
      const longer = new Uint8Array(bytes.length + random.below(1200))
      longer.set(bytes)
      bytes = longer
      break
    }
    case 2: {
      // A piece of the options somewhere else among them.
      const from = 240 + random.below(bytes.length - 240)
      const length = random.below(40)
      bytes.set(bytes.slice(from, Math.min(from + length, bytes.length - 40)), 240 + random.below(40))
      break
    }
    case 3:
      // Overload, and whatever lies in the fixed fields then.
      bytes.set([52, 1, random.below(5)], 243)
      for (let i = random.below(20); i > 0; i--) bytes[44 + random.below(192)] = random.below(256)
      break
    default:
      break
  }
  if (bytes.length === 0) return bytes
  for (let i = random.below(6); i > 0; i--) {
    const at =
      random.below(3) === 0 || bytes.length <= 240 ? random.below(bytes.length) : 240 + random.below(bytes.length - 240)
    bytes[at] = random.below(256)
  }
  return bytes
}

/** Sends `count` bent packets through decoder, decision and encoder, and tells what was learnt, as the listener does.
 *  Errors: `Error` with the packet as hex when one of them does what it must never do. */
export function fuzzProxy(count: number, seed: number, { context, paths, clock }: ProductAnswers): FuzzResult {
  const random = seededRandom(seed)
  const seeds = dhcpCaptures.flatMap((name) => clientDatagrams(name).map((d) => d.payload))
  let refused = 0
  let answered = 0
  for (let i = 0; i < count; i++) {
    const bytes = mutate(seeds[random.below(seeds.length)]!, random)
    const on = random.below(2) === 0 ? 'dhcp' : '4011'
    try {
      const request = decoded(bytes)
      if (!request) {
        refused++
        continue
      }
      const { reply, observations } = decideProxy(request, { ip: '10.77.0.130', port: 68 }, on, context)
      for (const what of observations) paths.heard(what, () => undefined)
      clock.advance(random.below(30_000))
      if (!reply) continue
      answered++
      const sent = encodePacket(reply.packet)
      if (sent.length < 300) throw new Error(`only ${sent.length} bytes were sent`)
      if (sent[16] || sent[17] || sent[18] || sent[19]) throw new Error('an address was handed out')
      for (const code of LEASE_OPTIONS)
        if (reply.packet.options.has(code)) throw new Error(`option ${code} of a lease was sent`)
    } catch (thrown) {
      throw new Error(`packet ${i} of seed ${seed} on ${on}: ${Buffer.from(bytes).toString('hex')}`, { cause: thrown })
    }
  }
  return { packets: count, refused, answered }
}

function decoded(bytes: Uint8Array): DhcpPacket | undefined {
  try {
    return decodePacket(bytes)
  } catch (thrown) {
    if (thrown instanceof CodecError) return undefined
    throw thrown
  }
}
