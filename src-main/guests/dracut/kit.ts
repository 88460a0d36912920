import type { Family } from '../linux/kit/compose.ts'
import { MACHINE_ID_STEPS } from '../linux/kit/identity.ts'

/** What makes a system with dracut (Fedora, RHEL, Rocky, openSUSE; Debian with dracut) start from a disk on the network.
 *  Source: dracut 059 (modules network, network-legacy, iscsi; dracut.cmdline(7), dracut.conf(5)) and what was measured with it
 *  on Debian 12: systemd-networkd does not know `ip=ibft`; network-legacy asks awk for and(), which mawk does not have, and
 *  then leaves the card out without a word; `netroot=iscsi:ibft` is taken for the name of a server; iscsid's unit on Debian starts a
 *  script that dracut does not take along. */
export const DRACUT: Family = {
  system: 'dracut',
  title: 'Fedora, RHEL, Rocky, openSUSE and others with dracut',
  begin: String.raw`
if ! has /usr/bin/dracut && ! has /usr/sbin/dracut && ! has /sbin/dracut; then
  flag "This system has no dracut: it uses another program for its initramfs." "Take the kit of your system: debian, arch, or linux, which finds out by itself."
  exit 1
fi
if has /etc/debian_version; then
  REINSTALL='sudo apt install --reinstall -o Dpkg::Options::=--force-confmiss open-iscsi'
  INSTALL='sudo apt install open-iscsi dracut-network gawk'
elif has /usr/bin/zypper; then
  REINSTALL='sudo zypper install --force open-iscsi'
  INSTALL='sudo zypper install open-iscsi'
else
  REINSTALL='sudo dnf reinstall iscsi-initiator-utils'
  INSTALL='sudo dnf install iscsi-initiator-utils dracut-network'
fi

# --- The programs that attach the disk ----------------------------------------------------------
DRACUT_MODULES="$ROOT/usr/lib/dracut/modules.d"
module() { any "$DRACUT_MODULES"/[0-9]*"$1"; }
sbin() { has "/usr/sbin/$1" || has "/sbin/$1" || has "/usr/bin/$1"; }
if sbin iscsid && sbin iscsiadm && sbin iscsi-iname && any "$DRACUT_MODULES"/[0-9]*iscsi; then
  ok "The programs for network disks (open-iscsi, dracut's iscsi) are installed."
else
  flag "The programs for network disks are not installed." "Type: $INSTALL, then run this again."
  exit 1
fi
WANTED='rd.iscsi.firmware=1 rd.iscsi.ibft=1 rd.neednet=1 ip=ibft'
IP_IS_IBFT=yes
MENU_SENTENCE="The boot menu says that the disk is found by the loader's table, and names no server."
`,
  settings: String.raw`
# --- The small system that starts this one ------------------------------------------------------
# Who sets up the network in there: the plain scripts where they can, as tried on Debian; else NetworkManager.
legacy_can() { any "$DRACUT_MODULES"/[0-9]*network-legacy && { sbin dhclient || sbin dhcpcd; }; }
nm_can() {
  any "$DRACUT_MODULES"/[0-9]*network-manager && { has /usr/libexec/nm-initrd-generator || has /usr/lib/nm-initrd-generator || has /usr/lib/NetworkManager/nm-initrd-generator; }
}
if has /etc/debian_version && legacy_can; then
  HANDLER=network-legacy
elif nm_can; then
  HANDLER=network-manager
elif legacy_can; then
  HANDLER=network-legacy
else
  HANDLER=''
fi
if [ -n "$HANDLER" ]; then
  ok "The initramfs can set up the network card by the loader's table ($HANDLER)."
else
  flag "Nothing here sets up the network card by the loader's table: systemd-networkd in the initramfs does not know it." "Install NetworkManager, or dracut's network-legacy with dhclient: $INSTALL"
fi
awk_of() {
  at=/usr/bin/awk
  for turn in 1 2 3; do
    [ -L "$ROOT$at" ] || break
    next=$(readlink "$ROOT$at")
    case $next in /*) at=$next ;; *) at=$(dirname "$at")/$next ;; esac
  done
  basename "$at"
}
gawk_is() { [ "$(awk_of)" = gawk ]; }
gawk_do() {
  if [ -L "$ROOT/etc/alternatives/awk" ]; then
    ln -sf /usr/bin/gawk "$ROOT/etc/alternatives/awk"
  else
    ln -sf gawk "$ROOT/usr/bin/awk"
  fi
}
if [ "$HANDLER" = network-legacy ]; then
  if gawk_is || has /usr/bin/gawk; then
    step "The initramfs can read the loader's table (gawk)." gawk_is gawk_do
  else
    flag "The initramfs would leave the network card out without a word: its awk cannot read the loader's table." "Type: sudo apt install gawk, then run this again."
  fi
fi

DRACUT_CONF=/etc/dracut.conf.d/zz-bootlace.conf
dracut_conf() {
  echo '# The disk is found by the table that the loader leaves behind, on any PC. Written by the Bootlace kit.'
  echo 'hostonly="no"'
  echo 'hostonly_cmdline="no"'
  echo "add_dracutmodules+=\" iscsi $HANDLER \""
  echo 'omit_dracutmodules+=" systemd-networkd "'
  echo "kernel_cmdline+=\" $WANTED \""
  if has /lib/open-iscsi/startup-checks.sh; then
    echo 'install_items+=" /lib/open-iscsi/startup-checks.sh "'
  fi
}
dracut_is() { dracut_conf | same $DRACUT_CONF; }
dracut_do() { dracut_conf | put $DRACUT_CONF 644; }
if [ -n "$HANDLER" ]; then
  step "The initramfs finds the disk by the loader's table, with the drivers of all PCs (dracut)." dracut_is dracut_do
fi
words='iscsi|network'
[ -z "$HANDLER" ] || words="$words|$HANDLER"
omitted=$(grep -lsE "^[[:space:]]*omit_dracutmodules.*[ \"']($words)[ \"']" "$ROOT/etc/dracut.conf" "$ROOT"/etc/dracut.conf.d/*.conf || :)
if [ -n "$omitted" ]; then
  flag "A setting keeps the network or network disks out of the initramfs." "Take these words out of omit_dracutmodules in:"
  echo "$omitted" | list
else
  ok "Nothing keeps network disks out of the initramfs."
fi
stale_conf() {
  for f in "$ROOT/etc/dracut.conf" "$ROOT"/etc/dracut.conf.d/*.conf; do
    [ -f "$f" ] && grep -HE '^[[:space:]]*kernel_cmdline.*(netroot=iscsi:|iscsi_target|rd\.iscsi\.(initiator|target|username|password|in\.)|ip=[^ ]*[0-9]\.[0-9])' "$f"
  done
  :
}
found=$(stale_conf)
if [ -n "$found" ]; then
  flag "The initramfs names a server, a password or an address of this PC." "Take these words out; they come from the loader:"
  echo "$found" | sed 's/password=[^ "]*/password=.../g' | list
else
  ok "No server, name or password is fixed in the initramfs; they come from the loader."
fi
${MACHINE_ID_STEPS.dracut}`,
  initramfs: String.raw`
# --- Into the initramfs -------------------------------------------------------------------------------
# Kernels that can start, each with its initramfs wherever this system keeps it.
images() {
  for at in "$ROOT"/usr/lib/modules/* "$ROOT"/lib/modules/*; do
    [ -d "$at" ] || continue
    kernel=$(basename "$at")
    for f in "$ROOT/boot/initramfs-$kernel.img" "$ROOT/boot/initrd.img-$kernel" "$ROOT/boot/initrd-$kernel" \
      "$ROOT"/boot/*/"$kernel"/initrd "$ROOT"/efi/*/"$kernel"/initrd "$ROOT"/boot/efi/*/"$kernel"/initrd; do
      [ -f "$f" ] && echo "$kernel $f"
    done
  done | sort -u
}
initramfs_is() {
  [ -n "$(images)" ] || return 1
  images | while read -r kernel image; do
    if newer "$image" "$ROOT$DRACUT_CONF" "$ROOT/etc/iscsi/iscsid.conf" "$ROOT$EARLY_ID/machine-id.sh" "$ROOT$EARLY_ID/module-setup.sh"; then echo "$image"; fi
  done | (! grep -q .)
}
initramfs_do() {
  images | while read -r kernel image; do
    # "read" takes the list: dracut must not.
    in_root dracut --force --kver "$kernel" "$(echo "$image" | sed "s|^$ROOT/|/|")" </dev/null || exit 1
  done
}
if ls "$ROOT"/efi/EFI/Linux/*.efi "$ROOT"/boot/EFI/Linux/*.efi "$ROOT"/boot/efi/EFI/Linux/*.efi 2>/dev/null | grep -q .; then
  flag "Kernel and initramfs are one file here (unified kernel image); this kit cannot make it." "After this kit: sudo kernel-install add $(uname -r) /lib/modules/$(uname -r)/vmlinuz"
fi
if [ -n "$(images)" ]; then
  step "The initramfs holds all of this." initramfs_is initramfs_do
else
  flag "No initramfs was found in /boot or on the EFI partition." "Mount them (sudo mount -a), then run this again."
fi
`,
}
