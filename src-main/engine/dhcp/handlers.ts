import type { ClientValues } from '../../api/dhcp.ts'
import type { Handlers } from '../../api/contract.ts'
import { AppError } from '../../base/errors.ts'
import { bootUrl } from '../../boot/ipxe-script.ts'
import { loaderLadder, usualLoader, type LoaderSet } from '../../boot/loader.ts'
import { initiatorNameOf, targetNameOf } from '../../boot/names.ts'
import type { ClientRegistry } from '../../clients/registry.ts'
import { routerConfigs } from '../../routers/router-config.ts'
import type { Access } from '../access.ts'
import type { DhcpService } from './dhcp-service.ts'

export interface DhcpHandlerNeeds {
  readonly dhcp: Pick<DhcpService, 'view' | 'choose' | 'reserve'>
  readonly registry: Pick<ClientRegistry, 'find'>
  readonly access: Pick<Access, 'credentialsOf'>
  /** Where PCs reach us. */
  readonly ports: () => { readonly iscsi: number; readonly http: number; readonly tftp: number }
  readonly ip: string
  readonly loaders: () => LoaderSet
}

/** Machines that are rarer than the x64 PC; their architecture is that of option 93, RFC 4578 §2.1. */
const OTHERS = [
  { name: 'ia32', arch: 6, platform: 'uefi-ia32' },
  { name: 'arm64', arch: 11, platform: 'uefi-arm64' },
] as const

type DhcpHandlers = Pick<Handlers, 'dhcp' | 'dhcpChoose' | 'dhcpReserve' | 'routerConfig' | 'clientValues'>

export function dhcpHandlers(n: DhcpHandlerNeeds): DhcpHandlers {
  return {
    dhcp: () => n.dhcp.view(),
    dhcpChoose: (choice) => n.dhcp.choose(choice),
    dhcpReserve: ({ id, address }) => n.dhcp.reserve(id, address),
    routerConfig({ kind }) {
      const { iscsi, http, tftp } = n.ports()
      const server = { ip: n.ip, httpPort: http, iscsiPort: iscsi }
      const loaders = n.loaders()
      const first = (platform: 'bios' | 'uefi-x64' | 'uefi-ia32' | 'uefi-arm64') =>
        loaderLadder(platform, 'auto', loaders)[0]
      const uefiLoader = first('uefi-x64') ?? usualLoader('uefi-x64')
      const others = OTHERS.flatMap(({ name, arch, platform }) => {
        const loader = first(platform)
        return loader === undefined ? [] : [{ name, arch, loader }]
      })
      return routerConfigs(
        {
          server: n.ip,
          biosLoader: first('bios') ?? usualLoader('bios'),
          others,
          uefiLoader,
          uefiUrl: bootUrl(server, 'loader', uefiLoader),
          scriptUrl: bootUrl(server, 'boot.ipxe'),
          tftpPort: tftp,
        },
        kind,
      ).map((router) => ({ ...router, notes: [...router.notes] }))
    },
    clientValues: ({ id }) => valuesOf(id, n),
  }
}

/** What firmware that reaches the disk by itself is to be told. The password is not among it: `clientSecret` tells that.
 *  Errors: client.unknown, client.noDisk. */
function valuesOf(id: string, { registry, access, ports, ip }: DhcpHandlerNeeds): ClientValues {
  const client = registry.find(id)
  if (client.disk === undefined) {
    throw new AppError('client.noDisk', `${client.name} has no disk yet`, {
      hint: `Give it one first: bootlace client set ${client.name} --disk NAME.`,
    })
  }
  const targetName = targetNameOf(client.disk)
  const { iscsi } = ports()
  const credentials = access.credentialsOf(client)
  return {
    client: client.name,
    mac: client.mac,
    targetAddress: ip,
    targetPort: iscsi,
    targetName,
    lun: 0,
    ...(client.secondDisk !== undefined && { secondLun: 1 }),
    initiatorName: initiatorNameOf(client.name),
    chap: client.chap ?? 'off',
    ...(credentials && { chapName: credentials.name }),
    ...(credentials?.reverse && { reverseChapName: credentials.reverse.name }),
    // RFC 4173 §5: LUN 0 and TCP are written by leaving them out.
    rootPath: `iscsi:${ip}::${iscsi}:0:${targetName}`,
  }
}
