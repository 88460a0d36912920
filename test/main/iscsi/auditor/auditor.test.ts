import { beforeAll, describe, expect, test } from 'vitest'
import { judged, type Step } from '../../../support/iscsi-auditor/recorded.ts'
import { Conversation } from '../../../support/iscsi-auditor/conversation.ts'
import { RULES } from '../../../support/iscsi-auditor/violation.ts'
import { CONVERSATIONS, type ConversationName } from './conversations.ts'
import { PLANTS } from './planted-faults.ts'

const clean = new Map<ConversationName, Step[]>()
beforeAll(async () => {
  for (const [name, make] of Object.entries(CONVERSATIONS)) clean.set(name as ConversationName, await make())
})
/** Its own copy: plants change the bytes. */
const copyOf = (name: ConversationName): Step[] => clean.get(name)!.map(({ from, pdu }) => ({ from, pdu: pdu.slice() }))

describe('clean conversations', () => {
  test.each(Object.keys(CONVERSATIONS) as ConversationName[])('%s has no violations', (name) => {
    const conversation = judged(copyOf(name))
    expect(conversation.violations).toEqual([])
    expect(conversation.checked).toBe(clean.get(name)!.filter((s) => s.from === 'target').length)
  })

  test('the session holds every PDU that a target sends', () => {
    const sent = new Set(copyOf('session').flatMap((s) => (s.from === 'target' ? [s.pdu[0]! & 0x3f] : [])))
    expect([...sent].sort((a, b) => a - b)).toEqual([0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x31, 0x32, 0x3f])
  })

  test('it does not matter where the stream is cut', () => {
    for (const size of [1, 7, 47, 4099]) {
      const conversation = new Conversation()
      for (const { from, pdu } of copyOf('digests')) {
        for (let at = 0; at < pdu.length; at += size) conversation.feed(from, pdu.subarray(at, at + size))
      }
      expect(conversation.violations).toEqual([])
      expect(conversation.checked).toBeGreaterThan(3)
    }
  })
})

describe.each([...RULES])('planted against %s', (rule) => {
  test.each([...PLANTS[rule]])('$what (in $in)', (plant) => {
    const steps = copyOf(plant.in)
    plant.plant(steps)
    expect(judged(steps).violations.map((v) => v.rule)).toContain(rule)
  })
})
