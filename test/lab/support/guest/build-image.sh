#!/bin/bash
# Builds what the virtual PCs run, into the (existing, empty) directory OUT:
#   disk.raw       Debian with root on whatever disk carries the label lab-root; starts on BIOS and on UEFI
#   vmlinuz        its kernel
#   installer.img  a small system in an initrd that finds its disk through the iBFT, writes it and reads it back
#   installer.iso  a CD that starts vmlinuz with installer.img, on BIOS and on UEFI
# Usage: build-image.sh OUT SOURCES SUITE   (SOURCES: a one-line-style apt sources file)
# Runs as root. Touches nothing outside OUT.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$1 sources=$2 suite=$3
root=$out/root
. "$here/debian.sh"

bootstrap "$root" "$sources" "$suite" \
  systemd,systemd-sysv,udev,kmod,linux-image-amd64,initramfs-tools,open-iscsi,busybox-static,zstd,iproute2,procps,fio
version=$(kernel_version "$root")

# --- what makes this system a client of the lab -------------------------------------------------------------------
echo lab-guest >"$root/etc/hostname"
echo '10000000000000000000000000000001' >"$root/etc/machine-id"
echo 'LABEL=lab-root / ext4 defaults,_netdev 0 0' >"$root/etc/fstab"
speak_to_tests "$root" open-iscsi.service
make_initrd "$root"

cp "$root/boot/vmlinuz-$version" "$out/vmlinuz"
mkdir -p "$root/boot/grub"
cp "$here/grub.cfg" "$root/boot/grub/grub.cfg"
ln -s "vmlinuz-$version" "$root/boot/vmlinuz"
ln -s "initrd.img-$version" "$root/boot/initrd.img"

# --- the installer-like system ------------------------------------------------------------------------------------
small=$out/small
small_system "$root" "$small" "$here/installer-init"
copy_modules "$root" "$small" "${disk_modules[@]}"
pack_initrd "$small" "$out/installer.img"

cd_root=$out/cd
mkdir -p "$cd_root/boot/grub"
cp "$out/vmlinuz" "$out/installer.img" "$cd_root/boot/"
cp "$here/installer-grub.cfg" "$cd_root/boot/grub/grub.cfg"
make_cd "$cd_root" "$out/installer.iso"

# --- the disk: one GPT, for BIOS (GRUB's core in its own partition) and for UEFI (fallback path on the ESP) ---------
mib=$((1024 * 1024))
size_mib=1280 core_at=1 esp_at=2 esp_mib=32 root_at=34
root_mib=$((size_mib - root_at - 1))

forget_packages "$root"
mke2fs -q -t ext4 -O '^orphan_file,^metadata_csum_seed' -L lab-root -d "$root" -E nodiscard,lazy_itable_init=1 \
  "$out/root.ext4" "${root_mib}M"

disk=$out/disk.raw
truncate -s "${size_mib}M" "$disk"
sfdisk --quiet "$disk" <<END
label: gpt
start=$((core_at * 2048)), size=2048, type=21686148-6449-6E6F-744E-656564454649
start=$((esp_at * 2048)), size=$((esp_mib * 2048)), type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
start=$((root_at * 2048)), size=$((root_mib * 2048)), type=0FC63DAF-8483-4772-8E79-3D69D8477DE4
END
dd if="$out/root.ext4" of="$disk" bs=1M seek="$root_at" conv=notrunc,sparse status=none

grub-mkimage -O i386-pc -o "$out/core.img" -p '(hd0,gpt3)/boot/grub' biosdisk part_gpt ext2 normal configfile linux serial echo test
cp /usr/lib/grub/i386-pc/boot.img "$out/boot.img"
# What grub-bios-setup would patch. In boot.img: bytes 92-99, the LBA of core.img. In core.img's first sector: bytes
# 500-511, one block list: u64 first LBA, u16 sectors, u16 segment 0x820. All little-endian.
# Source: GRUB 2.06, include/grub/i386/pc/boot.h and grub-core/boot/i386/pc/diskboot.S.
le() { local value=$1 n=$2; while [ "$n" -gt 0 ]; do printf "\\x$(printf %02x $((value & 255)))"; value=$((value >> 8)); n=$((n - 1)); done; }
core_lba=$((core_at * 2048))
core_sectors=$((($(stat -c %s "$out/core.img") + 511) / 512))
le "$core_lba" 8 | dd of="$out/boot.img" bs=1 seek=92 conv=notrunc status=none
{ le $((core_lba + 1)) 8; le $((core_sectors - 1)) 2; le $((0x820)) 2; } | dd of="$out/core.img" bs=1 seek=500 conv=notrunc status=none
dd if="$out/boot.img" of="$disk" bs=440 count=1 conv=notrunc status=none
dd if="$out/core.img" of="$disk" bs=512 seek="$core_lba" conv=notrunc status=none

grub-mkimage -O x86_64-efi -o "$out/BOOTX64.EFI" -c "$here/efi-early.cfg" -p /boot/grub part_gpt ext2 search search_label normal configfile linux serial echo test
esp=$disk@@$((esp_at * mib))
mformat -i "$esp" -T $((esp_mib * 2048)) -h 64 -s 32 -v LABESP ::
mmd -i "$esp" ::/EFI ::/EFI/BOOT
mcopy -i "$esp" "$out/BOOTX64.EFI" ::/EFI/BOOT/BOOTX64.EFI

rm -rf "$root" "$small" "$cd_root" "$out"/{root.ext4,core.img,boot.img,BOOTX64.EFI}
