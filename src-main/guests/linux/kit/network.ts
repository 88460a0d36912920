/** What else may take the network card from under the disk, or bind the image to one card, one address or one place.
 *  Source: interfaces(5), `no-auto-down`; netplan-yaml(5), `critical` and `dhcp-identifier`, and how its files are merged;
 *  dhcpcd.conf(5), `persistent`; nm-settings-keyfile(5); systemd.network(5). */
export const NETWORK_MANAGERS = String.raw`
interfaces() { for f in "$ROOT/etc/network/interfaces" "$ROOT"/etc/network/interfaces.d/*; do [ -f "$f" ] && echo "$f"; done; }
DHCP='^[[:space:]]*iface[[:space:]][[:space:]]*[^[:space:]]*[[:space:]][[:space:]]*inet[[:space:]][[:space:]]*dhcp'
manual_is() { ! interfaces | while read -r f; do grep -q "$DHCP" "$f" && echo "$f"; done | grep -q .; }
manual_do() {
  interfaces | while read -r f; do
    if grep -q "$DHCP" "$f"; then sed -i "/$DHCP/s/dhcp/manual/" "$f"; fi
  done
}
step "Linux does not set the network card up anew (ifupdown: manual)." manual_is manual_do

# downed: files and cards that "ifdown -a" would switch off at shutdown.
downed() {
  interfaces | while read -r f; do
    awk -v f="$f" '$1 == "no-auto-down" { for (i = 2; i <= NF; i++) kept[$i] = 1 }
      $1 == "iface" && $2 != "lo" && $3 == "inet" && ($4 == "manual" || $4 == "dhcp") { card[$2] = 1 }
      END { for (c in card) if (!(c in kept)) print f " " c }' "$f"
  done
}
down_is() { has /usr/share/ifupdown2 || [ -z "$(downed)" ]; }
down_do() { downed | while read -r f card; do echo "no-auto-down $card" >>"$f"; done; }
step "The network card stays on until the PC is off (ifupdown: no-auto-down)." down_is down_do

# Cards of netplan, by the names they bear in its files.
planned() {
  for f in "$ROOT"/etc/netplan/*.yaml "$ROOT"/etc/netplan/*.yml; do
    case $f in */99-bootlace.yaml) continue ;; esac
    [ -f "$f" ] && awk '
      { sub(/[ \t]#.*/, ""); sub(/^#.*/, "") }
      !NF { next }
      { match($0, /^ */); indent = RLENGTH }
      /^ *ethernets:/ { inside = 1; level = indent; first = -1; next }
      inside && indent <= level { inside = 0 }
      inside && first < 0 { first = indent }
      inside && indent == first { name = $1; sub(/:.*/, "", name); gsub(/["\047]/, "", name); print name }' "$f"
  done | sort -u
}
netplan_file() {
  printf '# Written by the Bootlace kit.\nnetwork:\n  version: 2\n  ethernets:\n'
  planned | while read -r card; do printf '    %s:\n      critical: true\n      dhcp-identifier: mac\n' "$card"; done
}
netplan_is() { [ -z "$(planned)" ] || netplan_file | same /etc/netplan/99-bootlace.yaml; }
netplan_do() { netplan_file | put /etc/netplan/99-bootlace.yaml 600; }
step "Ubuntu's netplan does not let go of the network card (critical: true)." netplan_is netplan_do

dhcpcd_is() { ! has /etc/dhcpcd.conf || grep -qx 'persistent' "$ROOT/etc/dhcpcd.conf"; }
dhcpcd_do() { { cat "$ROOT/etc/dhcpcd.conf" && echo persistent; } | put /etc/dhcpcd.conf; }
step "Dhcpcd leaves the network card set up when it ends." dhcpcd_is dhcpcd_do

# What stands in /etc weighs more than "managed=0" in /run, which is written at the start.
managed=$(grep -lsE '^[[:space:]]*managed[[:space:]]*=[[:space:]]*(1|true)' "$ROOT"/etc/NetworkManager/NetworkManager.conf "$ROOT"/etc/NetworkManager/conf.d/*.conf |
  while read -r f; do if grep -q '^\[device' "$f"; then echo "$f"; fi; done)
if [ -n "$managed" ]; then
  flag "NetworkManager is told to take all network cards, also the one of the disk." "Take the line managed= out of:"
  echo "$managed" | list
else
  ok "NetworkManager leaves the network card of the disk alone."
fi
`

