/** What tells one clone from another inside Linux: its name, its machine-id, its SSH keys, its cloud-init instance. All of it
 *  comes from the boot table (iBFT) and the disk's serial number, so nothing of it stands in the image; a system that was
 *  started otherwise, from its own disk or in a virtual machine, is left alone.
 *  Pieces of a kit: they use its functions step, put, same, has and enable, and set `rebuild` when the initramfs must be made anew.
 *  Source: machine-id(5), systemd-machine-id-commit.service(8); initramfs-tools(7), dracut.modules(7), mkinitcpio(8);
 *  Linux Documentation/ABI/testing/sysfs-ibft; SPC-4 §7.8.19 (unit serial number). */

/** In these texts `%{` stands for the shell's `${`, which a template would take for its own. */
const shell = (text: string): string => text.replaceAll('%{', '${')

/** Mounts the disk's own machine-id over that of the system in `root`, as systemd does with a transient one, before systemd
 *  reads it; systemd writes it down as soon as it can. There may be no program but the shell, mkdir and mount (klibc).
 *  `machineIdOf` says the same of a serial number. */
const MACHINE_ID = shell(String.raw`target=
[ -r /sys/firmware/ibft/target0/target-name ] && read -r target </sys/firmware/ibft/target0/target-name
[ -n "$target" ] && [ -f "$root/etc/machine-id" ] || exit 0
serial=
for session in /sys/class/iscsi_session/session*; do
  name=
  [ -r "$session/targetname" ] && read -r name <"$session/targetname"
  [ "$name" = "$target" ] || continue
  for page in "$session"/device/target*/*:*:*:0/vpd_pg80; do
    # Four bytes that are no digits, then the serial number.
    [ -r "$page" ] && read -r serial <"$page"
    serial=%{serial##*[!0-9A-F]}
    [ -z "$serial" ] || break 2
  done
done
case $serial in ????????????????) ;; *) exit 0 ;; esac
digits=
while [ -n "$serial" ]; do
  rest=%{serial#?}
  case $serial in
  A*) digits=%{digits}a ;;
  B*) digits=%{digits}b ;;
  C*) digits=%{digits}c ;;
  D*) digits=%{digits}d ;;
  E*) digits=%{digits}e ;;
  F*) digits=%{digits}f ;;
  *) digits=$digits%{serial%"$rest"} ;;
  esac
  serial=$rest
done
end=%{digits#????????????}
id=%{digits%????}4%{end%?}8%{end#???}b0071ace000000
have=
read -r have <"$root/etc/machine-id"
[ "$have" != "$id" ] || exit 0
mkdir -p /run/bootlace
(umask 0333 && echo "$id" >/run/bootlace/machine-id) &&
  mount -n -o bind /run/bootlace/machine-id "$root/etc/machine-id" &&
  echo "Bootlace: the machine-id of this disk is $id"
exit 0`)

const WRITTEN = '# Gives each disk a machine-id of its own, the same at every start. Written by the Bootlace kit.'

/** A start script of initramfs-tools. */
const INIT_BOTTOM = shell(String.raw`#!/bin/sh
${WRITTEN}
[ "%{1-}" != prereqs ] || exit 0
root=%{rootmnt-/root}
${MACHINE_ID}`)

/** Sourced by dracut, which must not end with it. */
const PRE_PIVOT = shell(String.raw`#!/bin/sh
${WRITTEN}
(
root=%{NEWROOT-/sysroot}
${MACHINE_ID}
)`)

/** A part of the kit's runtime hook for mkinitcpio, whose init sources it. */
export const LATEHOOK = String.raw`
# Gives each disk a machine-id of its own, the same at every start.
run_latehook() {
(
# Later versions mount it at the second.
root=/new_root
[ ! -d /sysroot/etc ] || root=/sysroot
${MACHINE_ID}
)
}
`

const STEP = 'Each disk has a machine-id of its own, which stays when the disk is reset.'

