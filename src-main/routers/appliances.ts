import { lines, type RouterText, type RouterValues } from './values.ts'

/** Routers with a window or a command line of their own: after their documentation, none of them was tried. */

const table = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([name]) => name.length))
  return lines(...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`))
}

/** Fields for rarer machines, where the router has one and there is a loader. */
const otherRows = (
  { others }: RouterValues,
  fields: Readonly<Record<'ia32' | 'arm64', string | undefined>>,
): (readonly [string, string])[] =>
  (others ?? []).flatMap(({ name, loader }) => {
    const field = fields[name]
    return field === undefined ? [] : [[field, loader] as const]
  })

export const opnsense = (v: RouterValues): RouterText => ({
  kind: 'opnsense',
  title: 'OPNsense',
  where: 'Services → ISC DHCPv4 → your LAN → Network booting: switch it on and fill in the fields.',
  text: table([
    ['Set next-server IP', v.server],
    ['Set default bios filename', v.biosLoader],
    ...otherRows(v, { ia32: 'Set x86 UEFI (32-bit) filename', arm64: undefined }),
    ['Set x64 UEFI/EBC (64-bit) filename', v.uefiLoader],
    ['Set iPXE boot filename', v.scriptUrl],
  ]),
  sure: 'documentation',
  notes: [
    'OPNsense with dnsmasq as its DHCP server takes the lines for dnsmasq, with Kea the ones for Kea.',
    'The fields for other kinds of PCs stay empty.',
  ],
})

export const pfsense = (v: RouterValues): RouterText => ({
  kind: 'pfsense',
  title: 'pfSense',
  where: 'Services → DHCP Server → your LAN → Network Booting: switch it on and fill in the fields.',
  text: table([
    ['Next Server', v.server],
    ['Default BIOS File Name', v.biosLoader],
    ...otherRows(v, { ia32: 'UEFI 32 bit File Name', arm64: 'ARM 64 bit File Name' }),
    ['UEFI 64 bit File Name', v.uefiLoader],
    ['UEFI HTTPBoot URL', v.uefiUrl],
  ]),
  sure: 'documentation',
  notes: [
    'pfSense has no field for the loader: UEFI PCs go on by themselves, since the loader looks for its script at Bootlace; BIOS PCs load the loader again and again. For those use “beside the router” here, and leave Network Booting in pfSense off.',
  ],
})

export const unifi = (v: RouterValues): RouterText => ({
  kind: 'unifi',
  title: 'UniFi',
  where:
    'Settings → Networks → your network → DHCP → DHCP Service Management: switch Network Boot on and fill in both.',
  text: table([
    ['Server', v.server],
    ['Filename (UEFI PCs)', v.uefiLoader],
  ]),
  sure: 'documentation',
  notes: [
    'UniFi knows one file for all PCs: this one is for UEFI PCs. BIOS PCs need another one and loop with it, so use “beside the router” here if you have any.',
    'Where DHCP Guarding is on, add the address of this computer to its trusted servers.',
  ],
})

/** How firmware of an architecture begins its option 60. Source: PXE 2.1 §2.2.1. */
const vendorClassOf = (arch: number): string => `PXEClient:Arch:${String(arch).padStart(5, '0')}`

/** Source: MikroTik's "DHCP" pages: option, option sets, matcher. A matcher of the loader comes first. */
export const mikrotik = (v: RouterValues): RouterText => {
  const others = v.others ?? []
  const kinds = [
    ['loader', v.scriptUrl],
    ['bios', v.biosLoader],
    ['uefi', v.uefiLoader],
    ...others.map(({ name, loader }) => [name, loader] as const),
  ] as const
  const matcher = (name: string, code: number, value: string, set: string) =>
    `/ip dhcp-server matcher add name=bootlace-${name} code=${code} matching-type=substring value="${value}" option-set=bootlace-${set} server=defconf address-pool=default-dhcp`
  return {
    kind: 'mikrotik',
    title: 'MikroTik RouterOS 7',
    where:
      'Put the names of your DHCP server and of its pool in place of defconf and default-dhcp, then paste it into a terminal of the router.',
    text: lines(
      `/ip dhcp-server option add name=bootlace-server code=66 value="s'${v.server}'"`,
      ...kinds.map(([kind, file]) => `/ip dhcp-server option add name=bootlace-${kind} code=67 value="s'${file}'"`),
      ...kinds.map(
        ([kind]) => `/ip dhcp-server option sets add name=bootlace-${kind} options=bootlace-server,bootlace-${kind}`,
      ),
      matcher('loader', 77, 'iPXE', 'loader'),
      matcher('bios', 60, 'PXEClient:Arch:00000', 'bios'),
      matcher('uefi7', 60, 'PXEClient:Arch:00007', 'uefi'),
      matcher('uefi9', 60, 'PXEClient:Arch:00009', 'uefi'),
      ...others.map(({ name, arch }) => matcher(name, 60, vendorClassOf(arch), name)),
      `/ip dhcp-server network set [find] next-server=${v.server}`,
    ),
    sure: 'documentation',
    notes: [
      'The last line tells all networks of the router; name yours instead of [find] when there are several.',
      'matching-type needs RouterOS 7.16 or newer.',
      'If the loader starts again and again, the router tells it its own file: use “beside the router” here then.',
    ],
  }
}

/** Source: Microsoft's DhcpServer module: Add-DhcpServerv4Class, Add-DhcpServerv4Policy, Set-DhcpServerv4OptionValue. */
export const windows = (v: RouterValues): RouterText => {
  const firmware = [
    ['Bootlace BIOS', 'PXEClient:Arch:00000', v.biosLoader],
    ['Bootlace UEFI 7', 'PXEClient:Arch:00007', v.uefiLoader],
    ['Bootlace UEFI 9', 'PXEClient:Arch:00009', v.uefiLoader],
    ...(v.others ?? []).map(({ name, arch, loader }) => [`Bootlace ${name}`, vendorClassOf(arch), loader] as const),
  ] as const
  return {
    kind: 'windows',
    title: 'Windows Server DHCP',
    where:
      'Put the scope of your network into the first line, and paste it into PowerShell as administrator on the DHCP server.',
    text: lines(
      '$scope = "192.168.1.0"',
      'Add-DhcpServerv4Class -Name "Bootlace loader" -Type User -Data "iPXE"',
      ...firmware.map(([name, data]) => `Add-DhcpServerv4Class -Name "${name}" -Type Vendor -Data "${data}"`),
      'Add-DhcpServerv4Policy -ScopeId $scope -Name "Bootlace loader" -Condition OR -UserClass EQ,"Bootlace loader" -ProcessingOrder 1',
      ...firmware.map(
        ([name], i) =>
          `Add-DhcpServerv4Policy -ScopeId $scope -Name "${name}" -Condition AND -VendorClass EQ,"${name}*" -UserClass NE,"Bootlace loader" -ProcessingOrder ${i + 2}`,
      ),
      ...[['Bootlace loader', '', v.scriptUrl] as const, ...firmware].flatMap(([name, , file]) => [
        `Set-DhcpServerv4OptionValue -ScopeId $scope -PolicyName "${name}" -OptionId 66 -Value "${v.server}"`,
        `Set-DhcpServerv4OptionValue -ScopeId $scope -PolicyName "${name}" -OptionId 67 -Value "${file}"`,
      ]),
    ),
    sure: 'documentation',
    notes: [
      'Options 60, 66 and 67 that were set for the whole scope before must be removed.',
      'Where Windows Deployment Services runs on the same server, it answers PCs as well: stop it.',
    ],
  }
}
