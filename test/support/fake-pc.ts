import { SocketInitiator } from './socket-initiator.ts'
import type { ServedEngine } from './served-engine.ts'

const LOADER_ISID = '400027230001'
const PIECE = 64 * 1024

/** What a PC does on the network, as far as the engine can see it: asks for its script, opens its disk as a loader and as a
 *  system, writes, and is switched off. */
export class FakePc {
  readonly mac: string
  readonly #engine: ServedEngine
  #name = ''
  #disk = ''
  #system: SocketInitiator | undefined

  constructor(engine: ServedEngine, mac: string) {
    this.#engine = engine
    this.mac = mac
  }

  /** Asks what to do. Returns the script. */
  async ask(): Promise<string> {
    const path = `/client/${this.mac.replaceAll(':', '-')}/boot.ipxe?p=pcbios`
    return (await fetch(this.#engine.ready.http + path)).text()
  }
  /** The loader found nothing to start on its disk and goes on to the PC's own medium. */
  async reportEmptyDisk(): Promise<void> {
    const path = `/report/${this.mac.replaceAll(':', '-')}?st=emptyDisk&err=1d852039`
    await fetch(this.#engine.ready.http + path)
  }
  /** Opens the disk that the script names, first as the loader. */
  async start(): Promise<void> {
    const script = await this.ask()
    const disk = /iqn\.2026-11\.app\.bootlace:(?!client\.)([a-z0-9.-]+)/.exec(script)?.[1]
    const name = /iqn\.2026-11\.app\.bootlace:client\.([a-z0-9-]+)/.exec(script)?.[1]
    if (disk === undefined || name === undefined) throw new Error(`no disk in the script:\n${script}`)
    this.#disk = disk
    this.#name = name
    const loader = await this.#login(LOADER_ISID)
    loader.close()
    this.#system = await this.#login('00023d000001')
  }
  get disk(): string {
    return this.#disk
  }
  async write(mib: number): Promise<void> {
    const data = Buffer.alloc(PIECE)
    for (let piece = 0; piece < mib * 16; piece++) {
      data.fill((piece % 255) + 1)
      const status = await this.#system!.write((piece * PIECE) / 512, data)
      if (status !== 0) throw new Error(`a write ended with status ${status}`)
    }
    await this.#system!.synchronizeCache()
  }
  off(): void {
    this.#system?.close()
    this.#system = undefined
  }
  #login(isid: string): Promise<SocketInitiator> {
    return SocketInitiator.login(this.#engine.ready.iscsi, `iqn.2026-11.app.bootlace:${this.#disk}`, {
      isid,
      name: `iqn.2026-11.app.bootlace:client.${this.#name}`,
    })
  }
}
