/** What must differ from PC to PC is taken out; each makes its own at its first start. Source: machine-id(5), ssh-keygen(1). */
export const FRESH = String.raw`
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
    enabled bootlace-ssh-keys.service multi-user.target
}
keys_do() {
  keys_unit | put /etc/systemd/system/bootlace-ssh-keys.service 644 && enable bootlace-ssh-keys.service multi-user.target &&
    rm -f "$ROOT"/etc/ssh/ssh_host_*_key "$ROOT"/etc/ssh/ssh_host_*_key.pub
}
if has /etc/ssh/sshd_config; then step "Each PC makes SSH host keys of its own." keys_are keys_do; fi

RULES=/etc/udev/rules.d/70-persistent-net.rules
rules_are() { ! has "$RULES"; }
rules_do() { rm -f "$ROOT$RULES"; }
step "No name of a network card is bound to this PC's card." rules_are rules_do

leases() { ls "$ROOT"/var/lib/dhcp/*.leases "$ROOT"/var/lib/NetworkManager/*.lease "$ROOT"/var/lib/dhcpcd/*.lease "$ROOT"/var/lib/dhcpcd/duid "$ROOT"/var/lib/NetworkManager/secret_key 2>/dev/null; }
seed_is() { ! has /var/lib/systemd/random-seed && [ -z "$(leases)" ]; }
seed_do() { rm -f "$ROOT/var/lib/systemd/random-seed" && leases | while read -r f; do rm -f "$f"; done; }
step "No leases or random numbers of this PC are left." seed_is seed_do
`
