import type { ClientValues } from '../../api/dhcp.ts'
import type { Handlers } from '../../api/contract.ts'
import { AppError } from '../../base/errors.ts'
import { bootUrl } from '../../boot/ipxe-script.ts'
import { chooseLoader } from '../../boot/loader.ts'
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
}

type DhcpHandlers = Pick<Handlers, 'dhcp' | 'dhcpChoose' | 'dhcpReserve' | 'routerConfig' | 'clientValues'>

export function dhcpHandlers(n: DhcpHandlerNeeds): DhcpHandlers {
  return {
    dhcp: () => n.dhcp.view(),
    dhcpChoose: (choice) => n.dhcp.choose(choice),
    dhcpReserve: ({ id, address }) => n.dhcp.reserve(id, address),
    routerConfig({ kind }) {
      const { iscsi, http, tftp } = n.ports()
      const server = { ip: n.ip, httpPort: http, iscsiPort: iscsi }
      const uefiLoader = chooseLoader('uefi', 'auto')
      return routerConfigs(
        {
          server: n.ip,
          biosLoader: chooseLoader('bios', 'auto'),
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
