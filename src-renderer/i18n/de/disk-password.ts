import type { Catalogue } from '../catalogue.ts'

/** The password of a PC for its disks. */
export const diskPassword: Catalogue = {
  off: 'aus',
  on: 'an',
  'in both directions': 'in beide Richtungen',
  Off: 'Aus',
  On: 'An',
  'In both directions': 'In beide Richtungen',
  'Whoever is in your network can open the disk.': 'Wer in Ihrem Netz ist, kann das Laufwerk öffnen.',
  'Only this PC can open it. It gets the password by itself when it starts.':
    'Nur dieser PC kann es öffnen. Er bekommt das Passwort beim Start von selbst.',
  'The PC also checks that it talks to this computer and to no other.':
    'Der PC prüft auch, dass er mit diesem Computer spricht und mit keinem anderen.',
  'User name': 'Benutzername',
  Password: 'Passwort',
  'User name of this computer': 'Benutzername dieses Computers',
  'Password of this computer': 'Passwort dieses Computers',
  'Password for its disk': 'Passwort für sein Laufwerk',
  'It keeps other devices in your network from opening the disk of this PC, by mistake or on purpose.':
    'Es hält andere Geräte in Ihrem Netz davon ab, das Laufwerk dieses PCs zu öffnen, aus Versehen oder mit Absicht.',
  'It does not hide what is read and written, and whoever listens to your network can learn it.':
    'Es verbirgt nicht, was gelesen und geschrieben wird, und wer Ihr Netz abhört, kann es erfahren.',
  'Shut this PC down to change this.': 'Fahren Sie diesen PC herunter, um das zu ändern.',
  'Turn away other names': 'Andere Namen abweisen',
  'Leave it off if firmware or another system logs in to this disk under a name of its own.':
    'Lassen Sie es aus, wenn sich die Firmware oder ein anderes System unter eigenem Namen an diesem Laufwerk anmeldet.',
  'Hide password': 'Passwort verbergen',
  'Show password': 'Passwort zeigen',
  'New password': 'Neues Passwort',
}
