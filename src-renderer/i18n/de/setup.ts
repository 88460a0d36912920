import type { Catalogue } from '../catalogue.ts'
import { setupSteps } from './setup-steps.ts'

/** Setting PCs up: the frame, what is seen of PCs, and what is known of systems. */
export const setup: Catalogue = {
  ...setupSteps,
  'Set up PCs': 'PCs einrichten',
  'Set-up under way': 'Begonnene Einrichtung',
  'You began to set up a PC.': 'Sie haben begonnen, einen PC einzurichten.',
  'You are setting up {pc}.': 'Sie richten gerade {pc} ein.',
  'Go on with setup': 'Einrichtung fortsetzen',
  'Your answers here are forgotten. Disks, images and PCs that you made already stay as they are; you find them under “PCs” and “Disks”.':
    'Ihre Angaben hier werden vergessen. Laufwerke, Abbilder und PCs, die Sie schon angelegt haben, bleiben, wie sie sind; Sie finden sie unter „PCs“ und „Laufwerke“.',
  'Let this computer be the disk of your other PCs.': 'Lassen Sie diesen Computer das Laufwerk Ihrer anderen PCs sein.',
  'A PC without a disk starts from here over the network. Your router stays as it is, and nothing changes for devices that you do not add.':
    'Ein PC ohne Laufwerk startet von hier über das Netz. Ihr Router bleibt, wie er ist, und für Geräte, die Sie nicht hinzufügen, ändert sich nichts.',
  'Set up the first PC': 'Den ersten PC einrichten',
  '{n} PCs are asking for a network boot already.': [
    'Ein PC fragt schon nach einem Netzstart.',
    '{n} PCs fragen schon nach einem Netzstart.',
  ],
  'You know your way?': 'Sie kennen sich aus?',
  'Make a disk yourself, then add PCs under “PCs”.':
    'Legen Sie selbst ein Laufwerk an und fügen Sie dann unter „PCs“ PCs hinzu.',
  'Import an image': 'Abbild importieren',
  'Make an empty disk': 'Leeres Laufwerk anlegen',
  'Switched on': 'Eingeschaltet',
  'Loader fetched': 'Startprogramm geholt',
  'Disk attached': 'Laufwerk angehängt',
  'Installer at work': 'Installation läuft',
  'System written': 'System geschrieben',
  'Instructions read': 'Anweisungen gelesen',
  'Disk opened': 'Laufwerk geöffnet',
  'System runs': 'System läuft',
  'It asked, but did not fetch its loader. Is Secure Boot off? Does another network boot server answer? Switch it off and on again; the network check may tell more.':
    'Er hat gefragt, aber sein Startprogramm nicht geholt. Ist Secure Boot aus? Antwortet ein anderer Netzstart-Server? Schalten Sie ihn aus und wieder ein; die Netzprüfung verrät vielleicht mehr.',
  'It has the loader, but the loader does not answer. Switch it off and on again; if that does not help, choose another loader under PCs, “Change”.':
    'Er hat das Startprogramm, aber es meldet sich nicht. Schalten Sie ihn aus und wieder ein; hilft das nicht, wählen Sie unter PCs, „Ändern“ ein anderes Startprogramm.',
  'Nothing was heard of it for a while. Look at its screen: it may wait for a key or for your answers; if it stands still, switch it off and on again.':
    'Seit einer Weile war nichts von ihm zu hören. Sehen Sie auf seinen Bildschirm: Vielleicht wartet er auf eine Taste oder Ihre Antworten; steht er still, schalten Sie ihn aus und wieder ein.',
  Off: 'Aus',
  Running: 'Läuft',
  'Needs help': 'Braucht Hilfe',
  'the PC': 'der PC',
  'the disk': 'das Laufwerk',
  'Debian or Ubuntu': 'Debian oder Ubuntu',
  'Fedora, Rocky, openSUSE': 'Fedora, Rocky, openSUSE',
  'Something else': 'Etwas anderes',
  'Windows Setup does not consist of a kernel and an initrd. Take its ISO, DVD or USB stick.':
    'Das Windows-Setup besteht nicht aus Kernel und Initrd. Nehmen Sie sein ISO, seine DVD oder seinen USB-Stick.',
  'Not with UEFI: such a PC hangs when it leaves the network loader with a disk attached.':
    'Nicht mit UEFI: Ein solcher PC bleibt hängen, wenn er das Startprogramm mit angehängtem Laufwerk verlässt.',
  'Install a new system': 'Ein neues System installieren',
  'Use an image that I have': 'Ein vorhandenes Abbild verwenden',
  'Make an existing PC diskless': 'Einen vorhandenen PC laufwerklos machen',
  'Start one PC from a disk that is here already': 'Einen PC von einem Laufwerk starten, das schon hier ist',
  'Let Windows Setup answer its questions itself': 'Das Windows-Setup seine Fragen selbst beantworten lassen',
  'Make the answer file for sysprep': 'Antwortdatei für Sysprep erzeugen',
  'A file autounattend.xml on the USB stick answers them. It erases the Bootlace disk and installs onto it.':
    'Eine Datei autounattend.xml auf dem USB-Stick beantwortet sie. Sie löscht das Bootlace-Laufwerk und installiert darauf.',
  'Without this file the copies may not find their network card at their first start.':
    'Ohne diese Datei finden die Kopien beim ersten Start vielleicht ihre Netzwerkkarte nicht.',
  Language: 'Sprache',
  'User name (may stay empty)': 'Benutzername (darf leer bleiben)',
  'Make the file': 'Datei erzeugen',
  Copy: 'Kopieren',
  Copied: 'Kopiert',
  'Save {file}': '{file} speichern',
  Close: 'Schließen',
  Choose: 'Auswählen',
  'Cancel: {what}': 'Abbrechen: {what}',
  '{done} of {total}': '{done} von {total}',
  'It did not work': 'Es hat nicht geklappt',
  'It is not known why.': 'Warum, ist nicht bekannt.',
  'Cancelled; everything is as it was.': 'Abgebrochen; alles ist wie zuvor.',
  '{pc}, live': '{pc}, live',
  'Nothing heard of {pc} yet. Switch it on.': 'Von {pc} war noch nichts zu hören. Schalten Sie ihn ein.',
  'It tries again by itself; what you change here takes effect at once.':
    'Er versucht es von selbst noch einmal; was Sie hier ändern, wirkt sofort.',
  'Most PCs': 'Die meisten PCs',
  'Press F12, F11, F9 or Esc right after switching on; choose “Network”, “PXE” or “LAN”.':
    'Drücken Sie gleich nach dem Einschalten F12, F11, F9 oder Esc; wählen Sie „Network“, „PXE“ oder „LAN“.',
  'UEFI settings': 'UEFI-Einstellungen',
  'Press Del or F2. Enable “Network Stack” and “IPv4 PXE Support”, then put the network first under “Boot”.':
    'Drücken Sie Entf oder F2. Schalten Sie „Network Stack“ und „IPv4 PXE Support“ ein und setzen Sie dann unter „Boot“ das Netz an die erste Stelle.',
  'F2: “Enable UEFI Network Stack” under “Connection”; F12 shows the choice at any start.':
    'F2: „Enable UEFI Network Stack“ unter „Connection“; F12 zeigt bei jedem Start die Auswahl.',
  'F10: “Network (PXE) Boot” under “Advanced, Boot Options”; F9 shows the choice.':
    'F10: „Network (PXE) Boot“ unter „Advanced, Boot Options“; F9 zeigt die Auswahl.',
  'F1: “Network Boot” under “Startup”, “PXE Option ROM” or “Network Stack” under “Devices”; F12 shows the choice.':
    'F1: „Network Boot“ unter „Startup“, „PXE Option ROM“ oder „Network Stack“ unter „Devices“; F12 zeigt die Auswahl.',
  'Old BIOS': 'Altes BIOS',
  '“Onboard LAN Boot ROM: Enabled”, then “Network” as the first boot device.':
    '„Onboard LAN Boot ROM: Enabled“, dann „Network“ als erstes Startgerät.',
  'How do I turn on network boot?': 'Wie schalte ich den Netzstart ein?',
  'Its screen then shows “Start PXE over IPv4” or “PXE” with its address, and a few seconds later a line from Bootlace. Secure Boot must be off for now.':
    'Sein Bildschirm zeigt dann „Start PXE over IPv4“ oder „PXE“ mit seiner Adresse und einige Sekunden später eine Zeile von Bootlace. Secure Boot muss vorerst aus sein.',
  'Switch it on.': 'Schalten Sie ihn ein.',
}
