import type { Catalogue } from './catalogue.ts'

/** German. People are addressed as "Sie". */
export const de: Catalogue = {
  '{n} PCs are running from this computer.': [
    '{n} PC läuft von diesem Computer.',
    '{n} PCs laufen von diesem Computer.',
  ],
  'Its disk is gone until the new Bootlace runs, about a minute. Shut PCs down first if you can.':
    'Sein Laufwerk ist weg, bis das neue Bootlace läuft, etwa eine Minute. Fahren Sie PCs vorher herunter, wenn Sie können.',
  'Not now': 'Jetzt nicht',
  'Install all the same': 'Trotzdem installieren',
  '{names} and {last}': '{names} und {last}',
  '{names} and {more} more': '{names} und {more} weitere',
  // Tray
  'Starting …': 'Wird gestartet …',
  'No PC connected': 'Kein PC verbunden',
  '{n} PCs connected': ['{n} PC verbunden', '{n} PCs verbunden'],
  'Bootlace cannot serve': 'Bootlace kann nicht arbeiten',
  'new boots are paused': 'neue Starts sind angehalten',
  running: 'läuft',
  starting: 'startet',
  'did not start': 'ist nicht gestartet',
  'not running': 'läuft nicht',
  'and {more} more': 'und {more} weitere',
  'A PC waits to be set up': 'Ein PC wartet darauf, eingerichtet zu werden',
  'Open Bootlace': 'Bootlace öffnen',
  'Set up a PC': 'PC einrichten',
  'Pause new boots': 'Neue Starts anhalten',
  'Resume new boots': 'Neue Starts wieder zulassen',
  'A service on this computer serves the PCs': 'Ein Dienst dieses Computers bedient die PCs',
  Quit: 'Beenden',
  'Quit (PCs go on)': 'Beenden (PCs laufen weiter)',
  // Questions and messages
  'A PC is running from this computer.': 'Ein PC läuft von diesem Computer.',
  '{names} are running from this computer.': [
    '{names} läuft von diesem Computer.',
    '{names} laufen von diesem Computer.',
  ],
  'If Bootlace quits, their disks are gone until it starts again. Shut those PCs down first, or close only the window: Bootlace goes on in the tray.':
    'Wenn Bootlace beendet wird, sind deren Laufwerke weg, bis es wieder startet. Fahren Sie diese PCs zuerst herunter, oder schließen Sie nur das Fenster: Bootlace läuft im Infobereich weiter.',
  'Keep serving': 'Weiterlaufen lassen',
  'Quit anyway': 'Trotzdem beenden',
  'The window of Bootlace keeps crashing.': 'Das Fenster von Bootlace stürzt immer wieder ab.',
  'PCs that run are not affected. Quit Bootlace when no PC is running, and open it again.':
    'Laufende PCs sind nicht betroffen. Beenden Sie Bootlace, wenn kein PC läuft, und öffnen Sie es wieder.',
  // Notifications
  '{n} PCs have started': ['{names} ist gestartet', '{n} PCs sind gestartet'],
  'They run from this computer for the first time: {names}.': [
    'Er läuft zum ersten Mal von diesem Computer.',
    'Sie laufen zum ersten Mal von diesem Computer: {names}.',
  ],
  '{n} PCs did not start': ['{names} ist nicht gestartet', '{n} PCs sind nicht gestartet'],
  'Bootlace shows why, and what to do: {names}.': [
    'Bootlace zeigt, warum, und was zu tun ist.',
    'Bootlace zeigt, warum, und was zu tun ist: {names}.',
  ],
  '{n} new PCs asked for a boot': ['Ein neuer PC möchte starten', '{n} neue PCs möchten starten'],
  'Give them names and disks in Bootlace. Their addresses are {names}.': [
    'Geben Sie ihm in Bootlace einen Namen und ein Laufwerk. Seine Adresse ist {names}.',
    'Geben Sie ihnen in Bootlace Namen und Laufwerke. Ihre Adressen sind {names}.',
  ],
  'The disk of this computer is {level} % full': 'Der Datenträger dieses Computers ist zu {level} % voll',
  'Look at what can go: restore points, old versions of images, disks that nobody uses.':
    'Sehen Sie nach, was weg kann: Wiederherstellungspunkte, alte Versionen von Abbildern, Laufwerke, die niemand benutzt.',
  'Free some space: when it runs out, PCs cannot save anything until there is some again.':
    'Schaffen Sie Platz: Wenn er ausgeht, können PCs nichts mehr speichern, bis wieder Platz ist.',
}