/** The machine-id, by the program that makes the initramfs; for mkinitcpio it is in the one hook of the kit. */
export const MACHINE_ID_STEPS = {
  debian: String.raw`
early_id() {
  cat <<'END'
${INIT_BOTTOM}
END
}
EARLY_ID=/etc/initramfs-tools/scripts/init-bottom/bootlace-machine-id
early_is() { early_id | same "$EARLY_ID" && [ -x "$ROOT$EARLY_ID" ]; }
early_do() { early_id | put "$EARLY_ID" 755 && rebuild=1; }
step "${STEP}" early_is early_do
`,
  dracut: String.raw`
early_id() {
  cat <<'END'
${PRE_PIVOT}
END
}
early_module() {
  cat <<'END'
#!/bin/bash
# Written by the Bootlace kit.
check() { return 0; }
depends() { return 0; }
install() { inst_hook pre-pivot 50 "$moddir/machine-id.sh"; }
END
}
EARLY_ID=/usr/lib/dracut/modules.d/95bootlace-machine-id
early_is() { early_id | same "$EARLY_ID/machine-id.sh" && early_module | same "$EARLY_ID/module-setup.sh"; }
early_do() { early_id | put "$EARLY_ID/machine-id.sh" 755 && early_module | put "$EARLY_ID/module-setup.sh" 755 && rebuild=1; }
step "${STEP}" early_is early_do
`,
} as const

/** Run by systemd before anything that uses the name. */
const IDENTITY = shell(String.raw`#!/bin/sh
# Gives this PC the name that Bootlace has for it. Written by the Bootlace kit.
[ -d /sys/firmware/ibft ] || modprobe -q iscsi_ibft 2>/dev/null
initiator=
[ -r /sys/firmware/ibft/initiator/initiator-name ] && read -r initiator </sys/firmware/ibft/initiator/initiator-name
case $initiator in
*:client.?*) name=%{initiator##*:client.} ;;
*) exit 0 ;;
esac
case $name in
*[!a-z0-9-]* | -* | *-) exit 0 ;;
esac

echo "$name" >/proc/sys/kernel/hostname
if [ ! -w /etc ]; then
  echo "This PC is called $name for now: /etc cannot be written."
  exit 0
fi
# Writes standard input into a file, all of it or nothing.
put() { cat >"$1.bootlace-new" && chmod 644 "$1.bootlace-new" && mv "$1.bootlace-new" "$1"; }
have=
[ -r /etc/hostname ] && read -r have </etc/hostname
[ "$have" = "$name" ] || echo "$name" | put /etc/hostname || exit 1

# The line of this PC, with the domain that it had.
own_line() {
  domain=
  [ $# -lt 2 ] || case $2 in *.*) domain=.%{2#*.} ;; esac
  if [ -n "$domain" ]; then echo "127.0.1.1 $name$domain $name"; else echo "127.0.1.1 $name"; fi
}
new_hosts() {
  found=
  if [ -e /etc/hosts ]; then
    while IFS= read -r line || [ -n "$line" ]; do
      # The words of the line; no * in it is for files.
      set -f
      set -- $line
      set +f
      if [ "%{1-}" != 127.0.1.1 ]; then
        printf '%s\n' "$line"
      elif [ -z "$found" ]; then
        found=1
        own_line "$@"
      fi
    done </etc/hosts
  fi
  [ -n "$found" ] || own_line
}
is_listed() {
  [ -e /etc/hosts ] && while read -r address first second rest; do
    [ "$address" != 127.0.1.1 ] || [ "%{first%%.*}" != "$name" ] || return 0
  done </etc/hosts
  return 1
}
is_listed || new_hosts | put /etc/hosts || exit 1

# A disk that was made from another one has its keys: new ones are made by those who made the first.
id=
[ -r /etc/machine-id ] && read -r id </etc/machine-id
[ -n "$id" ] || exit 0
was=
[ -r /var/lib/bootlace/identity ] && read -r was </var/lib/bootlace/identity
if [ "$was" != "$id" ]; then
  for maker in /etc/systemd/system/bootlace-ssh-keys.service /usr/lib/systemd/system/sshd-keygen@.service \
    /usr/lib/systemd/system/sshdgenkeys.service; do
    [ ! -e "$maker" ] || rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
  done
  mkdir -p /var/lib/bootlace && echo "$id" | put /var/lib/bootlace/identity || exit 1
fi

# What cloud-init goes by, unless the kernel was told of another place.
[ -e /etc/cloud/cloud.cfg.d/zz-bootlace.cfg ] || exit 0
case $(cat /proc/cmdline) in *ds=nocloud*) exit 0 ;; esac
seed=/var/lib/cloud/seed/nocloud
mkdir -p "$seed" || exit 1
printf 'instance-id: bootlace-%s\nlocal-hostname: %s\n' "$id" "$name" | put "$seed/meta-data" || exit 1
[ -e "$seed/user-data" ] || printf '#cloud-config\npreserve_hostname: false\n' | put "$seed/user-data"`)

