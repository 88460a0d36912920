#!/bin/bash
# Builds an installation medium for Debian, into the (existing, empty) directory OUT:
#   vmlinuz      the kernel
#   initrd.img   the installer, for a loader that starts it over HTTP; it needs the CD in a drive
#   debian.iso   a CD with both and the system that is installed, started by BIOS or UEFI
# Usage: build-medium.sh OUT SOURCES SUITE   (SOURCES: a one-line-style apt sources file)
# Runs as root. Touches nothing outside OUT.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$1 sources=$2 suite=$3
root=$out/root
. "$here/../guest/debian.sh"

# The installer reads its CD on an ATA port.
kept=()
for driver in "${excluded_drivers[@]}"; do [ "$driver" = drivers/ata ] || kept+=("$driver"); done
excluded_drivers=("${kept[@]}")

bootstrap "$root" "$sources" "$suite" \
  systemd,systemd-sysv,udev,kmod,linux-image-amd64,initramfs-tools,open-iscsi,busybox-static,zstd,iproute2,procps,wget,openssh-server,e2fsprogs,fdisk,grub2-common,grub-pc-bin,grub-efi-amd64-bin
version=$(kernel_version "$root")

speak_to_tests "$root"
install -m 644 "$here/default-grub" "$root/etc/default/grub"
install -m 755 "$here/grub-words" "$root/etc/grub.d/09_lab"
# An installer makes it on the new disk. Under emulation that takes longer than all the rest, and gives the same.
make_initrd "$root"
cp "$root/boot/vmlinuz-$version" "$out/vmlinuz"

small=$out/small
small_system "$root" "$small" "$here/installer"
for program in /sbin/sfdisk /sbin/mke2fs /sbin/blkid /usr/bin/zstd; do copy_program "$root" "$small" "$program"; done
cp "$root/etc/mke2fs.conf" "$small/etc/"
copy_modules "$root" "$small" "${disk_modules[@]}" ata_piix sr_mod isofs vfat nls_cp437 nls_ascii
pack_initrd "$small" "$out/initrd.img"

# What each installed system gets of its own is not in it: names, ids, its table of disks.
forget_packages "$root"
rm -f "$root"/etc/{hostname,machine-id,fstab} "$root"/etc/iscsi/initiatorname.iscsi
cd_root=$out/cd
mkdir -p "$cd_root/boot/grub"
tar -C "$root" --numeric-owner -c . | zstd -q -12 -T0 >"$cd_root/base.tar.zst"
cp "$out/vmlinuz" "$out/initrd.img" "$cd_root/boot/"
cp "$here/cd-grub.cfg" "$cd_root/boot/grub/grub.cfg"
make_cd "$cd_root" "$out/debian.iso"

rm -rf "$root" "$small" "$cd_root"
