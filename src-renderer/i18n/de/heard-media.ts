import type { HeardCatalogue } from '../catalogue.ts'

/** Why a boot medium cannot be made. */
export const deHeardMedia: HeardCatalogue = {
  'Let it end in .iso for a CD or .img for a USB stick.':
    'Lassen Sie ihn auf .iso enden für eine CD oder auf .img für einen USB-Stick.',
  '{0} cannot be written: {1}': '{0} kann nicht geschrieben werden: {1}',
  'Choose a folder that Bootlace may write to.': 'Wählen Sie einen Ordner, in den Bootlace schreiben darf.',
  'Remove {0} if nothing needs it.': 'Entfernen Sie {0}, wenn nichts sie braucht.',
  'there is no room for {0}': 'für {0} ist kein Platz',
  'Free some space, or choose another folder.': 'Schaffen Sie Platz oder wählen Sie einen anderen Ordner.',
  'scripts and media are not served now, so a medium would lead nowhere':
    'Skripte und Medien werden gerade nicht ausgeliefert, ein Medium führte also nirgendwohin',
  'Look under Services, or at "bootlace status", why they do not run.':
    'Sehen Sie unter Dienste oder mit „bootlace status“ nach, warum sie nicht laufen.',
  'only this computer itself is served, which no other PC reaches':
    'nur dieser Computer selbst wird bedient, und ihn erreicht kein anderer PC',
  'Start Bootlace on the network of the PCs (--interface).': 'Starten Sie Bootlace im Netz der PCs (--interface).',
  'a boot medium cannot be made without {0}': 'ohne {0} kann kein Startmedium erstellt werden',
  'Fetch them with "node resources/scripts/fetch-loaders.mjs" on Linux, or name a folder with --loaders.':
    'Holen Sie sie unter Linux mit „node resources/scripts/fetch-loaders.mjs“, oder nennen Sie einen Ordner mit --loaders.',
  '{0} is not the file that was fetched': '{0} ist nicht die Datei, die geholt wurde',
  '"{0}" is no address': '„{0}“ ist keine Adresse',
  '"{0}" is no netmask': '„{0}“ ist keine Netzmaske',
  '"{0}" is no gateway': '„{0}“ ist keine Router-Adresse',
  'Write it like 192.168.1.50.': 'Schreiben Sie sie wie 192.168.1.50.',
  '{0} is no netmask': '{0} ist keine Netzmaske',
  'A usual one is 255.255.255.0; look at that of this computer.':
    'Üblich ist 255.255.255.0; sehen Sie nach der dieses Computers.',
  '{0} is the address of this computer': '{0} ist die Adresse dieses Computers',
  '{0} stands for the whole network': '{0} steht für das ganze Netz',
  'Choose one that nobody on the network has.': 'Wählen Sie eine, die im Netz noch niemand hat.',
  '{0} is on another network than {1}': '{0} ist in einem anderen Netz als {1}',
  'Choose an address on the same network, or name the router between them as the gateway.':
    'Wählen Sie eine Adresse im selben Netz, oder nennen Sie den Router dazwischen.',
  'the gateway {0} is not on the network of {1}': 'der Router {0} ist nicht im Netz von {1}',
  'Look at the gateway of this computer.': 'Sehen Sie nach dem Router dieses Computers.',
}
