import { CLOUD_INIT_STEPS, IDENTITY_STEPS, MACHINE_ID_STEPS } from '../linux/kit/identity.ts'

/** What makes a Debian, or a system made from it, start from a disk on the network and be an image for many PCs.
 *  One POSIX script, run inside that system: `sh kit check` says what is to do, `sh kit apply` does it. Doing it twice changes
 *  nothing. `ROOT=/mnt` works on a system that is mounted there.
 *  Source: the initramfs scripts of Debian's open-iscsi 2.1.8 (what they read, and the interface they write down);
 *  systemd.network(5), NetworkManager.conf(5), machine-id(5). */
export const DEBIAN_KIT = String.raw`#!/bin/sh
# Bootlace kit for Debian, Ubuntu and their kin.
#   sh kit check    says what is to do
#   sh kit apply    does it (this is also what happens without a word)
set -u
ROOT=$(printf %s "$(printenv ROOT || :)" | sed 's,/*$,,')
MODE=$(printf %s "$*")
[ -n "$MODE" ] || MODE=apply
case $MODE in
check | apply) ;;
*)
  echo "usage: sh kit [check|apply]" >&2
  exit 64
  ;;
esac

todo=0
flagged=0
rebuild=0
ok() { echo "ok       $1"; }
# What somebody has to decide.
flag() {
  echo "PROBLEM  $1"
  [ $# -lt 2 ] || echo "         $2"
  flagged=1
}
# One step: what it is, whether it is done, and what does it.
step() {
  if $2; then
    ok "$1"
  elif [ "$MODE" = check ]; then
    echo "to do    $1"
    todo=1
  elif $3 && $2; then
    echo "done     $1"
  else
    flag "$1: this did not work."
  fi
}
in_root() { if [ -n "$ROOT" ]; then chroot "$ROOT" "$@"; else "$@"; fi; }
has() { [ -e "$ROOT$1" ]; }
# Writes standard input into a file, all of it or nothing.
put() {
  mkdir -p "$(dirname "$ROOT$1")" && cat >"$ROOT$1.bootlace-new" && chmod "$2" "$ROOT$1.bootlace-new" &&
    mv "$ROOT$1.bootlace-new" "$ROOT$1"
}
same() { has "$1" && [ "$(cat "$ROOT$1")" = "$(cat)" ]; }

if [ "$MODE" = apply ] && [ -z "$ROOT" ] && [ "$(id -u)" != 0 ]; then
  echo "Run this as root: sudo sh kit" >&2
  exit 1
fi
if ! has /usr/share/initramfs-tools; then
  flag "This system has no initramfs-tools: it is no Debian, or uses another initramfs." "Type: sudo apt install initramfs-tools"
  exit 1
fi

# --- The program that attaches the disk ---------------------------------------------------------
if { has /sbin/iscsistart || has /usr/sbin/iscsistart; } && has /usr/share/initramfs-tools/hooks/iscsi; then
  ok "The program for network disks (open-iscsi) is installed."
else
  flag "The program for network disks is not installed." "Type: sudo apt install open-iscsi, then run this again."
  exit 1
fi

# --- The small system that starts this one ------------------------------------------------------
auto_is() { grep -qsx 'ISCSI_AUTO=true' "$ROOT/etc/iscsi/iscsi.initramfs"; }
auto_do() {
  { [ ! -f "$ROOT/etc/iscsi/iscsi.initramfs" ] || grep -v '^[[:space:]]*ISCSI_AUTO=' "$ROOT/etc/iscsi/iscsi.initramfs" || :
    echo 'ISCSI_AUTO=true'; } | put /etc/iscsi/iscsi.initramfs 600
  rebuild=1
}
step "The disk is taken from what the loader leaves behind (iBFT)." auto_is auto_do

wanted_is() { ! grep -qsx 'NO_ISCSI_IN_INITRAMFS="*yes"*' "$ROOT/etc/initramfs-tools/conf.d/open-iscsi"; }
wanted_do() {
  grep -vx 'NO_ISCSI_IN_INITRAMFS="*yes"*' "$ROOT/etc/initramfs-tools/conf.d/open-iscsi" | put /etc/initramfs-tools/conf.d/open-iscsi 644
  rebuild=1
}
step "Nothing keeps network disks out of the initramfs." wanted_is wanted_do

# The last line that says it counts; files of conf.d come after the main one.
modules() { cat "$ROOT/etc/initramfs-tools/initramfs.conf" "$ROOT"/etc/initramfs-tools/conf.d/* 2>/dev/null | sed -n 's/^MODULES=//p' | tail -n 1; }
modules_are() { [ "$(modules)" != dep ]; }
modules_do() {
  echo 'MODULES=most' | put /etc/initramfs-tools/conf.d/zz-bootlace 644
  rebuild=1
}
step "Drivers of other PCs' network cards are there at the start." modules_are modules_do

# --- The network card that the disk hangs on ----------------------------------------------------
keep_script() {
  cat <<'END'
#!/bin/sh
# Leaves the network card alone that the disk hangs on. Written by the Bootlace kit.
card=$(cat /run/initramfs/open-iscsi.interface 2>/dev/null) || exit 0
[ -n "$card" ] || exit 0
mkdir -p /run/NetworkManager/conf.d /run/systemd/network
printf '[device-bootlace]\nmatch-device=interface-name:%s\nmanaged=0\n' "$card" >/run/NetworkManager/conf.d/90-bootlace.conf
printf '[Match]\nName=%s\n[Network]\nDHCP=ipv4\nKeepConfiguration=yes\n' "$card" >/run/systemd/network/05-bootlace.network
END
}
keep_unit() {
  cat <<'END'
[Unit]
Description=Keep the network card of the Bootlace disk as it is
DefaultDependencies=no
After=local-fs.target
Before=systemd-networkd.service NetworkManager.service networking.service network-pre.target
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
    [ -L "$ROOT/etc/systemd/system/sysinit.target.wants/bootlace-network.service" ]
}
enable() {
  mkdir -p "$ROOT/etc/systemd/system/$2.wants" && ln -sf "/etc/systemd/system/$1" "$ROOT/etc/systemd/system/$2.wants/$1"
}
keep_do() {
  keep_script | put /usr/local/lib/bootlace/keep-network 755 && keep_unit | put /etc/systemd/system/bootlace-network.service 644 &&
    enable bootlace-network.service sysinit.target
}
step "The network card stays as the loader set it up." keep_is keep_do

interfaces() { for f in "$ROOT/etc/network/interfaces" "$ROOT"/etc/network/interfaces.d/*; do [ -f "$f" ] && echo "$f"; done; }
DHCP='^[[:space:]]*iface[[:space:]][[:space:]]*[^[:space:]]*[[:space:]][[:space:]]*inet[[:space:]][[:space:]]*dhcp'
manual_is() { ! interfaces | while read -r f; do grep -q "$DHCP" "$f" && echo "$f"; done | grep -q .; }
manual_do() {
  interfaces | while read -r f; do
    if grep -q "$DHCP" "$f"; then sed -i "/$DHCP/s/dhcp/manual/" "$f"; fi
  done
}
step "Linux does not set the network card up anew (ifupdown: manual)." manual_is manual_do

# --- What must differ from PC to PC ---------------------------------------------------------------
id_is() { [ ! -s "$ROOT/etc/machine-id" ] && { [ ! -e "$ROOT/var/lib/dbus/machine-id" ] || [ -L "$ROOT/var/lib/dbus/machine-id" ] || [ ! -s "$ROOT/var/lib/dbus/machine-id" ]; }; }
id_do() {
  : >"$ROOT/etc/machine-id"
  if [ -e "$ROOT/var/lib/dbus/machine-id" ] && [ ! -L "$ROOT/var/lib/dbus/machine-id" ]; then
    ln -sf /etc/machine-id "$ROOT/var/lib/dbus/machine-id"
  fi
}
step "Each PC makes an identity of its own (machine-id)." id_is id_do

keys_unit() {
  cat <<'END'
[Unit]
Description=Make SSH host keys for this PC
After=local-fs.target
Before=ssh.service ssh.socket sshd.service
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -A

[Install]
WantedBy=multi-user.target
END
}
keys_are() {
  ! ls "$ROOT"/etc/ssh/ssh_host_*_key >/dev/null 2>&1 && keys_unit | same /etc/systemd/system/bootlace-ssh-keys.service &&
    [ -L "$ROOT/etc/systemd/system/multi-user.target.wants/bootlace-ssh-keys.service" ]
}
keys_do() {
  keys_unit | put /etc/systemd/system/bootlace-ssh-keys.service 644 && enable bootlace-ssh-keys.service multi-user.target &&
    rm -f "$ROOT"/etc/ssh/ssh_host_*_key "$ROOT"/etc/ssh/ssh_host_*_key.pub
}
if has /etc/ssh/sshd_config; then step "Each PC makes SSH host keys of its own." keys_are keys_do; fi
${IDENTITY_STEPS}${MACHINE_ID_STEPS.debian}${CLOUD_INIT_STEPS}
RULES=/etc/udev/rules.d/70-persistent-net.rules
rules_are() { ! has "$RULES"; }
rules_do() { rm -f "$ROOT$RULES"; }
step "No name of a network card is bound to this PC's card." rules_are rules_do

seed_is() { ! has /var/lib/systemd/random-seed && ! ls "$ROOT"/var/lib/dhcp/*.leases >/dev/null 2>&1; }
seed_do() { rm -f "$ROOT/var/lib/systemd/random-seed" "$ROOT"/var/lib/dhcp/*.leases; }
step "No leases or random numbers of this PC are left." seed_is seed_do

# --- The list of disks ------------------------------------------------------------------------------
root_line() { awk '$1 !~ /^#/ && $2 == "/"' "$ROOT/etc/fstab" 2>/dev/null; }
netdev_is() { [ -z "$(root_line)" ] || root_line | grep -q _netdev; }
netdev_do() {
  awk '$1 !~ /^#/ && $2 == "/" && $4 !~ /_netdev/ { $4 = $4 ",_netdev" } { print }' "$ROOT/etc/fstab" | put /etc/fstab 644
}
step "Linux knows that its disk needs the network (_netdev)." netdev_is netdev_do
case $(root_line) in
/dev/[shv]d[a-z]* | /dev/nvme*)
  flag "/etc/fstab names the system by its place in this PC: $(root_line | awk '{ print $1 }')." "Write UUID=... there; sudo blkid shows it."
  ;;
esac

# --- Addresses that were typed in: every PC of the image would have the same ----------------------
fixed() {
  interfaces | while read -r f; do
    awk -v f="$f" '$1 == "iface" { static = ($4 == "static" && $2 != "lo"); card = $2 } static && $1 == "address" { print f ": " card " " $2 }' "$f"
  done
  for f in "$ROOT"/etc/netplan/*.yaml "$ROOT"/etc/netplan/*.yml; do
    [ -f "$f" ] && awk -v f="$f" '
      { sub(/#.*/, ""); match($0, /^ */); indent = RLENGTH }
      inside && NF && indent <= level && $0 !~ /^ *- / { inside = 0 }
      /^ *nameservers:/ { skip = 1; at = indent; next }
      skip && NF && indent <= at { skip = 0 }
      !skip && /^ *addresses:/ { inside = 1; level = indent }
      inside && match($0, /[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(\/[0-9]+)?/) { print f ": " substr($0, RSTART, RLENGTH) }' "$f"
  done
  for f in "$ROOT"/etc/NetworkManager/system-connections/*; do
    [ -f "$f" ] && awk -F= -v f="$f" '/^\[/ { four = ($0 == "[ipv4]") } four && $1 == "method" { manual = ($2 == "manual") }
      four && $1 ~ /^address/ { address = $2 } END { if (manual) print f ": " address }' "$f"
  done
  for f in "$ROOT"/etc/systemd/network/*.network; do
    [ -f "$f" ] && sed -n "s|^Address=\(.*\)|$f: \1|p" "$f"
  done
  :
}
found=$(fixed)
if [ -n "$found" ]; then
  flag "A network card has an address that was typed in: every PC of this image would have it." "Change it to DHCP:"
  echo "$found" | sed "s|^$ROOT/|/|; s/^/         /"
else
  ok "No address was typed in for a network card."
fi

# --- Into the initramfs -------------------------------------------------------------------------------
initramfs_is() {
  [ "$rebuild" = 0 ] || return 1
  set -- "$ROOT"/boot/initrd.img-*
  [ -e "$1" ] || return 1
  for image in "$@"; do
    case $image in *.dpkg-bak | *.old-dkms | *.bak) continue ;; esac
    for file in "$ROOT/etc/iscsi/iscsi.initramfs" "$ROOT/etc/initramfs-tools/conf.d/zz-bootlace" "$ROOT$EARLY_ID"; do
      [ ! -e "$file" ] || [ -z "$(find "$file" -newer "$image")" ] || return 1
    done
  done
}
initramfs_do() {
  in_root update-initramfs -u -k all && rebuild=0
}
step "The initramfs holds all of this." initramfs_is initramfs_do

echo
if [ "$flagged" = 1 ]; then
  echo "Not ready yet: look at the lines that say PROBLEM, then run this again."
  exit 1
fi
if [ "$todo" = 1 ]; then
  echo "Not ready yet. Run: sudo sh kit apply"
  exit 1
fi
echo "Ready. Now shut this PC down: sudo poweroff"
`
