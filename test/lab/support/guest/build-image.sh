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
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
umask 022

# The system's own way to the archive (proxies, clock tolerance) holds for the guest's build as well.
apt-config dump Acquire | grep -E '^Acquire::(https?::Proxy|Check-)' >"$out/apt.conf" || true

# Drivers no virtual PC here has. They are half of the image, and depmod and mke2fs take their time.
excluded=()
for path in sound drivers/{gpu,media,staging,infiniband,usb,iio,hwmon,isdn,bluetooth,input,leds,mmc,mfd,nfc,parport,pcmcia,platform,power,rtc,spi,thermal,video,w1,mtd,md,comedi,crypto,ata,edac,char,firewire,gpio,hid,i2c,misc,nvme} \
  drivers/net/{wireless,wwan,can,usb,ieee802154,hamradio,fddi,ppp,phy,bonding,team,vxlan,wireguard} net/{wireless,bluetooth,mac80211,mac802154,can,nfc,ceph,sctp,tipc,rds,sunrpc,rxrpc,dccp,bridge,batman-adv,netfilter,ipv4,ipv6,sched,openvswitch,smc,9p,atm,decnet,mpls} \
  fs/{ceph,cifs,nfs,nfsd,ocfs2,gfs2,dlm,btrfs,xfs,jfs,reiserfs,ntfs,ntfs3,f2fs,afs,coda,orangefs,ubifs,jffs2,ksmbd,smbfs_common,udf,hfs,hfsplus,nilfs2,lockd}; do
  excluded+=("--dpkgopt=path-exclude=/lib/modules/*/kernel/$path/*")
done

mmdebstrap --quiet --mode=root --variant=essential --architectures=amd64 --aptopt="$out/apt.conf" \
  --include=systemd,systemd-sysv,udev,kmod,linux-image-amd64,initramfs-tools,open-iscsi,busybox-static,zstd,iproute2,procps \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' "${excluded[@]}" \
  --essential-hook='mkdir -p "$1/etc/kernel" && printf "#!/bin/sh\nexit 0\n" >"$1/usr/local/sbin/update-initramfs" && chmod 755 "$1/usr/local/sbin/update-initramfs"' \
  "$suite" "$root" "$sources"
# While packages were set up, this stood before the real one: the initrd is made once, below, with its final settings.
rm "$root/usr/local/sbin/update-initramfs"
rm -f "$root"/boot/initrd.img-*

