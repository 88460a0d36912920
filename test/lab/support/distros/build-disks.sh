#!/bin/bash
# Makes disks of systems whose initramfs is another one than Debian's, from the lab's own disk, into the folder OUT:
#   dracut.raw   Debian with dracut instead of initramfs-tools
#   arch.raw     Debian with an initramfs as mkinitcpio makes it, and the folders and programs that Arch has for that
# Each is prepared by its kit, run on the mounted disk, and then by nothing else.
# Usage: build-disks.sh OUT SOURCES SUITE   (OUT holds the files guest-disk, its path, and kit-dracut and kit-arch)
# Runs as root. Touches nothing outside OUT.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$1 sources=$2
root=$out/root
. "$here/../guest/debian.sh"
mkdir "$root"

# open_disk NAME: a copy of the lab's disk, with its system mounted on $root.
open_disk() {
  local start
  cp --sparse=always --reflink=auto "$(cat "$out/guest-disk")" "$out/$1.raw"
  start=$(sfdisk --dump "$out/$1.raw" | sed -n 's/.*raw3 : start= *\([0-9]*\),.*/\1/p')
  mount -o "loop,noatime,offset=$((start * 512))" "$out/$1.raw" "$root"
  mount -t proc proc "$root/proc"
  # The installed system has a machine-id of its own; the kit has something to do.
  echo '10000000000000000000000000000002' >"$root/etc/machine-id"
}

# install_packages ROOT SOURCES WORD...: with the machine's apt, into a system that has none.
install_packages() {
  local root=$1 sources=$2 config=$1.apt.conf
  shift 2
  {
    apt-config dump Acquire | grep -E '^Acquire::(https?::Proxy|Check-)' || true
    cat <<END
Dir "$root";
Dir::Etc::SourceList "$sources";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Trusted "/etc/apt/trusted.gpg";
Dir::Etc::TrustedParts "/etc/apt/trusted.gpg.d";
Dir::Bin::Methods "/usr/lib/apt/methods";
DPkg::Chroot-Directory "$root";
APT::Install-Recommends "false";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
Acquire::Languages "none";
END
  } >"$config"
  mkdir -p "$root"/var/{lib/apt/lists,cache/apt/archives}/partial "$root"/etc/apt/{preferences.d,apt.conf.d}
  APT_CONFIG=$config apt-get -qq update
  APT_CONFIG=$config apt-get -qq -y -o Dpkg::Use-Pty=0 install "$@" >"$root.apt.log" 2>&1 || { cat "$root.apt.log" >&2; return 1; }
  rm "$config" "$root.apt.log"
}

close_disk() {
  umount "$root/proc"
  forget_packages "$root"
  umount "$root"
}

# apply_kit NAME: as a person does it, twice; the second time finds nothing to do.
apply_kit() {
  ROOT=$root sh "$out/kit-$1" apply >"$out/$1.log" 2>&1 || { cat "$out/$1.log" >&2; return 1; }
  ROOT=$root sh "$out/kit-$1" apply >"$out/$1-again.log" 2>&1 || { cat "$out/$1-again.log" >&2; return 1; }
  if grep '^done' "$out/$1-again.log" >&2; then echo "the kit did that twice" >&2; return 1; fi
}

# --- dracut -------------------------------------------------------------------------------------------------------------
open_disk dracut
version=$(kernel_version "$root")
# Installing it makes an initramfs for each kernel there is. The one that counts is the kit's.
mv "$root/boot/vmlinuz-$version" "$root/"
install_packages "$root" "$sources" dracut dracut-network gawk initramfs-tools-core-
mv "$root/vmlinuz-$version" "$root/boot/"
# As an installed system has one, which does not know of network disks.
touch -d @0 "$root/boot/initrd.img-$version"
apply_kit dracut
close_disk

# --- mkinitcpio ---------------------------------------------------------------------------------------------------------
open_disk arch
rm -r "$root"/boot/initrd.img* "$root/usr/share/initramfs-tools" "$root/etc/initramfs-tools"
version=$(kernel_version "$root")
cp -r "$here/arch/." "$root/"
chmod 755 "$root/usr/bin/mkinitcpio" "$root/usr/lib/initcpio/init"
# Arch has one folder for programs.
for program in iscsistart iscsiadm iscsid blkid modprobe switch_root; do
  [ -e "$root/usr/bin/$program" ] || [ -L "$root/usr/bin/$program" ] || ln -s "../sbin/$program" "$root/usr/bin/$program"
done
ln -s "vmlinuz-$version" "$root/boot/vmlinuz-linux"
ln -s initramfs-linux.img "$root/boot/initrd.img"
# An installed Arch has one, which does not know of network disks.
touch -d @0 "$root/boot/initramfs-linux.img"
apply_kit arch
close_disk

rmdir "$root"
