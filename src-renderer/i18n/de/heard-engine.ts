import type { HeardCatalogue } from '../catalogue.ts'

/** Refusals, advice and checks of the engine, with `{0}` … for what stands between. */
export const deHeardEngine: HeardCatalogue = {
  // What people type.
  '"{0}" is not a size': '„{0}“ ist keine Größe',
  'Write it like 64G (64 GiB), 64GB (64·10⁹ bytes) or a number of bytes.':
    'Schreiben Sie sie wie 64G (64 GiB), 64GB (64·10⁹ Byte) oder als Zahl von Bytes.',
  '"{0}" is not a MAC address': '„{0}“ ist keine MAC-Adresse',
  'It has twelve hex digits, like 52:54:00:12:34:56.': 'Sie hat zwölf Hex-Ziffern, wie 52:54:00:12:34:56.',
  '"{0}" cannot be a PC\'s name': '„{0}“ kann kein PC heißen',
  'Use at most 15 letters, digits and hyphens, for example pc-01.':
    'Nehmen Sie höchstens 15 Buchstaben, Ziffern und Bindestriche, zum Beispiel pc-01.',
  'Use up to {0} characters, for example Classroom 2.': 'Nehmen Sie bis zu {0} Zeichen, zum Beispiel Klassenraum 2.',
  'no PC is called "{0}"': 'kein PC heißt „{0}“',
  'Known: {0}.': 'Bekannt: {0}.',
  'Add it first: bootlace client add MAC --name NAME.':
    'Fügen Sie ihn zuerst hinzu: bootlace client add MAC --name NAME.',
  '{0} is already called {1}': '{0} heißt schon {1}',
  'Change it with: bootlace client set {0} …': 'Ändern Sie ihn mit: bootlace client set {0} …',
  'another PC ({0}) is already called {1}': 'ein anderer PC ({0}) heißt schon {1}',
  'Choose another name.': 'Wählen Sie einen anderen Namen.',
  'a PC installs from an ISO or from a kernel, not from both':
    'ein PC installiert von einem ISO oder von einem Kernel, nicht von beiden',
  "Take one away: --medium '' or --kernel '' --initrd ''.":
    "Nehmen Sie eines weg: --medium '' oder --kernel '' --initrd ''.",
  'an initrd needs a kernel': 'eine Initrd braucht einen Kernel',
  "Give --kernel FILE beside --initrd FILE, or take the initrd away: --initrd ''.":
    "Geben Sie neben --initrd DATEI auch --kernel DATEI, oder nehmen Sie die Initrd weg: --initrd ''.",
  'a date belongs to “keep until”, and to nothing else': 'ein Datum gehört zu „behalten bis“ und zu nichts anderem',
  'Say always, never, or until when.': 'Sagen Sie immer, nie, oder bis wann.',
  'the {0} {1} does not exist or cannot be read': '{0} {1} gibt es nicht oder ist nicht lesbar',
  'Give the path of a file on the computer that runs Bootlace.':
    'Geben Sie den Pfad einer Datei auf dem Computer an, auf dem Bootlace läuft.',
  '"{0}" cannot be a disk\'s name': '„{0}“ kann kein Laufwerk heißen',
  'Use at most 32 letters, digits, dots and hyphens, for example win11.':
    'Nehmen Sie höchstens 32 Buchstaben, Ziffern, Punkte und Bindestriche, zum Beispiel win11.',

  // Initiators that are let in.
  '"{0}" is not the name of an initiator': '„{0}“ ist kein Initiatorname',
  'It begins with iqn., eui. or naa., like iqn.1991-05.com.microsoft:pc; the firmware or the adapter shows it.':
    'Er beginnt mit iqn., eui. oder naa., wie iqn.1991-05.com.microsoft:pc; die Firmware oder der Adapter zeigt ihn.',
  '{0} is the name that Bootlace gives the PC {1}': '{0} ist der Name, den Bootlace dem PC {1} gibt',
  'Give that PC the disk instead: bootlace client set {0} --disk {1}.':
    'Geben Sie stattdessen jenem PC das Laufwerk: bootlace client set {0} --disk {1}.',
  '{0} was not let in by anybody': '{0} wurde von niemandem hereingelassen',
  'Which names a PC has says: bootlace client show NAME.': 'Welche Namen ein PC hat, sagt: bootlace client show NAME.',

  // PCs in use.
  '{0} is a disk of {1} already': '{0} ist schon ein Laufwerk von {1}',
  'Seal it to give it to many PCs, or give this one a disk of its own.':
    'Versiegeln Sie es, um es vielen PCs zu geben, oder geben Sie diesem ein eigenes Laufwerk.',
  '{0} is running, and its drives cannot change under it':
    '{0} läuft, und seine Laufwerke können sich nicht unter ihm ändern',
  '{0} is running from its disk': '{0} läuft von seinem Laufwerk',
  'Shut that PC down first.': 'Fahren Sie diesen PC zuerst herunter.',
  'The installation has ended: from now on this PC starts from its disk.':
    'Die Installation ist zu Ende: Ab jetzt startet dieser PC von seinem Laufwerk.',
  'Was given the name {0} and a disk made from {1}.': 'Bekam den Namen {0} und ein Laufwerk aus {1}.',
  '{0} got no disk: {1}': '{0} bekam kein Laufwerk: {1}',
  'new PCs are being given disks from {0} already': 'neue PCs bekommen schon Laufwerke aus {0}',
  'End that first: bootlace enrol --stop.': 'Beenden Sie das zuerst: bootlace enrol --stop.',
  'there is no disk behind the target name {0}': 'hinter dem Namen {0} ist kein Laufwerk',
  'only {0} may use this disk': 'nur {0} darf dieses Laufwerk benutzen',
  'its password (CHAP) is needed, and it gives none': 'sein Passwort (CHAP) ist nötig, und er nennt keines',
  'the password (CHAP) it gave is wrong': 'das Passwort (CHAP), das er nannte, ist falsch',
  'it wants a password of ours, too, and none is set up':
    'er will auch ein Passwort von uns, und es ist keines eingerichtet',
  'it wants an authentication method that is not set up':
    'er will sich auf eine Weise ausweisen, die nicht eingerichtet ist',
  '{0} is running, and would lose its disk': '{0} läuft und würde sein Laufwerk verlieren',
  '{0} needs no password for its disk': '{0} braucht kein Passwort für sein Laufwerk',
  'Switch it on first: bootlace client set {0} --chap on.':
    'Schalten Sie es zuerst ein: bootlace client set {0} --chap on.',
  '{0} ({1}) is using this disk': '{0} ({1}) benutzt dieses Laufwerk',
  'the wake-up packet could not be sent: {0}': 'das Weckpaket konnte nicht gesendet werden: {0}',
  'Check the network cable of this computer.': 'Prüfen Sie das Netzwerkkabel dieses Computers.',

  // Disks.
  'there is no disk "{0}"': 'es gibt kein Laufwerk „{0}“',
  'There are: {0}.': 'Es gibt: {0}.',
  'Make one first: bootlace disk create NAME --size 64G.':
    'Legen Sie zuerst eines an: bootlace disk create NAME --size 64G.',
  'there is no version {0} of "{1}"': 'es gibt keine Version {0} von „{1}“',
  'Look at: bootlace disk list.': 'Sehen Sie nach: bootlace disk list.',
  'the folder of the disks, {0}, cannot be reached': 'der Ordner der Laufwerke, {0}, ist nicht erreichbar',
  '{0} cannot be changed now: {1}': '{0} kann jetzt nicht geändert werden: {1}',
  'Wait for that to end.': 'Warten Sie, bis das zu Ende ist.',
  'a disk called {0} is being made or deleted right now': 'ein Laufwerk namens {0} wird gerade angelegt oder gelöscht',
  'Wait for it, or choose another name.': 'Warten Sie darauf, oder wählen Sie einen anderen Namen.',
  'there is already a disk called {0}': 'es gibt schon ein Laufwerk namens {0}',
  'Choose another name, or delete that disk first.':
    'Wählen Sie einen anderen Namen, oder löschen Sie jenes Laufwerk zuerst.',
  'the file {0} lies there already and belongs to no disk':
    'die Datei {0} liegt schon da und gehört zu keinem Laufwerk',
  'Choose another name, or move that file away; moved, it can be imported.':
    'Wählen Sie einen anderen Namen, oder verschieben Sie die Datei; verschoben kann sie importiert werden.',
  'a disk cannot be {0}': 'ein Laufwerk kann nicht {0} groß sein',
  'It can be from 1 MiB to 64 TiB, for example 64G.': 'Es kann 1 MiB bis 64 TiB groß sein, zum Beispiel 64G.',
  'this needs {0}, but only {1} are free in {2}': 'das braucht {0}, aber nur {1} sind frei in {2}',
  'Free some space, or start Bootlace with --data on a larger disk.':
    'Schaffen Sie Platz, oder starten Sie Bootlace mit --data auf einer größeren Festplatte.',
  '{0} is open on {1}': '{0} ist auf {1} geöffnet',
  '{0} cannot be deleted: {1}': '{0} kann nicht gelöscht werden: {1}',
  'Wait for it.': 'Warten Sie darauf.',
  'at the next boot a disk goes to the version of its PC, and nothing is thrown away':
    'beim nächsten Start geht ein Laufwerk zur Version seines PCs, und nichts wird weggeworfen',
  'Leave the image and “discard” out, or reset it now.':
    'Lassen Sie Abbild und „verwerfen“ weg, oder setzen Sie es jetzt zurück.',
  '{0} is the image of {1}': '{0} ist das Abbild von {1}',
  'Delete those disks first; without their image they would be worth nothing.':
    'Löschen Sie zuerst diese Laufwerke; ohne ihr Abbild wären sie nichts wert.',
  '{0} is the disk of {1}': '{0} ist das Laufwerk von {1}',
  'Give {0} another disk, or delete that PC first.':
    'Geben Sie {0} ein anderes Laufwerk, oder löschen Sie zuerst diesen PC.',
  '{0} is the version of {1} that everybody is given': '{0} ist die Version von {1}, die alle bekommen',
  'Put another one into production first: bootlace disk promote {0}.':
    'Geben Sie zuerst allen eine andere: bootlace disk promote {0}.',
  'a restore point below {0} is not known': 'ein Wiederherstellungspunkt unter {0} ist nicht bekannt',
  'Restore the data folder from a copy.': 'Stellen Sie den Datenordner aus einer Kopie wieder her.',
  'the file of the golden image {0} was changed or replaced since it was sealed':
    'die Datei des Abbilds {0} wurde nach dem Versiegeln geändert oder ersetzt',
  'If it is a copy that was put back, let Bootlace compare it with its hash: bootlace disk check {0}. Otherwise restore {1} from a copy.':
    'Ist es eine zurückgelegte Kopie, lassen Sie Bootlace sie mit ihrer Prüfsumme vergleichen: bootlace disk check {0}. Sonst stellen Sie {1} aus einer Kopie wieder her.',
  'the file of {0} is gone': 'die Datei von {0} ist weg',
  'Put it back at {0} and restart Bootlace, or delete the disk.':
    'Legen Sie sie nach {0} zurück und starten Sie Bootlace neu, oder löschen Sie das Laufwerk.',
  '{0} is not what was sealed: its SHA-256 is {1}': '{0} ist nicht, was versiegelt wurde: Sein SHA-256 ist {1}',
  'Restore its file from a copy. Disks made from it must not be used until then: they would mix old and new.':
    'Stellen Sie seine Datei aus einer Kopie wieder her. Laufwerke daraus dürfen bis dahin nicht benutzt werden: Sie würden Altes und Neues mischen.',
  '{0} was cancelled': '{0} wurde abgebrochen',
  'Start it again when you like; nothing was changed.':
    'Starten Sie es wieder, wenn Sie möchten; nichts wurde geändert.',
  '{0} does not say by its name what it is to be': '{0} sagt nicht mit seinem Namen, was es werden soll',
  'Let it end in .vhdx, .vhd, .img or .qcow2, or give --format.':
    'Lassen Sie es auf .vhdx, .vhd, .img oder .qcow2 enden, oder geben Sie --format an.',
  '{0} is not a whole path': '{0} ist kein ganzer Pfad',
  'Begin with / or a drive.': 'Beginnen Sie mit / oder einem Laufwerksbuchstaben.',
  '{0} exists already': '{0} gibt es schon',
  'Choose another name, or move that file away.': 'Wählen Sie einen anderen Namen, oder verschieben Sie die Datei.',
  'there is no folder {0}': 'es gibt keinen Ordner {0}',
  'It is a path on the computer that runs Bootlace.': 'Es ist ein Pfad auf dem Computer, auf dem Bootlace läuft.',
  '{0} is in the way': '{0} ist im Weg',
  'Remove it if nothing needs it.': 'Entfernen Sie es, wenn nichts es braucht.',
  '{0} is a golden image already': '{0} ist schon ein Abbild',
  'There is nothing to do.': 'Es ist nichts zu tun.',
  '{0} is a golden image, not a disk made from one': '{0} ist ein Abbild, kein Laufwerk aus einem',
  'Make a disk from it, start a PC from that, change what you want, and merge that disk.':
    'Machen Sie ein Laufwerk daraus, starten Sie einen PC davon, ändern Sie, was Sie möchten, und machen Sie aus diesem Laufwerk eine neue Version.',
  '{0} was not made from an image': '{0} wurde nicht aus einem Abbild gemacht',
  'Make an image of it instead: bootlace disk seal {0}.':
    'Machen Sie statt dessen ein Abbild daraus: bootlace disk seal {0}.',
  '{0} is no golden image': '{0} ist kein Abbild',
  'Seal it first (bootlace disk seal {0}), or make a version of its image from it (bootlace disk merge {1}).':
    'Versiegeln Sie es zuerst (bootlace disk seal {0}), oder machen Sie eine Version seines Abbilds daraus (bootlace disk merge {1}).',
  '{0} is what PCs of {1} start from': 'von {0} starten die PCs von {1}',
  'Put another version into production instead; this one then steps back by itself.':
    'Geben Sie statt dessen allen eine andere Version; diese tritt dann von selbst zurück.',
  '{0} was changed while it was read': '{0} wurde geändert, während es gelesen wurde',
  'Stop what writes to it (a running virtual machine?) and import again.':
    'Halten Sie an, was darauf schreibt (eine laufende virtuelle Maschine?), und importieren Sie neu.',
  '{0} is not a file': '{0} ist keine Datei',
  'Give the disk image itself.': 'Geben Sie das Abbild selbst an.',
  '{0} is empty': '{0} ist leer',
  'Give a disk image with something in it.': 'Geben Sie ein Abbild an, in dem etwas ist.',
  '{0} has sectors of {1} bytes': '{0} hat Sektoren von {1} Byte',
  'PCs start over the network from disks with sectors of 512 bytes only: install the system anew on such a disk.':
    'Über das Netz starten PCs nur von Laufwerken mit Sektoren von 512 Byte: Installieren Sie das System neu auf ein solches.',
  'there is no file {0}': 'es gibt keine Datei {0}',
  '{0} cannot be read ({1})': '{0} ist nicht lesbar ({1})',
  'Check the path. It is a path on the computer that runs Bootlace.':
    'Prüfen Sie den Pfad. Es ist ein Pfad auf dem Computer, auf dem Bootlace läuft.',
  'give the name of a disk, or the path of an image file':
    'geben Sie den Namen eines Laufwerks oder den Pfad einer Abbilddatei an',
  'its image {0} cannot be opened': 'sein Abbild {0} lässt sich nicht öffnen',
  'Mend {0} first and restart Bootlace; this disk holds only what differs from it.':
    'Reparieren Sie zuerst {0} und starten Sie Bootlace neu; dieses Laufwerk enthält nur, was davon abweicht.',
  '{0} is no golden image yet': '{0} ist noch kein Abbild',
  'Seal it first, so that it never changes under its clones: bootlace disk seal {0}.':
    'Versiegeln Sie es zuerst, damit es sich nie unter seinen Kopien ändert: bootlace disk seal {0}.',
  '{0} already stands on {1} files': '{0} steht schon auf {1} Dateien',
  'Clone an earlier image instead.': 'Nehmen Sie ein früheres Abbild.',
  '{0} is no disk any more, but its file could not be deleted':
    '{0} ist kein Laufwerk mehr, aber seine Datei ließ sich nicht löschen',
  'Delete it by hand: {0}': 'Löschen Sie sie von Hand: {0}',
  'Delete restore points that are not needed any more: bootlace disk show {0}.':
    'Löschen Sie Wiederherstellungspunkte, die nicht mehr gebraucht werden: bootlace disk show {0}.',
  '{0} was not made from an image, so there is nothing to go back to':
    '{0} wurde nicht aus einem Abbild gemacht, daher gibt es nichts, wohin es zurück könnte',
  'Go back to a restore point instead (bootlace disk revert {0}), or say which image: --image NAME.':
    'Gehen Sie zu einem Wiederherstellungspunkt zurück (bootlace disk revert {0}), oder sagen Sie, welches Abbild: --image NAME.',
  'There are: {0}. Say which with --to.': 'Es gibt: {0}. Sagen Sie welchen mit --to.',
  'Take one with: bootlace disk snapshot {0}.': 'Legen Sie einen an: bootlace disk snapshot {0}.',
  'Delete the newer ones first.': 'Löschen Sie zuerst die neueren.',
  'It stays as long as the image.': 'Er bleibt so lange wie das Abbild.',
  '{0} stands on no restore point': '{0} steht auf keinem Wiederherstellungspunkt',
  '{0} has no restore point {1}': '{0} hat keinen Wiederherstellungspunkt {1}',
  '{0} is a golden image, which never changes': '{0} ist ein Abbild, das sich nie ändert',
  'Make a disk from it and work with that: bootlace disk clone {0} NAME.':
    'Machen Sie ein Laufwerk daraus und arbeiten Sie damit: bootlace disk clone {0} NAME.',
  'Bootlace was ended while this ran; nothing of it is left':
    'Bootlace wurde beendet, während das lief; davon ist nichts übrig',
  'Start it again.': 'Starten Sie es noch einmal.',
  'there is no job {0}': 'es gibt keinen Auftrag {0}',
  'It may have ended long ago.': 'Vielleicht ist er längst zu Ende.',
  "{0}: the host's disk is full": '{0}: Die Festplatte dieses Computers ist voll',
  'Free some space on the host; the client can go on afterwards.':
    'Schaffen Sie Platz auf diesem Computer; der PC kann danach weitermachen.',
  '{0} may not take more than {1} of this computer': '{0} darf nicht mehr als {1} dieses Computers belegen',
  'Raise the limit of the disk, or reset the disk to its image.':
    'Heben Sie die Grenze des Laufwerks an, oder setzen Sie es auf sein Abbild zurück.',
  '{0} is read-only': '{0} ist nur lesbar',
  '{0} does not exist': '{0} gibt es nicht',
  '{0} is damaged: {1}': '{0} ist beschädigt: {1}',
  'Restore the file from a copy.': 'Stellen Sie die Datei aus einer Kopie wieder her.',
  '{0} was made from another state of its parent': '{0} wurde aus einem anderen Stand seiner Vorlage gemacht',
  'Put the parent back as it was when this disk was made from it.':
    'Legen Sie die Vorlage zurück, wie sie war, als dieses Laufwerk daraus gemacht wurde.',
  'a VHD cannot hold a disk of {0}': 'ein VHD kann kein Laufwerk von {0} aufnehmen',
  'Its limit is 2040 GiB; use VHDX for larger disks.':
    'Seine Grenze ist 2040 GiB; nehmen Sie VHDX für größere Laufwerke.',
  '{0} cannot be opened': '{0} lässt sich nicht öffnen',
  'Choose another folder.': 'Wählen Sie einen anderen Ordner.',

  // The computer and its network.
  'this computer has no network interface with an IPv4 address':
    'dieser Computer hat keine Netzwerkschnittstelle mit einer IPv4-Adresse',
  'Plug in the network cable, or give the interface an address, and start again.':
    'Stecken Sie das Netzwerkkabel ein, oder geben Sie der Schnittstelle eine Adresse, und starten Sie neu.',
  'there is no interface "{0}" with an IPv4 address': 'es gibt keine Schnittstelle „{0}“ mit einer IPv4-Adresse',
  'Choose one of: {0}.': 'Wählen Sie eine von: {0}.',
  'it is not clear on which network the PCs are': 'es ist nicht klar, in welchem Netz die PCs sind',
  'Say it with --interface; there are: {0}.': 'Sagen Sie es mit --interface; es gibt: {0}.',
  'the loader folder {0} cannot be read': 'der Ordner der Lader, {0}, ist nicht lesbar',
  'the loader {0} is not the file that was fetched': 'der Lader {0} ist nicht die Datei, die geholt wurde',
  'no loader lies in {0}': 'in {0} liegt kein Lader',
  '{0} cannot use {1}: {2} holds it': '{0} kann {1} nicht benutzen: {2} hält ihn',
  'Stop {0}, then start again.': 'Beenden Sie {0}, und starten Sie neu.',
  'Stop the program that holds this port, then start again.':
    'Beenden Sie das Programm, das diesen Port hält, und starten Sie neu.',
  '{0} may not use {1}': '{0} darf {1} nicht benutzen',
  'Ports below 1024 need rights: run it as root, or allow them until the next restart with: sudo sysctl net.ipv4.ip_unprivileged_port_start=67':
    'Ports unter 1024 brauchen Rechte: Starten Sie es als root, oder erlauben Sie sie bis zum nächsten Neustart mit: sudo sysctl net.ipv4.ip_unprivileged_port_start=67',
  'Ports below 1024 need rights: run it as administrator.':
    'Ports unter 1024 brauchen Rechte: Starten Sie es als Administrator.',
  '{0} cannot use {1}: this computer does not have that address':
    '{0} kann {1} nicht benutzen: Dieser Computer hat diese Adresse nicht',
  'Choose an interface that is up and has an IPv4 address.':
    'Wählen Sie eine Schnittstelle, die an ist und eine IPv4-Adresse hat.',
  '{0} cannot use {1}: {2}': '{0} kann {1} nicht benutzen: {2}',

  // Before a boot.
  'The network card': 'Die Netzwerkkarte',
  'The services': 'Die Dienste',
  'The loader files': 'Die Lader-Dateien',
  'Other servers on the network': 'Andere Server im Netz',
  'The firewall': 'Die Firewall',
  'The space for disks': 'Der Platz für Laufwerke',
  'The way of a PC': 'Der Weg eines PCs',
  '{0} could not be looked at.': '{0}: konnte nicht geprüft werden.',
  'Whether other servers answer PCs that start could not be heard.':
    'Ob andere Server startenden PCs antworten, war nicht zu hören.',
  'If PCs do not get on: {0}': 'Wenn PCs nicht weiterkommen: {0}',
  'The firewall of this computer drops what PCs send to {0}.':
    'Die Firewall dieses Computers verwirft, was PCs an {0} senden.',
  'Ports: {0}, on {1}.': 'Ports: {0}, auf {1}.',
  'The firewall of this computer lets only some packets through to {0}.':
    'Die Firewall dieses Computers lässt nur manche Pakete zu {0} durch.',
  'Ports: {0}, on {1}. It depends on more than the port.': 'Ports: {0}, auf {1}. Es hängt nicht nur am Port.',
  'No firewall of this computer is in the way of PCs.': 'Keine Firewall dieses Computers steht PCs im Weg.',
  'The loader files for BIOS and UEFI PCs are there.': 'Die Lader-Dateien für BIOS- und UEFI-PCs sind da.',
  'There is no loader file for {0} PCs, so these cannot start.':
    'Für {0}-PCs gibt es keine Lader-Datei, daher können diese nicht starten.',
  'Missing: {0}.': 'Es fehlt: {0}.',
  'Nobody on the network of {0} gives addresses to PCs.': 'Niemand im Netz von {0} gibt PCs Adressen.',
  'Connect your router to the same switch and see that its DHCP is on: Bootlace tells PCs what to boot, their addresses come from the router.':
    'Schließen Sie Ihren Router an denselben Switch an und sorgen Sie dafür, dass sein DHCP an ist: Bootlace sagt PCs, was sie starten sollen, ihre Adressen kommen vom Router.',
  '{0} gives addresses of another network ({1}).': '{0} gibt Adressen eines anderen Netzes ({1}).',
  'PCs with such an address may not reach {0}. Switch that DHCP server off, or put this computer on the same network.':
    'PCs mit solcher Adresse erreichen {0} vielleicht nicht. Schalten Sie diesen DHCP-Server aus, oder bringen Sie diesen Computer ins selbe Netz.',
  'Several servers give addresses: {0}.': 'Mehrere Server geben Adressen: {0}.',
  'If that is not on purpose, switch off all but one: PCs may get two that do not fit.':
    'Ist das keine Absicht, schalten Sie alle bis auf einen aus: PCs bekommen sonst vielleicht, was nicht zusammenpasst.',
  '{0} gives PCs their addresses.': '{0} gibt PCs ihre Adressen.',
  'Nobody else tells PCs what to boot.': 'Niemand sonst sagt PCs, was sie starten sollen.',
  '{0} tells PCs what to boot as well.': 'Auch {0} sagt PCs, was sie starten sollen.',
  'It offers {0}.': 'Er bietet {0} an.',
  'Some PCs will follow it and not Bootlace. Switch network boot off there (in a router: “boot file”, “next server” or “PXE”).':
    'Manche PCs werden ihm folgen und nicht Bootlace. Schalten Sie den Netzwerkstart dort aus (in einem Router: „Boot-Datei“, „next server“ oder „PXE“).',
  '{0}: listens on {1}.': '{0}: hört auf {1}.',
  '{0} are switched off.': '{0} sind ausgeschaltet.',
  'PCs start only if your own DHCP server sends them here, or from a boot medium. To switch them on: --dhcp proxy.':
    'PCs starten nur, wenn Ihr eigener DHCP-Server sie hierher schickt, oder von einem Startmedium. Zum Einschalten: --dhcp proxy.',
  '{0}: does not run.': '{0}: läuft nicht.',
  'Free some space: PCs cannot save anything when there is none.':
    'Schaffen Sie Platz: PCs können nichts speichern, wenn keiner da ist.',
  'Free some space before PCs have used up the rest.': 'Schaffen Sie Platz, bevor PCs den Rest verbraucht haben.',
  '{0} is told nothing: boot answers are off.': '{0} wird nichts gesagt: Startantworten sind aus.',
  '{0} called, and Bootlace did not answer.': '{0} rief, und Bootlace antwortete nicht.',
  'Something keeps its call from Bootlace: look at the firewall of this computer, and at programs that answer DHCP on it.':
    'Etwas hält seinen Ruf von Bootlace fern: Sehen Sie nach der Firewall dieses Computers und nach Programmen, die hier DHCP beantworten.',
  '{0} called and was told to fetch {1}.': '{0} rief und soll {1} holen.',
  'Switch a PC on and look at what Bootlace shows of it.':
    'Schalten Sie einen PC ein und sehen Sie, was Bootlace von ihm zeigt.',
  'Port {0} tells UEFI PCs to fetch {1}.': 'Port {0} sagt UEFI-PCs, sie sollen {1} holen.',
  'Port {0} does not answer, which UEFI PCs ask second.': 'Port {0} antwortet nicht, den UEFI-PCs als zweiten fragen.',
  'Start Bootlace again, and look at the firewall of this computer.':
    'Starten Sie Bootlace neu, und sehen Sie nach der Firewall dieses Computers.',
  'The loader called, and Bootlace did not answer.': 'Der Lader rief, und Bootlace antwortete nicht.',
  'Look at the firewall of this computer, and at programs that answer DHCP on it.':
    'Sehen Sie nach der Firewall dieses Computers und nach Programmen, die hier DHCP beantworten.',
  'The loader called and was told to ask {0}.': 'Der Lader rief und soll {0} fragen.',
  'Look at the lines above, then start Bootlace again.':
    'Sehen Sie die Zeilen darüber an, und starten Sie Bootlace neu.',
  'boot scripts do not run': 'Startskripte laufen nicht',
  'no answer in time': 'keine Antwort in der Zeit',
  'the service for {0} does not run': 'der Dienst für {0} läuft nicht',
}
