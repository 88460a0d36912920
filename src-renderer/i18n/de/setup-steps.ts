import type { Catalogue } from '../catalogue.ts'

/** Setting PCs up: what the steps say. */
export const setupSteps: Catalogue = {
  'What would you like to do?': 'Was möchten Sie tun?',
  'This computer becomes the disk of your other PCs. You set one PC up with care; all others follow in a few minutes.':
    'Dieser Computer wird das Laufwerk Ihrer anderen PCs. Einen PC richten Sie mit Sorgfalt ein; alle anderen folgen in wenigen Minuten.',
  'Choose one of the four.': 'Wählen Sie eines der vier.',
  'Is your network ready?': 'Ist Ihr Netz bereit?',
  'Bootlace goes the way that a PC will go, from its first question to its first instructions. Nothing on your network is changed.':
    'Bootlace geht den Weg, den ein PC gehen wird, von der ersten Frage bis zu den ersten Anweisungen. An Ihrem Netz wird nichts geändert.',
  'Wait for the check to end.': 'Warten Sie das Ende der Prüfung ab.',
  'Go on all the same': 'Trotzdem weiter',
  'Which PC comes first?': 'Welcher PC ist der erste?',
  'Connect it by cable and switch it on with network boot. It appears here by itself; until you set it up, it starts as it always did.':
    'Schließen Sie ihn mit Kabel an und schalten Sie ihn mit Netzstart ein. Er erscheint hier von selbst; bis Sie ihn einrichten, startet er wie immer.',
  'Choose the PC.': 'Wählen Sie den PC.',
  'Another PC has this name already.': 'Ein anderer PC heißt schon so.',
  'Give it a name: at most 15 letters, digits and hyphens, like pc-01.':
    'Geben Sie ihm einen Namen: höchstens 15 Buchstaben, Ziffern und Bindestriche, etwa pc-01.',
  'What do you install, and from where?': 'Was installieren Sie, und von wo?',
  '{pc} gets an empty disk over the network and installs onto it like onto a drive of its own.':
    '{pc} bekommt über das Netz ein leeres Laufwerk und installiert darauf wie auf ein eigenes.',
  'Choose the system.': 'Wählen Sie das System.',
  'Choose where the installer comes from.': 'Wählen Sie, woher das Installationsprogramm kommt.',
  'Where is the copy of its drive?': 'Wo ist die Kopie seines Laufwerks?',
  'Which image is it?': 'Welches Abbild ist es?',
  'Copy the whole drive of that PC into a file first, for example with Disk2vhd or Clonezilla. Bootlace looks into it and says what it lacks.':
    'Kopieren Sie zuerst das ganze Laufwerk dieses PCs in eine Datei, zum Beispiel mit Disk2vhd oder Clonezilla. Bootlace sieht hinein und sagt, was fehlt.',
  'The file of a whole disk: raw, qcow2, VMDK, VHD or VHDX. It is copied; the original is never changed.':
    'Die Datei eines ganzen Laufwerks: raw, qcow2, VMDK, VHD oder VHDX. Sie wird kopiert; das Original bleibt unverändert.',
  'Choose the file.': 'Wählen Sie die Datei.',
  'Which disk does it get?': 'Welches Laufwerk bekommt er?',
  '{pc} starts from it. Of an image it gets a disk of its own, which takes no time.':
    '{pc} startet davon. Von einem Abbild bekommt er sofort ein eigenes Laufwerk.',
  'Choose a disk.': 'Wählen Sie ein Laufwerk.',
  'Give the PC its disk.': 'Geben Sie dem PC sein Laufwerk.',
  'How large, and what is it called?': 'Wie groß, und wie heißt es?',
  'What is it called?': 'Wie heißt es?',
  'The PC sees a drive of this size. Here it takes only what is written to it, so you need not have all of it free.':
    'Der PC sieht ein Laufwerk dieser Größe. Hier belegt es nur, was darauf geschrieben wird; es muss also nicht alles frei sein.',
  'The copy becomes a disk of Bootlace with a name of its own. It takes only what is really in use.':
    'Die Kopie wird ein Laufwerk von Bootlace mit eigenem Namen. Sie belegt nur, was wirklich benutzt ist.',
  'There is a disk with this name already.': 'Ein Laufwerk heißt schon so.',
  'Give it a name: at most 32 letters, digits, dots and hyphens.':
    'Geben Sie ihm einen Namen: höchstens 32 Buchstaben, Ziffern, Punkte und Bindestriche.',
  'Say how large it is to be.': 'Sagen Sie, wie groß es sein soll.',
  'Create the disk': 'Laufwerk anlegen',
  'One click makes the empty disk and prepares {pc} for the installation. The PC itself is not touched yet.':
    'Ein Klick legt das leere Laufwerk an und bereitet die Installation von {pc} vor. Am PC selbst geschieht noch nichts.',
  'Create the disk first.': 'Legen Sie zuerst das Laufwerk an.',
  'Bring the image in': 'Abbild übernehmen',
  'One click copies the image and prepares {pc} to start from it. You may do something else meanwhile.':
    'Ein Klick kopiert das Abbild und bereitet {pc} darauf vor, davon zu starten. Sie können inzwischen etwas anderes tun.',
  'Wait until it is copied.': 'Warten Sie, bis es kopiert ist.',
  'Bring the image in first.': 'Übernehmen Sie zuerst das Abbild.',
  'Install on {pc}': 'Auf {pc} installieren',
  'Now go to that PC. What it does shows up here by itself, and so does the end of the installation.':
    'Gehen Sie jetzt zu diesem PC. Was er tut, erscheint hier von selbst, auch das Ende der Installation.',
  'Waiting until the system is installed.': 'Warten, bis das System installiert ist.',
  'The first start of {pc}': 'Der erste Start von {pc}',
  '{pc} starts from its disk on this computer now, without any medium. You watch each step of it here.':
    '{pc} startet jetzt von seinem Laufwerk auf diesem Computer, ohne Medium. Sie sehen hier jeden Schritt.',
  'Waiting until {pc} runs.': 'Warten, bis {pc} läuft.',
  'Prepare the system to be copied': 'Das System auf das Kopieren vorbereiten',
  'Put on {pc} what all PCs are to have, then let it forget what makes it this one PC, and shut it down.':
    'Bringen Sie auf {pc}, was alle PCs haben sollen, lassen Sie ihn dann vergessen, was ihn zu diesem einen PC macht, und fahren Sie ihn herunter.',
  'Waiting until {pc} is shut down.': 'Warten, bis {pc} heruntergefahren ist.',
  'Make it the image': 'Zum Abbild machen',
  '{disk} becomes read-only for ever, and every PC gets a disk of its own made from it. That way no PC can spoil it for the others.':
    '{disk} wird für immer schreibgeschützt, und jeder PC bekommt ein eigenes Laufwerk daraus. So kann kein PC es den anderen verderben.',
  'Wait until it is sealed.': 'Warten Sie, bis es versiegelt ist.',
  'Seal the image first.': 'Versiegeln Sie zuerst das Abbild.',
  'Disks for all PCs': 'Laufwerke für alle PCs',
  'Each is exactly like the image and keeps only what its PC changes. They are made at once and take hardly any space.':
    'Jedes gleicht genau dem Abbild und behält nur, was sein PC ändert. Sie sind sofort da und belegen kaum Platz.',
  'Make the disks first.': 'Legen Sie zuerst die Laufwerke an.',
  'The other PCs': 'Die anderen PCs',
  'While the door is open, every new PC that asks for a network boot gets the next name and disk by itself. PCs that you know already are not touched.':
    'Solange die Tür offen ist, bekommt jeder neue PC, der nach einem Netzstart fragt, von selbst den nächsten Namen und das nächste Laufwerk. Bekannte PCs bleiben unberührt.',
  'Go on, the others come later': 'Weiter, die anderen kommen später',
  'Start them all': 'Alle starten',
  'Switch all PCs on. Each start is shown here; green means that it runs from this computer.':
    'Schalten Sie alle PCs ein. Jeder Start erscheint hier; grün heißt, dass er von diesem Computer läuft.',
  Later: 'Später',
  'Your PCs need no disk any more': 'Ihre PCs brauchen kein Laufwerk mehr',
  '{pc} needs no disk any more': '{pc} braucht kein Laufwerk mehr',
  'The PCs and their image are set up. Let this computer run as long as a PC is on: it is their disk.':
    'Die PCs und ihr Abbild sind eingerichtet. Lassen Sie diesen Computer laufen, solange ein PC an ist: Er ist ihr Laufwerk.',
  'Let this computer run as long as the PC is on: it is its disk.':
    'Lassen Sie diesen Computer laufen, solange der PC an ist: Er ist sein Laufwerk.',
  'No PC has a disk made from the image yet.': 'Noch hat kein PC ein Laufwerk aus dem Abbild.',
  'All {n} PCs run from this computer.': [
    'Der PC läuft von diesem Computer.',
    'Alle {n} PCs laufen von diesem Computer.',
  ],
  '{running} of {n} PCs run from this computer.': '{running} von {n} PCs laufen von diesem Computer.',
  'PCs with the image': 'PCs mit dem Abbild',
  'Wake the {n} PCs that are off': ['Den ausgeschalteten PC wecken', 'Die {n} ausgeschalteten PCs wecken'],
  'Works where “Wake on LAN” is enabled in the firmware; else press their buttons.':
    'Geht, wo „Wake on LAN“ in der Firmware eingeschaltet ist; sonst drücken Sie ihre Knöpfe.',
  '{pc} ran from this computer.': '{pc} lief von diesem Computer.',
  'Restart {pc}, or switch it on, without CD and USB stick.':
    'Starten Sie {pc} neu oder schalten Sie ihn ein, ohne CD und USB-Stick.',
  'Switch {pc} on with network boot.': 'Schalten Sie {pc} mit Netzstart ein.',
  'Wake {name}': '{name} wecken',
  'I saw it start': 'Ich habe ihn starten sehen',
  'It does not start: install again': 'Er startet nicht: noch einmal installieren',
  '{n} disks are made from {image}.': [
    'Aus {image} ist ein Laufwerk gemacht.',
    'Aus {image} sind {n} Laufwerke gemacht.',
  ],
  '{pc} starts from {disk} now.': '{pc} startet jetzt von {disk}.',
  'There are disks made from the image; {pc} has none of them yet.':
    'Es gibt schon Laufwerke aus dem Abbild; {pc} hat noch keines davon.',
  'Give {disk} to {pc}': '{pc} das Laufwerk {disk} geben',
  'How many PCs in all': 'Wie viele PCs insgesamt',
  'Names begin with': 'Namen beginnen mit',
  'Names:': 'Namen:',
  '{pc} goes over to its own at its next start.': '{pc} wechselt beim nächsten Start zu seinem eigenen.',
  'About {each} each at first, and more as the PCs write. {free} free on this computer.':
    'Anfangs je etwa {each}, und mehr, wenn die PCs schreiben. {free} sind auf diesem Computer frei.',
  'Begin with a letter or digit, then letters, digits and hyphens; at most 12.':
    'Beginnen Sie mit Buchstabe oder Ziffer, dann Buchstaben, Ziffern und Bindestriche; höchstens 12.',
  'One moment …': 'Einen Augenblick …',
  'Make {n} disks': ['Laufwerk anlegen', '{n} Laufwerke anlegen'],
  'An empty disk {disk} of {size} for {system}': 'Ein leeres Laufwerk {disk} mit {size} für {system}',
  '{pc} ({mac}) gets it at its next start, to install onto it':
    '{pc} ({mac}) bekommt es beim nächsten Start, um darauf zu installieren',
  'Done: {disk} is there, and {pc} gets it.': 'Fertig: {disk} ist da, und {pc} bekommt es.',
  'Create the empty disk': 'Das leere Laufwerk anlegen',
  'From day to day': 'Im Alltag',
  'Switch the PCs on and off as you like; there is nothing to do here.':
    'Schalten Sie die PCs ein und aus, wie Sie möchten; hier ist nichts zu tun.',
  'Closing this window changes nothing for them. Before you switch this computer off, shut the PCs down.':
    'Dieses Fenster zu schließen ändert für sie nichts. Bevor Sie diesen Computer ausschalten, fahren Sie die PCs herunter.',
  'New programs for all: install them on one PC, then make a new version of the image under “Disks”.':
    'Neue Programme für alle: Installieren Sie sie auf einem PC und machen Sie dann unter „Laufwerke“ eine neue Version des Abbilds.',
  'A PC is spoilt? Reset its disk to the image under “Disks”; what it held is kept to come back to.':
    'Ein PC ist verdorben? Setzen Sie sein Laufwerk unter „Laufwerke“ auf das Abbild zurück; was darauf war, bleibt aufgehoben.',
  'See the PCs': 'Zu den PCs',
  'See the disks': 'Zu den Laufwerken',
  'See what happened': 'Zum Verlauf',
  'It cannot be used just now.': 'Es kann gerade nicht benutzt werden.',
  'It is the disk of {pcs} already.': 'Es ist schon das Laufwerk von {pcs}.',
  'Image {image}: the PC gets a disk of its own made from it.':
    'Abbild {image}: Der PC bekommt ein eigenes Laufwerk daraus.',
  'There is no disk here yet. Go back and choose another goal: install a system, or use an image.':
    'Hier ist noch kein Laufwerk. Gehen Sie zurück und wählen Sie ein anderes Ziel: ein System installieren oder ein Abbild verwenden.',
  Disk: 'Laufwerk',
  '{pc} starts from {disk}.': '{pc} startet von {disk}.',
  'File on the computer that runs Bootlace': 'Datei auf dem Computer, auf dem Bootlace läuft',
  'Looking into it …': 'Wird angesehen …',
  'Will it start over the network?': 'Startet es über das Netz?',
  'Looks into it without changing anything, and lists what it lacks.':
    'Sieht hinein, ohne etwas zu ändern, und nennt, was fehlt.',
  'Best put that right on the PC that the image comes from, and make the copy again. You may also go on and try.':
    'Bringen Sie das am besten auf dem PC in Ordnung, von dem das Abbild stammt, und kopieren Sie es neu. Sie können auch weitergehen und es versuchen.',
  'From its DVD, USB stick or network installer. The usual way, and the safest.':
    'Von DVD, USB-Stick oder Netzinstallation. Der übliche Weg, und der sicherste.',
  'A file of a whole disk, for example of a virtual machine.':
    'Eine Datei eines ganzen Laufwerks, zum Beispiel einer virtuellen Maschine.',
  'Bring in a copy of its drive, with everything that is on it.':
    'Eine Kopie seines Laufwerks übernehmen, mit allem, was darauf ist.',
  'For one more PC, or to try it out.': 'Für einen weiteren PC oder zum Ausprobieren.',
  'Your goal': 'Ihr Ziel',
  'This is behind you: {disk} is an image already.': 'Das liegt hinter Ihnen: {disk} ist schon ein Abbild.',
  'What runs on it?': 'Was läuft darauf?',
  'What to do at {pc}': 'Was an {pc} zu tun ist',
  'Install the programs that all PCs are to have, and all updates.':
    'Installieren Sie die Programme, die alle PCs haben sollen, und alle Updates.',
  'Open a terminal as root and run this one line. It lets the system start on any of your PCs and forget its identity:':
    'Öffnen Sie ein Terminal als root und führen Sie diese eine Zeile aus. Damit startet das System auf jedem Ihrer PCs und vergisst seine Identität:',
  'Line for the terminal': 'Zeile für das Terminal',
  'Without curl:': 'Ohne curl:',
  'When it says so, shut the PC down.': 'Fahren Sie den PC herunter, wenn es das sagt.',
  'Power options: never sleep, no hibernation. Paging file: none. BitLocker and device encryption: off.':
    'Energieoptionen: nie schlafen, kein Ruhezustand. Auslagerungsdatei: keine. BitLocker und Geräteverschlüsselung: aus.',
  'Save the answer file as C:\\Windows\\System32\\Sysprep\\unattend.xml.':
    'Speichern Sie die Antwortdatei als C:\\Windows\\System32\\Sysprep\\unattend.xml.',
  'Run this as administrator. Windows forgets its identity and shuts down by itself:':
    'Führen Sie dies als Administrator aus. Windows vergisst seine Identität und fährt von selbst herunter:',
  'Line for the command prompt': 'Zeile für die Eingabeaufforderung',
  'Shut down': 'Heruntergefahren',
  '{pc} is shut down and has let go of its disk. You can go on.':
    '{pc} ist heruntergefahren und hat sein Laufwerk losgelassen. Sie können weitergehen.',
  Sealed: 'Versiegelt',
  'Not running': 'Läuft nicht',
  'Copying the image to {disk}': 'Abbild wird nach {disk} kopiert',
  'Copy it again': 'Noch einmal kopieren',
  'The system is installed. From now on {pc} starts from its disk on this computer; take the CD or USB stick out.':
    'Das System ist installiert. Von nun an startet {pc} von seinem Laufwerk auf diesem Computer; nehmen Sie CD oder USB-Stick heraus.',
  'Put the CD or USB stick in.': 'Legen Sie die CD ein oder stecken Sie den USB-Stick an.',
  'In the boot order, put the network first and the CD or USB stick second.':
    'Setzen Sie in der Startreihenfolge das Netz an die erste und CD oder USB-Stick an die zweite Stelle.',
  'Switch it on. The line “Boot from SAN device 0x80 failed” on its screen is expected: the disk is still empty, and the PC goes on to the CD or USB stick.':
    'Schalten Sie ihn ein. Die Zeile „Boot from SAN device 0x80 failed“ auf seinem Bildschirm ist erwartet: Das Laufwerk ist noch leer, und der PC macht mit CD oder USB-Stick weiter.',
  'Switch it on with network boot. The installer starts by itself.':
    'Schalten Sie ihn mit Netzstart ein. Die Installation startet von selbst.',
  'Install as usual, onto the drive of {size} that it offers: that is the one on this computer.':
    'Installieren Sie wie gewohnt auf das angebotene Laufwerk mit {size}: Das ist das auf diesem Computer.',
  'At the end let it restart, or switch it off. This page notices.':
    'Lassen Sie ihn am Ende neu starten oder schalten Sie ihn aus. Diese Seite merkt es.',
  'It is that moment now: “Boot from SAN device 0x80 failed” is expected. The disk stays attached; if the PC asks for a key to start from the CD, press one.':
    'Jetzt ist es so weit: „Boot from SAN device 0x80 failed“ ist erwartet. Das Laufwerk bleibt angehängt; fragt der PC nach einer Taste, um von der CD zu starten, drücken Sie eine.',
  '{size} on its disk': '{size} auf seinem Laufwerk',
  'The installer has the disk open.': 'Die Installation hat das Laufwerk geöffnet.',
  'The installer still has the disk open.': 'Die Installation hat das Laufwerk noch offen.',
  'The system is installed': 'Das System ist installiert',
  'Only if it is finished and this page did not notice.':
    'Nur wenn es fertig ist und diese Seite es nicht gemerkt hat.',
  'Keeps PCs from starting': 'Verhindert den Start von PCs',
  'May cause trouble': 'Kann Ärger machen',
  'Could not be looked at': 'Konnte nicht geprüft werden',
  'In order': 'In Ordnung',
  'Looking at the network; this takes a few seconds …': 'Das Netz wird geprüft; das dauert einige Sekunden …',
  'What was found on the network': 'Was im Netz gefunden wurde',
  'PCs will not start like this': 'So werden PCs nicht starten',
  'It will most likely work': 'Es wird höchstwahrscheinlich gehen',
  'Your network is ready': 'Ihr Netz ist bereit',
  'Put right what is marked first, then check again.':
    'Bringen Sie zuerst das Markierte in Ordnung und prüfen Sie dann noch einmal.',
  'You may go on: if a PC does not start later, come back and look at these first.':
    'Sie können weitergehen: Startet später ein PC nicht, kommen Sie zurück und sehen Sie zuerst diese Punkte an.',
  '{n} points are in order': ['{n} Punkt ist in Ordnung', '{n} Punkte sind in Ordnung'],
  'Check again': 'Noch einmal prüfen',
  'The door is open': 'Die Tür ist offen',
  'Switch the PCs on now, one after the other': 'Schalten Sie die PCs jetzt ein, einen nach dem anderen',
  '{n} more PCs are expected': ['Ein weiterer PC wird erwartet', '{n} weitere PCs werden erwartet'],
  'the door closes in {n} minutes.': ['die Tür schließt in einer Minute.', 'die Tür schließt in {n} Minuten.'],
  'Close the door': 'Die Tür schließen',
  'The PCs that you switch on in the next {minutes} minutes become {first} … {last}, in the order in which they come.':
    [
      'Der PC, den Sie in den nächsten {minutes} Minuten einschalten, wird {first}.',
      'Die PCs, die Sie in den nächsten {minutes} Minuten einschalten, werden {first} … {last}, in der Reihenfolge, in der sie kommen.',
    ],
  'Open the door for {minutes} minutes': 'Die Tür {minutes} Minuten öffnen',
  'Every disk has its PC.': 'Jedes Laufwerk hat seinen PC.',
  '{n} PCs have come': ['{n} PC ist gekommen', '{n} PCs sind gekommen'],
  'PCs that have come': 'PCs, die gekommen sind',
  'PCs that ask for a network boot': 'PCs, die nach einem Netzstart fragen',
  'Switch it on now with network boot': 'Schalten Sie ihn jetzt mit Netzstart ein',
  'Waiting for a PC to ask …': 'Warten auf einen PC, der fragt …',
  'asked {when}': 'fragte {when}',
  Chosen: 'Gewählt',
  'Take this PC: {pc}': 'Diesen PC nehmen: {pc}',
  'Take this PC': 'Diesen PC nehmen',
  'Show all {n}': 'Alle {n} zeigen',
  'Name of the PC': 'Name des PCs',
  'It becomes the name of the computer, too.': 'So heißt dann auch der Computer.',
  'Take a PC that Bootlace knows': 'Einen PC nehmen, den Bootlace kennt',
  'has the disk {disk}': 'hat das Laufwerk {disk}',
  'Sent the wake-up packet to {name}.': 'Das Wecksignal an {name} ist gesendet.',
  Wake: 'Wecken',
  'Type its MAC address': 'Seine MAC-Adresse eingeben',
  'MAC address': 'MAC-Adresse',
  'A MAC address has twelve hex digits, like 52:54:00:12:34:56.':
    'Eine MAC-Adresse hat zwölf Hexziffern, etwa 52:54:00:12:34:56.',
  'It stands on a label of the PC or on the screen of its network boot.':
    'Sie steht auf einem Aufkleber des PCs oder auf dem Bildschirm seines Netzstarts.',
  'Take this address': 'Diese Adresse nehmen',
  '{disk} is an image now. Nothing can change it any more.': '{disk} ist jetzt ein Abbild. Nichts kann es mehr ändern.',
  'What must be so before': 'Was vorher so sein muss',
  Yes: 'Ja',
  'Not yet': 'Noch nicht',
  '{pc} is shut down, and nobody has the disk open': '{pc} ist heruntergefahren, und niemand hat das Laufwerk offen',
  'Looked at': 'Angesehen',
  'Looking …': 'Wird angesehen …',
  'The system on it starts over the network, as far as can be told':
    'Das System darauf startet über das Netz, soweit sich das sagen lässt',
  'The disk could not be looked into:': 'In das Laufwerk konnte nicht gesehen werden:',
  'Look again': 'Noch einmal ansehen',
  'Sealing {disk}': '{disk} wird versiegelt',
  'Seal {disk} as the image': '{disk} als Abbild versiegeln',
  '{disk} is made already. To make another one, start over.':
    '{disk} ist schon angelegt. Um ein anderes anzulegen, beginnen Sie von vorn.',
  'Name of the disk': 'Name des Laufwerks',
  'It becomes the name of the image as well.': 'So heißt dann auch das Abbild.',
  'There is a disk {disk} of {size} that no PC has.': 'Es gibt ein Laufwerk {disk} mit {size}, das kein PC hat.',
  'Use that one': 'Dieses nehmen',
  'Size in GiB': 'Größe in GiB',
  'Good for {system}: {size}.': 'Gut für {system}: {size}.',
  '{free} free on this computer.': '{free} frei auf diesem Computer.',
  'That is less than the disk: fine at first, but it must not fill up. Bootlace warns you in time.':
    'Das ist weniger als das Laufwerk: anfangs kein Problem, aber es darf nicht voll werden. Bootlace warnt Sie rechtzeitig.',
  'A CD or USB stick in that PC': 'CD oder USB-Stick in diesem PC',
  'As you would install on any PC. Its own drive is left alone if you choose the Bootlace disk.':
    'Wie auf jedem PC. Sein eigenes Laufwerk bleibt unberührt, wenn Sie das Bootlace-Laufwerk wählen.',
  'Kernel and initrd over the network': 'Kernel und Initrd über das Netz',
  'Network installer of Linux: two files that Bootlace hands to the PC. Works with every firmware.':
    'Netzinstallation von Linux: zwei Dateien, die Bootlace dem PC gibt. Geht mit jeder Firmware.',
  'An ISO file over the network': 'Eine ISO-Datei über das Netz',
  'The ISO of Windows: with the file wimboot its Setup starts over the network, by BIOS or UEFI.':
    'Das ISO von Windows: Mit der Datei wimboot startet sein Setup über das Netz, mit BIOS oder UEFI.',
  System: 'System',
  'Firmware of the PC': 'Firmware des PCs',
  'Nearly every PC since 2012.': 'Fast jeder PC seit 2012.',
  'Older PCs, or newer ones set to “Legacy” or “CSM”.': 'Ältere PCs, oder neuere mit „Legacy“ oder „CSM“.',
  'This PC asked as a {firmware} PC.': 'Dieser PC hat als {firmware}-PC gefragt.',
  'Where the installer comes from': 'Woher das Installationsprogramm kommt',
  'For Debian these are “linux” and “initrd.gz” of the network installer (netboot, in the folder debian-installer/amd64).':
    'Bei Debian sind das „linux“ und „initrd.gz“ der Netzinstallation (netboot, im Ordner debian-installer/amd64).',
  Kernel: 'Kernel',
  Initrd: 'Initrd',
  'Kernel arguments (may stay empty)': 'Kernel-Argumente (dürfen leer bleiben)',
  'ISO file': 'ISO-Datei',
  Network: 'Netz',
  PC: 'PC',
  Image: 'Abbild',
  'Name and size': 'Name und Größe',
  Installation: 'Installation',
  'First start': 'Erster Start',
  Preparation: 'Vorbereitung',
  Sealing: 'Versiegeln',
  'All disks': 'Alle Laufwerke',
  'Other PCs': 'Andere PCs',
  'Start all': 'Alle starten',
  Done: 'Fertig',
  Creation: 'Anlegen',
  'Copy of the image': 'Abbild kopieren',
  Problems: 'Probleme',
  'Best start {pc} again and put that right first. You may seal it all the same, but its copies may not start.':
    'Starten Sie {pc} am besten noch einmal und bringen Sie das zuerst in Ordnung. Sie können trotzdem versiegeln, aber die Kopien starten dann vielleicht nicht.',
}
