/** The connection to the disk: how long it waits, who mends it, and that nothing of this one PC is kept about it.
 *  Source: open-iscsi's README (8.1, "iSCSI settings for iSCSI root") and iscsid.c, sync_session: a session that was there at
 *  the start is logged in anew with what its record says, else with iscsid.conf and what the kernel knows of it.
 *  A record with yesterday's password makes that login fail, hence none is kept. */
export const SESSION = String.raw`
# --- The connection to the disk ------------------------------------------------------------------
CONF=/etc/iscsi/iscsid.conf
# conf_get NAME: what holds last.
conf_get() {
  awk -v name="$1" '{ key = $0; sub(/=.*/, "", key); gsub(/[ \t]/, "", key) }
    key == name { value = $0; sub(/^[^=]*=/, "", value); gsub(/[ \t\r]/, "", value) }
    END { print value }' "$ROOT$CONF"
}
# conf_set NAME VALUE
conf_set() {
  awk -v name="$1" -v value="$2" '{ key = $0; sub(/=.*/, "", key); gsub(/[ \t]/, "", key) }
    key == name { if (!done) print name " = " value; done = 1; next }
    { print }
    END { if (!done) print name " = " value }' "$ROOT$CONF" | put "$CONF"
}
patient_is() { [ "$(conf_get node.session.timeo.replacement_timeout)" = 86400 ]; }
patient_do() { conf_set node.session.timeo.replacement_timeout 86400; }
quiet_is() {
  [ "$(conf_get 'node.conn[0].timeo.noop_out_interval')" = 0 ] && [ "$(conf_get 'node.conn[0].timeo.noop_out_timeout')" = 0 ]
}
quiet_do() { conf_set 'node.conn[0].timeo.noop_out_interval' 0 && conf_set 'node.conn[0].timeo.noop_out_timeout' 0; }
if has $CONF; then
  step "An outage is waited out for a day, without errors (replacement timeout)." patient_is patient_do
  step "A busy network is not taken for a broken one (NOP-Out off)." quiet_is quiet_do
  if [ -n "$(conf_get node.session.auth.password)$(conf_get node.session.auth.password_in)" ]; then
    flag "$CONF holds a password: every PC of this image would use it." "Put a # before the lines that begin with node.session.auth; each PC gets its password from the loader."
  else
    ok "No password is written down in $CONF."
  fi
else
  flag "The settings of the program for network disks are missing ($CONF)." "Install that program anew: $REINSTALL"
fi

# Records of targets: by the target's name, then by the portal.
records() { find "$ROOT/etc/iscsi/nodes" "$ROOT/var/lib/iscsi/nodes" -type f 2>/dev/null; }
ours() {
  records | while read -r f; do
    case $f in
    */nodes/iqn.*.app.bootlace:*) echo "$f" ;;
    *) if grep -Eq '^node.discovery_type *= *fw|^node.startup *= *onboot' "$f"; then echo "$f"; fi ;;
    esac
  done
}
records_are() { [ -z "$(ours)" ]; }
records_do() {
  ours | while read -r f; do
    rm -f "$f"
    # What is empty now: the folders of the portal and of the target.
    rmdir "$(dirname "$f")" 2>/dev/null && rmdir "$(dirname "$(dirname "$f")")" 2>/dev/null
    :
  done
  find "$ROOT/etc/iscsi/send_targets" "$ROOT/var/lib/iscsi/send_targets" -type l 2>/dev/null | while read -r link; do
    case $link in */iqn.*.app.bootlace:*) rm -f "$link" ;; esac
  done
}
step "This PC's disk is not written down as the disk of all PCs (node records)." records_are records_do
others=$(records | while read -r f; do
  if grep -Eq '^node.startup *= *automatic' "$f"; then echo "$f"; fi
done)
if [ -n "$others" ]; then
  flag "Every PC of this image would attach the same other network disk, and two that write to one disk destroy it." "Remove it (sudo iscsiadm -m node -T NAME -o delete), or leave it if it is only read:"
  echo "$others" | list
else
  ok "No other network disk is attached by itself."
fi

# The name comes with each start from the loader; see keep-network. Debian's initramfs wants the file to be there.
NAME=/etc/iscsi/initiatorname.iscsi
name_is() { ! grep -qs '^[[:space:]]*InitiatorName[[:space:]]*=' "$ROOT$NAME"; }
name_do() {
  if [ -e "$ROOT/lib/open-iscsi/startup-checks.sh" ]; then
    echo 'GenerateName=yes' | put $NAME 600
  else
    rm -f "$ROOT$NAME"
  fi
}
step "No PC bears this PC's name towards its disk (InitiatorName)." name_is name_do

# --- The service that mends a broken connection --------------------------------------------------
unit_file() { for at in /usr/lib/systemd/system /lib/systemd/system; do has "$at/$1" && echo "$at/$1" && return; done; }
# wanted UNIT: some target starts it.
wanted() {
  for link in "$ROOT"/etc/systemd/system/*.wants/"$1" "$ROOT"/usr/lib/systemd/system/*.wants/"$1"; do
    if [ -L "$link" ] || [ -e "$link" ]; then return 0; fi
  done
  return 1
}
iscsid_is() { [ ! -L "$ROOT/etc/systemd/system/iscsid.service" ] && wanted iscsid.service; }
iscsid_do() {
  [ ! -L "$ROOT/etc/systemd/system/iscsid.service" ] || rm -f "$ROOT/etc/systemd/system/iscsid.service"
  unit=$(unit_file iscsid.service)
  target=$(sed -n 's/^WantedBy=//p' "$ROOT$unit" | head -n 1)
  [ -n "$target" ] || target=multi-user.target
  mkdir -p "$ROOT/etc/systemd/system/$target.wants" && ln -sf "$unit" "$ROOT/etc/systemd/system/$target.wants/iscsid.service"
}
if [ -n "$(unit_file iscsid.service)" ]; then
  step "The service that mends a broken connection starts with the PC (iscsid)." iscsid_is iscsid_do
fi
keep_sessions_is() { grep -qsx 'ISCSI_ROOT_KEEP_ALL_SESSIONS_AT_SHUTDOWN=1' "$ROOT/etc/default/open-iscsi"; }
keep_sessions_do() {
  { grep -v '^[[:space:]]*ISCSI_ROOT_KEEP_ALL_SESSIONS_AT_SHUTDOWN=' "$ROOT/etc/default/open-iscsi" || :
    echo 'ISCSI_ROOT_KEEP_ALL_SESSIONS_AT_SHUTDOWN=1'; } | put /etc/default/open-iscsi
}
if has /etc/default/open-iscsi; then
  step "Shutting down does not detach the disk the system still runs from." keep_sessions_is keep_sessions_do
fi
logouts=$(grep -lsE 'iscsiadm.*(--logoutall|(-m|--mode)[ =]*node.*( -u| --logout))' "$ROOT"/etc/systemd/system/*.service \
  "$ROOT"/etc/rc.local "$ROOT"/etc/rc[06].d/* "$ROOT"/usr/local/bin/* "$ROOT"/usr/local/sbin/* || :)
if [ -n "$logouts" ]; then
  flag "Something here detaches all network disks, also the one the system runs from; the PC would hang." "Take the line with iscsiadm out of:"
  echo "$logouts" | list
else
  ok "Nothing here detaches the system's own disk."
fi
`
