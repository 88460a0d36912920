#!/bin/sh
# Runs as root when the package has been unpacked. Names in dollar and braces are electron-builder's, so none are used here.
set -e

[ "$1" = configure ] || exit 0

# Chromium's sandbox: user namespaces where the kernel lets everybody make them, else its own helper.
sandbox=/opt/Bootlace/chrome-sandbox
if unshare --user true 2>/dev/null; then chmod 0755 "$sandbox"; else chmod 4755 "$sandbox"; fi

# Ubuntu 24.04 allows user namespaces only to programs with a profile; older AppArmor does not know the profile's words.
profile=/opt/Bootlace/resources/apparmor-profile
if [ -d /etc/apparmor.d ] && command -v apparmor_parser >/dev/null && apparmor_parser --skip-kernel-load --debug "$profile" >/dev/null 2>&1; then
  cp -f "$profile" /etc/apparmor.d/bootlace-desktop
  if [ -d /sys/kernel/security/apparmor ] && ! { command -v ischroot >/dev/null && ischroot; }; then
    apparmor_parser --replace --write-cache --skip-read-cache /etc/apparmor.d/bootlace-desktop || true
  fi
fi

# The service's own user. It is there for who enables the service; nothing runs by itself.
if ! getent passwd bootlace >/dev/null; then
  adduser --system --group --no-create-home --home /var/lib/bootlace --shell /usr/sbin/nologin --quiet bootlace
fi

if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || true
  # After an update, what served goes on with the new program; PCs reconnect by themselves.
  systemctl try-restart bootlace.service 'bootlace@*.service' || true
fi
