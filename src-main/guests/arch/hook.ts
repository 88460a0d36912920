/** The two files of our mkinitcpio hook.
 *  Source: mkinitcpio(8), "Writing hooks"; init and functions of mkinitcpio 42; iscsistart(8). The runtime half is for busybox ash. */

/** Runs while the initramfs is made. `add_all_modules` does not ask what this PC needs, unlike what `autodetect` filters. */
export const BUILD_HOOK = String.raw`#!/bin/bash
# The disk of this PC lies on another computer (Bootlace). Written by the Bootlace kit.
build() {
    map add_module iscsi_tcp iscsi_ibft sd_mod 'crc32c?' 'crc32c_generic?' 'crc32c_intel?' 'libcrc32c?'
    # Network cards of any PC, of virtual ones too.
    add_all_modules '/drivers/net/(ethernet|phy|mdio)/'
    map add_module 'virtio_pci?' 'virtio_net?' 'vmxnet3?' 'hv_netvsc?' 'xen_netfront?' 'r8152?' 'ax88179_178a?' 'cdc_ether?'
    add_binary iscsistart
    add_runscript
}

help() {
    cat <<HELPEOF
Attaches the disk that the network loader left behind in the iBFT. Without an iBFT it
does nothing, so the same system starts from a local disk, too.
HELPEOF
}
`

/** Runs at the start, after udev. Nothing to configure: card, address, server, names and password come from the iBFT. */
export const RUNTIME_HOOK = String.raw`#!/usr/bin/ash
# Attaches the disk that the network loader left behind in the iBFT. Written by the Bootlace kit.

# Drivers of the cards that are there; udev has done so already where it runs. Twice: some devices show others.
bootlace_drivers() {
    for turn in 1 2; do
        for alias in $(cat /sys/bus/pci/devices/*/modalias /sys/bus/virtio/devices/*/modalias /sys/bus/usb/devices/*/modalias 2>/dev/null | sort -u); do
            modprobe -q "$alias" 2>/dev/null
        done
    done
}

bootlace_card() {
    for mac in $(cat /sys/firmware/ibft/ethernet*/mac 2>/dev/null); do
        for at in /sys/class/net/*; do
            if [ -e "$at/device" ] && [ "$(cat "$at/address" 2>/dev/null)" = "$mac" ]; then
                basename "$at"
                return 0
            fi
        done
    done
    return 1
}

bootlace_session() { ls -d /sys/class/iscsi_session/session* >/dev/null 2>&1; }
bootlace_disk() { ls -d /sys/class/iscsi_session/session*/device/target*/*/block/* >/dev/null 2>&1; }

run_hook() {
    modprobe -q iscsi_ibft 2>/dev/null
    if [ ! -d /sys/firmware/ibft/target0 ]; then
        echo ":: Bootlace: the loader left no table (iBFT) behind; this PC starts from a disk of its own."
        return 0
    fi
    modprobe -q iscsi_tcp
    modprobe -q sd_mod
    # Seconds that the server is waited for: after a power cut it may be the last to be there.
    bootlace_limit=300
    bootlace_start=$(cut -d. -f1 /proc/uptime)
    bootlace_try=1
    while ! bootlace_session; do
        if ! bootlace_card >/dev/null; then
            bootlace_drivers
        fi
        if bootlace_card >/dev/null; then
            iscsistart -N
            if iscsistart -b -P node.session.timeo.replacement_timeout=86400; then
                break
            fi
            bootlace_why="the computer that holds the disk does not answer, or refuses this PC"
        else
            bootlace_why="no driver here knows the network card that the loader used ($(cat /sys/firmware/ibft/ethernet*/mac 2>/dev/null | head -n 1))"
        fi
        if [ $(($(cut -d. -f1 /proc/uptime) - bootlace_start)) -ge $bootlace_limit ]; then
            echo ":: Bootlace: no disk after $bootlace_limit seconds: $bootlace_why."
            echo ":: Look at Bootlace on that computer: is it on, and does it show this PC? Then start this PC anew."
            return 1
        fi
        echo ":: Bootlace: attempt $bootlace_try failed: $bootlace_why. Trying again ..."
        bootlace_try=$((bootlace_try + 1))
        sleep 2
    done
    # The disk shows up a moment after the login.
    bootlace_start=$(cut -d. -f1 /proc/uptime)
    while ! bootlace_disk && [ $(($(cut -d. -f1 /proc/uptime) - bootlace_start)) -lt 30 ]; do
        sleep 1
    done
    if ! bootlace_disk; then
        echo ":: Bootlace: the computer that holds the disk let this PC in, but showed no disk."
        return 1
    fi
    mkdir -p /run/initramfs
    bootlace_card >/run/initramfs/open-iscsi.interface
    if command -v udevadm >/dev/null; then
        udevadm settle --timeout=30
    fi
    echo ":: Bootlace: the disk is attached."
}
`
