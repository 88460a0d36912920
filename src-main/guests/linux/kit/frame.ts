/** How a kit begins, speaks and ends. The parts in between are lists of steps (`step`) and of things that only a person can
 *  decide (`flag`). POSIX shell without `$` and braces together: the parts stand in template literals. */

export const begin = (title: string): string => String.raw`#!/bin/sh
# Bootlace kit for ${title}.
#   sh kit check    says what is to do
#   sh kit apply    does it (this is also what happens without a word)
# All of it stands in one pair of brackets: a shell that gets half of it over the network does nothing, and no
# program below reads the rest in place of the shell.
{
set -u
ROOT=$(printf %s "$(printenv ROOT || :)" | sed 's,/*$,,')
MODE=$(printf %s "$*")
[ -n "$MODE" ] || MODE=apply
case $MODE in
check | apply) ;;
*)
  echo "usage: sh kit [check|apply]" >&2
  exit 64
  ;;
esac

todo=0
flagged=0
rebuild=0
ok() { echo "ok       $1"; }
# What somebody has to decide.
flag() {
  echo "PROBLEM  $1"
  [ $# -lt 2 ] || echo "         $2"
  flagged=1
}
# What standard input lists, below the flag it belongs to.
list() { sed "s|^$ROOT/|/|; s/^/         /"; }
# One step: what it is, whether it is done, and what does it.
step() {
  if $2; then
    ok "$1"
  elif [ "$MODE" = check ]; then
    echo "to do    $1"
    todo=1
  elif $3 && $2; then
    echo "done     $1"
  else
    flag "$1: this did not work."
  fi
}
# Where a program lies: a busybox shell would take its own of that name.
program() { echo "$PATH" | tr ':' '\n' | while read -r folder; do [ -x "$folder/$1" ] && echo "$folder/$1" && break; done; }
in_root() {
  if [ -z "$ROOT" ]; then
    "$@"
  else
    "$(program chroot)" "$ROOT" "$@"
  fi
}
has() { [ -e "$ROOT$1" ]; }
any() { [ -e "$1" ]; }
# Writes standard input into a file, all of it or nothing; without a mode it keeps the one it has.
put() {
  mkdir -p "$(dirname "$ROOT$1")" || return 1
  if [ $# -gt 1 ]; then
    mode=$2
  else
    mode=$(stat -c %a "$ROOT$1" 2>/dev/null || echo 644)
  fi
  cat >"$ROOT$1.bootlace-new" && chmod "$mode" "$ROOT$1.bootlace-new" && mv "$ROOT$1.bootlace-new" "$ROOT$1"
}
same() { has "$1" && [ "$(cat "$ROOT$1")" = "$(cat)" ]; }
# enable UNIT TARGET: a unit of ours starts with a target.
enable() {
  mkdir -p "$ROOT/etc/systemd/system/$2.wants" && ln -sf "/etc/systemd/system/$1" "$ROOT/etc/systemd/system/$2.wants/$1"
}
enabled() { [ -L "$ROOT/etc/systemd/system/$2.wants/$1" ]; }
# newer IMAGE FILE...: one of the files was written after the image.
newer() {
  image=$1
  shift
  for file in "$@"; do
    [ -e "$file" ] && [ -n "$(find "$file" -newer "$image")" ] && return 0
  done
  return 1
}

if [ "$MODE" = apply ] && [ -z "$ROOT" ] && [ "$(id -u)" != 0 ]; then
  echo "Run this as root: sudo sh kit" >&2
  exit 1
fi
`

export const END = String.raw`
echo
if [ "$flagged" = 1 ]; then
  echo "Not ready yet: look at the lines that say PROBLEM, then run this again."
  exit 1
fi
if [ "$todo" = 1 ]; then
  echo "Not ready yet. Run: sudo sh kit apply"
  exit 1
fi
echo "Ready. Now shut this PC down: sudo poweroff"
exit 0
}
`
