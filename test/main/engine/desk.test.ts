import { expect, test } from 'vitest'
import type { Client } from '../../../src-main/clients/client.ts'
import type { Fact } from '../../../src-main/clients/live-board.ts'
import { BootDesk } from '../../../src-main/engine/boot/desk.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const MAC = '52:54:00:77:00:01'

function deskOf(facts: Fact[]): BootDesk {
  return new BootDesk({
    registry: { byMac: () => undefined },
    board: { record: (fact: Fact) => void facts.push(fact) },
    served: { address: '10.0.0.1', netmask: '255.255.255.0' },
    seesDhcp: () => true,
    clock: new FakeClock(),
  } as unknown as ConstructorParameters<typeof BootDesk>[0])
}

test('what may hold passwords is told where the PC was seen to take its address, and a refusal is told of', () => {
  const facts: Fact[] = []
  const desk = deskOf(facts)
  expect(desk.mayHaveUserData(MAC, '10.0.0.5')).toBe(false)
  desk.observe({ type: 'address', mac: MAC, ip: '10.0.0.5' })
  expect(desk.mayHaveUserData(MAC, '10.0.0.5')).toBe(true)
  expect(desk.mayHaveUserData(MAC, '10.0.0.66')).toBe(false)
  expect(desk.mayTell({ mac: MAC } as Client, '10.0.0.66')).toBe(false)
  expect(desk.mayTell({ mac: MAC } as Client, '10.0.0.66', 'answers')).toBe(false)
  expect(desk.mayTell({ mac: MAC } as Client, '10.0.0.5', 'answers')).toBe(true)
  expect(facts.map(({ type, text }) => [type, text])).toEqual([
    [
      'passwordWithheld',
      'Its user-data were asked for from 10.0.0.5 and were not given: this PC was not seen to take an address lately.',
    ],
    [
      'passwordWithheld',
      'Its user-data were asked for from 10.0.0.66 and were not given: this PC was last seen to take the address 10.0.0.5.',
    ],
    [
      'passwordWithheld',
      'Its start script was asked for from 10.0.0.66 and was not given with its password: this PC was last seen to take the address 10.0.0.5.',
    ],
    [
      'passwordWithheld',
      'Its answer file for Windows was asked for from 10.0.0.66 and was not given: this PC was last seen to take the address 10.0.0.5.',
    ],
  ])
})
