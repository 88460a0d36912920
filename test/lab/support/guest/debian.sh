# What the lab's recipes have in common; sourced by them. Debian made small and quick for an emulated PC with its disk
# behind the iBFT, and small systems in an initrd made from its tools. Runs as root.
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
umask 022

# Drivers no virtual PC here has. They are most of the system, and depmod, mke2fs and installing it take their time.
excluded_drivers=(sound arch/x86/kvm drivers/{gpu,media,staging,infiniband,usb,iio,hwmon,isdn,bluetooth,input,leds,mmc,mfd,nfc,parport,pcmcia,platform,power,rtc,spi,thermal,video,w1,mtd,md,comedi,crypto,ata,edac,char,firewire,gpio,hid,i2c,misc,nvme,target,thunderbolt,message,watchdog,vfio,xen,atm,block/drbd}
  drivers/scsi/{aacraid,aic7xxx,aic94xx,arcmsr,be2iscsi,bfa,bnx2fc,bnx2i,csiostor,cxgbi,esas2r,fcoe,fnic,isci,libfc,lpfc,megaraid,mpi3mr,mpt3sas,mvsas,pm8001,qedf,qedi,qla2xxx,qla4xxx,smartpqi,snic}
  drivers/net/{ethernet,wireless,wwan,can,usb,ieee802154,hamradio,fddi,ppp,phy,bonding,team,vxlan,wireguard} net/{wireless,bluetooth,mac80211,mac802154,can,nfc,ceph,sctp,tipc,rds,sunrpc,rxrpc,dccp,bridge,batman-adv,netfilter,ipv4,ipv6,sched,openvswitch,smc,9p,atm,decnet,mpls}
  fs/{ceph,cifs,smb,nfs,nfsd,ocfs2,gfs2,dlm,btrfs,xfs,jfs,reiserfs,ntfs,ntfs3,f2fs,afs,coda,orangefs,ubifs,jffs2,ksmbd,smbfs_common,udf,hfs,hfsplus,nilfs2,lockd})
# What nobody reads there, and tables of languages, characters and hardware.
excluded_paths=(/usr/share/{man,doc,locale,info} /usr/lib/x86_64-linux-gnu/{gconv,'perl/*/CORE','perl/*/auto/Encode'}
  '/usr/share/perl/*/Unicode/Collate' {/usr,}/lib/udev/hwdb.d /usr/lib/grub/x86_64-efi/monolithic)

# What every virtual PC needs to reach its disk.
disk_modules=(virtio_pci virtio_net e1000 iscsi_tcp iscsi_ibft sd_mod ext4 crc32c_generic)

# Units that wait, probe or write without need cost seconds each under emulation. A getty on ttyS0 would also hang
# up the line and swallow what others write there.
masked_units=(getty.target serial-getty@ttyS0.service serial-getty@ttyS1.service systemd-timesyncd.service
  systemd-networkd-wait-online.service systemd-update-utmp.service systemd-update-utmp-runlevel.service
  systemd-random-seed.service systemd-journal-flush.service systemd-pstore.service systemd-firstboot.service
  systemd-hwdb-update.service ldconfig.service systemd-journal-catalog-update.service systemd-update-done.service
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
  systemd-tmpfiles-clean.timer systemd-udev-settle.service systemd-rfkill.service systemd-logind.service
  dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount
  sys-fs-fuse-connections.mount modprobe@{drm,configfs,dm_mod,efi_pstore,fuse,loop}.service
  kmod-static-nodes.service systemd-sysusers.service systemd-binfmt.service systemd-ask-password-wall.path)

# bootstrap ROOT SOURCES SUITE PACKAGES: a Debian without drivers, manuals and languages that the lab does not use.
bootstrap() {
  local root=$1 sources=$2 suite=$3 packages=$4 path
  # The system's own way to the archive (proxies, clock tolerance) holds for the guest's build as well.
  apt-config dump Acquire | grep -E '^Acquire::(https?::Proxy|Check-)' >"$root.apt.conf" || true
  local options=()
  for path in "${excluded_drivers[@]}"; do options+=("--dpkgopt=path-exclude=/lib/modules/*/kernel/$path/*"); done
  options+=('--dpkgopt=path-include=/lib/modules/*/kernel/drivers/net/ethernet/intel/e1000/*')
  for path in "${excluded_paths[@]}"; do options+=("--dpkgopt=path-exclude=$path/*"); done
  mmdebstrap --quiet --mode=root --variant=essential --architectures=amd64 --aptopt="$root.apt.conf" \
    --include="$packages" "${options[@]}" \
    --essential-hook='mkdir -p "$1/etc/kernel" && printf "#!/bin/sh\nexit 0\n" >"$1/usr/local/sbin/update-initramfs" && chmod 755 "$1/usr/local/sbin/update-initramfs"' \
    "$suite" "$root" "$sources"
  rm "$root.apt.conf"
  # While packages were set up, this stood before the real one: the initrd is made once, with its final settings.
  rm "$root/usr/local/sbin/update-initramfs"
  rm -f "$root"/boot/initrd.img-*
  chroot "$root" passwd --quiet --delete root
}

