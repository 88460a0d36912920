import type { Catalogue } from '../catalogue.ts'

/** Windows over the network, under Settings. */
export const windowsInstall: Catalogue = {
  'Windows over the network': 'Windows über das Netz',
  fits: 'passt',
  'may fit': 'passt vielleicht',
  'does not fit': 'passt nicht',
  'cannot be used': 'nicht verwendbar',
  'It could not be looked at.': 'Es ließ sich nicht ansehen.',
  'Looking …': 'Wird angesehen …',
  'wimboot {version} is here: a PC whose medium is an ISO of Windows starts its Setup over the network.':
    'wimboot {version} ist da: Ein PC, dessen Medium eine ISO von Windows ist, startet dessen Setup über das Netz.',
  'It is the file of the iPXE project’s release, byte for byte.':
    'Es ist Byte für Byte die Datei aus der Veröffentlichung des iPXE-Projekts.',
  'It is not the file of the release that Bootlace knows. Its own words were checked, nothing else.':
    'Es ist nicht die Datei der Veröffentlichung, die Bootlace kennt. Geprüft wurde nur, was sie über sich selbst sagt.',
  'Forget this file': 'Diese Datei vergessen',
  'The file wimboot is missing. With it, a PC starts the Setup of Windows from its ISO over the network, BIOS and UEFI.':
    'Die Datei wimboot fehlt. Mit ihr startet ein PC das Setup von Windows aus seiner ISO über das Netz, mit BIOS und UEFI.',
  'Without it, a BIOS PC installs Windows from its own DVD or USB stick: set its next boot to install and give it no medium, and its disk stays attached.':
    'Ohne sie installiert ein BIOS-PC Windows von seiner eigenen DVD oder seinem USB-Stick: Stellen Sie seinen nächsten Start auf Installieren, geben Sie ihm kein Medium, und sein Laufwerk bleibt verbunden.',
  'Download it from the iPXE project:': 'Laden Sie sie beim iPXE-Projekt herunter:',
  'Address of the file': 'Adresse der Datei',
  'Choose it here. Bootlace looks whether it is a wimboot and new enough.':
    'Wählen Sie sie hier aus. Bootlace sieht nach, ob es ein wimboot und neu genug ist.',
  'A file wimboot': 'Eine Datei wimboot',
  'Put it in': 'Übernehmen',
  'How sure: wimboot and Windows Setup work like this by the words of their makers. Bootlace itself was never tried with Windows.':
    'Wie sicher: So arbeiten wimboot und Windows-Setup nach den Worten ihrer Hersteller. Bootlace selbst wurde nie mit Windows erprobt.',
  'Drivers for the network card': 'Treiber für die Netzwerkkarte',
  'Windows needs a driver for the network card before it sees its disk. Where it has none of its own, give its disk a folder with the driver of the maker.':
    'Windows braucht einen Treiber für die Netzwerkkarte, bevor es sein Laufwerk sieht. Hat es keinen eigenen, geben Sie seinem Laufwerk einen Ordner mit dem Treiber des Herstellers.',
  'There is no disk yet.': 'Es gibt noch kein Laufwerk.',
  'choose one': 'bitte wählen',
  'Folder with the driver': 'Ordner mit dem Treiber',
  'Choose an INF file in it, or type the folder.': 'Wählen Sie darin eine INF-Datei, oder tippen Sie den Ordner ein.',
  'Look at it and keep it': 'Ansehen und behalten',
  'No drivers': 'Keine Treiber',
  'The network card of the PC is not known yet. Start the PC once from Bootlace.':
    'Die Netzwerkkarte des PCs ist noch nicht bekannt. Starten Sie den PC einmal von Bootlace.',
  'The PC {pc} has the network card {card}.': 'Der PC {pc} hat die Netzwerkkarte {card}.',
  'No INF file lies in this folder.': 'In diesem Ordner liegt keine INF-Datei.',
}
