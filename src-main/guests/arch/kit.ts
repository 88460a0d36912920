import type { Family } from '../linux/kit/compose.ts'
import { BUILD_HOOK, RUNTIME_HOOK } from './hook.ts'

/** What makes an Arch Linux (mkinitcpio) start from a disk on the network.
 *  Source: mkinitcpio.conf(5): the last HOOKS= counts, files of mkinitcpio.conf.d come after the main one, unless a preset names
 *  a configuration of its own; hooks of a shell-based initramfs do not run in a systemd-based one. */
export const ARCH: Family = {
  system: 'arch',
  title: 'Arch Linux and others with mkinitcpio',
  begin: String.raw`
if ! has /etc/mkinitcpio.conf; then
  flag "This system has no mkinitcpio: it is no Arch Linux, or uses another initramfs." "Take the kit of your system: debian, dracut, or linux, which finds out by itself."
  exit 1
fi

# --- The program that attaches the disk ---------------------------------------------------------
if has /usr/bin/iscsistart || has /usr/sbin/iscsistart; then
  ok "The program for network disks (open-iscsi) is installed."
else
  flag "The program for network disks is not installed." "Type: sudo pacman -S open-iscsi, then run this again."
  exit 1
fi
REINSTALL='sudo pacman -S open-iscsi'
WANTED=''
IP_IS_IBFT=''
MENU_SENTENCE="The boot menu names no server and no address of this PC."
`,
  settings: String.raw`
# --- The small system that starts this one ------------------------------------------------------
build_hook() {
  cat <<'END'
${BUILD_HOOK}END
}
runtime_hook() {
  cat <<'END'
${RUNTIME_HOOK}END
}
hook_is() { build_hook | same /etc/initcpio/install/bootlace && runtime_hook | same /etc/initcpio/hooks/bootlace; }
hook_do() { build_hook | put /etc/initcpio/install/bootlace 644 && runtime_hook | put /etc/initcpio/hooks/bootlace 644; }
step "The initramfs knows how to attach the disk (mkinitcpio hook bootlace)." hook_is hook_do

# Files that set HOOKS; the text between the brackets or quotes, on one line.
hook_files() { for f in "$ROOT/etc/mkinitcpio.conf" "$ROOT"/etc/mkinitcpio.conf.d/*.conf; do [ -f "$f" ] && grep -q '^[[:space:]]*HOOKS=' "$f" && echo "$f"; done; :; }
# hooks_of FILE: words; hooks_text FILE: the file with the hooks that are wanted.
hooks_awk() {
  awk -v mode="$1" '
    function better(text,   w, n, i, out, placed, had) {
      n = split(text, w, " ")
      for (i = 1; i <= n; i++) if (w[i] == "bootlace") had = 1
      for (i = 1; i <= n; i++) {
        if (w[i] == "systemd") w[i] = "udev"
        if (w[i] == "sd-vconsole") w[i] = "keymap consolefont"
        if (!had && !placed && w[i] ~ /^(mdadm|mdadm_udev|encrypt|lvm2|btrfs|filesystems)$/) { out = out " bootlace"; placed = 1 }
        out = out " " w[i]
      }
      if (!had && !placed) out = out " bootlace"
      return substr(out, 2)
    }
    !open && /^[ \t]*HOOKS=/ { text = $0; sub(/^[ \t]*HOOKS=/, "", text); end = (text ~ /^\(/) ? ")" : substr(text, 1, 1); text = substr(text, 2); open = 1; whole = "" }
    open {
      if (whole != "" || $0 !~ /^[ \t]*HOOKS=/) text = $0
      sub(/(^|[ \t])#.*/, "", text)
      at = index(text, end)
      whole = whole " " (at ? substr(text, 1, at - 1) : text)
      if (at) {
        open = 0
        gsub(/[ \t]+/, " ", whole); sub(/^ /, "", whole); sub(/ $/, "", whole)
        if (mode == "words") print whole; else print "HOOKS=(" better(whole) ")"
      }
      next
    }
    mode != "words" { print }' "$2"
}
has_hook() { case " $(hooks_awk words "$1" | tail -n 1) " in *" $2 "*) return 0 ;; *) return 1 ;; esac; }
shell_is() { for f in $(hook_files); do if has_hook "$f" systemd; then return 1; fi; done; }
hooks_are() { for f in $(hook_files); do has_hook "$f" bootlace || return 1; done; [ -n "$(hook_files)" ]; }
hooks_do() {
  for f in $(hook_files); do
    hooks_awk text "$f" | put "$(echo "$f" | sed "s|^$ROOT/|/|")" || return 1
  done
}
locked=$(for f in $(hook_files); do for h in sd-encrypt sd-lvm2 sd-network; do if has_hook "$f" $h; then echo "$f: $h"; fi; done; done)
if [ -n "$locked" ]; then
  flag "The initramfs starts with systemd and unlocks disks; the hook for network disks needs one that starts with a shell." "Take these hooks out of HOOKS, put udev and encrypt in their place, and change the words of the boot menu (wiki: dm-crypt):"
  echo "$locked" | list
else
  # Only the first of the two writes: it puts the hook in as well.
  step "The initramfs starts with a shell, which can wait for the disk (HOOKS: udev in place of systemd)." shell_is hooks_do
  step "The hook bootlace is called before the file systems (HOOKS)." hooks_are hooks_do
fi
`,
  initramfs: String.raw`
# --- Into the initramfs -------------------------------------------------------------------------------
images() { ls "$ROOT"/boot/initramfs-*.img "$ROOT"/efi/EFI/Linux/*.efi "$ROOT"/boot/EFI/Linux/*.efi "$ROOT"/boot/efi/EFI/Linux/*.efi 2>/dev/null; }
initramfs_is() {
  [ -n "$(images)" ] || return 1
  images | while read -r image; do
    if newer "$image" "$ROOT/etc/initcpio/install/bootlace" "$ROOT/etc/initcpio/hooks/bootlace" $(hook_files); then echo "$image"; fi
  done | (! grep -q .)
}
initramfs_do() { in_root mkinitcpio -P; }
if [ -n "$(images)" ]; then
  step "The initramfs holds all of this." initramfs_is initramfs_do
else
  flag "No initramfs was found in /boot or on the EFI partition." "Mount them (sudo mount -a), then run this again."
fi
`,
}
