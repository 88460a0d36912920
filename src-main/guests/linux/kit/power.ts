/** A PC that sleeps loses its connection, and a memory image on the disk is of another PC. Source: systemd.special(7). */
export const POWER = String.raw`
# --- Sleep ------------------------------------------------------------------------------------------
SLEEPS='sleep.target suspend.target hibernate.target hybrid-sleep.target suspend-then-hibernate.target'
awake_is() { for t in $SLEEPS; do [ "$(readlink "$ROOT/etc/systemd/system/$t")" = /dev/null ] || return 1; done; }
awake_do() { mkdir -p "$ROOT/etc/systemd/system" && for t in $SLEEPS; do ln -sf /dev/null "$ROOT/etc/systemd/system/$t"; done; }
step "The PC does not fall asleep (it would lose its disk)." awake_is awake_do
`
