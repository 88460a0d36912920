/** A PC that has never seen the disk looks for one name only on it. Source: UEFI 2.10, 3.5.1.1 "Removable Media Boot Behavior";
 *  shim loads grubx64.efi from its own folder. */
export const EFI_FALLBACK = String.raw`
# --- What the firmware of any PC finds on the disk ------------------------------------------------
esp() { for d in /boot/efi /efi /boot; do if [ -d "$ROOT$d/EFI" ]; then echo "$ROOT$d/EFI" && return; fi; done; }
fallback_is() { any "$(esp)"/[Bb][Oo][Oo][Tt]/[Bb][Oo][Oo][Tt][Xx]64.[Ee][Ff][Ii]; }
# The loader of this system: with Secure Boot's shim, systemd's, or GRUB alone.
loader() {
  for f in "$(esp)"/*/shimx64.efi "$(esp)"/*/shim.efi "$(esp)"/systemd/systemd-bootx64.efi "$(esp)"/*/grubx64.efi; do
    case $f in */EFI/[Bb][Oo][Oo][Tt]/* | */EFI/Microsoft/*) continue ;; esac
    if [ -f "$f" ]; then echo "$f" && return; fi
  done
}
fallback_do() {
  from=$(loader)
  to=$(esp)/BOOT
  mkdir -p "$to" && cp "$from" "$to/BOOTX64.EFI" || return 1
  case $from in
  */shim*.efi)
    for next in grubx64.efi grub.efi mmx64.efi MokManager.efi; do
      if [ -f "$(dirname "$from")/$next" ]; then cp "$(dirname "$from")/$next" "$to/$next" || return 1; fi
    done
    ;;
  esac
}
if [ -n "$(esp)" ]; then
  if fallback_is || [ -n "$(loader)" ]; then
    step "UEFI firmware of any PC finds the loader (EFI/BOOT/BOOTX64.EFI)." fallback_is fallback_do
  else
    flag "No loader for UEFI lies on the EFI partition." "Type: sudo grub-install --target=x86_64-efi --removable"
  fi
elif awk '$1 !~ /^#/ && ($2 == "/boot/efi" || $2 == "/efi") && $4 !~ /noauto/ { found = 1 } END { exit !found }' "$ROOT/etc/fstab" 2>/dev/null; then
  flag "The EFI partition is not mounted, so its loader could not be looked at." "Type: sudo mount -a, then run this again."
else
  ok "This system mounts no EFI partition: there is no loader for UEFI to look after."
fi
`