kernel=$(basename "$root"/boot/vmlinuz-*)
version=${kernel#vmlinuz-}

# --- what makes this system a client of the lab -------------------------------------------------------------------
echo lab-guest >"$root/etc/hostname"
echo '10000000000000000000000000000001' >"$root/etc/machine-id"
echo 'LABEL=lab-root / ext4 defaults,_netdev 0 0' >"$root/etc/fstab"
chroot "$root" passwd --quiet --delete root

cat >"$root/etc/initramfs-tools/modules" <<'END'
virtio_pci
virtio_net
e1000
iscsi_tcp
iscsi_ibft
sd_mod
ext4
crc32c_generic
END
sed -i -e 's/^MODULES=.*/MODULES=list/' -e 's/^BUSYBOX=.*/BUSYBOX=n/' -e 's/^# *COMPRESSLEVEL=.*/COMPRESSLEVEL=12/' \
  "$root/etc/initramfs-tools/initramfs.conf"
echo ISCSI_AUTO=true >"$root/etc/iscsi/iscsi.initramfs"

install -m 755 "$here/lab-boot" "$here/lab-shell" "$root/usr/local/sbin/"
install -m 644 "$here/lab-boot.service" "$here/lab-shell.service" "$root/etc/systemd/system/"

# Units that wait, probe or write without need cost seconds each under emulation. A getty on ttyS0 would also hang
# up the line and swallow what others write there.
units=(getty.target serial-getty@ttyS0.service serial-getty@ttyS1.service systemd-timesyncd.service
  systemd-networkd-wait-online.service systemd-update-utmp.service systemd-update-utmp-runlevel.service
  systemd-random-seed.service systemd-journal-flush.service systemd-pstore.service systemd-firstboot.service
  systemd-hwdb-update.service ldconfig.service systemd-journal-catalog-update.service systemd-update-done.service
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
  systemd-tmpfiles-clean.timer systemd-udev-settle.service systemd-rfkill.service systemd-logind.service
  dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount
  sys-fs-fuse-connections.mount modprobe@{drm,configfs,dm_mod,efi_pstore,fuse,loop}.service open-iscsi.service
  kmod-static-nodes.service systemd-sysusers.service systemd-binfmt.service systemd-ask-password-wall.path)
for unit in "${units[@]}"; do ln -sf /dev/null "$root/etc/systemd/system/$unit"; done
chroot "$root" systemctl --quiet enable lab-boot.service lab-shell.service iscsid.service
chroot "$root" systemctl --quiet set-default multi-user.target
mkdir -p "$root/etc/systemd/journald.conf.d"
printf '[Journal]\nStorage=volatile\n' >"$root/etc/systemd/journald.conf.d/lab.conf"

mount -t proc proc "$root/proc"
trap 'umount "$root/proc" 2>/dev/null || true' EXIT
chroot "$root" update-initramfs -c -k "$version"
umount "$root/proc"
trap - EXIT

cp "$root/boot/$kernel" "$out/vmlinuz"
mkdir -p "$root/boot/grub"
cp "$here/grub.cfg" "$root/boot/grub/grub.cfg"
ln -s "$kernel" "$root/boot/vmlinuz"
ln -s "initrd.img-$version" "$root/boot/initrd.img"

# --- the installer-like system ------------------------------------------------------------------------------------
small=$out/small
mkdir -p "$small"/{bin,sbin,dev,proc,sys,run,etc,tmp,var/lib/iscsi}
cp "$root/bin/busybox" "$small/bin/busybox"
install -m 755 "$here/installer-init" "$small/init"
copy_with_libraries() {
  local file
  install -D -m 755 "$root$1" "$small$1"
  chroot "$root" ldd "$1" | grep -o '/[^ ]*' | while read -r file; do
    [ -e "$small$file" ] || { mkdir -p "$small$(dirname "$file")"; cp -L "$root$file" "$small$file"; }
  done
}
copy_with_libraries /sbin/iscsistart
while read -r module; do
  chroot "$root" modprobe --set-version "$version" --show-depends "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
done <"$root/etc/initramfs-tools/modules" | sort -u | while read -r file; do
  install -D -m 644 "$root$file" "$small$file"
done
cp "$root/lib/modules/$version"/modules.{order,builtin} "$small/lib/modules/$version/"
# The tools of the guest do this, so that the machine that builds needs no kmod: hence from inside its tree.
mv "$small" "$root/small"
chroot "$root" depmod --basedir /small "$version"
mv "$root/small" "$small"
(cd "$small" && find . | cpio --quiet -o -H newc -R 0:0) | zstd -q -12 >"$out/installer.img"

cd_root=$out/cd
mkdir -p "$cd_root/boot/grub"
cp "$out/vmlinuz" "$out/installer.img" "$cd_root/boot/"
cp "$here/installer-grub.cfg" "$cd_root/boot/grub/grub.cfg"
grub-mkrescue -o "$out/installer.iso" --install-modules='linux serial normal configfile echo iso9660 part_msdos search test gzio' \
  --locales= --fonts= --themes= "$cd_root" >"$out/iso.log" 2>&1 || { cat "$out/iso.log" >&2; exit 1; }

# --- the disk: one GPT, for BIOS (GRUB's core in its own partition) and for UEFI (fallback path on the ESP) ---------
mib=$((1024 * 1024))
size_mib=1280 core_at=1 esp_at=2 esp_mib=32 root_at=34
root_mib=$((size_mib - root_at - 1))

rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/*
# systemd's "needs an update" test compares /usr with these two.
touch "$root/usr"; touch "$root/etc/.updated" "$root/var/.updated"
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

rm -rf "$root" "$small" "$cd_root" "$out"/{root.ext4,core.img,boot.img,BOOTX64.EFI,apt.conf,iso.log}
