#!/bin/sh
# Runs as root when the files are gone.
set -e

case "$1" in
  remove | purge)
    if [ -f /etc/apparmor.d/bootlace-desktop ]; then
      if command -v apparmor_parser >/dev/null && [ -d /sys/kernel/security/apparmor ]; then
        apparmor_parser --remove /etc/apparmor.d/bootlace-desktop || true
      fi
      rm -f /etc/apparmor.d/bootlace-desktop
    fi
    if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
    ;;
esac

case "$1" in
  remove)
    if [ -d /var/lib/bootlace ]; then
      echo "bootlace: the disks of the service stay in /var/lib/bootlace. 'apt purge bootlace' removes them."
    fi
    ;;
  purge)
    if [ -d /var/lib/bootlace ]; then
      echo "bootlace: removing /var/lib/bootlace with the disks of the service."
      rm -rf /var/lib/bootlace
    fi
    echo "bootlace: disks that people made in the window stay in their homes, in .local/share/bootlace."
    if getent passwd bootlace >/dev/null; then deluser --system --quiet bootlace || true; fi
    if getent group bootlace >/dev/null; then delgroup --system --quiet bootlace || true; fi
    ;;
esac
