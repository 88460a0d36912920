import type { HeardCatalogue } from '../catalogue.ts'

/** What is found in the disk of a PC: the sentence of each finding. Commands and paths stay as they are typed. */
export const deHeardInspection: HeardCatalogue = {
  // The disk and what starts it.
  'The partition table is damaged.': 'Die Partitionstabelle ist beschädigt.',
  'The image is shorter than the disk it was made from.':
    'Das Abbild ist kürzer als die Festplatte, von der es gemacht wurde.',
  'The image is damaged, and the check was given up.': 'Das Abbild ist beschädigt, die Prüfung wurde aufgegeben.',
  'There is more than one system on this disk.': 'Auf diesem Laufwerk liegt mehr als ein System.',
  'No Windows and no Linux was found.': 'Weder Windows noch Linux wurde gefunden.',
  'Nothing on this disk can be started.': 'Nichts auf diesem Laufwerk lässt sich starten.',
  'The disk starts on PCs with BIOS.': 'Das Laufwerk startet auf PCs mit BIOS.',
  'The disk starts on PCs with UEFI.': 'Das Laufwerk startet auf PCs mit UEFI.',
  'The disk starts on PCs with UEFI and with BIOS.': 'Das Laufwerk startet auf PCs mit UEFI und mit BIOS.',
  'The disk starts on PCs with BIOS, but other PCs with UEFI do not find its loader.':
    'Das Laufwerk startet auf PCs mit BIOS, aber andere PCs mit UEFI finden sein Startprogramm nicht.',
  'Other PCs do not find the loader on this disk.': 'Andere PCs finden das Startprogramm auf diesem Laufwerk nicht.',
  'What starts the disk: not readable.': 'Was das Laufwerk startet, ist nicht lesbar.',
  'The partition that UEFI starts: not readable.': 'Die Partition, die UEFI startet, ist nicht lesbar.',
  'The disk ({0}) is not readable.': 'Das Laufwerk ({0}) ist nicht lesbar.',
  'The disk ({0}) is not readable here.': 'Das Laufwerk ({0}) ist hier nicht lesbar.',
  'Partition {0} ({1}) is not readable.': 'Partition {0} ({1}) ist nicht lesbar.',
  'Partition {0} ({1}) is not readable here.': 'Partition {0} ({1}) ist hier nicht lesbar.',
  '{0}: not readable.': '{0}: nicht lesbar.',
  'This is {0}, build {1}.': 'Das ist {0}, Build {1}.',
  'This is {0}.': 'Das ist {0}.',
  '{0} starts early enough.': '{0} startet früh genug.',
  '{0} starts too late.': '{0} startet zu spät.',
  '{0} is missing from the registry.': '{0} fehlt in der Registrierung.',
  'The network core (NDIS)': 'Der Netzwerkkern (NDIS)',
  'The driver for network disks (iSCSI)': 'Der Treiber für Netzlaufwerke (iSCSI)',

  // Windows.
  'The PC was not shut down: Windows is hibernated.':
    'Der PC wurde nicht heruntergefahren: Windows ist im Ruhezustand.',
  'The disk of Windows was not closed properly.': 'Das Laufwerk von Windows wurde nicht sauber geschlossen.',
  'The registry was not closed properly.': 'Die Registrierung wurde nicht sauber geschlossen.',
  'This build of Windows Server may not find its disk on the network.':
    'Dieser Build von Windows Server findet sein Laufwerk im Netz womöglich nicht.',
  'This Windows is too old to start from the network by itself.':
    'Dieses Windows ist zu alt, um von selbst über das Netz zu starten.',
  'Windows is prepared for many PCs (Sysprep).': 'Windows ist für viele PCs vorbereitet (Sysprep).',
  'Windows is set up for one PC.': 'Windows ist für einen PC eingerichtet.',
  'Windows was left in the middle of its preparation.': 'Windows wurde mitten in der Vorbereitung verlassen.',
  'Windows is in the middle of its setup.': 'Windows ist mitten in seiner Einrichtung.',
  'Windows is encrypted with BitLocker.': 'Windows ist mit BitLocker verschlüsselt.',
  'The driver for network disks (iSCSI) is missing from Windows.':
    'Windows fehlt der Treiber für Netzlaufwerke (iSCSI).',
  'Windows has not set up its iSCSI device yet.': 'Windows hat sein iSCSI-Gerät noch nicht eingerichtet.',
  'Windows has no driver for a wired network card.': 'Windows hat keinen Treiber für eine Netzwerkkarte mit Kabel.',
  '{0} has no driver service.': '{0} hat keinen Treiberdienst.',
  'The driver file of {0} is missing.': 'Die Treiberdatei von {0} fehlt.',
  'The driver of {0} starts too late.': 'Der Treiber von {0} startet zu spät.',
  'The driver of {0} starts early enough.': 'Der Treiber von {0} startet früh genug.',
  'The driver of {0} is of a kind that cannot start Windows from the network.':
    'Der Treiber von {0} ist von einer Art, die Windows nicht über das Netz starten kann.',
  '{0} has a fixed address.': '{0} hat eine feste Adresse.',
  'Other drivers are attached to {0}.': 'An {0} hängen andere Treiber.',
  'Other drivers are attached to all network cards.': 'An allen Netzwerkkarten hängen andere Treiber.',
  'Other programs listen in on the network card.': 'Andere Programme hören an der Netzwerkkarte mit.',
  'No other program listens in on the network card.': 'Kein anderes Programm hört an der Netzwerkkarte mit.',
  'The firewall filter of Windows starts too late for a disk on the network.':
    'Der Firewall-Filter von Windows startet zu spät für ein Laufwerk im Netz.',
  'Fast Startup is on.': 'Der Schnellstart ist an.',
  'Windows keeps a page file on this disk.': 'Windows hat eine Auslagerungsdatei auf diesem Laufwerk.',
  'Windows pages no memory to the disk.': 'Windows lagert keinen Speicher auf das Laufwerk aus.',
  'Windows falls asleep when nobody uses it.': 'Windows schläft ein, wenn niemand es benutzt.',
  'Windows restarts after a blue screen before anybody can read it.':
    'Windows startet nach einem Bluescreen neu, ehe ihn jemand lesen kann.',
  'Windows may encrypt its disk by itself.': 'Windows verschlüsselt sein Laufwerk womöglich von selbst.',
  'Windows gives up its disk soon when the network or Bootlace is away.':
    'Windows gibt sein Laufwerk bald auf, wenn das Netz oder Bootlace fort ist.',

  // Linux.
  'The disk of Linux was not closed properly.': 'Das Laufwerk von Linux wurde nicht sauber geschlossen.',
  'The program for network disks (iSCSI initiator) is installed.':
    'Das Programm für Netzlaufwerke (iSCSI-Initiator) ist installiert.',
  'The program for network disks (iSCSI initiator) is not installed.':
    'Das Programm für Netzlaufwerke (iSCSI-Initiator) ist nicht installiert.',
  'The iSCSI initiator has no name.': 'Der iSCSI-Initiator hat keinen Namen.',
  'No Linux kernel was found.': 'Kein Linux-Kernel wurde gefunden.',
  'The newest kernel is {0}.': 'Der neueste Kernel ist {0}.',
  'The kernel {0} has no initramfs.': 'Der Kernel {0} hat keine Initramfs.',
  'The drivers for network disks are there from the start.': 'Die Treiber für Netzlaufwerke sind von Anfang an da.',
  'Drivers for network disks are not in the initramfs.': 'Treiber für Netzlaufwerke sind nicht in der Initramfs.',
  'Drivers for network disks are missing at the start.': 'Beim Start fehlen Treiber für Netzlaufwerke.',
  'Nothing logs in to the network disk at the start.': 'Beim Start meldet sich nichts am Netzlaufwerk an.',
  'Linux logs in to the network disk at the start.': 'Linux meldet sich beim Start am Netzlaufwerk an.',
  'Whether Linux is told to log in to the network disk is not known.':
    'Ob Linux gesagt wird, sich am Netzlaufwerk anzumelden, ist nicht bekannt.',
  'Linux is able to log in to the network disk, but nothing tells it to.':
    'Linux kann sich am Netzlaufwerk anmelden, aber nichts sagt es ihm.',
  'A driver for network cards is there from the start.': 'Ein Treiber für Netzwerkkarten ist von Anfang an da.',
  'Drivers for network cards are there from the start.': 'Treiber für Netzwerkkarten sind von Anfang an da.',
  'No driver for a network card is there from the start.': 'Kein Treiber für eine Netzwerkkarte ist von Anfang an da.',
  "Only the drivers of this PC's network card are there at the start.":
    'Beim Start sind nur die Treiber für die Netzwerkkarte dieses PCs da.',
  'The network of the start may not know the card of the disk.':
    'Das Netz beim Start kennt die Karte des Laufwerks womöglich nicht.',
  'The boot menu names the disk by its place in the PC.': 'Das Startmenü nennt das Laufwerk nach seinem Platz im PC.',
  'The boot menu holds the address, disk or password of one PC.':
    'Im Startmenü steht Adresse, Laufwerk oder Passwort eines einzelnen PCs.',
  'The boot menu is there.': 'Das Startmenü ist da.',
  'No boot menu (GRUB, systemd-boot) was found.': 'Kein Startmenü (GRUB, systemd-boot) wurde gefunden.',
  'The list of disks (/etc/fstab) does not name the system itself.':
    'Die Liste der Laufwerke (/etc/fstab) nennt das System selbst nicht.',
  'The list of disks names the system by its place in the PC.':
    'Die Liste der Laufwerke nennt das System nach seinem Platz im PC.',
  'The list of disks names other partitions by their place in the PC.':
    'Die Liste der Laufwerke nennt andere Partitionen nach ihrem Platz im PC.',
  'The list of disks names the system in a way that holds over the network.':
    'Die Liste der Laufwerke nennt das System so, dass es über das Netz gilt.',
  'Linux does not know that its disk needs the network.': 'Linux weiß nicht, dass sein Laufwerk das Netz braucht.',
  'Linux looks for a hibernated system at every start.':
    'Linux sucht bei jedem Start nach einem System im Ruhezustand.',
  'A network card has a fixed address.': 'Eine Netzwerkkarte hat eine feste Adresse.',
  'Linux sets up the network card anew after the start.': 'Linux richtet die Netzwerkkarte nach dem Start neu ein.',
  'Settings belong to one network card only.': 'Einstellungen gehören nur zu einer Netzwerkkarte.',
  'A bridge takes a network card.': 'Eine Netzwerkbrücke nimmt sich eine Netzwerkkarte.',
  'No setting takes the network card away from the disk.':
    'Keine Einstellung nimmt dem Laufwerk die Netzwerkkarte weg.',
  'cloud-init sets the network card up anew at the start.': 'cloud-init richtet die Netzwerkkarte beim Start neu ein.',
  'Nothing tells NetworkManager to leave the network card of the disk alone.':
    'Nichts sagt NetworkManager, dass er die Netzwerkkarte des Laufwerks in Ruhe lassen soll.',
  'Proxmox needs a second network card.': 'Proxmox braucht eine zweite Netzwerkkarte.',
  'The hypervisor Xen is installed: a Linux below it does not learn where its disk is.':
    'Der Hypervisor Xen ist installiert: Ein Linux darunter erfährt nicht, wo sein Laufwerk ist.',
  'One certain network disk is written down for the start.': 'Für den Start steht ein bestimmtes Netzlaufwerk fest.',
  'Linux attaches another network disk by itself.': 'Linux hängt von selbst ein anderes Netzlaufwerk an.',
  "This PC's disk is written down as the disk of all PCs (node records).":
    'Das Laufwerk dieses PCs ist als das aller PCs aufgeschrieben (node records).',
  '/etc/iscsi/iscsid.conf holds a password: every PC of this image would use it.':
    'In /etc/iscsi/iscsid.conf steht ein Passwort: Jeder PC aus diesem Abbild würde es benutzen.',
  'Linux gives up its disk soon when the network or Bootlace is away.':
    'Linux gibt sein Laufwerk bald auf, wenn das Netz oder Bootlace fort ist.',
  'All PCs of this image would have the same identity (machine-id).':
    'Alle PCs aus diesem Abbild hätten dieselbe Kennung (machine-id).',
  'All PCs of this image would have the same SSH host keys.':
    'Alle PCs aus diesem Abbild hätten dieselben SSH-Schlüssel.',
  'All PCs of this image would ask for an address under the same name.':
    'Alle PCs aus diesem Abbild würden unter demselben Namen nach einer Adresse fragen.',
  "All PCs of this image would bear this PC's name towards other network disks.":
    'Alle PCs aus diesem Abbild trügen gegenüber anderen Netzlaufwerken den Namen dieses PCs.',
  'Each PC made from it gets an identity of its own.': 'Jeder PC, der daraus entsteht, bekommt eine eigene Kennung.',
}
