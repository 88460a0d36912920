#!/bin/sh
# Runs as root before the files go; not at an update, which restarts what served.
set -e

[ "$1" = remove ] || exit 0

if [ -d /run/systemd/system ]; then
  systemctl stop bootlace.service 'bootlace@*.service' || true
fi
# Links that `systemctl enable` made point at files that are about to go.
if command -v systemctl >/dev/null; then
  systemctl --no-reload disable bootlace.service >/dev/null 2>&1 || true
  for link in /etc/systemd/system/multi-user.target.wants/bootlace@*.service; do
    if [ -L "$link" ]; then systemctl --no-reload disable "$(basename "$link")" >/dev/null 2>&1 || rm -f "$link"; fi
  done
fi