export const NETWORK_FLAGS = String.raw`
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
  for f in "$ROOT"/etc/sysconfig/network-scripts/ifcfg-* "$ROOT"/etc/sysconfig/network/ifcfg-*; do
    case $f in */ifcfg-lo) continue ;; esac
    [ -f "$f" ] && sed -n "s|^IPADDR[0-9_]*=[\"']*\([^\"']*\).*|$f: \1|p" "$f"
  done
  for f in "$ROOT"/etc/netctl/*; do
    [ -f "$f" ] && grep -q '^IP=.*static' "$f" && sed -n "s|^Address=[('\"]*\([^)'\"]*\).*|$f: \1|p" "$f"
  done
  sed -n "s|^[[:space:]]*static[[:space:]]*ip_address=\(.*\)|$ROOT/etc/dhcpcd.conf: \1|p" "$ROOT/etc/dhcpcd.conf" 2>/dev/null
  :
}
found=$(fixed)
if [ -n "$found" ]; then
  flag "A network card has an address that was typed in: every PC of this image would have it." "Change it to DHCP:"
  echo "$found" | list
else
  ok "No address was typed in for a network card."
fi

# --- Settings that hold for one card only -----------------------------------------------------------
one_card() {
  grep -HsE '^[[:space:]]*mac-address=' "$ROOT"/etc/NetworkManager/system-connections/*
  grep -HsE '^(MACAddress|PermanentMACAddress)=' "$ROOT"/etc/systemd/network/*.network "$ROOT"/etc/systemd/network/*.link
  grep -HsE '^[[:space:]]*macaddress:' "$ROOT"/etc/netplan/*.yaml "$ROOT"/etc/netplan/*.yml
  grep -HsE '^HWADDR=' "$ROOT"/etc/sysconfig/network-scripts/ifcfg-* "$ROOT"/etc/sysconfig/network/ifcfg-*
  :
}
found=$(one_card | sed 's/^\([^:]*\):[[:space:]]*/\1: /')
if [ -n "$found" ]; then
  flag "A network setting holds for this PC's card only; the other PCs would have no network." "Take the line with the card's address out:"
  echo "$found" | list
else
  ok "No network setting holds for this PC's card only."
fi

# --- Hypervisors ------------------------------------------------------------------------------------
bridges() {
  interfaces | while read -r f; do
    awk -v f="$f" '$1 == "iface" { bridge = $2 } $1 ~ /^bridge[_-]ports$/ && $2 != "none" { print f ": " bridge " takes " $2 }' "$f"
  done
  for f in "$ROOT"/etc/netplan/*.yaml "$ROOT"/etc/netplan/*.yml; do
    [ -f "$f" ] && awk -v f="$f" '{ sub(/#.*/, ""); match($0, /^ */); indent = RLENGTH }
      /^ *(bridges|bonds):/ { inside = 1; level = indent; next }
      inside && NF && indent <= level { inside = 0 }
      inside && /^ *interfaces:/ { text = $0; sub(/^ */, "", text); print f ": " text }' "$f"
  done
  for f in "$ROOT"/etc/systemd/network/*.network; do
    [ -f "$f" ] && sed -n "s/^\(Bridge\|Bond\)=\(.*\)/\2/p" "$f" | while read -r name; do echo "$f: $name"; done
  done
  for f in "$ROOT"/etc/NetworkManager/system-connections/*; do
    [ -f "$f" ] && grep -Eq '^(slave|port)-type=(bridge|bond|team)' "$f" && sed -n "s|^interface-name=\(.*\)|$f: \1|p; s|^\(slave-type=.*\)|$f: \1|p" "$f" | head -n 1
  done
  :
}
found=$(bridges)
if [ -n "$found" ]; then
  flag "A bridge of a hypervisor takes a network card. If it is the disk's card, the system loses its disk in that moment." "Give the bridge a second card, or remove it:"
  echo "$found" | list
else
  ok "No bridge of a hypervisor takes a network card."
fi
if ls "$ROOT"/boot/xen*.gz "$ROOT"/boot/xen*.efi 2>/dev/null | grep -q .; then
  flag "The hypervisor Xen is installed: a Linux below it does not learn where its disk is." "Start the PC without Xen (remove the package xen-hypervisor), or keep this system on a local disk."
else
  ok "Nothing stands between this system and the loader's boot table (no Xen)."
fi
`
