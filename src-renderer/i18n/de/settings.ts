import type { Catalogue } from '../catalogue.ts'

/** features/settings and its banner. */
export const settings: Catalogue = {
  'This program was not installed from a package: updates come with its source.':
    'Dieses Programm wurde nicht aus einem Paket installiert: Neues kommt mit seinem Quelltext.',
  'Updates are off: this package names no publisher whose signature could be checked.':
    'Aktualisierungen sind aus: Dieses Paket nennt keinen Herausgeber, dessen Signatur geprüft werden könnte.',
  'Updates are off: this package has no key to check them with. Fetch new versions by hand.':
    'Aktualisierungen sind aus: Dieses Paket hat keinen Schlüssel, um sie zu prüfen. Holen Sie neue Versionen von Hand.',
  'This is the newest version.': 'Dies ist die neueste Version.',
  'Not looked for a newer version yet.': 'Noch nicht nach einer neueren Version gesehen.',
  'Version {version} is there. Install its package as you did this one.':
    'Version {version} ist da. Installieren Sie ihr Paket wie dieses.',
  'Version {version} is there.': 'Version {version} ist da.',
  'Version {version} is being fetched …': 'Version {version} wird geholt …',
  'Version {version} is ready to be installed.': 'Version {version} kann installiert werden.',
  'An update was announced that is not signed by us. It was not fetched; nothing was changed.':
    'Eine Aktualisierung wurde angekündigt, die nicht von uns signiert ist. Sie wurde nicht geholt; nichts wurde geändert.',
  'Look for updates': 'Nach Neuem sehen',
  'Fetch it': 'Holen',
  'Install and restart Bootlace': 'Installieren und Bootlace neu starten',
  Settings: 'Einstellungen',
  'Language and look': 'Sprache und Aussehen',
  Language: 'Sprache',
  Look: 'Aussehen',
  'As this computer': 'Wie dieser Computer',
  Light: 'Hell',
  Dark: 'Dunkel',
  'New boots': 'Neue Starts',
  'New boots are paused.': 'Neue Starts sind angehalten.',
  'PCs that switch on now start from their own disk; those that run go on.':
    'PCs, die jetzt eingeschaltet werden, starten von ihrem eigenen Laufwerk; laufende PCs laufen weiter.',
  Resume: 'Wieder zulassen',
  'They are paused: PCs that switch on now start from their own disk. PCs that run go on.':
    'Sie sind angehalten: PCs, die jetzt eingeschaltet werden, starten von ihrem eigenen Laufwerk. Laufende PCs laufen weiter.',
  'PCs that switch on are answered. Pause them while you work on images, for example; PCs that run go on.':
    'PCs, die eingeschaltet werden, bekommen Antwort. Halten Sie das an, wenn Sie zum Beispiel an Abbildern arbeiten; laufende PCs laufen weiter.',
  'Resume new boots': 'Neue Starts wieder zulassen',
  'Pause new boots': 'Neue Starts anhalten',
  'This computer': 'Dieser Computer',
  'You are looking at Bootlace in a browser. This takes effect in the desktop app, where that is used.':
    'Sie sehen Bootlace in einem Browser. Dies wirkt in der Desktop-App, wo diese benutzt wird.',
  'Start Bootlace when I sign in': 'Bootlace starten, wenn ich mich anmelde',
  'It starts without a window, so that PCs find their disks; the tray icon opens it.':
    'Es startet ohne Fenster, damit PCs ihre Laufwerke finden; das Symbol im Infobereich öffnet es.',
  'Stay awake while PCs are running': 'Wach bleiben, solange PCs laufen',
  'If this computer goes to sleep, the disks of all running PCs stand still.':
    'Wenn dieser Computer schläft, stehen die Laufwerke aller laufenden PCs still.',
  Notifications: 'Benachrichtigungen',
  'The desktop app shows them; a browser does not.': 'Die Desktop-App zeigt sie; ein Browser nicht.',
  'A PC has started for the first time': 'Ein PC ist zum ersten Mal gestartet',
  'A PC did not start': 'Ein PC ist nicht gestartet',
  'A new PC asked for a boot': 'Ein neuer PC möchte starten',
  'The disk of this computer is filling up': 'Der Datenträger dieses Computers wird voll',
  'What Bootlace uses here': 'Was Bootlace hier benutzt',
  Network: 'Netzwerk',
  'Disks (iSCSI)': 'Laufwerke (iSCSI)',
  'Boot answers (DHCP)': 'Startantworten (DHCP)',
  'Loaders (TFTP)': 'Lader (TFTP)',
  'Scripts (HTTP)': 'Anweisungen (HTTP)',
  'Window for a browser': 'Fenster für einen Browser',
  off: 'aus',
  'Data folder': 'Datenordner',
  'Served by': 'Bedient von',
  'a service on this computer; it goes on when this window is closed or quits':
    'einem Dienst dieses Computers; er läuft weiter, wenn dieses Fenster geschlossen oder beendet wird',
  'this app; closing the window leaves it in the tray':
    'dieser App; wird das Fenster geschlossen, bleibt sie im Infobereich',
  Version: 'Version',
  About: 'Über Bootlace',
  'Bootlace {version} is free software under the Apache License 2.0.':
    'Bootlace {version} ist freie Software unter der Apache-Lizenz 2.0.',
  'The loaders that PCs fetch first are iPXE, under the GNU General Public License, version 2 or later.':
    'Die Lader, die PCs zuerst holen, sind iPXE, unter der GNU General Public License, Version 2 oder neuer.',
  'The desktop app stands on Electron (MIT) and Chromium (BSD).':
    'Die Desktop-App beruht auf Electron (MIT) und Chromium (BSD).',
  'Other software in it': 'Weitere enthaltene Software',
  'Served by a service: quitting this app does not stop it.':
    'Von einem Dienst bedient: Er läuft weiter, wenn Sie diese App beenden.',
}
