import type { HeardCatalogue } from '../catalogue.ts'

/** What is said of an ISO. */
export const deHeardIso: HeardCatalogue = {
  'Bootlace does not know this system.': 'Bootlace kennt dieses System nicht.',
  'A BIOS PC can be started from the ISO itself; whether its installer finds its medium then is up to the installer.':
    'Ein BIOS-PC kann vom ISO selbst gestartet werden; ob das Installationsprogramm dann sein Medium findet, liegt an ihm.',
  'A UEFI PC needs a kernel and an initrd of it, as two files.':
    'Ein UEFI-PC braucht Kernel und Initrd des Systems als zwei Dateien.',
  'Windows Setup has no kernel and no initrd: the file wimboot starts it over the network. Else it is put into the PC as a DVD or USB stick.':
    'Das Windows-Setup hat weder Kernel noch Initrd: Über das Netz startet es die Datei wimboot. Sonst stecken Sie es als DVD oder USB-Stick in den PC.',
  'Its whole system is loaded into the memory of the PC.':
    'Das ganze System wird in den Arbeitsspeicher des PCs geladen.',
  'It takes a while until the whole ISO is there: the screen stands still meanwhile.':
    'Bis das ganze ISO da ist, dauert es eine Weile: Der Bildschirm steht so lange still.',
  'Its disk is not attached by itself: at its prompt type “modprobe iscsi_ibft && iscsistart -b”, then install.':
    'Sein Laufwerk hängt sich nicht von selbst an: Tippen Sie an der Eingabezeile „modprobe iscsi_ibft && iscsistart -b“, dann installieren Sie.',
  'Choose the disk of Bootlace when the installer asks for a drive.':
    'Wählen Sie das Laufwerk von Bootlace, wenn das Installationsprogramm nach einem fragt.',
  'This ISO has no packages: the installer fetches them from the internet.':
    'Dieses ISO hat keine Pakete: Das Installationsprogramm holt sie aus dem Internet.',
  'The installer finds its disk by itself, under “Specialized & Network Disks” if not among the others.':
    'Das Installationsprogramm findet sein Laufwerk selbst, unter „Spezielle & Netzwerkfestplatten“, falls nicht bei den anderen.',
  'When the installer asks for iSCSI disks, choose the one of the iBFT.':
    'Fragt das Installationsprogramm nach iSCSI-Laufwerken, wählen Sie das der iBFT.',
  'The installer on this ISO insists on a CD drive: over the network it stops and asks for its CD.':
    'Das Installationsprogramm auf diesem ISO besteht auf einem CD-Laufwerk: Über das Netz hält es an und fragt nach seiner CD.',
  'Take Debian’s mini.iso instead, or its files “linux” and “initrd.gz” (netboot) as kernel and initrd: they fetch everything over the network.':
    'Nehmen Sie stattdessen Debians mini.iso, oder dessen Dateien „linux“ und „initrd.gz“ (netboot) als Kernel und Initrd: Sie holen alles über das Netz.',
  'A BIOS PC can also start from this ISO as a CD or USB stick of its own, with the disk kept.':
    'Ein BIOS-PC kann auch von diesem ISO als eigener CD oder eigenem USB-Stick starten und behält dabei das Laufwerk.',
  'If it finds no drive, choose “Configure iSCSI volumes” and log in to the disk of Bootlace.':
    'Findet es kein Laufwerk, wählen Sie „iSCSI-Datenträger konfigurieren“ und melden sich am Laufwerk von Bootlace an.',
  'this file is not an ISO': 'diese Datei ist kein ISO',
  'Choose an ISO file: the image of a CD or DVD, as the makers of systems offer it for download.':
    'Wählen Sie eine ISO-Datei: das Abbild einer CD oder DVD, wie es die Hersteller von Systemen zum Herunterladen anbieten.',
  'the ISO cannot be read: {0}': 'das ISO ist nicht lesbar: {0}',
  'Download it again and compare its checksum; the download was probably cut off.':
    'Laden Sie es noch einmal herunter und vergleichen Sie die Prüfsumme; der Download brach wohl ab.',
  '{0} lies behind the end of the file, which is probably incomplete':
    '{0} liegt hinter dem Ende der Datei, die wohl unvollständig ist',
  'its UDF file system lies behind the end of the file': 'sein UDF-Dateisystem liegt hinter dem Ende der Datei',
  'its UDF file system is of a kind for rewritable or Blu-ray discs, which is not supported':
    'sein UDF-Dateisystem ist von einer Art für wiederbeschreibbare oder Blu-ray-Scheiben, die nicht unterstützt wird',
  'the medium {0} does not exist or cannot be read': 'das Medium {0} gibt es nicht oder ist nicht lesbar',
}
