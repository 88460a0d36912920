import type { HeardCatalogue } from '../catalogue.ts'

/** What the engine says of the way on which a PC is sent. */
export const deHeardBootPath: HeardCatalogue = {
  'It did not get further with {0} last time, now it is given {1}.':
    'Mit {0} kam er beim letzten Mal nicht weiter, jetzt bekommt er {1}.',
  'It did not get further with {0} last time, and there is no other loader that it may be given.':
    'Mit {0} kam er beim letzten Mal nicht weiter, und einen anderen Lader darf er nicht bekommen.',
  'It got further with {0}: that is remembered.': 'Mit {0} kam er weiter: Das wird gemerkt.',
  'It did nothing with two offers: now the offer itself tells it to take the file.':
    'Mit zwei Angeboten fing er nichts an: Jetzt sagt ihm das Angebot selbst, welche Datei er holen soll.',
  'It did nothing with two offers: now it is asked to come for its file (port 4011).':
    'Mit zwei Angeboten fing er nichts an: Jetzt soll er nach seiner Datei fragen (Port 4011).',
  'It fetched {0} and asked for a loader again, {1} times within seconds: it is not answered for a while, so that it goes on to its next boot device.':
    'Er holte {0} und fragte {1} Mal innerhalb von Sekunden wieder nach einem Lader: Er bekommt eine Weile keine Antwort, damit er zum nächsten Startgerät weitergeht.',
  'This is {0}, and its loader {1} is not here. Put the file into the folder of the loaders and start Bootlace again.':
    'Das ist {0}, und sein Lader {1} ist nicht da. Legen Sie die Datei in den Ordner der Lader und starten Sie Bootlace neu.',
  'a BIOS PC': 'ein BIOS-PC',
  'a UEFI PC': 'ein UEFI-PC',
  'a PC with 32-bit UEFI': 'ein PC mit 32-Bit-UEFI',
  'a 64-bit ARM computer with UEFI': 'ein ARM-Rechner (64 Bit) mit UEFI',
  'a 32-bit ARM computer with UEFI': 'ein ARM-Rechner (32 Bit) mit UEFI',
  'This is a Raspberry Pi. Its own firmware cannot start from a disk of Bootlace: put UEFI firmware (pftf.github.io) on its SD card, then it is served like every ARM computer.':
    'Das ist ein Raspberry Pi. Seine eigene Firmware kann nicht von einem Laufwerk von Bootlace starten: Legen Sie UEFI-Firmware (pftf.github.io) auf seine SD-Karte, dann wird er bedient wie jeder ARM-Rechner.',
  'Its firmware says that it is of architecture {0} ({1}). There is no loader for that: try the other network boot of its firmware.':
    'Seine Firmware nennt die Architektur {0} ({1}). Dafür gibt es keinen Lader: Versuchen Sie den anderen Netzstart seiner Firmware.',
  'It keeps asking for the loader that it has just fetched. It is not answered for a while, then it is given another one.':
    'Er fragt immer wieder nach dem Lader, den er gerade geholt hat. Er bekommt eine Weile keine Antwort, dann einen anderen Lader.',
}
