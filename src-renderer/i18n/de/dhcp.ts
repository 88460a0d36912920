import type { Catalogue } from '../catalogue.ts'

/** How PCs get their addresses and are told what to boot, and the values of one PC for its firmware. */
export const dhcp: Catalogue = {
  'How PCs find Bootlace': 'Wie PCs Bootlace finden',
  'Who tells PCs what to boot?': 'Wer sagt PCs, was sie starten?',
  'Beside the router': 'Neben dem Router',
  'Your router gives addresses, Bootlace tells PCs what to boot. Nothing in the router has to change.':
    'Ihr Router vergibt Adressen, Bootlace sagt PCs, was sie starten. Am Router muss sich nichts ändern.',
  'This computer gives addresses': 'Dieser Computer vergibt Adressen',
  'For a network of its own, such as PCs on a switch without a router. Never beside another DHCP server.':
    'Für ein Netz für sich, etwa PCs an einem Switch ohne Router. Nie neben einem anderen DHCP-Server.',
  'The router tells them': 'Der Router sagt es ihnen',
  'You write a few lines into your router. They stand ready here, with the right values.':
    'Sie tragen einige Zeilen in Ihren Router ein. Sie stehen hier bereit, mit den richtigen Werten.',
  'Another server sends them': 'Ein anderer Server schickt sie',
  'For a DHCP server on this same computer that says PXEClient itself. Only port 4011 is answered.':
    'Für einen DHCP-Server auf diesem selben Computer, der selbst PXEClient sagt. Nur Port 4011 wird beantwortet.',
  'Bootlace was started with --dhcp. What you choose here holds until it ends.':
    'Bootlace wurde mit --dhcp gestartet. Was Sie hier wählen, gilt, bis es endet.',
  'It counts at once, for PCs that switch on from now. PCs that run go on.':
    'Es gilt sofort, für PCs, die ab jetzt einschalten. Laufende PCs laufen weiter.',
  'First Bootlace listens for some seconds whether another server gives addresses.':
    'Zuerst horcht Bootlace einige Sekunden, ob ein anderer Server Adressen vergibt.',
  'Use this': 'So verwenden',
  'Leave it as it is': 'So lassen, wie es ist',
  '1 hour': '1 Stunde',
  '12 hours': '12 Stunden',
  '1 day': '1 Tag',
  '7 days': '7 Tage',
  '{n} minutes': '{n} Minuten',
  'First address': 'Erste Adresse',
  'Last address': 'Letzte Adresse',
  'Router, if there is one': 'Router, falls es einen gibt',
  'Name servers (DNS), if any': 'Namensserver (DNS), falls vorhanden',
  'A PC keeps its address for': 'Ein PC behält seine Adresse für',
  'PCs get the addresses from the first to the last one. Leave out those that are used by hand.':
    'PCs bekommen die Adressen von der ersten bis zur letzten. Lassen Sie die aus, die von Hand vergeben sind.',
  'Give addresses even beside another DHCP server': 'Adressen auch neben einem anderen DHCP-Server vergeben',
  'Two servers give one address to two PCs sooner or later. Switch it on only if you know why.':
    'Zwei Server geben früher oder später eine Adresse an zwei PCs. Schalten Sie es nur ein, wenn Sie wissen, warum.',
  Addresses: 'Adressen',
  '{free} of {total} are free.': '{free} von {total} sind frei.',
  'None was given yet. Switch a PC on.': 'Noch wurde keine vergeben. Schalten Sie einen PC ein.',
  'in use': 'in Gebrauch',
  offered: 'angeboten',
  'free again': 'wieder frei',
  'taken by a stranger': 'von einem fremden Gerät benutzt',
  'until {time}': 'bis {time}',
  'Keep for this PC': 'Für diesen PC behalten',
  'No longer keep': 'Nicht mehr behalten',
  'Keep for this PC: {address}, {pc}': 'Für diesen PC behalten: {address}, {pc}',
  'No longer keep {address} for {pc}': 'Nicht mehr behalten: {address} für {pc}',
  'kept, not asked for yet': 'behalten, noch nicht gefragt',
  'Your router or DHCP server': 'Ihr Router oder DHCP-Server',
  'Text for {router}': 'Text für {router}',
  'Tried with the program': 'Mit dem Programm erprobt',
  'Not tried on a device': 'Nicht am Gerät erprobt',
  'The program itself was asked as a BIOS PC, a UEFI PC and the loader, and answered as it should.':
    'Das Programm selbst wurde als BIOS-PC, als UEFI-PC und als Lader gefragt und antwortete, wie es soll.',
  'It follows the documentation of its maker.': 'Es folgt der Dokumentation des Herstellers.',

  'Values for firmware and iSCSI cards': 'Werte für Firmware und iSCSI-Karten',
  'Only for PCs whose firmware or network card opens the disk by itself. All others get these values when they start.':
    'Nur für PCs, deren Firmware oder Netzwerkkarte das Laufwerk selbst öffnet. Alle anderen bekommen diese Werte beim Start.',
  'Give this PC a disk first.': 'Geben Sie diesem PC zuerst ein Laufwerk.',
  'Target address': 'Adresse des Ziels',
  'Target port': 'Port des Ziels',
  'Target name': 'Name des Ziels',
  'Boot LUN': 'Start-LUN',
  'LUN of the second drive': 'LUN des zweiten Laufwerks',
  'Initiator name': 'Name des Initiators',
  'CHAP name': 'CHAP-Name',
  'CHAP secret': 'CHAP-Geheimnis',
  'Reverse CHAP name': 'CHAP-Name der Gegenrichtung',
  'Reverse CHAP secret': 'CHAP-Geheimnis der Gegenrichtung',
  'All in one (root path)': 'Alles in einem (Root Path)',
  'Show CHAP secret': 'CHAP-Geheimnis zeigen',
  'Hide CHAP secret': 'CHAP-Geheimnis verbergen',
}
