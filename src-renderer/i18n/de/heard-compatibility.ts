import type { HeardCatalogue } from '../catalogue.ts'

/** What is known of systems, firmware and cards. Names that are the same in German are left out. */
export const deHeardCompatibility: HeardCatalogue = {
  'Not tried here, and no report was found.': 'Hier nicht versucht, und es fand sich kein Bericht.',

  // Windows.
  'Microsoft describes PCs that start it from an iSCSI disk.':
    'Microsoft beschreibt PCs, die es von einem iSCSI-Laufwerk starten.',
  'Install it from its DVD, with BIOS. Later, keep the same network card in the same slot.':
    'Installieren Sie es von seiner DVD, mit BIOS. Lassen Sie später dieselbe Netzwerkkarte im selben Steckplatz.',
  'Install it from its DVD, with BIOS.': 'Installieren Sie es von seiner DVD, mit BIOS.',
  'Windows Server 2012 to 2022': 'Windows Server 2012 bis 2022',
  'Microsoft means starting over iSCSI for servers; its test of the boot table names Server 2008 to 2012 R2.':
    'Microsoft sieht den Start über iSCSI für Server vor; sein Test der Starttabelle nennt Server 2008 bis 2012 R2.',
  'Windows Server 2025 before build 26100.3194': 'Windows Server 2025 vor Build 26100.3194',
  'May stop with “boot device inaccessible” when it starts from iSCSI.':
    'Bleibt beim Start von iSCSI womöglich mit „boot device inaccessible“ stehen.',
  'Use a medium with update KB5051987 of February 2025 or newer.':
    'Nehmen Sie ein Medium mit dem Update KB5051987 vom Februar 2025 oder neuer.',
  'Windows Server 2025 from build 26100.3194 on': 'Windows Server 2025 ab Build 26100.3194',
  'Starting from iSCSI is mended in it, say the same news.':
    'Der Start von iSCSI ist darin berichtigt, sagen dieselben Nachrichten.',
  'A reader of Microsoft’s article on iSCSI boot tells of 8.1, in 2015.':
    'Ein Leser von Microsofts Artikel über den iSCSI-Start erzählt 2015 von 8.1.',
  'Windows on ARM PCs': 'Windows auf ARM-PCs',
  'Several users start it from iSCSI. Microsoft does not support that on desktop editions.':
    'Mehrere Benutzer starten es von iSCSI. Microsoft unterstützt das bei Desktop-Ausgaben nicht.',
  'Switch page file, hibernation and sleep off: three users tell of crashes with a page file on the disk.':
    'Schalten Sie Auslagerungsdatei, Ruhezustand und Energiesparen ab: Drei Benutzer erzählen von Abstürzen mit einer Auslagerungsdatei auf dem Laufwerk.',
  'Windows 11 to 23H2': 'Windows 11 bis 23H2',
  'Switch page file, hibernation and sleep off.': 'Schalten Sie Auslagerungsdatei, Ruhezustand und Energiesparen ab.',
  'Windows 11 24H2 and 25H2 before build 26100.7705 or 26200.7705':
    'Windows 11 24H2 und 25H2 vor Build 26100.7705 oder 26200.7705',
  'Starts once, then stops with INACCESSIBLE_BOOT_DEVICE (7B).':
    'Startet einmal und bleibt dann mit INACCESSIBLE_BOOT_DEVICE (7B) stehen.',
  'Use a medium with update KB5074105 of January 2026 or newer.':
    'Nehmen Sie ein Medium mit dem Update KB5074105 vom Januar 2026 oder neuer.',
  'Windows 11 24H2 and 25H2 from build 26100.7705 or 26200.7705 on':
    'Windows 11 24H2 und 25H2 ab Build 26100.7705 oder 26200.7705',
  'Starts again and again, says the same report.': 'Startet immer wieder, sagt derselbe Bericht.',
  'Prepare the image with Sysprep: clones with one identity (SID) refuse to sign in to each other since August 2025.':
    'Bereiten Sie das Abbild mit Sysprep vor: Kopien mit derselben Kennung (SID) melden sich seit August 2025 nicht mehr aneinander an.',
  'Windows Setup over the network (wimboot)': 'Windows-Setup über das Netz (wimboot)',
  'wimboot starts the Setup of Windows over HTTP, that of 24H2 from its version 2.9.0 on. One user still saw a UEFI PC restart then.':
    'wimboot startet das Setup von Windows über HTTP, das von 24H2 ab seiner Version 2.9.0. Ein Benutzer sah trotzdem einen UEFI-PC dabei neu starten.',
  'Give the PC at least 4 GB of memory, and have the driver of its network card at hand.':
    'Geben Sie dem PC mindestens 4 GB Speicher, und halten Sie den Treiber seiner Netzwerkkarte bereit.',
  'Windows on a PC with another network card or slot':
    'Windows auf einem PC mit anderer Netzwerkkarte oder anderem Steckplatz',
  'Stops with INACCESSIBLE_BOOT_DEVICE (7B): it knows a card by its kind and its slot.':
    'Bleibt mit INACCESSIBLE_BOOT_DEVICE (7B) stehen: Es kennt eine Karte an Art und Steckplatz.',
  'Make an image for each kind of PC, or put the same card into the same slot.':
    'Machen Sie für jede Art von PC ein Abbild, oder stecken Sie dieselbe Karte in denselben Steckplatz.',

  // Linux.
  'Installs, starts and stops with its whole system on the disk, BIOS and UEFI, with a password too, and as several clones at once.':
    'Installiert, startet und endet mit dem ganzen System auf dem Laufwerk, mit BIOS und UEFI, auch mit Passwort und mit mehreren Kopien zugleich.',
  'Run the kit in it before it becomes an image.': 'Führen Sie darin den Bausatz aus, ehe es ein Abbild wird.',
  'Debian 12 with dracut 059': 'Debian 12 mit dracut 059',
  'Prepared by the kit, it starts with a password, BIOS and UEFI, lives through a minute without its server, restarts and shuts down.':
    'Mit dem Bausatz vorbereitet startet es mit Passwort, mit BIOS und UEFI, übersteht eine Minute ohne seinen Server, startet neu und fährt herunter.',
  'Run the kit in it before it becomes an image: it takes care of network-legacy and gawk.':
    'Führen Sie darin den Bausatz aus, ehe es ein Abbild wird: Er kümmert sich um network-legacy und gawk.',
  'A provider’s own Ubuntu starts from iSCSI by the boot table (iBFT).':
    'Das Ubuntu eines Anbieters startet über die Starttabelle (iBFT) von iSCSI.',
  'In netplan write critical: true for the card of the disk; without it a shutdown was seen to hang for 100 minutes.':
    'Schreiben Sie in netplan critical: true für die Karte des Laufwerks; ohne das hing ein Herunterfahren einmal 100 Minuten.',
  'Its installer adds the words for a start from iSCSI by itself, and dracut describes them.':
    'Sein Installationsprogramm trägt die Wörter für den Start von iSCSI selbst ein, und dracut beschreibt sie.',
  'Btrfs cannot be looked into before sealing: choose ext4 for the check.':
    'In Btrfs lässt sich vor dem Versiegeln nicht hineinsehen: Wählen Sie ext4, wenn geprüft werden soll.',
  'Was started by its makers from iPXE and the boot table, with words for dracut added.':
    'Wurde von seinen Machern mit iPXE und der Starttabelle gestartet, mit zusätzlichen Wörtern für dracut.',
  'Add rd.iscsi.ibft=1 rd.iscsi.firmware=1 to the kernel’s words.':
    'Ergänzen Sie die Wörter des Kernels um rd.iscsi.ibft=1 rd.iscsi.firmware=1.',
  'dracut describes a start from iSCSI by the boot table. XFS, their usual file system, cannot be looked into before sealing.':
    'dracut beschreibt den Start von iSCSI über die Starttabelle. In XFS, ihr übliches Dateisystem, lässt sich vor dem Versiegeln nicht hineinsehen.',
  'Do not write netroot=iscsi:ibft: it failed on Rocky 8.5.':
    'Schreiben Sie nicht netroot=iscsi:ibft: Auf Rocky 8.5 schlug das fehl.',
  'Reads the boot table; with several entries from UEFI firmware’s own iSCSI it reads it badly.':
    'Liest die Starttabelle; mit mehreren Einträgen vom iSCSI der UEFI-Firmware liest es sie schlecht.',
  'Keep one path to the disk only. That is how Bootlace does it.':
    'Lassen Sie nur einen Weg zum Laufwerk. So macht es Bootlace.',
  'Users start it with hooks of their own in mkinitcpio. The kit brings one; with Arch itself it was not run.':
    'Benutzer starten es mit eigenen Hooks in mkinitcpio. Der Bausatz bringt einen mit; mit Arch selbst wurde er nicht erprobt.',
  'Run the kit in it before it becomes an image. It wants the hooks of busybox, not those of systemd.':
    'Führen Sie darin den Bausatz aus, ehe es ein Abbild wird. Er braucht die Hooks von busybox, nicht die von systemd.',
  'The kit’s hook for mkinitcpio': 'Der Hook des Bausatzes für mkinitcpio',
  'Starts a Debian whose initramfs is made and run as mkinitcpio(8) says, with a password, and lives through a minute without its server. BIOS only.':
    'Startet ein Debian, dessen Initramfs nach mkinitcpio(8) gemacht und ausgeführt wird, mit Passwort, und übersteht eine Minute ohne seinen Server. Nur BIOS.',
  'Tests a start from iSCSI itself, with one target written down in its settings.':
    'Prüft den Start von iSCSI selbst, mit einem Ziel, das in seinen Einstellungen steht.',
  'Good for one PC only: clones would all write to the same disk.':
    'Nur für einen PC gut: Kopien würden alle auf dasselbe Laufwerk schreiben.',
  'Installing Ubuntu, Fedora, Debian or Arch from their ISO':
    'Ubuntu, Fedora, Debian oder Arch von ihrem ISO installieren',
  'Their layouts were checked byte for byte, and an ISO of our own laid out like Arch’s installs. None of theirs was started.':
    'Ihr Aufbau wurde Byte für Byte geprüft, und ein eigenes ISO, aufgebaut wie das von Arch, installiert. Keines von ihnen wurde gestartet.',

  // Hypervisors and others.
  'Starts like Debian. The card of the disk cannot be part of a bridge.':
    'Startet wie Debian. Die Karte des Laufwerks kann nicht zu einer Netzwerkbrücke gehören.',
  'Give the bridge for virtual machines a second network card.':
    'Geben Sie der Brücke für virtuelle Maschinen eine zweite Netzwerkkarte.',
  'A Linux below Xen does not see the boot table that a loader leaves in memory.':
    'Ein Linux unter Xen sieht die Starttabelle nicht, die ein Lader im Speicher hinterlässt.',
  'Try the installer’s word --use_ibft, without VLAN; else keep it on a local disk.':
    'Versuchen Sie das Wort --use_ibft des Installationsprogramms, ohne VLAN; sonst lassen Sie es auf einer eigenen Festplatte.',
  'Reads the boot table on cards that it has a driver for.':
    'Liest die Starttabelle bei Karten, für die es einen Treiber hat.',
  'Leave its management network as it was set up at the start.':
    'Lassen Sie sein Verwaltungsnetz so, wie es beim Start eingerichtet wurde.',
  'Its kernel does not read the boot table, and finds no disk.':
    'Sein Kernel liest die Starttabelle nicht und findet kein Laufwerk.',
  'Keep it on a local disk.': 'Lassen Sie es auf einer eigenen Festplatte.',
  'The module isboot reads the boot table and attaches the disk.':
    'Das Modul isboot liest die Starttabelle und hängt das Laufwerk an.',
  'Install the package isboot-kmod, and write isboot_load="YES" into /boot/loader.conf.':
    'Installieren Sie das Paket isboot-kmod, und schreiben Sie isboot_load="YES" in /boot/loader.conf.',
  'Raspberry Pi with its own firmware': 'Raspberry Pi mit eigener Firmware',
  'Its firmware speaks no iSCSI, and Bootlace gives it no other files.':
    'Seine Firmware spricht kein iSCSI, und Bootlace gibt ihm keine anderen Dateien.',
  'Put UEFI firmware on it; that was not tried.': 'Spielen Sie UEFI-Firmware darauf; das wurde nicht versucht.',
  'macOS has no iSCSI initiator, so nothing attaches the disk once the system runs.':
    'macOS hat keinen iSCSI-Initiator, also hängt nichts das Laufwerk an, sobald das System läuft.',

  // Firmware and loaders.
  'BIOS (SeaBIOS) with iPXE of 2019 in the card': 'BIOS (SeaBIOS) mit iPXE von 2019 in der Karte',
  'Starts Debian from its disk, and goes on to a CD with the empty drive kept.':
    'Startet Debian vom Laufwerk und macht mit dem leeren Laufwerk bei einer CD weiter.',
  'BIOS with a plain PXE card (undionly.kpxe)': 'BIOS mit einfacher PXE-Karte (undionly.kpxe)',
  'Our answers were compared with recorded packets; no PC was started this way through Bootlace.':
    'Unsere Antworten wurden mit aufgezeichneten Paketen verglichen; kein PC wurde so über Bootlace gestartet.',
  'If it hangs when it goes on to a CD, install over HTTP instead.':
    'Bleibt er auf dem Weg zur CD hängen, installieren Sie stattdessen über HTTP.',
  'UEFI (OVMF, 4 and 2 MiB), network boot (PXE)': 'UEFI (OVMF, 4 und 2 MiB), Netzwerkstart (PXE)',
  'Starts Debian from its disk; with 2 MiB, it came to the boot loader on the disk.':
    'Startet Debian vom Laufwerk; mit 2 MiB kam es bis zum Startprogramm auf dem Laufwerk.',
  'Fetches the loader over HTTP and comes to the boot loader on the disk.':
    'Holt den Lader über HTTP und kommt bis zum Startprogramm auf dem Laufwerk.',
  'iSCSI of the UEFI firmware itself (OVMF)': 'iSCSI der UEFI-Firmware selbst (OVMF)',
  'Logs in with a password and starts Debian, without any loader.':
    'Meldet sich mit Passwort an und startet Debian, ohne jeden Lader.',
  'The values to type stand at the PC, “Values for firmware and iSCSI cards”.':
    'Was einzutippen ist, steht beim PC unter „Werte für Firmware und iSCSI-Karten“.',
  'Going on to a USB stick with the drive kept, UEFI': 'Mit behaltenem Laufwerk zum USB-Stick weitergehen, UEFI',
  'Hangs in OVMF. One user tells that it works on his PCs.':
    'Bleibt in OVMF hängen. Ein Benutzer erzählt, dass es auf seinen PCs geht.',
  'Let the loader fetch the installer over HTTP instead.':
    'Lassen Sie stattdessen den Lader das Installationsprogramm über HTTP holen.',
  'The loader that Bootlace gives to PCs, BIOS and UEFI.': 'Der Lader, den Bootlace den PCs gibt, BIOS und UEFI.',
  'Secure Boot with a key of your own (OVMF)': 'Secure Boot mit eigenem Schlüssel (OVMF)',
  'Refuses a loader that is not signed, and starts one that is.':
    'Weist einen Lader ohne Unterschrift ab und startet einen mit.',
  'Secure Boot with Microsoft’s keys (iPXE’s shim)': 'Secure Boot mit Microsofts Schlüsseln (Shim von iPXE)',
  'The makers of iPXE offer a shim that Microsoft signed. It was not tried here.':
    'Die Macher von iPXE bieten einen Shim an, den Microsoft unterschrieben hat. Er wurde hier nicht versucht.',
  'Take shim 16.1 or newer, which new PCs accept as well, and put it beside snponly.efi.':
    'Nehmen Sie Shim 16.1 oder neuer, den auch neue PCs annehmen, und legen Sie ihn neben snponly.efi.',
  'Boot stick and boot CD of Bootlace': 'Startstick und Start-CD von Bootlace',
  'Start virtual PCs, BIOS and UEFI, also without DHCP. Not tried on real PCs.':
    'Starten virtuelle PCs, BIOS und UEFI, auch ohne DHCP. Nicht an echten PCs versucht.',
  'Firmware of real PCs (Dell, HP, Intel and others)': 'Firmware echter PCs (Dell, HP, Intel und andere)',
  'Our answers were compared with 26 published packets. No real PC was started.':
    'Unsere Antworten wurden mit 26 veröffentlichten Paketen verglichen. Kein echter PC wurde gestartet.',
  'When a PC does not follow, start it again: Bootlace tries another form of its answer.':
    'Wenn ein PC nicht folgt, starten Sie ihn noch einmal: Bootlace versucht eine andere Form seiner Antwort.',
  '64-bit ARM with UEFI': '64-Bit-ARM mit UEFI',
  'It is answered and given a loader; none was started.': 'Er bekommt Antwort und einen Lader; gestartet wurde keiner.',

  // Network cards.
  'Starts Debian from its disk, BIOS and UEFI.': 'Startet Debian vom Laufwerk, BIOS und UEFI.',
  'Intel e1000 and e1000e, Realtek rtl8139 (QEMU)': 'Intel e1000 und e1000e, Realtek rtl8139 (QEMU)',
  'Come to the boot loader on the disk; no system was started behind them.':
    'Kommen bis zum Startprogramm auf dem Laufwerk; dahinter wurde kein System gestartet.',
  'vmxnet3, and the cards of VirtualBox and Hyper-V': 'vmxnet3 und die Karten von VirtualBox und Hyper-V',
  'Packets recorded from them are answered; no PC was started with them.':
    'Aufgezeichnete Pakete von ihnen werden beantwortet; kein PC wurde damit gestartet.',
  'Windows drivers built on NetAdapterCx': 'Windows-Treiber auf der Grundlage von NetAdapterCx',
  'Microsoft does not support starting Windows over iSCSI with them. Newer packages of Realtek and Intel hold them.':
    'Microsoft unterstützt den Start von Windows über iSCSI damit nicht. Neuere Pakete von Realtek und Intel enthalten sie.',
  'Install the older NDIS driver of the same maker. The look before sealing tells which one a disk has.':
    'Installieren Sie den älteren NDIS-Treiber desselben Herstellers. Der Blick vor dem Versiegeln sagt, welchen ein Laufwerk hat.',
  'A second network card in Windows': 'Eine zweite Netzwerkkarte in Windows',
  'May show error code 31 and stay off.': 'Zeigt womöglich Fehlercode 31 und bleibt aus.',
  'Start from the card that the other things use as well, or try another driver for the second.':
    'Starten Sie über die Karte, die auch alles andere benutzt, oder versuchen Sie für die zweite einen anderen Treiber.',
  'Network cards on USB': 'Netzwerkkarten am USB',
  'Wi-Fi': 'WLAN',
  'The boot table that hands the disk over to the system has no place for the name and password of a Wi-Fi.':
    'Die Starttabelle, die das Laufwerk an das System übergibt, hat keinen Platz für Namen und Passwort eines WLANs.',
  'Connect PCs by cable.': 'Verbinden Sie PCs per Kabel.',
}
