import type { Catalogue } from '../catalogue.ts'

/** Boot media, on the page of services. */
export const medium: Catalogue = {
  'A network that cannot be changed': 'Ein Netz, das nicht geändert werden kann',
  'Make a boot stick or CD': 'Startstick oder Start-CD erstellen',
  'Does the router or another server keep PCs from starting over the network? A PC that starts from a stick or CD made here finds Bootlace without their help.':
    'Hindert der Router oder ein anderer Server PCs daran, über das Netz zu starten? Ein PC, der von einem hier erstellten Stick oder einer CD startet, findet Bootlace ohne deren Hilfe.',
  'The medium is ready': 'Das Medium ist fertig',
  'Write the file': 'Datei schreiben',
  'It is in {file} on the computer that runs Bootlace ({size}).':
    'Es liegt in {file} auf dem Computer, auf dem Bootlace läuft ({size}).',
  'Burn it onto a CD as an image, with the program for CDs of your computer.':
    'Brennen Sie es als Abbild auf eine CD, mit dem CD-Programm Ihres Computers.',
  'Write it onto a USB stick with Rufus (choose “DD image” when it asks) or balenaEtcher. Everything on the stick is lost.':
    'Schreiben Sie es mit Rufus (wählen Sie auf Nachfrage „DD-Image“) oder balenaEtcher auf einen USB-Stick. Alles auf dem Stick geht verloren.',
  'Then switch Secure Boot off in the firmware settings of the PC, and choose the medium in its start menu (often F12, F8 or Esc).':
    'Schalten Sie dann Secure Boot in den Firmware-Einstellungen des PCs aus und wählen Sie das Medium in seinem Startmenü (oft F12, F8 oder Esc).',
  'The medium knows the address of this computer. Should that change one day, make another one.':
    'Das Medium kennt die Adresse dieses Computers. Sollte sie sich einmal ändern, erstellen Sie ein neues.',
  'An image of 2 MB that starts PCs with BIOS and with UEFI. It holds no system: the disk stays here.':
    'Ein Abbild von 2 MB, das PCs mit BIOS und mit UEFI startet. Es enthält kein System: Das Laufwerk bleibt hier.',
  'What do you start the PC from?': 'Wovon starten Sie den PC?',
  'A USB stick': 'Von einem USB-Stick',
  'A CD, or the CD drive of a virtual PC': 'Von einer CD oder dem CD-Laufwerk eines virtuellen PCs',
  'For which PC?': 'Für welchen PC?',
  'Any PC': 'Für jeden PC',
  'Give the PC an address; no router gives it one': 'Dem PC eine Adresse geben; kein Router gibt ihm eine',
  Address: 'Adresse',
  'Netmask (empty: as here)': 'Netzmaske (leer: wie hier)',
  'Router (may be empty)': 'Router (darf leer sein)',
  'Let the name of the file end in .img for a stick or .iso for a CD.':
    'Lassen Sie den Dateinamen auf .img enden für einen Stick oder auf .iso für eine CD.',
  'The PC started from a boot stick or CD, and its network cable leads nowhere useful.':
    'Der PC startete von einem Startstick oder einer Start-CD, und sein Netzkabel führt nirgendwohin, wo es nützt.',
  'Look at the cable. Where no router gives addresses, make a stick that gives the PC one: under Services, “Make a boot stick or CD”.':
    'Sehen Sie nach dem Kabel. Wo kein Router Adressen gibt, erstellen Sie einen Stick, der dem PC eine gibt: unter Dienste, „Startstick oder Start-CD erstellen“.',
  'The boot stick or CD asks a computer that does not answer.':
    'Der Startstick oder die Start-CD fragt einen Computer, der nicht antwortet.',
  'Compare the address on the screen with the one under Services. If they differ, make another stick; if not, let TCP port 8470 through the firewall of this computer.':
    'Vergleichen Sie die Adresse auf dem Bildschirm mit der unter Dienste. Sind sie verschieden, erstellen Sie einen neuen Stick; sonst lassen Sie TCP-Port 8470 durch die Firewall dieses Computers.',
  'Give the address that the PC is to have.': 'Geben Sie die Adresse an, die der PC haben soll.',
}
