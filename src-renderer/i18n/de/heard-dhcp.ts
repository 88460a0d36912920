import type { HeardCatalogue } from '../catalogue.ts'

/** What the engine says of addresses, of other servers, and of what routers are to be told. */
export const deHeardDhcp: HeardCatalogue = {
  // The service.
  'Gives the PCs of this network their addresses, and tells them where to boot from (DHCP).':
    'Gibt den PCs dieses Netzes ihre Adressen und sagt ihnen, wovon sie starten (DHCP).',
  'Tells PCs where to boot from that another server sends here (port 4011).':
    'Sagt PCs, die ein anderer Server herschickt, wovon sie starten (Port 4011).',
  'Your router tells PCs where to boot from.': 'Ihr Router sagt PCs, wovon sie starten.',
  'another DHCP server gives addresses on this network: {0}':
    'ein anderer DHCP-Server vergibt in diesem Netz Adressen: {0}',
  'Switch that one off, or use the mode beside a router (--dhcp proxy). To give addresses all the same: --dhcp-force.':
    'Schalten Sie jenen aus, oder nehmen Sie „neben dem Router“ (--dhcp proxy). Um trotzdem Adressen zu vergeben: --dhcp-force.',
  'all addresses of the range are taken: a new PC got none':
    'alle Adressen des Bereichs sind vergeben: Ein neuer PC bekam keine',
  'Make the range larger, or the leases shorter, under Services.':
    'Machen Sie unter „Dienste“ den Bereich größer oder die Zeit kürzer.',

  // What cannot be chosen.
  'to give addresses, it must be said which': 'um Adressen zu vergeben, muss gesagt sein, welche',
  'Say the first and the last one: --dhcp-range FIRST-LAST, or in the window under Services.':
    'Nennen Sie die erste und die letzte: --dhcp-range ERSTE-LETZTE, oder im Fenster unter „Dienste“.',
  'the range {0}-{1} cannot be used: {2}': 'der Bereich {0}-{1} geht nicht: {2}',
  'Give two addresses of the network of {0} (mask {1}), for example {2}.':
    'Geben Sie zwei Adressen des Netzes von {0} an (Maske {1}), zum Beispiel {2}.',
  '"{0}" is not an IPv4 address': '„{0}“ ist keine IPv4-Adresse',
  'its first address is behind its last': 'seine erste Adresse liegt hinter der letzten',
  '{0} is not in the network of this computer': '{0} ist nicht im Netz dieses Computers',
  '{0} is the network itself': '{0} ist das Netz selbst',
  'it has more than {0} addresses': 'er hat mehr als {0} Adressen',
  '{0} is the address of this computer': '{0} ist die Adresse dieses Computers',
  '"{0}" is not a range of addresses': '„{0}“ ist kein Bereich von Adressen',
  'Write it as FIRST-LAST, for example 192.168.50.100-192.168.50.199.':
    'Schreiben Sie ERSTE-LETZTE, zum Beispiel 192.168.50.100-192.168.50.199.',
  '"{0}" is no address of a router on this network': '„{0}“ ist keine Adresse eines Routers in diesem Netz',
  'Give an address of the network of {0}, or leave it empty where there is no router.':
    'Geben Sie eine Adresse des Netzes von {0} an, oder lassen Sie es leer, wo kein Router ist.',
  '"{0}" is not the address of a name server': '„{0}“ ist keine Adresse eines Namensservers',
  'Give IPv4 addresses like 192.168.1.1, or none.': 'Geben Sie IPv4-Adressen wie 192.168.1.1 an, oder keine.',
  '{0} cannot be kept for {1}: {2}': '{0} kann nicht für {1} behalten werden: {2}',
  'Choose a free address of the network of {0}.': 'Wählen Sie eine freie Adresse des Netzes von {0}.',
  'it is not an IPv4 address': 'es ist keine IPv4-Adresse',
  'it is not an address that a PC of this network can have':
    'es ist keine Adresse, die ein PC dieses Netzes haben kann',
  'it is kept for {0}': 'sie ist für {0} behalten',
  '{0} has no disk yet': '{0} hat noch kein Laufwerk',
  'Give it one first: bootlace client set {0} --disk NAME.':
    'Geben Sie ihm zuerst eines: bootlace client set {0} --disk NAME.',

  // The checks before a boot.
  'Only Bootlace gives addresses on this network.': 'Nur Bootlace vergibt in diesem Netz Adressen.',
  '{0} gives addresses as well as Bootlace.': '{0} vergibt Adressen wie Bootlace auch.',
  'Two servers give one address to two PCs sooner or later: switch one of them off.':
    'Zwei Server geben früher oder später eine Adresse an zwei PCs: Schalten Sie einen davon aus.',
  'Another server sends PCs here, and is not asked by this check.':
    'Ein anderer Server schickt PCs her, und diese Prüfung fragt ihn nicht.',

  // Routers.
  'Put it into a file of its own, /etc/dnsmasq.d/bootlace.conf, and restart dnsmasq.':
    'Schreiben Sie es in eine eigene Datei, /etc/dnsmasq.d/bootlace.conf, und starten Sie dnsmasq neu.',
  'Remove other dhcp-boot and pxe-service lines: of several that fit, dnsmasq takes the last one.':
    'Entfernen Sie andere Zeilen mit dhcp-boot und pxe-service: Von mehreren passenden nimmt dnsmasq die letzte.',
  'Put it into /etc/dnsmasq.d/10-bootlace.conf on the Pi-hole, then restart it with: sudo systemctl restart pihole-FTL.':
    'Schreiben Sie es auf dem Pi-hole in /etc/dnsmasq.d/10-bootlace.conf, dann neu starten mit: sudo systemctl restart pihole-FTL.',
  'Pi-hole 6 reads that folder only when told to: sudo pihole-FTL --config misc.etc_dnsmasq_d true':
    'Pi-hole 6 liest diesen Ordner nur, wenn es ihm gesagt ist: sudo pihole-FTL --config misc.etc_dnsmasq_d true',
  'It counts only while the DHCP server of Pi-hole is the one of your network.':
    'Es gilt nur, solange der DHCP-Server des Pi-hole der Ihres Netzes ist.',
  'The lines are tried with dnsmasq; Pi-hole itself was not.':
    'Die Zeilen sind mit dnsmasq erprobt, Pi-hole selbst nicht.',
  'Services → Services → Dnsmasq: put it into “Additional Dnsmasq Options”, then Save and Apply Settings.':
    'Services → Services → Dnsmasq: in „Additional Dnsmasq Options“ eintragen, dann Save und Apply Settings.',
  'The lines are tried with dnsmasq; DD-WRT itself was not.':
    'Die Zeilen sind mit dnsmasq erprobt, DD-WRT selbst nicht.',
  'Log in to the router with ssh as root and paste it.':
    'Melden Sie sich mit ssh als root am Router an und fügen Sie es ein.',
  'The dnsmasq options that OpenWrt makes of it are tried with dnsmasq; the router itself was not.':
    'Die dnsmasq-Optionen, die OpenWrt daraus macht, sind mit dnsmasq erprobt, der Router selbst nicht.',
  'To take it back: uci show dhcp | grep bootlace, then uci delete for each section.':
    'Zum Zurücknehmen: uci show dhcp | grep bootlace, dann uci delete für jeden Abschnitt.',
  'Put it into /etc/dhcp/dhcpd.conf, above the subnet, and restart isc-dhcp-server.':
    'Schreiben Sie es in /etc/dhcp/dhcpd.conf, über das Subnetz, und starten Sie isc-dhcp-server neu.',
  'Where your file already gives options 93 or 175 a name, use that name and leave the first two lines out.':
    'Wo Ihre Datei den Optionen 93 oder 175 schon einen Namen gibt, nehmen Sie den und lassen die ersten zwei Zeilen weg.',
  'Put it into "Dhcp4" in /etc/kea/kea-dhcp4.conf, check with kea-dhcp4 -t, and restart kea-dhcp4-server.':
    'Schreiben Sie es in „Dhcp4“ in /etc/kea/kea-dhcp4.conf, prüfen Sie mit kea-dhcp4 -t, und starten Sie kea-dhcp4-server neu.',
  'Where there are client classes already, add these to them, and mind the commas.':
    'Wo es schon Client-Klassen gibt, fügen Sie diese hinzu, und achten Sie auf die Kommas.',
  'Services → ISC DHCPv4 → your LAN → Network booting: switch it on and fill in the fields.':
    'Services → ISC DHCPv4 → Ihr LAN → Network booting: einschalten und die Felder ausfüllen.',
  'OPNsense with dnsmasq as its DHCP server takes the lines for dnsmasq, with Kea the ones for Kea.':
    'OPNsense mit dnsmasq als DHCP-Server nimmt die Zeilen für dnsmasq, mit Kea die für Kea.',
  'The fields for other kinds of PCs stay empty.': 'Die Felder für andere Arten von PCs bleiben leer.',
  'Services → DHCP Server → your LAN → Network Booting: switch it on and fill in the fields.':
    'Services → DHCP Server → Ihr LAN → Network Booting: einschalten und die Felder ausfüllen.',
  'pfSense has no field for the loader: UEFI PCs go on by themselves, since the loader looks for its script at Bootlace; BIOS PCs load the loader again and again. For those use “beside the router” here, and leave Network Booting in pfSense off.':
    'pfSense hat kein Feld für den Lader: UEFI-PCs kommen von selbst weiter, denn der Lader sucht sein Skript bei Bootlace; BIOS-PCs laden den Lader immer wieder. Nehmen Sie für die hier „neben dem Router“, und lassen Sie Network Booting in pfSense aus.',
  'Settings → Networks → your network → DHCP → DHCP Service Management: switch Network Boot on and fill in both.':
    'Settings → Networks → Ihr Netz → DHCP → DHCP Service Management: Network Boot einschalten und beides ausfüllen.',
  'UniFi knows one file for all PCs: this one is for UEFI PCs. BIOS PCs need another one and loop with it, so use “beside the router” here if you have any.':
    'UniFi kennt eine Datei für alle PCs: Diese ist für UEFI-PCs. BIOS-PCs brauchen eine andere und drehen sich damit im Kreis; haben Sie welche, nehmen Sie hier „neben dem Router“.',
  'Where DHCP Guarding is on, add the address of this computer to its trusted servers.':
    'Wo DHCP Guarding an ist, fügen Sie die Adresse dieses Computers zu dessen vertrauten Servern hinzu.',
  'Put the names of your DHCP server and of its pool in place of defconf and default-dhcp, then paste it into a terminal of the router.':
    'Setzen Sie die Namen Ihres DHCP-Servers und seines Pools an die Stelle von defconf und default-dhcp, dann fügen Sie es in ein Terminal des Routers ein.',
  'The last line tells all networks of the router; name yours instead of [find] when there are several.':
    'Die letzte Zeile sagt es allen Netzen des Routers; nennen Sie Ihres statt [find], wenn es mehrere sind.',
  'matching-type needs RouterOS 7.16 or newer.': 'matching-type braucht RouterOS 7.16 oder neuer.',
  'If the loader starts again and again, the router tells it its own file: use “beside the router” here then.':
    'Startet der Lader immer wieder, nennt ihm der Router die Lader-Datei selbst: Nehmen Sie dann hier „neben dem Router“.',
  'Put the scope of your network into the first line, and paste it into PowerShell as administrator on the DHCP server.':
    'Setzen Sie den Bereich Ihres Netzes in die erste Zeile, und fügen Sie es auf dem DHCP-Server als Administrator in PowerShell ein.',
  'Options 60, 66 and 67 that were set for the whole scope before must be removed.':
    'Die Optionen 60, 66 und 67, die vorher für den ganzen Bereich gesetzt waren, müssen weg.',
  'Where Windows Deployment Services runs on the same server, it answers PCs as well: stop it.':
    'Wo auf demselben Server die Windows-Bereitstellungsdienste laufen, antworten auch sie den PCs: Halten Sie sie an.',
  'Firmware fetches loaders from port {0} only, and Bootlace listens on {1}: start it without --tftp-port.':
    'Firmware holt Lader nur von Port {0}, und Bootlace lauscht auf {1}: Starten Sie es ohne --tftp-port.',
}
