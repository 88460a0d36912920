import type { Catalogue } from '../catalogue.ts'

export const help: Catalogue = {
  Help: 'Hilfe',
  'What to do the first evening, on other days, and when a PC does not start.':
    'Was am ersten Abend zu tun ist, an anderen Tagen, und wenn ein PC nicht startet.',
  'The first evening': 'Der erste Abend',
  '“Set up PCs” goes with you step by step, from an empty disk to a room full of PCs, and goes on where you left it.':
    '„PCs einrichten“ führt Sie Schritt für Schritt vom leeren Laufwerk zum Raum voller PCs und macht da weiter, wo Sie aufgehört haben.',
  'Set up PCs': 'PCs einrichten',
  'What stands on the PC’s screen': 'Was auf dem Bildschirm des PCs steht',
  'Type some words of it': 'Geben Sie einige Wörter davon ein',
  'Nothing here says that. Look under Activity what Bootlace saw of this PC.':
    'Das kommt hier nicht vor. Sehen Sie unter „Verlauf“ nach, was Bootlace von diesem PC gesehen hat.',
  '{n} entries': ['{n} Eintrag', '{n} Einträge'],
  'On other days': 'An anderen Tagen',
  Words: 'Wörter',

  'The PC did not hear an answer from Bootlace, or no router gave it an address.':
    'Der PC hat keine Antwort von Bootlace gehört, oder kein Router gab ihm eine Adresse.',
  'Is it on the same switch as this computer, by cable? Look under Services whether the boot answers run, and let UDP ports 67 and 4011 through the firewall of this computer.':
    'Hängt er per Kabel am selben Switch wie dieser Computer? Sehen Sie unter „Dienste“ nach, ob die Startantworten laufen, und lassen Sie die UDP-Ports 67 und 4011 durch die Firewall dieses Computers.',
  'The PC was told what to fetch, but the file did not arrive.':
    'Der PC weiß, was er holen soll, aber die Datei kam nicht an.',
  'Let UDP port 69 through the firewall of this computer. Under Services, the loader files must be running.':
    'Lassen Sie den UDP-Port 69 durch die Firewall dieses Computers. Unter „Dienste“ müssen die Lader-Dateien laufen.',
  'The PC fetched the loader and refused to start it, most likely because Secure Boot is on.':
    'Der PC hat den Lader geholt und weigert sich, ihn zu starten, wahrscheinlich weil Secure Boot an ist.',
  'Switch Secure Boot off in the firmware settings of that PC. If it is off already, choose another loader for this PC under PCs, “Change”.':
    'Schalten Sie Secure Boot in den Firmware-Einstellungen dieses PCs aus. Ist es schon aus, wählen Sie unter „PCs“, „Ändern“ einen anderen Lader.',
  'The disk could not be started from. While it is still empty, that is as it should be.':
    'Vom Laufwerk konnte nicht gestartet werden. Solange es noch leer ist, soll das so sein.',
  'During an installation: do nothing, the PC goes on to its CD or USB stick and keeps the disk. Otherwise: install a system onto the disk first, or choose the right disk for this PC.':
    'Während einer Installation: nichts tun, der PC macht mit CD oder USB-Stick weiter und behält das Laufwerk. Sonst: Installieren Sie zuerst ein System darauf, oder wählen Sie das richtige Laufwerk für diesen PC.',
  'The installation goes as planned: the empty disk is attached.':
    'Die Installation läuft nach Plan: Das leere Laufwerk ist angehängt.',
  'Do nothing. The PC goes on to its CD or USB stick.': 'Nichts tun. Der PC macht mit CD oder USB-Stick weiter.',
  'The PC reached Bootlace, which does not know it and leaves it alone.':
    'Der PC hat Bootlace erreicht, das ihn nicht kennt und in Ruhe lässt.',
  'Add it under PCs: it is listed there with its address (MAC). Then start it again.':
    'Fügen Sie ihn unter „PCs“ hinzu: Dort steht er mit seiner Adresse (MAC). Starten Sie ihn dann neu.',
  'The loader runs, but the network between it and Bootlace does not.':
    'Der Lader läuft, aber das Netz zwischen ihm und Bootlace nicht.',
  'Is Bootlace running? Let TCP ports 3260 and 8470 through the firewall of this computer. The PC keeps trying by itself.':
    'Läuft Bootlace? Lassen Sie die TCP-Ports 3260 und 8470 durch die Firewall dieses Computers. Der PC versucht es von selbst weiter.',
  'The loader cannot use the network card of this PC, or the cable is in another port than the one it tries.':
    'Der Lader kann die Netzwerkkarte dieses PCs nicht benutzen, oder das Kabel steckt in einem anderen Anschluss.',
  'Choose another loader for this PC under PCs, “Change”. Unplug what the PC has of further network cards.':
    'Wählen Sie unter „PCs“, „Ändern“ einen anderen Lader. Ziehen Sie weitere Netzwerkkarten des PCs ab.',
  'The PC asked for a disk that is not its own, or that is not there.':
    'Der PC wollte ein Laufwerk, das nicht seines ist oder das es nicht gibt.',
  'Look under Activity what it asked for, and give the PC its disk under PCs, “Change”.':
    'Sehen Sie unter „Verlauf“ nach, was er wollte, und geben Sie dem PC unter „PCs“, „Ändern“ sein Laufwerk.',
  'The loader starts itself over and over: another server tells it to.':
    'Der Lader startet sich immer wieder selbst: Ein anderer Server sagt ihm das.',
  'Look in the settings of your router for “network boot”, “PXE” or “option 67”, and empty that field.':
    'Suchen Sie in den Einstellungen Ihres Routers nach „Netzwerkstart“, „PXE“ oder „Option 67“, und leeren Sie dieses Feld.',
  'Windows Setup does not see the disk: it has no driver for the network card, or the disk was let go before.':
    'Das Windows-Setup sieht das Laufwerk nicht: Ihm fehlt der Treiber der Netzwerkkarte, oder das Laufwerk wurde vorher losgelassen.',
  'Put the driver of the network card on a USB stick and load it in Setup. Start the PC by network boot, not from the CD directly.':
    'Legen Sie den Treiber der Netzwerkkarte auf einen USB-Stick und laden Sie ihn im Setup. Starten Sie den PC über das Netz, nicht direkt von der CD.',
  'Setup sees the disk, but the PC did not come to Setup through network boot in the same mode.':
    'Das Setup sieht das Laufwerk, aber der PC kam nicht über den Netzwerkstart im selben Modus dorthin.',
  'Start CD and network boot both as BIOS or both as UEFI, unplug other disks, or try another loader.':
    'Starten Sie CD und Netz beide als BIOS oder beide als UEFI, ziehen Sie andere Festplatten ab, oder versuchen Sie einen anderen Lader.',
  'Windows started and then lost its disk: its network card does not work early enough.':
    'Windows startete und verlor dann sein Laufwerk: Seine Netzwerkkarte arbeitet nicht früh genug.',
  'Check the image under Disks, “Will it start over the network?”: it names drivers that start too late. Start the PC through the same network port as when it was installed.':
    'Prüfen Sie das Abbild unter „Laufwerke“, „Startet es über das Netz?“: Es nennt Treiber, die zu spät starten. Starten Sie den PC über denselben Netzwerkanschluss wie bei der Installation.',
  'The boot manager of Windows could not read what it needs.':
    'Der Startmanager von Windows konnte nicht lesen, was er braucht.',
  'Check the disk under Disks. If it is whole, look at cable and switch, and start the PC again.':
    'Prüfen Sie das Laufwerk unter „Laufwerke“. Ist es heil, sehen Sie nach Kabel und Switch, und starten Sie den PC neu.',
  'A running Linux lost its connection for a moment and takes it up again by itself.':
    'Ein laufendes Linux verlor für einen Moment die Verbindung und nimmt sie von selbst wieder auf.',
  'Once is harmless. If it comes again and again, look at cable and switch, and whether this computer sleeps.':
    'Einmal ist harmlos. Kommt es immer wieder, sehen Sie nach Kabel und Switch, und ob dieser Computer schläft.',
  'Linux started and did not find its disk: its start files lack iSCSI.':
    'Linux startete und fand sein Laufwerk nicht: Seinen Startdateien fehlt iSCSI.',
  'Check the image under Disks, “Will it start over the network?”, and do what it says in the running system.':
    'Prüfen Sie das Abbild unter „Laufwerke“, „Startet es über das Netz?“, und tun Sie im laufenden System, was dort steht.',

  'Switch PCs on and off as you like. This computer must be on, and must not sleep, while they run.':
    'Schalten Sie PCs ein und aus, wie Sie möchten. Dieser Computer muss an sein und darf nicht schlafen, solange sie laufen.',
  'Closing the window changes nothing for the PCs: Bootlace goes on in the tray. Quitting asks first.':
    'Das Fenster zu schließen ändert nichts für die PCs: Bootlace läuft im Infobereich weiter. Das Beenden fragt vorher.',
  'Before you try something risky on a PC, keep a restore point: Disks, the PC’s disk, “Keep a restore point”.':
    'Bevor Sie auf einem PC etwas Gewagtes versuchen, legen Sie einen Wiederherstellungspunkt an: „Laufwerke“, das Laufwerk des PCs, „Wiederherstellungspunkt anlegen“.',
  'A PC that is to begin afresh every time: PCs, “Change”, “What it writes”.':
    'Ein PC, der jedes Mal frisch beginnen soll: „PCs“, „Ändern“, „Was er schreibt“.',
  'To update all PCs: change one of them, shut it down, make a new image version of its disk, try it on one PC, then give it to everybody.':
    'Um alle PCs zu erneuern: Ändern Sie einen, fahren Sie ihn herunter, machen Sie aus seinem Laufwerk eine neue Abbild-Version, probieren Sie sie an einem PC, und geben Sie sie dann allen.',
  'Watch the space on this computer under Disks. Bootlace warns at 70, 85 and 95 %.':
    'Behalten Sie unter „Laufwerke“ den Platz auf diesem Computer im Auge. Bootlace warnt bei 70, 85 und 95 %.',

  Disk: 'Laufwerk',
  'what a PC sees as its drive; a file on this computer':
    'was ein PC als seine Festplatte sieht; eine Datei auf diesem Computer',
  Image: 'Abbild',
  'a disk that never changes any more, and that others are made from':
    'ein Laufwerk, das sich nie mehr ändert und aus dem andere gemacht werden',
  Version: 'Version',
  'an image that takes the place of an older one': 'ein Abbild, das an die Stelle eines älteren tritt',
  'Restore point': 'Wiederherstellungspunkt',
  'a disk as it was, to go back to': 'ein Laufwerk, wie es war, um dahin zurückzugehen',
  'Network boot (PXE)': 'Netzwerkstart (PXE)',
  'the PC asks the network what to start, instead of its own disk':
    'der PC fragt das Netz, was er starten soll, statt seiner eigenen Festplatte',
  Loader: 'Lader',
  'the small program (iPXE) that a PC fetches first; it attaches the disk':
    'das kleine Programm (iPXE), das ein PC zuerst holt; es hängt das Laufwerk an',
  MAC: 'MAC',
  'the number of a network card, e.g. 52:54:00:12:34:56; Bootlace knows PCs by it':
    'die Nummer einer Netzwerkkarte, z. B. 52:54:00:12:34:56; daran erkennt Bootlace PCs',
  'BIOS, UEFI': 'BIOS, UEFI',
  'the two kinds of program that a PC starts with, older and newer':
    'die beiden Arten von Programm, mit denen ein PC beginnt, ältere und neuere',
  'iSCSI, target, LUN': 'iSCSI, Target, LUN',
  'how disks travel over the network; you need none of these words here':
    'wie Laufwerke durchs Netz reisen; Sie brauchen hier keines dieser Wörter',

  'What works with Bootlace': 'Was mit Bootlace geht',
  'Systems, firmware and network cards: what ran here, what others say, what cannot work, and what to do differently.':
    'Systeme, Firmware und Netzwerkkarten: was hier lief, was andere sagen, was nicht gehen kann, und was anders zu machen ist.',
  'See what works': 'Nachsehen, was geht',
  'Every line says how well it is known, and when that was looked at. A mark is no promise for your PC.':
    'Jede Zeile sagt, wie gut etwas bekannt ist und wann nachgesehen wurde. Ein Zeichen ist kein Versprechen für Ihren PC.',
  'Back to the help': 'Zurück zur Hilfe',
  'System, card or firmware': 'System, Karte oder Firmware',
  Kind: 'Art',
  Everything: 'Alles',
  'How well it is known': 'Wie gut es bekannt ist',
  Any: 'Beliebig',
  'What the marks mean': 'Was die Zeichen bedeuten',
  'What to do differently:': 'Was anders zu machen ist:',
  'Nothing is known of that here. It may work all the same: try it with one PC first.':
    'Davon ist hier nichts bekannt. Es kann trotzdem gehen: Versuchen Sie es zuerst mit einem PC.',
  'Show everything': 'Alles zeigen',
  'Ran here': 'Lief hier',
  'Documented by its makers': 'Vom Hersteller beschrieben',
  'Reported by others': 'Von anderen berichtet',
  Untried: 'Nicht versucht',
  'Cannot work': 'Kann nicht gehen',
  'We started it ourselves, in virtual PCs (QEMU). No real PC was at hand.':
    'Wir haben es selbst gestartet, in virtuellen PCs (QEMU). Ein echter PC war nicht zur Hand.',
  'The people who make it say so. We did not try it.': 'Die es machen, sagen es. Wir haben es nicht versucht.',
  'Users say so, each for their own PC. We did not try it.':
    'Benutzer sagen es, jeder für seinen PC. Wir haben es nicht versucht.',
  'Nobody whom we know of tried it, or only a part of it was checked.':
    'Niemand, von dem wir wissen, hat es versucht, oder nur ein Teil wurde geprüft.',
  'There is a reason why it cannot work, and it is said.':
    'Es gibt einen Grund, warum es nicht gehen kann, und er steht da.',
  Windows: 'Windows',
  Linux: 'Linux',
  Hypervisors: 'Hypervisoren',
  'Other systems': 'Andere Systeme',
  'Firmware and loaders': 'Firmware und Lader',
  'Network cards': 'Netzwerkkarten',
}
