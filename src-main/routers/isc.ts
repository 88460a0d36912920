import { lines, type RouterText, type RouterValues } from './values.ts'

/** Source: dhcpd.conf(5), dhcp-eval(5); dhcp-options(5) for options of one's own. The names are ours, so that they do not meet
 *  those of a configuration that has options 93 and 175 already. */
export const iscDhcpd = (v: RouterValues): RouterText => ({
  kind: 'isc-dhcpd',
  title: 'ISC dhcpd',
  where: 'Put it into /etc/dhcp/dhcpd.conf, above the subnet, and restart isc-dhcp-server.',
  text: lines(
    '# Bootlace',
    'option bootlace-arch code 93 = unsigned integer 16;',
    'option bootlace-loader code 175 = string;',
    'if exists bootlace-loader or option user-class = "iPXE" {',
    `  next-server ${v.server};`,
    `  filename "${v.scriptUrl}";`,
    '} elsif option bootlace-arch = 00:10 {',
    '  option vendor-class-identifier "HTTPClient";',
    `  filename "${v.uefiUrl}";`,
    '} elsif option bootlace-arch = 00:07 or option bootlace-arch = 00:09 {',
    `  next-server ${v.server};`,
    `  filename "${v.uefiLoader}";`,
    ...(v.others ?? []).flatMap(({ arch, loader }) => [
      `} elsif option bootlace-arch = 00:${arch.toString(16).padStart(2, '0')} {`,
      `  next-server ${v.server};`,
      `  filename "${loader}";`,
    ]),
    '} elsif substring(option vendor-class-identifier, 0, 9) = "PXEClient" {',
    `  next-server ${v.server};`,
    `  filename "${v.biosLoader}";`,
    '}',
  ),
  sure: 'tried',
  notes: ['Where your file already gives options 93 or 175 a name, use that name and leave the first two lines out.'],
})

/** Source: Kea ARM, "Client Classification"; the classes exclude each other, because Kea takes the last boot file of those that
 *  fit but the first option. */
export const kea = (v: RouterValues): RouterText => {
  const client = (name: string, test: string, file: string, more: object = {}) => ({
    name,
    test,
    'next-server': v.server,
    'server-hostname': v.server,
    'boot-file-name': file,
    ...more,
  })
  const isLoader = "option[175].exists or (option[77].exists and substring(option[77].hex,0,4) == 'iPXE')"
  const arch = (...codes: readonly number[]) =>
    codes.map((code) => `option[93].hex == 0x${code.toString(16).padStart(4, '0')}`).join(' or ')
  const firmware = (codes: string) => `not (${isLoader}) and (${codes})`
  const classes = [
    client('bootlace-loader', isLoader, v.scriptUrl),
    client('bootlace-bios', firmware(arch(0)), v.biosLoader),
    client('bootlace-uefi', firmware(arch(7, 9)), v.uefiLoader),
    ...(v.others ?? []).map(({ name, arch: code, loader }) => client(`bootlace-${name}`, firmware(arch(code)), loader)),
    client('bootlace-http', firmware(arch(16)), v.uefiUrl, {
      'option-data': [{ name: 'vendor-class-identifier', data: 'HTTPClient', 'always-send': true }],
    }),
  ]
  return {
    kind: 'kea',
    title: 'Kea',
    where: 'Put it into "Dhcp4" in /etc/kea/kea-dhcp4.conf, check with kea-dhcp4 -t, and restart kea-dhcp4-server.',
    text: `"client-classes": ${JSON.stringify(classes, null, 2)}\n`,
    sure: 'tried',
    notes: ['Where there are client classes already, add these to them, and mind the commas.'],
  }
}
