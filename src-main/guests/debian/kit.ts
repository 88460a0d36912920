import type { Family } from '../linux/kit/compose.ts'
import { MACHINE_ID_STEPS } from '../linux/kit/identity.ts'

/** What makes a Debian, or a system made from it, start from a disk on the network and be an image for many PCs.
 *  Run inside that system: `sh kit check` says what is to do, `sh kit apply` does it. Doing it twice changes nothing.
 *  `ROOT=/mnt` works on a system that is mounted there.
 *  Source: the initramfs scripts of Debian's open-iscsi 2.1.8 (what they read, and the interface they write down): after the
 *  login by the iBFT they log in to whatever iscsi.initramfs names too, with its password. */
export const DEBIAN: Family = {
  system: 'debian',
  title: 'Debian, Ubuntu and their kin',
  begin: String.raw`
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
REINSTALL='sudo apt install --reinstall -o Dpkg::Options::=--force-confmiss open-iscsi'
WANTED=''
IP_IS_IBFT=''
MENU_SENTENCE="The boot menu names no server and no address of this PC."
`,
  settings: String.raw`
# --- The small system that starts this one ------------------------------------------------------
auto_is() { grep -qsx 'ISCSI_AUTO=true' "$ROOT/etc/iscsi/iscsi.initramfs"; }
auto_do() {
  { [ ! -f "$ROOT/etc/iscsi/iscsi.initramfs" ] || grep -v '^[[:space:]]*ISCSI_AUTO=' "$ROOT/etc/iscsi/iscsi.initramfs" || :
    echo 'ISCSI_AUTO=true'; } | put /etc/iscsi/iscsi.initramfs 600
}
step "The disk is taken from what the loader leaves behind (iBFT)." auto_is auto_do

STALE='^[[:space:]]*(export[[:space:]]+)?ISCSI_(INITIATOR|TARGET_NAME|TARGET_IP|TARGET_GROUP|USERNAME|PASSWORD|IN_USERNAME|IN_PASSWORD)='
stale_is() { ! grep -qsE "$STALE" "$ROOT/etc/iscsi/iscsi.initramfs"; }
stale_do() { grep -vE "$STALE" "$ROOT/etc/iscsi/iscsi.initramfs" | put /etc/iscsi/iscsi.initramfs; }
step "No server, name or password is fixed in the initramfs; they come from the loader." stale_is stale_do

wanted_is() { ! grep -qsx 'NO_ISCSI_IN_INITRAMFS="*yes"*' "$ROOT/etc/initramfs-tools/conf.d/open-iscsi"; }
wanted_do() {
  { grep -vx 'NO_ISCSI_IN_INITRAMFS="*yes"*' "$ROOT/etc/initramfs-tools/conf.d/open-iscsi" || :; } | put /etc/initramfs-tools/conf.d/open-iscsi
}
step "Nothing keeps network disks out of the initramfs." wanted_is wanted_do

# The last line that says it counts; files of conf.d come after the main one.
modules() { cat "$ROOT/etc/initramfs-tools/initramfs.conf" "$ROOT"/etc/initramfs-tools/conf.d/* 2>/dev/null | sed -n 's/^MODULES=//p' | tail -n 1; }
modules_are() { [ "$(modules)" != dep ]; }
modules_do() { echo 'MODULES=most' | put /etc/initramfs-tools/conf.d/zz-bootlace 644; }
step "Drivers of other PCs' network cards are there at the start." modules_are modules_do
${MACHINE_ID_STEPS.debian}`,
  initramfs: String.raw`
# --- Into the initramfs -------------------------------------------------------------------------------
initramfs_is() {
  set -- "$ROOT"/boot/initrd.img-*
  [ -e "$1" ] || return 1
  for image in "$@"; do
    case $image in *.dpkg-bak | *.old-dkms | *.bak) continue ;; esac
    if newer "$image" "$ROOT/etc/iscsi/iscsi.initramfs" "$ROOT/etc/initramfs-tools/conf.d/zz-bootlace" "$ROOT/etc/initramfs-tools/conf.d/open-iscsi" \
      "$ROOT$EARLY_ID"; then
      return 1
    fi
  done
}
initramfs_do() { in_root update-initramfs -u -k all; }
step "The initramfs holds all of this." initramfs_is initramfs_do
`,
}
