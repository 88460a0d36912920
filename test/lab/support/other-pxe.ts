import type { ChildProcess } from 'node:child_process'
import { firstOutput, LAB, type Network } from './network.ts'
import { run } from './process.ts'

/** Where the other server is. */
export const OTHER_PXE = '10.77.0.3'

/** Another server that tells PCs what to boot, in the room of the ordinary computer; the files that it names do not exist. */
export async function startOtherPxe(network: Network): Promise<ChildProcess> {
  await run(network.inside('plain', ['ip', 'address', 'add', `${OTHER_PXE}/24`, 'broadcast', '+', 'dev', 'eth0']))
  const other = network.start('plain', 'other-pxe', [
    ...['dnsmasq', '--keep-in-foreground', '--log-facility=-', '--conf-file=/dev/null', '--user=root', '--port=0'],
    ...['--log-dhcp', '--bind-interfaces', '--interface=eth0', '--pid-file=', `--dhcp-range=${LAB.server},proxy`],
    ...['--pxe-service=x86PC,other,other-loader', '--pxe-service=X86-64_EFI,other,other.efi'],
  ])
  await firstOutput(other, /DHCP, proxy/)
  return other
}
