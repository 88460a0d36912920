import { expect, test } from 'vitest'
import { describeLab } from './support/lab.ts'
import { LAB } from './support/network.ts'
import { ordinaryMac, takeLease } from './support/ordinary-client.ts'
import { readDhcp } from './support/pcap.ts'

describeLab(
  'an ordinary computer on the network',
  async () => {},
  (lab) => {
    test('gets exactly the lease it got without us', async () => {
      const before = await takeLease(lab().network)
      expect(before).toMatchObject({ router: LAB.router, dns: LAB.router, domain: 'lab.test', mask: '24' })

      const product = await lab().startProduct()
      expect(await takeLease(lab().network)).toEqual(before)
      expect(await product.stop()).toBe(0)

      const mac = await ordinaryMac(lab().network)
      const answers = readDhcp(await lab().network.capture()).filter(
        (message) => message.isReply && message.chaddr === mac,
      )
      expect(answers.length).toBeGreaterThanOrEqual(4)
      expect(new Set(answers.map((message) => message.sourceIp))).toEqual(new Set([LAB.router]))
    })
  },
)
