import type { Catalogue } from '../catalogue.ts'

/** What an ISO is, and what happens with it. */
export const iso: Catalogue = {
  'The PC starts this installer over the network by itself, with its empty disk attached.':
    'Der PC startet dieses Installationsprogramm von selbst über das Netz, mit seinem leeren Laufwerk.',
  'The PC starts the Setup of this Windows over the network by itself, with its empty disk attached.':
    'Der PC startet das Setup dieses Windows von selbst über das Netz, mit seinem leeren Laufwerk.',
  'To start this Windows over the network, put the file wimboot in under Settings.':
    'Um dieses Windows über das Netz zu starten, übernehmen Sie unter Einstellungen die Datei wimboot.',
  'This ISO cannot be started on this PC over the network.':
    'Dieses ISO lässt sich auf diesem PC nicht über das Netz starten.',
  'Only a PC in BIOS mode can start this ISO over the network.':
    'Nur ein PC im BIOS-Modus kann dieses ISO über das Netz starten.',
  'The PC needs about {size} of memory.': 'Der PC braucht etwa {size} Arbeitsspeicher.',
  'We have seen this very system start this way.': 'Genau dieses System haben wir so starten sehen.',
  'This is the way its makers describe. We have not tried it ourselves.':
    'So beschreiben es seine Hersteller. Selbst ausprobiert haben wir es nicht.',
  'Put together from its documentation; nobody has tried it here yet.':
    'Aus seiner Dokumentation zusammengestellt; ausprobiert hat es hier noch niemand.',
  'Looking into the ISO …': 'Das ISO wird angesehen …',
  'ISO to install from (may stay empty)': 'ISO, von dem installiert wird (darf leer bleiben)',
  'Installs from': 'Installiert von',
  'Choose the ISO of Windows, Debian live, Ubuntu, Fedora or Arch; Bootlace looks into it and says what will happen.':
    'Wählen Sie das ISO von Windows, Debian live, Ubuntu, Fedora oder Arch; Bootlace sieht hinein und sagt, was geschehen wird.',
  'The ISO of a Linux system: Bootlace looks into it and starts its installer. Works with every firmware.':
    'Das ISO eines Linux-Systems: Bootlace sieht hinein und startet sein Installationsprogramm. Geht mit jeder Firmware.',
}
