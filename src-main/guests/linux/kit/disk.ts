/** The vendor a disk of ours says it is of (standard INQUIRY). */
export const DISK_VENDOR = 'BOOTLACE'

/** The disk as Linux sees it: how long a command may take, in which order commands go, how it is named.
 *  `_netdev` only for the root file system, which is mounted when systemd starts: on /var or /home it would move the mount behind
 *  the network services, and those need /var. Source: systemd.mount(5), udev(7), SCSI sysfs attributes of the kernel. */
export const DISK = String.raw`
# --- The disk ---------------------------------------------------------------------------------------
DISK_RULES=/etc/udev/rules.d/60-bootlace.rules
disk_rules() {
  cat <<'END'
# Disks of Bootlace: commands may take three minutes, and the server orders them. Written by the Bootlace kit.
ACTION=="add|change", SUBSYSTEM=="scsi", ENV{DEVTYPE}=="scsi_device", ATTR{vendor}=="${DISK_VENDOR}", ATTR{timeout}="180"
ACTION=="add|change", SUBSYSTEM=="block", ENV{DEVTYPE}=="disk", ATTRS{vendor}=="${DISK_VENDOR}", ATTR{queue/scheduler}="none"
# A connection that the loader handed over: an outage is waited out for a day.
ACTION=="add|change", SUBSYSTEM=="iscsi_session", ATTR{targetname}=="iqn.*.app.bootlace:*", ATTR{recovery_tmo}="86400"
END
}
disk_rules_are() { disk_rules | same $DISK_RULES; }
disk_rules_do() { disk_rules | put $DISK_RULES 644; }
step "The disk has time to answer, and the server orders its work (udev rules)." disk_rules_are disk_rules_do

root_line() { awk '$1 !~ /^#/ && $2 == "/"' "$ROOT/etc/fstab" 2>/dev/null; }
netdev_is() { [ -z "$(root_line)" ] || root_line | grep -q _netdev; }
netdev_do() {
  awk '$1 !~ /^#/ && $2 == "/" && $4 !~ /_netdev/ { $4 = $4 ",_netdev" } { print }' "$ROOT/etc/fstab" | put /etc/fstab
}
step "Linux knows that its disk needs the network (_netdev)." netdev_is netdev_do
placed=$(awk '$1 ~ /^\/dev\/([shv]d[a-z]|xvd[a-z]|nvme)/ && $4 !~ /noauto|nofail/ { print $1 " " $2 }' "$ROOT/etc/fstab" 2>/dev/null)
if [ -n "$placed" ]; then
  flag "/etc/fstab names the system by its place in this PC: $(echo "$placed" | awk '{ print $1; exit }')." "Write UUID=... there; sudo blkid shows it. The lines are:"
  echo "$placed" | list
else
  ok "No partition is named by its place in this PC (/etc/fstab)."
fi
`
