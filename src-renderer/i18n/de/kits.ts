import type { Catalogue } from '../catalogue.ts'

/** The line that prepares a Linux, and how far it was tried. */
export const kits: Catalogue = {
  'Which Linux is it?': 'Welches Linux ist es?',
  'I do not know': 'Ich weiß es nicht',
  'It lists what it did. Where it says PROBLEM, do what stands there and run the line again.':
    'Sie zählt auf, was sie getan hat. Wo PROBLEM steht, tun Sie, was dort steht, und führen Sie die Zeile noch einmal aus.',
  'Tried with dracut on Debian only. For Fedora, Rocky and openSUSE it follows the documents of their makers.':
    'Nur mit dracut auf Debian erprobt. Für Fedora, Rocky und openSUSE folgt sie den Unterlagen der Hersteller.',
  'Not tried on Arch Linux itself: it follows the documents of its makers, and its parts are tested.':
    'Auf Arch Linux selbst nicht erprobt: Sie folgt den Unterlagen der Hersteller, und ihre Teile sind getestet.',
  'Tried on Debian. For the others it follows the documents of their makers.':
    'Auf Debian erprobt. Für die anderen folgt sie den Unterlagen der Hersteller.',
}
