import type { Catalogue } from '../catalogue.ts'

/** Choosing files, what was found in images, how long jobs take. */
export const files: Catalogue = {
  'Files in {folder}': 'Dateien in {folder}',
  'one folder up': 'ein Ordner höher',
  'Nothing in this folder.': 'In diesem Ordner ist nichts.',
  'Looking into the folder …': 'Ordner wird gelesen …',
  'Will not start like this': 'Startet so nicht',
  'Could not be read': 'Konnte nicht gelesen werden',
  'Will cause trouble': 'Wird Ärger machen',
  'As it should be': 'So wie es sein soll',
  'What to do:': 'Was zu tun ist:',
  'What was found in the image': 'Was im Abbild gefunden wurde',
  '{n} things are as they should be': ['{n} Punkt ist in Ordnung', '{n} Punkte sind in Ordnung'],
  'No system was recognised': 'Kein System erkannt',
  '{what}: {n} things keep it from starting over the network.': [
    '{what}: Ein Punkt verhindert den Start über das Netz.',
    '{what}: {n} Punkte verhindern den Start über das Netz.',
  ],
  '{what}, so nobody can say whether it starts over the network.':
    '{what}; daher lässt sich nicht sagen, ob es über das Netz startet.',
  '{what}: {n} things could not be read, the rest looks well.': [
    '{what}: Ein Punkt konnte nicht gelesen werden, der Rest sieht gut aus.',
    '{what}: {n} Punkte konnten nicht gelesen werden, der Rest sieht gut aus.',
  ],
  '{what}: ready to start over the network, with {n} warnings.': [
    '{what}: bereit für den Start über das Netz, mit einer Warnung.',
    '{what}: bereit für den Start über das Netz, mit {n} Warnungen.',
  ],
  '{what}: ready to start over the network.': '{what}: bereit für den Start über das Netz.',
  'less than a minute left': 'noch weniger als eine Minute',
  'about {n} min left': 'noch etwa {n} min',
  'about {n} h left': 'noch etwa {n} h',

  'Seal it all the same': 'Trotzdem versiegeln',
  'PCs made from it may not start, and an image cannot be changed any more.':
    'PCs, die daraus entstehen, starten vielleicht nicht, und ein Abbild lässt sich nicht mehr ändern.',
  'Looking whether its system starts over the network …':
    'Es wird nachgesehen, ob das System darauf über das Netz startet …',
}
