/** The kernel's words, wherever a boot loader keeps them: what is wanted (WANTED, set by a system's own part) is there, and
 *  nothing that belongs to one PC or one server. The files are edited themselves, those made from others too: both say the
 *  same then, and nothing needs to be run. Source: dracut.cmdline(7), the Boot Loader Specification, open-iscsi's README.Debian. */
export const MENU = String.raw`
# --- The words that the boot menu gives to the kernel ---------------------------------------------
menus() {
  for f in "$ROOT/etc/default/grub"; do [ -f "$f" ] && echo "variable $f"; done
  for f in "$ROOT/etc/kernel/cmdline"; do [ -f "$f" ] && echo "plain $f"; done
  for f in "$ROOT"/boot/loader/entries/*.conf "$ROOT"/boot/efi/loader/entries/*.conf "$ROOT"/efi/loader/entries/*.conf; do
    [ -f "$f" ] && echo "entry $f"
  done
  for f in "$ROOT/boot/grub/grub.cfg" "$ROOT/boot/grub2/grub.cfg"; do [ -f "$f" ] && echo "menu $f"; done
  :
}
# menu_text KIND FILE: the file as it should be.
menu_text() {
  awk -v kind="$1" -v all="$WANTED" -v ibft="$IP_IS_IBFT" '
    function stale(w) {
      return w ~ /^(netroot|root)=iscsi:/ || w ~ /^iscsi_(initiator|target_name|target_ip|target_port|target_group|username|password|in_username|in_password)=/ ||
        w ~ /^rd\.iscsi\.(initiator|target|username|password|in\.)/ || w ~ /^ip=.*[0-9]\.[0-9]+\.[0-9]+\.[0-9]/ || (ibft && w ~ /^ip=/ && w != "ip=ibft")
    }
    function fixed(text, wanted,   words, n, i, out, seen, changed) {
      n = split(text, words, " ")
      out = ""
      for (i = 1; i <= n; i++) {
        if (stale(words[i])) { changed = 1; continue }
        out = out (out == "" ? "" : " ") words[i]
        seen[words[i]] = 1
      }
      n = split(wanted, words, " ")
      for (i = 1; i <= n; i++) if (!(words[i] in seen)) { changed = 1; out = out (out == "" ? "" : " ") words[i] }
      return changed ? out : text
    }
    kind == "variable" && /^GRUB_CMDLINE_LINUX(_DEFAULT)?=/ {
      name = $0; sub(/=.*/, "", name)
      value = substr($0, length(name) + 2)
      quote = substr(value, 1, 1)
      if (quote == "\"" || quote == "\047") { end = index(substr(value, 2), quote); value = end ? substr(value, 2, end - 1) : substr(value, 2) }
      main = (name == "GRUB_CMDLINE_LINUX")
      if (main) found = 1
      better = fixed(value, main ? all : "")
      if (better != value) { print name "=\"" better "\""; next }
    }
    kind == "plain" && NF && !/^#/ && !found { found = 1; $0 = fixed($0, all) }
    kind == "entry" && $1 == "options" { found = 1; value = $0; sub(/^[ \t]*options[ \t]*/, "", value); better = fixed(value, all); if (better != value) $0 = "options " better }
    kind == "menu" && $1 ~ /^linux(16|efi)?$/ && $2 !~ /memtest/ {
      match($0, /^[ \t]*[^ \t]+[ \t]+[^ \t]+[ \t]*/)
      head = substr($0, 1, RLENGTH); value = substr($0, RLENGTH + 1); better = fixed(value, all)
      if (better != value) { sub(/[ \t]*$/, "", head); $0 = head " " better }
    }
    { print }
    END { if (all != "" && !found && kind == "variable") print "GRUB_CMDLINE_LINUX=\"" all "\""; if (all != "" && !found && kind == "entry") print "options " all }
  ' "$2"
}
menu_is() {
  menus | while read -r kind f; do [ "$(menu_text "$kind" "$f")" = "$(cat "$f")" ] || echo "$f"; done | (! grep -q .)
}
menu_do() {
  menus | while read -r kind f; do
    if [ "$(menu_text "$kind" "$f")" != "$(cat "$f")" ]; then menu_text "$kind" "$f" | put "$(echo "$f" | sed "s|^$ROOT/|/|")"; fi
  done
}
step "$MENU_SENTENCE" menu_is menu_do
placed=$(menus | while read -r kind f; do
  sed -n "s|^[^#]*\(root=/dev/[shvx]*v*d[a-z][0-9]*\).*|$f: \1|p; s|^[^#]*\(root=/dev/nvme[0-9a-z]*\).*|$f: \1|p; s|^\(GRUB_DISABLE_LINUX_UUID=\)\"*true\"*.*|$f: \1true|p" "$f"
done)
if [ -n "$placed" ]; then
  flag "The boot menu names the disk by its place in this PC." "Write root=UUID=... there; sudo blkid shows it:"
  echo "$placed" | list
else
  ok "The boot menu does not name the disk by its place in this PC."
fi
`