kernel_version() { basename "$1"/boot/vmlinuz-* | sed 's/^vmlinuz-//'; }

# make_initrd ROOT: finds root on iSCSI by the iBFT; with the drivers of the lab's PCs only, because the loader reads it
# through an emulated BIOS.
make_initrd() {
  local root=$1
  printf '%s\n' "${disk_modules[@]}" >"$root/etc/initramfs-tools/modules"
  sed -i -e 's/^MODULES=.*/MODULES=list/' -e 's/^BUSYBOX=.*/BUSYBOX=n/' -e 's/^# *COMPRESSLEVEL=.*/COMPRESSLEVEL=12/' \
    "$root/etc/initramfs-tools/initramfs.conf"
  echo ISCSI_AUTO=true >"$root/etc/iscsi/iscsi.initramfs"
  mount -t proc proc "$root/proc"
  trap 'umount "$root/proc" 2>/dev/null || true' EXIT
  chroot "$root" update-initramfs -c -k "$(kernel_version "$root")"
  umount "$root/proc"
  trap - EXIT
}

# speak_to_tests ROOT MASKED...: words on ttyS0, commands on ttyS1, and no unit that only costs time.
speak_to_tests() {
  local root=$1 here unit
  shift
  here=$(dirname "${BASH_SOURCE[0]}")
  install -m 755 "$here/lab-boot" "$here/lab-shell" "$root/usr/local/sbin/"
  install -m 644 "$here/lab-boot.service" "$here/lab-shell.service" "$root/etc/systemd/system/"
  for unit in "${masked_units[@]}" "$@"; do ln -sf /dev/null "$root/etc/systemd/system/$unit"; done
  chroot "$root" systemctl --quiet enable lab-boot.service lab-shell.service iscsid.service
  chroot "$root" systemctl --quiet set-default multi-user.target
  mkdir -p "$root/etc/systemd/journald.conf.d"
  printf '[Journal]\nStorage=volatile\n' >"$root/etc/systemd/journald.conf.d/lab.conf"
}

# forget_packages ROOT: what apt and dpkg can get again.
forget_packages() {
  rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*
  # systemd's "needs an update" test compares /usr with these two.
  touch "$1/usr"; touch "$1/etc/.updated" "$1/var/.updated"
}

# small_system ROOT SMALL INIT: a system of busybox and iscsistart for an initrd, with INIT as its first program.
small_system() {
  mkdir -p "$2"/{bin,sbin,dev,proc,sys,run,etc,tmp,var/lib/iscsi}
  cp "$1/bin/busybox" "$2/bin/busybox"
  install -m 755 "$3" "$2/init"
  copy_program "$1" "$2" /sbin/iscsistart
}

# copy_program ROOT SMALL FILE: with its libraries.
copy_program() {
  local file
  install -D -m 755 "$1$3" "$2$3"
  chroot "$1" ldd "$3" | grep -o '/[^ ]*' | while read -r file; do
    [ -e "$2$file" ] || { mkdir -p "$2$(dirname "$file")"; cp -L "$1$file" "$2$file"; }
  done
}

# copy_modules ROOT SMALL MODULE...: with what they depend on.
copy_modules() {
  local root=$1 small=$2 version module file
  shift 2
  version=$(kernel_version "$root")
  for module in "$@"; do
    chroot "$root" modprobe --set-version "$version" --show-depends "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
  done | sort -u | while read -r file; do
    install -D -m 644 "$root$file" "$small$file"
  done
  cp "$root/lib/modules/$version"/modules.{order,builtin} "$small/lib/modules/$version/"
  # The tools of the guest do this, so that the machine that builds needs no kmod: hence from inside its tree.
  mv "$small" "$root/small"
  chroot "$root" depmod --basedir /small "$version"
  mv "$root/small" "$small"
}

# pack_initrd SMALL FILE
pack_initrd() { (cd "$1" && find . | cpio --quiet -o -H newc -R 0:0) | zstd -q -12 >"$2"; }

# make_cd TREE FILE: a CD that starts by its boot/grub/grub.cfg, on BIOS and on UEFI.
make_cd() {
  grub-mkrescue -o "$2" --install-modules='linux serial normal configfile echo iso9660 part_msdos search test gzio' \
    --locales= --fonts= --themes= "$1" >"$2.log" 2>&1 || { cat "$2.log" >&2; return 1; }
  rm "$2.log"
}
