import { silentLogger } from '../../src-main/base/log.ts'
import { BootPaths } from '../../src-main/boot/boot-paths.ts'
import { createBootPolicy } from '../../src-main/boot/boot-policy.ts'
import { createLoaderSet, loaderLadder } from '../../src-main/boot/loader.ts'
import { createMediaRegistry } from '../../src-main/boot/media.ts'
import type { ProxyContext } from '../../src-main/dhcp/proxy.ts'
import { SERVER_IP } from './dhcp-fixtures.ts'
import { FakeClock } from './fake-clock.ts'

/** What Debian's package has. */
export const DEBIAN_LOADERS = ['undionly.kpxe', 'ipxe.pxe', 'snponly.efi', 'ipxe.efi', 'ipxe-arm64.efi']

export interface ProductAnswers {
  readonly context: ProxyContext
  readonly paths: BootPaths
  readonly clock: FakeClock
}

/** The product's own policy, with nobody set up and nothing kept. */
export function productAnswers(names: readonly string[] = DEBIAN_LOADERS): ProductAnswers {
  const loaders = createLoaderSet(names.map((name) => ({ name, bytes: new Uint8Array(), sha256: '00' })))
  const clock = new FakeClock()
  const paths = new BootPaths({
    store: { machines: () => [], models: () => [], putMachine: () => {}, putModel: () => {} },
    clock,
    ladder: (_mac, platform) => loaderLadder(platform, 'auto', loaders),
    later: (job) => job(),
    tell: () => {},
  })
  const planner = createBootPolicy({
    directory: { clientByMac: () => undefined, unknownAllowed: () => true },
    server: { ip: SERVER_IP, httpPort: 8470, iscsiPort: 3260 },
    loaders,
    paths,
    media: createMediaRegistry(),
    logger: silentLogger,
  })
  return { context: { serverIp: SERVER_IP, planner, clientPort: 68, relayPort: 67 }, paths, clock }
}
