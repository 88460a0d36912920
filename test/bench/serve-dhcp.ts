/** The proxy-DHCP with what the engine puts around it, a database on disk included, on ports of its own: a process for
 *  boot.mjs. Usage: node serve-dhcp.ts FOLDER RELAY_PORT. Says its ports as a line of JSON; ends with its standard input. */
import { createSocket } from 'node:dgram'
import { join } from 'node:path'
import { silentLogger } from '../../src-main/base/log.ts'
import { BootPaths } from '../../src-main/boot/boot-paths.ts'
import { createBootPolicy } from '../../src-main/boot/boot-policy.ts'
import { createLoaderSet, loaderLadder } from '../../src-main/boot/loader.ts'
import { createMediaRegistry } from '../../src-main/boot/media.ts'
import { LiveBoard } from '../../src-main/clients/live-board.ts'
import { ClientRegistry } from '../../src-main/clients/registry.ts'
import { openDatabase } from '../../src-main/db/database.ts'
import { createBootPathStore } from '../../src-main/db/stores/boot-path-store.ts'
import { createClientStore } from '../../src-main/db/stores/client-store.ts'
import { createMachineStore } from '../../src-main/db/stores/machine-store.ts'
import { createTimelineStore } from '../../src-main/db/stores/timeline-store.ts'
import { openProxyDhcp } from '../../src-main/dhcp/listener.ts'
import { Afterwards } from '../../src-main/engine/afterwards.ts'
import { recordBootObservation, recordPathNews } from '../../src-main/engine/boot-facts.ts'
import { bootObservers } from '../../src-main/engine/boot-observers.ts'
import { systemClock as clock } from '../../src-main/engine/system-clock.ts'

const [folder, relay] = process.argv.slice(2)
const address = '127.0.0.1'

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4').bind(0, address, () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })
}

const db = openDatabase(join(folder!, 'bootlace.db'))
const registry = new ClientRegistry(createClientStore(db), createMachineStore(db), clock)
const board = new LiveBoard(registry, createTimelineStore(db), clock, () => {})
const afterwards = new Afterwards((thrown) => {
  throw thrown
})
const loaders = createLoaderSet(
  ['undionly.kpxe', 'snponly.efi'].map((name) => ({ name, bytes: new Uint8Array(), sha256: '' })),
)
const paths = new BootPaths({
  store: createBootPathStore(db),
  clock,
  ladder: (_mac, platform) => loaderLadder(platform, 'auto', loaders),
  later: (job) => afterwards.later(job),
  tell: (mac, news) => recordPathNews(mac, news, board),
})
const ports = { dhcp: await freePort(), pxe: await freePort(), client: await freePort(), relay: Number(relay) }
await openProxyDhcp({
  interfaceName: 'lo',
  address,
  planner: createBootPolicy({
    directory: { clientByMac: (mac) => registry.byMac(mac), unknownAllowed: () => true },
    server: { ip: address, httpPort: 8470, iscsiPort: 3260 },
    loaders,
    paths,
    media: createMediaRegistry(),
    logger: silentLogger,
  }),
  observer: bootObservers({
    afterwards,
    paths,
    macOfIp: (ip) => registry.macOfIp(ip),
    write: (what) => recordBootObservation(what, registry, board),
  }).afterTheAnswer,
  clock,
  logger: silentLogger,
  ports,
})
console.log(JSON.stringify(ports))
process.stdin.resume().on('end', () => process.exit(0))
