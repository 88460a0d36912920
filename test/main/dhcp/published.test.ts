import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fromHex, toHex } from '../../../src-main/base/bytes.ts'
import { decodePacket, describePacket, encodePacket } from '../../../src-main/dhcp/packet.ts'
import { decideProxy } from '../../../src-main/dhcp/proxy.ts'
import { productAnswers } from '../../support/boot-answers.ts'
import { DHCP_FIXTURES, describeObservation } from '../../support/dhcp-fixtures.ts'
import { expectGolden } from '../../support/golden.ts'

/** Requests of real firmware that others published, answered by the policy of the product with the loaders of Debian. */

const FOLDER = join(DHCP_FIXTURES, 'published')
const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.hex'))
  .map((name) => name.slice(0, -'.hex'.length))
  .sort()

const packetOf = (name: string): Uint8Array =>
  fromHex(
    readFileSync(join(FOLDER, `${name}.hex`), 'utf8')
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .join(''),
  )

/** Sixteen bytes a line. */
const dump = (bytes: Uint8Array): string =>
  Array.from({ length: Math.ceil(bytes.length / 16) }, (_, i) => toHex(bytes.subarray(16 * i, 16 * i + 16), ' ')).join(
    '\n',
  )

test('there are two dozen of them', () => {
  expect(names.length).toBeGreaterThanOrEqual(24)
})

test.each(names)('%s is answered as reviewed, byte for byte', (name) => {
  const request = decodePacket(packetOf(name))
  const decision = decideProxy(request, { ip: '0.0.0.0', port: 68 }, 'dhcp', productAnswers().context)
  const lines = [describePacket(request), '---', decision.why]
  for (const o of decision.observations) lines.push(`observed ${describeObservation(o)}`)
  if (decision.reply) {
    const bytes = encodePacket(decision.reply.packet)
    lines.push(`to ${decision.reply.to.ip}:${decision.reply.to.port}, ${bytes.length} bytes`)
    lines.push(describePacket(decodePacket(bytes)), dump(bytes))
    expect(bytes.length).toBeGreaterThanOrEqual(300)
  }
  expectGolden(join(FOLDER, `${name}.answer.txt`), lines.join('\n'))
})
