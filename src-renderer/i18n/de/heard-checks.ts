import type { HeardCatalogue } from '../catalogue.ts'

/** What the checks before a boot, and the window for new PCs, say. */
export const deHeardChecks: HeardCatalogue = {
  // The network card.
  '{0} does not have the address {1} any more.': '{0} hat die Adresse {1} nicht mehr.',
  'Plug the cable in again, or start Bootlace again so that it takes the new address.':
    'Stecken Sie das Kabel wieder ein, oder starten Sie Bootlace neu, damit es die neue Adresse nimmt.',
  'Only this computer itself is served, no PC can be reached.':
    'Nur dieser Computer selbst wird bedient, kein PC ist erreichbar.',
  'Start Bootlace with --interface and the name of a network card.':
    'Starten Sie Bootlace mit --interface und dem Namen einer Netzwerkkarte.',
  '{0} has only the makeshift address {1}: it got none from a router.':
    '{0} hat nur die Notadresse {1}: Von einem Router kam keine.',
  'Connect this computer to the router, or give it a fixed address.':
    'Verbinden Sie diesen Computer mit dem Router, oder geben Sie ihm eine feste Adresse.',
  'PCs were heard as soon as they asked.': 'PCs wurden gehört, sobald sie fragten.',
  'A PC had asked for {0} seconds before it was heard here.':
    'Ein PC hatte schon {0} Sekunden gefragt, ehe er hier gehört wurde.',
  '{0} PCs had asked for a while before they were heard here.':
    '{0} PCs hatten schon eine Weile gefragt, ehe sie hier gehört wurden.',
  'The switch holds a port back when a PC is switched on (spanning tree), and many PCs give up meanwhile. In the switch, set the ports of PCs to “edge port”, “PortFast” or “RSTP”, or switch spanning tree off.':
    'Der Switch hält einen Anschluss zurück, wenn ein PC eingeschaltet wird (Spanning Tree), und viele PCs geben inzwischen auf. Stellen Sie im Switch die Anschlüsse der PCs auf „Edge Port“, „PortFast“ oder „RSTP“, oder schalten Sie Spanning Tree ab.',
  'The bridge of this computer holds a port back for {0} seconds after it comes up (spanning tree).':
    'Die Netzwerkbrücke dieses Computers hält einen Anschluss {0} Sekunden zurück, nachdem er bereit ist (Spanning Tree).',
  'Virtual PCs on it may give up meanwhile. If nothing else needs it, switch spanning tree off for that bridge (stp off, forward delay 0).':
    'Virtuelle PCs daran geben inzwischen womöglich auf. Wenn nichts anderes es braucht, schalten Sie Spanning Tree für diese Brücke ab (stp off, forward delay 0).',
  'Nothing is connected to {0}.': 'An {0} ist nichts angeschlossen.',
  'Plug the network cable in, and switch the other end on.':
    'Stecken Sie das Netzwerkkabel ein, und schalten Sie das andere Ende ein.',
  'PCs are served on {0}.': 'PCs werden über {0} bedient.',
  'PCs are served on {0}, which is Wi-Fi.': 'PCs werden über {0} bedient, das ist WLAN.',
  'Connect this computer by cable: over Wi-Fi PCs start slowly, and not at all where the access point holds back what they call out.':
    'Verbinden Sie diesen Computer per Kabel: Über WLAN starten PCs langsam, und gar nicht, wo der Zugangspunkt ihre Rufe zurückhält.',
  'PCs are served on {0}, which is no network card.': 'PCs werden über {0} bedient, das ist keine Netzwerkkarte.',
  'If your PCs are on another network, start Bootlace with --interface and the name of that card.':
    'Sind Ihre PCs in einem anderen Netz, starten Sie Bootlace mit --interface und dem Namen jener Karte.',
  'PCs are served on {0}, which runs at {1} Mbit/s only.': 'PCs werden über {0} bedient, das nur mit {1} Mbit/s läuft.',
  'Use a gigabit switch and a cable with all eight wires: disks are as fast as the network.':
    'Nehmen Sie einen Gigabit-Switch und ein Kabel mit allen acht Adern: Laufwerke sind so schnell wie das Netz.',
  'Network card, {0}.': 'Netzwerkkarte, {0}.',
  'Wi-Fi card, {0}.': 'WLAN-Karte, {0}.',
  'Bridge or bond, {0}.': 'Brücke oder Bündel, {0}.',
  'Virtual network card, {0}.': 'Virtuelle Netzwerkkarte, {0}.',
  'Loopback, {0}.': 'Loopback, {0}.',
  'packets up to {0} bytes': 'Pakete bis {0} Byte',
  '{0} Mbit/s, packets up to {1} bytes': '{0} Mbit/s, Pakete bis {1} Byte',

  // Services, loaders, space.
  'listens on {0}': 'lauscht auf {0}',
  'does not run': 'läuft nicht',
  'New boots are paused.': 'Neue Starts sind angehalten.',
  'Resume them in the window, or with: bootlace resume.': 'Setzen Sie sie im Fenster fort, oder mit: bootlace resume.',
  'Start Bootlace again.': 'Starten Sie Bootlace neu.',
  'BIOS and UEFI': 'BIOS und UEFI',
  'Fetch the loaders with "node resources/scripts/fetch-loaders.mjs", then start Bootlace again.':
    'Holen Sie die Lader-Dateien mit „node resources/scripts/fetch-loaders.mjs“, dann starten Sie Bootlace neu.',
  '{0} of {1} are free in {2}.': 'Von {1} sind {0} frei in {2}.',

  // Other servers.
  'There is no network behind the loopback interface.': 'Hinter der Loopback-Schnittstelle ist kein Netz.',

  // The firewall.
  'Whether a firewall of this computer stops PCs cannot be seen.':
    'Ob eine Firewall dieses Computers PCs aufhält, ist nicht zu sehen.',
  '{0} and {1}': '{0} und {1}',
  '{0}, {1} and {2}': '{0}, {1} und {2}',
  '{0}, {1}, {2} and {3}': '{0}, {1}, {2} und {3}',
  'the boot answers': 'den Startantworten',
  'the loader files': 'den Lader-Dateien',
  'the boot scripts': 'den Startskripten',
  'the disks': 'den Laufwerken',
  'the program {0} is not installed': 'das Programm {0} ist nicht installiert',
  'this system does not tell programs its rules': 'dieses System sagt Programmen seine Regeln nicht',
  'allow them with: {0}': 'Erlauben Sie sie mit: {0}',
  'allow {0} on {1} in the firewall of this computer.': 'Erlauben Sie {0} an {1} in der Firewall dieses Computers.',

  // The way of a PC.
  'A BIOS PC': 'Ein BIOS-PC',
  'A UEFI PC': 'Ein UEFI-PC',
  '{0} could not be played.': '{0} ließ sich nicht nachspielen.',
  'The loader for {0} PCs, {1}, arrived whole over TFTP.': 'Der Lader für {0}-PCs, {1}, kam ganz über TFTP an.',
  'The loader for {0} PCs could not be fetched.': 'Der Lader für {0}-PCs ließ sich nicht holen.',
  'The loader got its instructions over HTTP, the common ones and its own.':
    'Der Lader bekam seine Anweisungen über HTTP, die gemeinsamen und die eigenen.',
  'The first instructions could not be fetched.': 'Die ersten Anweisungen ließen sich nicht holen.',
  'The disks answer at {0}.': 'Die Laufwerke antworten unter {0}.',
  'The disks cannot be reached.': 'Die Laufwerke sind nicht erreichbar.',

  // New PCs.
}
