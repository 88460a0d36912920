import { z } from 'zod'
import { Problem } from './problem.ts'

/** Living beside a DHCP server, or being the one. */

/** `proxy`: beside the router, PCs are told what to boot. `server`: this computer gives the addresses, too. `4011`: another
 *  server sends PCs here itself. `off`: the router tells PCs what to boot. */
export const DhcpMode = z.enum(['proxy', 'server', '4011', 'off'])

/** What people choose. Addresses are dotted text. */
export const DhcpChoice = z.object({
  mode: DhcpMode,
  /** With `server`: the addresses that are given, both included. */
  first: z.string().optional(),
  last: z.string().optional(),
  /** Where PCs send what is for other networks. Absent: nowhere. */
  router: z.string().optional(),
  dns: z.array(z.string()).max(3).default([]),
  leaseMinutes: z
    .number()
    .int()
    .min(2)
    .max(60 * 24 * 30)
    .default(720),
  /** Give addresses even though another server on this network does. */
  force: z.boolean().default(false),
})

export const LeaseView = z.object({
  address: z.string(),
  mac: z.string().optional(),
  /** The PC's name. */
  client: z.string().optional(),
  /** `offered`: not taken yet. `former`: free again, kept for the same PC while there are others. `declined`: somebody uses
   *  it who was not given it. */
  state: z.enum(['offered', 'bound', 'former', 'declined']),
  /** Its end; of a former one: since when it is free. */
  untilMs: z.number(),
})
export const ReservationView = z.object({ mac: z.string(), client: z.string().optional(), address: z.string() })

export const DhcpView = z.object({
  choice: DhcpChoice,
  /** `commandLine`: said at the start, and counts again at the next start. */
  chosenBy: z.enum(['person', 'commandLine', 'default']),
  /** A range that would fit the network, as `FIRST-LAST`. */
  exampleRange: z.string(),
  netmask: z.string(),
  /** Of the range, in mode `server`. */
  total: z.number().optional(),
  free: z.number().optional(),
  leases: z.array(LeaseView),
  reservations: z.array(ReservationView),
  /** What keeps it from working as chosen. */
  problem: Problem.optional(),
})

/** `address: null` takes the reservation away. `id` is a PC's name or a MAC. */
export const Reserve = z.object({ id: z.string(), address: z.string().nullable() })

export const ROUTER_KINDS = [
  'dnsmasq',
  'pihole',
  'openwrt',
  'ddwrt',
  'isc-dhcpd',
  'kea',
  'opnsense',
  'pfsense',
  'mikrotik',
  'unifi',
  'windows',
] as const
export const RouterKind = z.enum(ROUTER_KINDS)
export const RouterConfigQuery = z.object({ kind: RouterKind.optional() })
/** What to write into a router or DHCP server, with this computer's own values. */
export const RouterConfig = z.object({
  kind: RouterKind,
  title: z.string(),
  /** Where it goes, one sentence. */
  where: z.string(),
  text: z.string(),
  /** `tried`: the program itself reads it in our tests, and answers as it should. `documentation`: after the vendor's words, not tried. */
  sure: z.enum(['tried', 'documentation']),
  /** What it cannot do, or what to mind. */
  notes: z.array(z.string()),
})

/** What firmware initiators and iSCSI cards are to be told by hand. */
export const ClientValues = z.object({
  client: z.string(),
  mac: z.string(),
  targetAddress: z.string(),
  targetPort: z.number(),
  targetName: z.string(),
  lun: z.number(),
  initiatorName: z.string(),
  /** The second drive's LUN, where there is one. */
  secondLun: z.number().optional(),
  chap: z.enum(['off', 'on', 'mutual']),
  chapName: z.string().optional(),
  reverseChapName: z.string().optional(),
  /** RFC 4173, as loaders and DHCP option 17 have it. */
  rootPath: z.string(),
})

export type DhcpMode = z.infer<typeof DhcpMode>
export type DhcpChoice = z.infer<typeof DhcpChoice>
/** With what has a usual value left out. */
export type WantedDhcp = z.input<typeof DhcpChoice>
export type DhcpView = z.infer<typeof DhcpView>
export type LeaseView = z.infer<typeof LeaseView>
export type RouterKind = z.infer<typeof RouterKind>
export type RouterConfig = z.infer<typeof RouterConfig>
export type ClientValues = z.infer<typeof ClientValues>
