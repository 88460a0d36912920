import type { LinuxFacts } from './facts.ts'

/** Which commands a system understands. */
export type System = 'debian' | 'dracut' | 'arch' | 'unknown'

/** By the program that made its initramfs, else by what the system says it is. */
export function systemOf(facts: LinuxFacts): System {
  const maker = facts.newest?.initramfs.ok ? facts.newest.initramfs.value.maker : undefined
  if (maker === 'initramfs-tools') return 'debian'
  if (maker === 'dracut') return 'dracut'
  if (maker === 'mkinitcpio') return 'arch'
  const family = facts.root?.family ?? ''
  if (/\b(debian|ubuntu)\b/.test(family)) return 'debian'
  if (/\b(fedora|rhel|centos|suse|opensuse\S*)\b/.test(family)) return 'dracut'
  return /\barch\b/.test(family) ? 'arch' : 'unknown'
}

export function installInitiator(system: System): string {
  if (system === 'debian') return 'sudo apt install open-iscsi'
  if (system === 'dracut')
    return 'sudo dnf install iscsi-initiator-utils dracut-network\n(openSUSE: sudo zypper install open-iscsi)'
  if (system === 'arch') return 'sudo pacman -S open-iscsi'
  return 'Install open-iscsi with the package manager of this Linux.'
}

/** Source: open-iscsi's Debian README; dracut.cmdline(7), "iSCSI"; facts measured in the lab for Debian. */
export function putIntoInitramfs(system: System): string {
  if (system === 'debian')
    return [
      'sudo apt install open-iscsi',
      'echo ISCSI_AUTO=true | sudo tee /etc/iscsi/iscsi.initramfs',
      'sudo update-initramfs -u -k all',
    ].join('\n')
  if (system === 'dracut')
    return [
      installInitiator(system),
      `echo 'add_dracutmodules+=" iscsi network "' | sudo tee /etc/dracut.conf.d/iscsi.conf`,
      'sudo dracut -f --regenerate-all',
      'sudo grubby --update-kernel=ALL --args="rd.iscsi.firmware=1 rd.iscsi.ibft=1 rd.neednet=1"',
    ].join('\n')
  return 'Put iscsi_tcp, iscsi_ibft, the driver of the network card and iscsistart into the initramfs of this Linux.'
}

export const LOOK_YOURSELF =
  'Start the PC and look there:\nlsinitramfs /boot/initrd.img-$(uname -r) | grep iscsi   (Debian, Ubuntu)\nsudo lsinitrd | grep iscsi   (Fedora, RHEL, openSUSE)\niscsistart and iscsi_ibft must be in the list.'
