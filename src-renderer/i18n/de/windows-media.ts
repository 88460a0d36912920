import type { Catalogue } from '../catalogue.ts'

/** Which Windows is on an ISO, and what speaks against it. */
export const windowsMedia: Catalogue = {
  'Build {build}': 'Build {build}',
  '64-bit': '64 Bit',
  '32-bit': '32 Bit',
  '64-bit ARM': 'ARM mit 64 Bit',
  '32-bit ARM': 'ARM mit 32 Bit',
  'Not possible': 'Geht nicht',
  'Will fail': 'Wird scheitern',
  'May fail': 'Kann scheitern',
  'Good to know': 'Gut zu wissen',
  'Read from this ISO.': 'Aus diesem ISO gelesen.',
  'Seen here, on a PC.': 'Hier an einem PC gesehen.',
  'Its makers say so:': 'Das sagen seine Hersteller:',
  'Others report it; we have not tried it:': 'Das berichten andere; selbst ausprobiert haben wir es nicht:',
  'Nobody we know of has tried it.': 'Unseres Wissens hat das noch niemand ausprobiert.',
  'Holds for: {editions}': 'Gilt für: {editions}',
  '{n} editions on it': ['{n} Edition darauf', '{n} Editionen darauf'],
  'Good to know about this Windows': 'Gut zu wissen über dieses Windows',
  'ISO of this Windows (may stay empty)': 'ISO dieses Windows (darf leer bleiben)',
  'Bootlace says whether it starts from its disk, and you choose the edition here.':
    'Bootlace sagt, ob es von seinem Laufwerk startet, und Sie wählen die Edition hier.',
  Edition: 'Edition',
  'Windows Setup asks': 'Das Windows-Setup fragt',
  'I know this, and install it all the same.': 'Ich weiß das und installiere es trotzdem.',
}
