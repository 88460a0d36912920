import type { Snapshot } from '../../../src-main/api/dto.ts'

/** The address at which PCs reach this computer's files, as the service tells it. */
export function bootUrl({ services, engine }: Snapshot): string {
  const address = services.find((service) => service.id === 'http')?.address ?? `${engine.address}:8470`
  return (/^https?:\/\//.test(address) ? address : `http://${address}`).replace(/\/+$/, '')
}

/** One line that prepares a Debian or Ubuntu. */
export const kitLine = (snapshot: Snapshot, by: 'curl' | 'wget'): string =>
  `${by === 'curl' ? 'curl -fsS' : 'wget -qO-'} ${bootUrl(snapshot)}/kit/debian | sh`

/** One line for a Windows on a disk of its own: `check` looks, `apply` puts right, `undo` takes it back. */
export const convertLine = (snapshot: Snapshot, mode: 'check' | 'apply'): string =>
  String.raw`powershell -ExecutionPolicy Bypass -Command "Invoke-WebRequest -UseBasicParsing ${bootUrl(snapshot)}/kit/windows -OutFile C:\Windows\Temp\bootlace.ps1; C:\Windows\Temp\bootlace.ps1 ${mode}"`

/** The system finds its disk through the firmware's boot table, and forgets what makes it this one PC. */
export const LINUX_HINTS: Readonly<Record<'dracut' | 'arch', string>> = {
  dracut: [
    'dnf -y install iscsi-initiator-utils dracut-network',
    `echo 'add_dracutmodules+=" network iscsi "' > /etc/dracut.conf.d/bootlace.conf`,
    'grubby --update-kernel=ALL --args="rd.iscsi.firmware=1 rd.iscsi.ibft=1 netroot=iscsi:ibft"',
    'dracut --force --regenerate-all',
    'truncate -s 0 /etc/machine-id',
    'rm -f /etc/ssh/ssh_host_*',
  ].join('\n'),
  arch: [
    'pacman -S --needed open-iscsi dracut',
    `echo 'add_dracutmodules+=" network iscsi "' > /etc/dracut.conf.d/bootlace.conf`,
    `echo 'kernel_cmdline="rd.iscsi.firmware=1 rd.iscsi.ibft=1 netroot=iscsi:ibft"' >> /etc/dracut.conf.d/bootlace.conf`,
    'dracut --force --regenerate-all',
    'truncate -s 0 /etc/machine-id',
    'rm -f /etc/ssh/ssh_host_*',
  ].join('\n'),
}

/** The answer file lies beside the program. */
const SYSPREP = String.raw`C:\Windows\System32\Sysprep`
export const SYSPREP_LINE = String.raw`${SYSPREP}\sysprep.exe /generalize /oobe /shutdown /unattend:${SYSPREP}\unattend.xml`