/** The name of the PC, and its SSH keys when its disk was made from another one. */
export const IDENTITY_STEPS = String.raw`
name_script() {
  cat <<'END'
${IDENTITY}
END
}
name_unit() {
  cat <<'END'
[Unit]
Description=Give this PC the name that Bootlace has for it
DefaultDependencies=no
RequiresMountsFor=/etc /var/lib
After=systemd-remount-fs.service
Before=sysinit.target network-pre.target cloud-init-local.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /usr/local/lib/bootlace/identity

[Install]
WantedBy=sysinit.target
END
}
name_is() {
  name_script | same /usr/local/lib/bootlace/identity && name_unit | same /etc/systemd/system/bootlace-identity.service &&
    [ -L "$ROOT/etc/systemd/system/sysinit.target.wants/bootlace-identity.service" ]
}
name_do() {
  name_script | put /usr/local/lib/bootlace/identity 755 && name_unit | put /etc/systemd/system/bootlace-identity.service 644 &&
    enable bootlace-identity.service sysinit.target
}
step "Each PC takes the name that it has in Bootlace." name_is name_do
`

/** For images that have cloud-init; nothing for others. A list with one data source needs no search, which would be over before
 *  there is a seed; the file comes after those of packages and installers (90_dpkg.cfg, 99-installer.cfg).
 *  Source: cloud-init's documentation (NoCloud; disabling the network configuration); cloud-init #6915 (a network that
 *  is set up anew takes the disk away). */
export const CLOUD_INIT_STEPS = String.raw`
cloud_config() {
  cat <<'END'
# Written by the Bootlace kit.
network: {config: disabled}
datasource_list: [NoCloud, None]
preserve_hostname: false
END
}
CLOUD=/etc/cloud/cloud.cfg.d/zz-bootlace.cfg
cloud_is() { cloud_config | same "$CLOUD"; }
cloud_do() { cloud_config | put "$CLOUD" 644; }
# What it wrote down for the network card of this PC.
cloud_cards() {
  for f in "$ROOT"/etc/netplan/*cloud-init* "$ROOT"/etc/network/interfaces.d/*cloud-init* \
    "$ROOT"/etc/systemd/network/*cloud-init* "$ROOT"/etc/NetworkManager/system-connections/cloud-init-*; do
    [ ! -f "$f" ] || grep -liE 'mac-?address' "$f"
  done
}
cards_are() { [ -z "$(cloud_cards)" ]; }
cards_do() { cloud_cards | while read -r f; do rm -f "$f"; done; }
last_is() { ! has /var/lib/cloud/instance && ! has /var/lib/cloud/instances && ! has /var/lib/cloud/seed/nocloud/meta-data; }
last_do() {
  rm -rf "$ROOT/var/lib/cloud/instance" "$ROOT/var/lib/cloud/instances" "$ROOT/var/lib/cloud/data" &&
    rm -f "$ROOT/var/lib/cloud/seed/nocloud/meta-data"
}
if has /etc/cloud/cloud.cfg; then
  step "cloud-init leaves the network card alone and takes its facts from here." cloud_is cloud_do
  step "cloud-init has bound nothing to this PC's network card." cards_are cards_do
  step "cloud-init has forgotten this PC." last_is last_do
fi
`
