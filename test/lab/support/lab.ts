import { cpSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Product } from '../../support/product.ts'
import { guestImages, type GuestImages } from './guest.ts'
import { LAB, type Network, openNetwork } from './network.ts'
import { cacheDir } from './paths.ts'
import { readDhcp } from './pcap.ts'
import { Pc, type PcOptions } from './qemu.ts'
import { labGaps } from './requirements.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** Why the test was skipped, for the summary. */
    reason?: string
  }
}

/** How long things take at most, three times what an emulated PC needs while its neighbour boots on a busy machine. */
export const WITHIN_MS = {
  loader: 120_000,
  grub: 150_000,
  system: 360_000,
  installer: 240_000,
  install: 600_000,
  command: 120_000,
} as const

/** One network with the product's engine on it and any number of PCs (two at once at most, for the processor's sake). */
export class Lab {
  readonly network: Network
  readonly images: GuestImages
  #pcs: Pc[] = []
  #product: Product | undefined
  readonly #afterwards: (() => Promise<void>)[] = []

  constructor(network: Network, images: GuestImages) {
    this.network = network
    this.images = images
    this.dataDir = join(network.bulkDir, 'data')
  }

  get product(): Product {
    if (this.#product === undefined) throw new Error('the engine is not running')
    return this.#product
  }

  /** Where the engine's data lie; to be changed before its first start only. */
  dataDir: string

  /** Starts the engine on the lab's data folder, as after every earlier start. `args`: further words after `serve`. */
  async startProduct(args: readonly string[] = []): Promise<Product> {
    this.#product = await Product.start({
      dataDir: this.dataDir,
      interface: 'eth0',
      args,
      inside: (command) => this.network.inside('srv', command),
      log: join(this.network.dir, 'engine.log'),
    })
    return this.#product
  }

  get pcsStarted(): number {
    return this.#pcs.length
  }

  async startPc(options: PcOptions): Promise<Pc> {
    const pc = await Pc.start(this.network, options)
    this.#pcs.push(pc)
    return pc
  }

  /** `BOOTLACE_LAB_KEEP=1` keeps logs and the capture in the cache folder, for looking at a failure. */
  async close(): Promise<void> {
    for (const pc of this.#pcs) await pc.off()
    await this.#product?.kill()
    if (process.env['BOOTLACE_LAB_KEEP']) {
      const sockets = /\.(s0|s1|qmp)$/
      const kept = join(cacheDir, 'kept', basename(this.network.dir))
      cpSync(this.network.dir, kept, { recursive: true, filter: (file) => !sockets.test(file) })
      cpSync(join(this.dataDir, 'logs'), kept, { recursive: true, force: false })
    }
    for (const work of this.#afterwards) await work()
    await this.network.close()
  }

  /** Runs `work` when everything is off. */
  afterwards(work: () => Promise<void>): void {
    this.#afterwards.push(work)
  }
}

/** A block of lab tests: opens the network and prepares it before the first, and takes everything away after the last.
 *  Where the lab cannot run, each test is skipped with the reason. */
export function describeLab(
  title: string,
  prepare: (lab: Lab) => Promise<void>,
  define: (lab: () => Lab) => void,
  o: {
    /** Its PCs boot without being told what. */
    readonly untold?: boolean
    /** Further words for the router's dnsmasq. */
    readonly routerSays?: readonly string[]
  } = {},
): void {
  describe(title, () => {
    const gaps = labGaps()
    const reason = gaps.join('; ')
    let lab: Lab | undefined
    beforeAll(async () => {
      if (gaps.length > 0) return console.warn(`${title}: skipped, ${reason}`)
      // The network first: its lock also keeps two runs from building the images at once.
      const network = await openNetwork(o.routerSays)
      try {
        lab = new Lab(network, await guestImages())
      } catch (error) {
        await network.close()
        throw error
      }
      await prepare(lab)
    })
    beforeEach((context) => {
      if (gaps.length === 0) return
      context.task.meta.reason = reason
      context.skip(reason)
    })
    afterAll(async () => lab?.close())
    const theLab = (): Lab => {
      if (lab === undefined) throw new Error('the lab is not open')
      return lab
    }
    define(theLab)
    test('the target kept to the standard in all it sent', async () => {
      const auditor = await theLab().network.iscsi.stop()
      const gaps = auditor.gaps.length > 0 ? `, incomplete: ${auditor.gaps.join('; ')}` : ''
      console.log(`${title}: ${auditor.checked} PDUs on ${auditor.connections} iSCSI connections${gaps}`)
      expect(auditor.violations).toEqual([])
      // Not every lab boots from the engine; where it does, something must have been looked at.
      if (auditor.connections > 0) expect(auditor.checked).toBeGreaterThan(0)
    })
    test('no packet of ours gave an address', async () => {
      const ours = readDhcp(await theLab().network.capture()).filter(
        (message) => message.isReply && message.sourceIp === LAB.server,
      )
      // Every PC that starts is answered; without that, the rest would prove nothing.
      if (theLab().pcsStarted > 0 && !o.untold) expect(ours.length).toBeGreaterThan(0)
      expect(ours.filter((message) => message.yiaddr !== '0.0.0.0')).toEqual([])
      // Nor anything that goes with one: mask, router, name server, lease time, renewal times.
      const lent = [1, 3, 6, 51, 58, 59]
      expect(ours.flatMap((message) => lent.filter((code) => message.options.has(code)))).toEqual([])
    })
  })
}
