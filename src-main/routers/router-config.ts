import { mikrotik, opnsense, pfsense, unifi, windows } from './appliances.ts'
import { ddwrt, dnsmasq, openwrt, pihole } from './dnsmasq.ts'
import { iscDhcpd, kea } from './isc.ts'
import type { RouterKind, RouterText, RouterValues } from './values.ts'

/** For networks whose own DHCP server is to send PCs here: what to write into it. */
const ROUTERS: Readonly<Record<RouterKind, (values: RouterValues) => RouterText>> = {
  dnsmasq,
  pihole,
  openwrt,
  ddwrt,
  'isc-dhcpd': iscDhcpd,
  kea,
  opnsense,
  pfsense,
  mikrotik,
  unifi,
  windows,
}

const TFTP_PORT = 69

export function routerConfigs(values: RouterValues, kind?: RouterKind): RouterText[] {
  const kinds = kind === undefined ? (Object.keys(ROUTERS) as RouterKind[]) : [kind]
  return kinds.map((each) => {
    const router = ROUTERS[each](values)
    if (values.tftpPort === TFTP_PORT) return router
    const note = `Firmware fetches loaders from port ${TFTP_PORT} only, and Bootlace listens on ${values.tftpPort}: start it without --tftp-port.`
    return { ...router, notes: [note, ...router.notes] }
  })
}
