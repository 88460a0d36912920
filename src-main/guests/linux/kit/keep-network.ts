/** What runs at every start of the guest, before anything touches the network: the card of the disk is left as the loader set it
 *  up, and the PC bears the name that the loader gave it.
 *  Source: the kernel's sysfs-ibft; NetworkManager.conf(5), "device" sections; systemd.network(5), KeepConfiguration and
 *  ClientIdentifier (the loader asks DHCP with its MAC, so the same address comes again); dhcpcd.conf(5). */
export const KEEP_SCRIPT = String.raw`#!/bin/sh
# Leaves the network card alone that the disk hangs on, and takes the name that the loader gave this PC.
# Written by the Bootlace kit.
table=/sys/firmware/ibft
[ -d $table ] || modprobe -q iscsi_ibft 2>/dev/null
card=$(cat /run/initramfs/open-iscsi.interface 2>/dev/null)
if [ -z "$card" ]; then
  for mac in $(cat $table/ethernet*/mac 2>/dev/null); do
    for at in /sys/class/net/*; do
      [ -z "$card" ] && [ -e "$at/device" ] && [ "$(cat "$at/address")" = "$mac" ] && card=$(basename "$at")
    done
  done
fi
[ -n "$card" ] || exit 0
mkdir -p /run/NetworkManager/conf.d /run/systemd/network
printf '[device-bootlace]\nmatch-device=interface-name:%s\nmanaged=0\n' "$card" >/run/NetworkManager/conf.d/90-bootlace.conf
printf '[Match]\nName=%s\n[Network]\nDHCP=ipv4\nKeepConfiguration=yes\n[DHCPv4]\nClientIdentifier=mac\n' "$card" >/run/systemd/network/05-bootlace.network
if [ -f /etc/dhcpcd.conf ] && ! grep -qx "denyinterfaces $card" /etc/dhcpcd.conf; then
  printf 'denyinterfaces %s\n' "$card" >>/etc/dhcpcd.conf
fi
# The way out and the name server, where nobody else sets them.
way=$(cat $table/ethernet*/gateway 2>/dev/null | grep -v '^0\.0\.0\.0$' | head -n 1)
if [ -n "$way" ] && [ -z "$(ip route show default 2>/dev/null)" ]; then ip route add default via "$way" dev "$card"; fi
dns=$(cat $table/ethernet*/primary-dns 2>/dev/null | grep -v '^0\.0\.0\.0$' | head -n 1)
if [ -n "$dns" ] && [ ! -L /etc/resolv.conf ] && ! grep -qs '^nameserver' /etc/resolv.conf; then
  printf 'nameserver %s\n' "$dns" >>/etc/resolv.conf
fi
name=$(cat $table/initiator/initiator-name 2>/dev/null)
file=/etc/iscsi/initiatorname.iscsi
if [ -n "$name" ] && [ -d /etc/iscsi ] && ! grep -qsFx "InitiatorName=$name" $file; then
  (umask 077 && printf 'InitiatorName=%s\n' "$name" >$file.new) && mv $file.new $file
fi
exit 0
`

export const KEEP_NETWORK = String.raw`
# --- The network card that the disk hangs on ----------------------------------------------------
keep_script() {
  cat <<'END'
${KEEP_SCRIPT}END
}
keep_unit() {
  cat <<'END'
[Unit]
Description=Keep the network card of the Bootlace disk as it is
DefaultDependencies=no
After=local-fs.target
Before=systemd-networkd.service NetworkManager.service networking.service dhcpcd.service network-pre.target
Before=iscsid.service iscsi-init.service
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /usr/local/lib/bootlace/keep-network

[Install]
WantedBy=sysinit.target
END
}
keep_is() {
  keep_script | same /usr/local/lib/bootlace/keep-network && keep_unit | same /etc/systemd/system/bootlace-network.service &&
    enabled bootlace-network.service sysinit.target
}
keep_do() {
  keep_script | put /usr/local/lib/bootlace/keep-network 755 && keep_unit | put /etc/systemd/system/bootlace-network.service 644 &&
    enable bootlace-network.service sysinit.target
}
step "The network card stays as the loader set it up." keep_is keep_do
`
