import { LATEHOOK } from '../linux/kit/identity.ts'

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

# Only what the shell and the few programs of mkinitcpio's busybox can do.
bootlace_seconds() {
    local now rest
    IFS=. read -r now rest </proc/uptime
    echo "$now"
}

# Drivers of the cards that are there; udev has done so already where it runs. Twice: some devices show others.
bootlace_drivers() {
    local turn alias
    for turn in 1 2; do
        for alias in $(cat /sys/bus/pci/devices/*/modalias /sys/bus/virtio/devices/*/modalias /sys/bus/usb/devices/*/modalias 2>/dev/null); do
            modprobe -q "$alias" 2>/dev/null
        done
    done
}

bootlace_macs() { cat /sys/firmware/ibft/ethernet*/mac 2>/dev/null; }
bootlace_card() {
    local mac card
    for mac in $(bootlace_macs); do
        for card in $(ls /sys/class/net); do
            if [ -e "/sys/class/net/$card/device" ] && [ "$(cat "/sys/class/net/$card/address" 2>/dev/null)" = "$mac" ]; then
                echo "$card"
                return 0
            fi
        done
    done
    return 1
}

bootlace_session() { ls -d /sys/class/iscsi_session/session* >/dev/null 2>&1; }
bootlace_disk() { ls -d /sys/class/iscsi_session/session*/device/target*/*/block/* >/dev/null 2>&1; }

run_hook() {
    local limit=300 start try=1 why
    modprobe -q iscsi_ibft 2>/dev/null
    if [ ! -d /sys/firmware/ibft/target0 ]; then
        echo ":: Bootlace: the loader left no table (iBFT) behind; this PC starts from a disk of its own."
        return 0
    fi
    modprobe -q iscsi_tcp
    modprobe -q sd_mod
    # For so many seconds the server is waited for: after a power cut it may be the last to be there.
    start=$(bootlace_seconds)
    while ! bootlace_session; do
        if ! bootlace_card >/dev/null; then
            bootlace_drivers
        fi
        if bootlace_card >/dev/null; then
            iscsistart -N
            if iscsistart -b -P node.session.timeo.replacement_timeout=86400; then
                break
            fi
            why="the computer that holds the disk does not answer, or refuses this PC"
        else
            why="no driver here knows the network card that the loader used ($(bootlace_macs))"
        fi
        if [ $(($(bootlace_seconds) - start)) -ge $limit ]; then
            echo ":: Bootlace: no disk after $limit seconds: $why."
            echo ":: Look at Bootlace on that computer: is it on, and does it show this PC? Then start this PC anew."
            return 1
        fi
        echo ":: Bootlace: attempt $try failed: $why. Trying again ..."
        try=$((try + 1))
        sleep 2
    done
    # The disk shows up a moment after the login.
    start=$(bootlace_seconds)
    while ! bootlace_disk && [ $(($(bootlace_seconds) - start)) -lt 30 ]; do
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
${LATEHOOK}`
