import { lines, type RouterText, type RouterValues } from './values.ts'

/** Routers that run dnsmasq. The loader is known by option 175, which only iPXE sends, and by its user class. Source:
 *  dnsmasq(8), dhcp-match, dhcp-userclass, dhcp-boot, dhcp-option-force. Of several `dhcp-boot` lines that fit, dnsmasq takes
 *  the last one, so none may fit where another one is meant. */
const rules = (v: RouterValues): readonly string[] => [
  'dhcp-match=set:bootlace-loader,175',
  'dhcp-userclass=set:bootlace-loader,iPXE',
  'dhcp-match=set:bootlace-bios,option:client-arch,0',
  'dhcp-match=set:bootlace-uefi,option:client-arch,7',
  'dhcp-match=set:bootlace-uefi,option:client-arch,9',
  'dhcp-match=set:bootlace-http,option:client-arch,16',
  ...(v.others ?? []).map(({ name, arch }) => `dhcp-match=set:bootlace-${name},option:client-arch,${arch}`),
  `dhcp-boot=tag:bootlace-bios,tag:!bootlace-loader,${v.biosLoader},${v.server},${v.server}`,
  `dhcp-boot=tag:bootlace-uefi,tag:!bootlace-loader,${v.uefiLoader},${v.server},${v.server}`,
  ...(v.others ?? []).map(
    ({ name, loader }) => `dhcp-boot=tag:bootlace-${name},tag:!bootlace-loader,${loader},${v.server},${v.server}`,
  ),
  `dhcp-boot=tag:bootlace-http,tag:!bootlace-loader,${v.uefiUrl},${v.server},${v.server}`,
  'dhcp-option-force=tag:bootlace-http,tag:!bootlace-loader,option:vendor-class,HTTPClient',
  `dhcp-boot=tag:bootlace-loader,${v.scriptUrl},${v.server},${v.server}`,
]

export const dnsmasq = (v: RouterValues): RouterText => ({
  kind: 'dnsmasq',
  title: 'dnsmasq',
  where: 'Put it into a file of its own, /etc/dnsmasq.d/bootlace.conf, and restart dnsmasq.',
  text: lines('# Bootlace', ...rules(v)),
  sure: 'tried',
  notes: ['Remove other dhcp-boot and pxe-service lines: of several that fit, dnsmasq takes the last one.'],
})

export const pihole = (v: RouterValues): RouterText => ({
  kind: 'pihole',
  title: 'Pi-hole',
  where:
    'Put it into /etc/dnsmasq.d/10-bootlace.conf on the Pi-hole, then restart it with: sudo systemctl restart pihole-FTL.',
  text: lines('# Bootlace', ...rules(v)),
  sure: 'tried',
  notes: [
    'Pi-hole 6 reads that folder only when told to: sudo pihole-FTL --config misc.etc_dnsmasq_d true',
    'It counts only while the DHCP server of Pi-hole is the one of your network.',
    'The lines are tried with dnsmasq; Pi-hole itself was not.',
  ],
})

export const ddwrt = (v: RouterValues): RouterText => ({
  kind: 'ddwrt',
  title: 'DD-WRT',
  where: 'Services → Services → Dnsmasq: put it into “Additional Dnsmasq Options”, then Save and Apply Settings.',
  text: lines(...rules(v)),
  sure: 'tried',
  notes: ['The lines are tried with dnsmasq; DD-WRT itself was not.'],
})

/** The words of OpenWrt's own init script become the same dnsmasq options; `net:` is put before the first tag by it. */
export const openwrt = (v: RouterValues): RouterText => {
  const match = (id: string, tag: string, what: string) => [
    `uci set dhcp.${id}=match`,
    `uci set dhcp.${id}.networkid='${tag}'`,
    `uci set dhcp.${id}.match='${what}'`,
  ]
  const boot = (id: string, tags: string, file: string) => [
    `uci set dhcp.${id}=boot`,
    `uci set dhcp.${id}.networkid='${tags}'`,
    `uci set dhcp.${id}.filename='${file}'`,
    `uci set dhcp.${id}.servername='${v.server}'`,
    `uci set dhcp.${id}.serveraddress='${v.server}'`,
  ]
  return {
    kind: 'openwrt',
    title: 'OpenWrt',
    where: 'Log in to the router with ssh as root and paste it.',
    text: lines(
      '# Bootlace',
      ...match('bootlace_loader', 'bootlace-loader', '175'),
      'uci set dhcp.bootlace_class=userclass',
      "uci set dhcp.bootlace_class.networkid='bootlace-loader'",
      "uci set dhcp.bootlace_class.userclass='iPXE'",
      ...match('bootlace_bios', 'bootlace-bios', 'option:client-arch,0'),
      ...match('bootlace_uefi7', 'bootlace-uefi', 'option:client-arch,7'),
      ...match('bootlace_uefi9', 'bootlace-uefi', 'option:client-arch,9'),
      ...match('bootlace_http', 'bootlace-http', 'option:client-arch,16'),
      ...(v.others ?? []).flatMap(({ name, arch }) =>
        match(`bootlace_${name}`, `bootlace-${name}`, `option:client-arch,${arch}`),
      ),
      ...boot('bootlace_boot_bios', 'bootlace-bios,tag:!bootlace-loader', v.biosLoader),
      ...boot('bootlace_boot_uefi', 'bootlace-uefi,tag:!bootlace-loader', v.uefiLoader),
      ...(v.others ?? []).flatMap(({ name, loader }) =>
        boot(`bootlace_boot_${name}`, `bootlace-${name},tag:!bootlace-loader`, loader),
      ),
      ...boot('bootlace_boot_http', 'bootlace-http,tag:!bootlace-loader', v.uefiUrl),
      `uci add_list dhcp.bootlace_boot_http.dhcp_option='60,HTTPClient'`,
      `uci set dhcp.bootlace_boot_http.force='1'`,
      ...boot('bootlace_boot_loader', 'bootlace-loader', v.scriptUrl),
      'uci commit dhcp',
      '/etc/init.d/dnsmasq restart',
    ),
    sure: 'documentation',
    notes: [
      'The dnsmasq options that OpenWrt makes of it are tried with dnsmasq; the router itself was not.',
      'To take it back: uci show dhcp | grep bootlace, then uci delete for each section.',
    ],
  }
}
