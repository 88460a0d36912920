import type { HeardCatalogue } from '../catalogue.ts'

/** What the engine says of the start of PCs, with `{0}` … for what stands between. */
export const deHeardStart: HeardCatalogue = {
  'Its one start for {0} is used up; its next start is for {1} again.':
    'Sein einer Start für {0} ist verbraucht; sein nächster Start ist wieder für {1}.',
  'Its start script was asked for from {0} and was not given with its password: {1}.':
    'Sein Startskript wurde von {0} aus verlangt und nicht mit seinem Passwort herausgegeben: {1}.',
  'Its user-data were asked for from {0} and were not given: {1}.':
    'Seine user-data wurden von {0} aus verlangt und nicht herausgegeben: {1}.',
  'a name of digits only is no name for Windows': 'ein Name nur aus Ziffern ist für Windows kein Name',
  'Begin it with a letter, for example {0}.': 'Beginnen Sie ihn mit einem Buchstaben, zum Beispiel {0}.',
  'this PC was not seen to take an address lately':
    'dieser PC hat in letzter Zeit nicht sichtbar eine Adresse genommen',
  'this PC was last seen to take the address {0}': 'dieser PC hat zuletzt die Adresse {0} genommen',
  'Was sent a wake-up packet.': 'Bekam ein Wecksignal.',
  'Could not be sent a wake-up packet: {0}.': 'Konnte kein Wecksignal bekommen: {0}.',
  'the kernel and the initrd are loaded and take over': 'Kernel und Initrd sind geladen und übernehmen',
  'somebody opened the shell of the loader at the PC': 'jemand hat am PC die Eingabezeile des Laders geöffnet',
  'your own script did not boot the PC': 'Ihr eigenes Skript hat den PC nicht gestartet',
  'the script for maintenance could not be run': 'das Skript für die Wartung konnte nicht laufen',
  'nothing is set for maintenance: give a kernel or a script under Settings':
    'für die Wartung ist nichts gesetzt: Geben Sie unter Einstellungen einen Kernel oder ein Skript an',
  'the password of its disk was not told to an address that this PC was not seen to take':
    'das Passwort seines Laufwerks ging nicht an eine Adresse, die dieser PC nicht sichtbar genommen hat',
  'the loader cannot show that title': 'der Lader kann diese Überschrift nicht zeigen',
  'Use up to {0} plain letters, digits and signs.': 'Nehmen Sie bis zu {0} einfache Buchstaben, Ziffern und Zeichen.',
  'a menu cannot wait {0} seconds': 'ein Menü kann nicht {0} Sekunden warten',
  'Say 0 (for ever) to {0}.': 'Sagen Sie 0 (für immer) bis {0}.',
  'a menu needs an entry': 'ein Menü braucht einen Eintrag',
  'There are: {0}.': 'Es gibt: {0}.',
  'the menu does not offer {0}': 'das Menü bietet {0} nicht an',
  'It offers: {0}.': 'Es bietet an: {0}.',
  '{0} asks for a password, so it cannot be started when nobody is there':
    '{0} fragt nach einem Passwort und kann nicht starten, wenn niemand da ist',
  'Choose another one to be started by itself, or take the password from it.':
    'Lassen Sie einen anderen von selbst starten, oder nehmen Sie das Passwort weg.',
  'every entry of the menu asks for a password': 'jeder Eintrag des Menüs fragt nach einem Passwort',
  'Leave one of them open: it is started when nobody is there.':
    'Lassen Sie einen offen: Er startet, wenn niemand da ist.',
  'there is no password that could open those entries': 'es gibt kein Passwort, das diese Einträge öffnen könnte',
  'Give the menu a password first, or let no entry ask for one.':
    'Geben Sie dem Menü zuerst ein Passwort, oder lassen Sie keinen Eintrag nach einem fragen.',
  'the loader cannot take that password': 'der Lader kann dieses Passwort nicht annehmen',
  'Use {0} to {1} plain letters, digits and signs: it is typed at the PC.':
    'Nehmen Sie {0} bis {1} einfache Buchstaben, Ziffern und Zeichen: Es wird am PC getippt.',
  'maintenance starts a kernel or a script, not both': 'die Wartung startet einen Kernel oder ein Skript, nicht beides',
  'Take one of them away first.': 'Nehmen Sie zuerst eines weg.',
  'Give the kernel too.': 'Geben Sie auch den Kernel an.',
  '{0} does not exist or cannot be read': '{0} gibt es nicht oder ist nicht lesbar',
  '{0} cannot be read: {1}': '{0} ist nicht lesbar: {1}',
  'Name a folder that you may read.': 'Nennen Sie einen Ordner, den Sie lesen dürfen.',
  'its first line is not #!ipxe': 'seine erste Zeile ist nicht #!ipxe',
  'line {0} goes to {1}, which is nowhere': 'Zeile {0} springt zu {1}, das es nicht gibt',
  'line {0} needs {1}, which is not there': 'Zeile {0} braucht {1}, das nicht da ist',
  '"{0}" is no time of day': '„{0}“ ist keine Uhrzeit',
  'Write it like 07:30.': 'Schreiben Sie sie wie 07:30.',
  'those are no days of the week': 'das sind keine Wochentage',
  'Choose at least one of Monday to Sunday.': 'Wählen Sie mindestens einen von Montag bis Sonntag.',
  'there is no schedule {0}': 'es gibt keinen Zeitplan {0}',
  'nobody is to be switched on': 'niemand soll eingeschaltet werden',
  'Name PCs or a group.': 'Nennen Sie PCs oder eine Gruppe.',
  'they are all on': 'sie sind alle an',
  'There is nothing to do.': 'Es ist nichts zu tun.',
  'there are no such PCs': 'es gibt keine solchen PCs',
  'See bootlace client list for names and groups.': 'Namen und Gruppen nennt bootlace client list.',
}
