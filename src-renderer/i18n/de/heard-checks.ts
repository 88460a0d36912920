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
  '{0} are switched off.': '{0}: abgeschaltet.',
  'PCs start only if your own DHCP server sends them here, or from a boot medium. To switch them on: --dhcp proxy.':
    'PCs starten nur, wenn Ihr eigener DHCP-Server sie hierher schickt, oder von einem Startmedium. Zum Einschalten: --dhcp proxy.',
  'Start Bootlace again.': 'Starten Sie Bootlace neu.',
  'The loader files for BIOS and UEFI PCs are there.': 'Die Lader-Dateien für BIOS- und UEFI-PCs sind da.',
  'There is no loader file for {0} PCs, so these cannot start.':
    'Für PCs mit {0} ist keine Lader-Datei da, sie können nicht starten.',
  'BIOS and UEFI': 'BIOS und UEFI',
  'Missing: {0}.': 'Es fehlt: {0}.',
  'Fetch the loaders with "node resources/scripts/fetch-loaders.mjs", then start Bootlace again.':
    'Holen Sie die Lader-Dateien mit „node resources/scripts/fetch-loaders.mjs“, dann starten Sie Bootlace neu.',
  '{0} of {1} are free in {2}.': 'Von {1} sind {0} frei in {2}.',
  'Free some space: PCs cannot save anything when there is none.':
    'Schaffen Sie Platz: Ohne Platz können PCs nichts speichern.',
  'Free some space before PCs have used up the rest.': 'Schaffen Sie Platz, bevor die PCs den Rest aufgebraucht haben.',

  // Other servers.
  'Nobody on the network of {0} gives addresses to PCs.': 'Niemand im Netz von {0} gibt PCs Adressen.',
  'Connect your router to the same switch and see that its DHCP is on: Bootlace tells PCs what to boot, their addresses come from the router.':
    'Verbinden Sie Ihren Router mit demselben Switch, und sehen Sie nach, ob sein DHCP an ist: Bootlace sagt PCs, was sie starten, ihre Adressen kommen vom Router.',
  '{0} gives addresses of another network ({1}).': '{0} gibt Adressen eines anderen Netzes ({1}).',
  'PCs with such an address may not reach {0}. Switch that DHCP server off, or put this computer on the same network.':
    'PCs mit so einer Adresse erreichen {0} vielleicht nicht. Schalten Sie jenen DHCP-Server ab, oder bringen Sie diesen Computer in dasselbe Netz.',
  'Several servers give addresses: {0}.': 'Mehrere Server geben Adressen: {0}.',
  'If that is not on purpose, switch off all but one: PCs may get two that do not fit.':
    'Ist das nicht gewollt, schalten Sie alle bis auf einen ab: PCs bekommen sonst Adressen, die nicht passen.',
  '{0} gives PCs their addresses.': '{0} gibt PCs ihre Adressen.',
  'Nobody else tells PCs what to boot.': 'Niemand sonst sagt PCs, was sie starten.',
  '{0} tells PCs what to boot as well.': 'Auch {0} sagt PCs, was sie starten.',
  'It offers {0}.': 'Angeboten wird {0}.',
  'Some PCs will follow it and not Bootlace. Switch network boot off there (in a router: “boot file”, “next server” or “PXE”).':
    'Manche PCs folgen ihm und nicht Bootlace. Schalten Sie dort den Netzwerkstart ab (im Router: „boot file“, „next server“ oder „PXE“).',
  'Whether other servers answer PCs that start could not be heard.':
    'Ob andere Server startenden PCs antworten, war nicht zu hören.',
  'There is no network behind the loopback interface.': 'Hinter der Loopback-Schnittstelle ist kein Netz.',
  '{0} could not be looked at.': '{0}: Das ließ sich nicht ansehen.',
  'The network card': 'Die Netzwerkkarte',
  'The services': 'Die Dienste',
  'The loader files': 'Die Lader-Dateien',
  'Other servers on the network': 'Andere Server im Netz',
  'The firewall': 'Die Firewall',
  'The space for disks': 'Der Platz für Laufwerke',
  'The way of a PC': 'Der Weg eines PCs',

  // The firewall.
  'No firewall of this computer is in the way of PCs.': 'Keine Firewall dieses Computers ist den PCs im Weg.',
  'Whether a firewall of this computer stops PCs cannot be seen.':
    'Ob eine Firewall dieses Computers PCs aufhält, ist nicht zu sehen.',
  'The firewall of this computer drops what PCs send to {0}.':
    'Die Firewall dieses Computers verwirft, was PCs an {0} schicken.',
  'The firewall of this computer lets only some packets through to {0}.':
    'Die Firewall dieses Computers lässt nur manche Pakete zu {0} durch.',
  '{0} and {1}': '{0} und {1}',
  '{0}, {1} and {2}': '{0}, {1} und {2}',
  '{0}, {1}, {2} and {3}': '{0}, {1}, {2} und {3}',
  'the boot answers': 'den Startantworten',
  'the loader files': 'den Lader-Dateien',
  'the boot scripts': 'den Startskripten',
  'the disks': 'den Laufwerken',
  'Ports: {0}, on {1}.': 'Ports: {0}, an {1}.',
  'Ports: {0}, on {1}. It depends on more than the port.': 'Ports: {0}, an {1}. Es hängt an mehr als dem Port.',
  'the program {0} is not installed': 'das Programm {0} ist nicht installiert',
  'this system does not tell programs its rules': 'dieses System sagt Programmen seine Regeln nicht',
  'If PCs do not get on: {0}': 'Wenn PCs nicht weiterkommen: {0}',
  'allow them with: {0}': 'Erlauben Sie sie mit: {0}',
  'allow {0} on {1} in the firewall of this computer.': 'Erlauben Sie {0} an {1} in der Firewall dieses Computers.',

  // The way of a PC.
  'A BIOS PC': 'Ein BIOS-PC',
  'A UEFI PC': 'Ein UEFI-PC',
  '{0} is told nothing: boot answers are off.': '{0} erfährt nichts: Startantworten sind abgeschaltet.',
  '{0} could not be played.': '{0} ließ sich nicht nachspielen.',
  'Switch a PC on and look at what Bootlace shows of it.':
    'Schalten Sie einen PC ein, und sehen Sie nach, was Bootlace von ihm zeigt.',
  '{0} called, and Bootlace did not answer.': '{0} hat gerufen, und Bootlace hat nicht geantwortet.',
  '{0} called and was told to fetch {1}.': '{0} hat gerufen und soll {1} holen.',
  'Something keeps its call from Bootlace: look at the firewall of this computer, and at programs that answer DHCP on it.':
    'Etwas hält den Ruf von Bootlace fern: Sehen Sie nach der Firewall dieses Computers und nach Programmen, die auf ihm DHCP beantworten.',
  'Look at the firewall of this computer, and at programs that answer DHCP on it.':
    'Sehen Sie nach der Firewall dieses Computers und nach Programmen, die auf ihm DHCP beantworten.',
  'Port {0} tells UEFI PCs to fetch {1}.': 'Port {0} sagt UEFI-PCs, dass sie {1} holen sollen.',
  'Port {0} does not answer, which UEFI PCs ask second.': 'Port {0} antwortet nicht, den UEFI-PCs als Zweites fragen.',
  'Start Bootlace again, and look at the firewall of this computer.':
    'Starten Sie Bootlace neu, und sehen Sie nach der Firewall dieses Computers.',
  'The loader for {0} PCs, {1}, arrived whole over TFTP.': 'Der Lader für {0}-PCs, {1}, kam ganz über TFTP an.',
  'The loader for {0} PCs could not be fetched.': 'Der Lader für {0}-PCs ließ sich nicht holen.',
  'The loader called and was told to ask {0}.': 'Der Lader hat gerufen und soll {0} fragen.',
  'The loader called, and Bootlace did not answer.': 'Der Lader hat gerufen, und Bootlace hat nicht geantwortet.',
  'The loader got its instructions over HTTP, the common ones and its own.':
    'Der Lader bekam seine Anweisungen über HTTP, die gemeinsamen und die eigenen.',
  'The first instructions could not be fetched.': 'Die ersten Anweisungen ließen sich nicht holen.',
  'The disks answer at {0}.': 'Die Laufwerke antworten unter {0}.',
  'The disks cannot be reached.': 'Die Laufwerke sind nicht erreichbar.',
  'Look at the lines above, then start Bootlace again.':
    'Sehen Sie die Zeilen darüber an, dann starten Sie Bootlace neu.',

  // New PCs.
  'End that first: bootlace enrol --stop.': 'Beenden Sie das zuerst: bootlace enrol --stop.',
  'new PCs are being given disks from {0} already': 'neue PCs bekommen schon Laufwerke nach {0}',
  'Was given the name {0} and a disk made from {1}.': 'Bekam den Namen {0} und ein Laufwerk nach {1}.',
  '{0} got no disk: {1}': '{0} bekam kein Laufwerk: {1}',
}
