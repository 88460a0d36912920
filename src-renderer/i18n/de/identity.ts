import type { Catalogue } from '../catalogue.ts'

/** What tells PCs of one image apart. */
export const identity: Catalogue = {
  'Its own identity': 'Seine eigene Identität',
  'A Linux that was prepared with the kit takes this by itself at every start. It stays the same when the disk is reset; only SSH keys are made anew then.':
    'Ein Linux, das mit dem Kit vorbereitet wurde, nimmt dies bei jedem Start von selbst. Es bleibt gleich, wenn das Laufwerk zurückgesetzt wird; nur SSH-Schlüssel entstehen dann neu.',
  'Computer name': 'Computername',
  'machine-id of Linux': 'machine-id von Linux',
  'UUID of the PC': 'UUID des PCs',
  'For cloud-init': 'Für cloud-init',
  'cloud-init is told user-data that were written for this PC.':
    'cloud-init bekommt user-data, die für diesen PC geschrieben wurden.',
  'cloud-init is told user-data that were written for its image.':
    'cloud-init bekommt user-data, die für sein Image geschrieben wurden.',
  'Names of new PCs': 'Namen neuer PCs',
  'They are suggested as {first}, {second} and so on.': 'Vorgeschlagen werden {first}, {second} und so weiter.',
  'Names may have 15 characters: Windows takes no longer ones.':
    'Namen dürfen 15 Zeichen haben: Längere nimmt Windows nicht.',
  'Use letters, digits and hyphens, like pc-01.': 'Nehmen Sie Buchstaben, Ziffern und Bindestriche, wie pc-01.',
  'Begin with a letter: Windows takes no name of digits only.':
    'Beginnen Sie mit einem Buchstaben: Windows nimmt keinen Namen nur aus Ziffern.',
}
