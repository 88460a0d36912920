import { expect, test } from 'vitest'
import { parseNeighbours, whoHas } from '../../../src-main/platform/address-check.ts'

/** As Linux 6.1 prints it: a machine that answered, one that is asked for, one set by hand, one of another card. */
const TABLE = `IP address       HW type     Flags       HW address            Mask     Device
10.9.0.100       0x1         0x2         52:54:00:0D:C0:03     *        eth0
10.9.0.101       0x1         0x0         00:00:00:00:00:00     *        eth0
10.9.0.102       0x1         0x6         52:54:00:0d:c0:04     *        eth0
10.9.0.103       0x1         0x2         52:54:00:0d:c0:05     *        eth1
`

test('who answered on a card is known by its address, and nobody else', () => {
  expect([...parseNeighbours(TABLE, 'eth0')]).toEqual([
    ['10.9.0.100', '52:54:00:0d:c0:03'],
    ['10.9.0.102', '52:54:00:0d:c0:04'],
  ])
  expect(parseNeighbours('', 'eth0').size).toBe(0)
})

test.skipIf(process.platform !== 'linux')('a look at an address where nobody is ends in its time', async () => {
  const look = { interfaceName: 'lo', ownAddress: '127.0.0.1', timeoutMs: 1 }
  expect(await whoHas('127.77.0.9', look)).toBeUndefined()
})
