import type { Catalogue } from '../catalogue.ts'

/** Answer files, sysprep, and a Windows that moves to the network. */
export const windowsAnswers: Catalogue = {
  No: 'Nein',
  'Ran here.': 'Hier gelaufen.',
  'As its makers describe it; not tried here.': 'Wie der Hersteller es beschreibt; hier nicht erprobt.',
  'Reported by users; not tried here.': 'Von Anwendern berichtet; hier nicht erprobt.',
  'Put together from documents; not tried by anybody here.':
    'Aus Unterlagen zusammengestellt; hier von niemandem erprobt.',
  'Bootlace hands Windows Setup the answers over the network. It then erases the Bootlace disk and installs onto it.':
    'Bootlace reicht dem Windows-Setup die Antworten über das Netz. Es löscht dann das Bootlace-Laufwerk und installiert darauf.',
  'Use it when this PC installs': 'Verwenden, wenn dieser PC installiert',
  'Do not use it any more': 'Nicht mehr verwenden',
  '{pc} has an answer file: Windows Setup takes it, from the next start of the PC on.':
    '{pc} hat eine Antwortdatei: Das Windows-Setup nimmt sie, ab dem nächsten Start des PCs.',
  '{pc} has an answer file. It waits until the PC installs from an ISO of Windows over the network.':
    '{pc} hat eine Antwortdatei. Sie wartet, bis der PC von einem ISO von Windows über das Netz installiert.',
  'It is used each time this PC installs. A password in it is given to this PC only.':
    'Sie gilt jedes Mal, wenn dieser PC installiert. Ein Passwort darin bekommt nur dieser PC.',
  'Line {line}: {text}': 'Zeile {line}: {text}',
  'What else it says': 'Was sie sonst noch sagt',
  'Install Windows 11 although the PC does not meet its demands':
    'Windows 11 installieren, obwohl der PC seine Anforderungen nicht erfüllt',
  'Skips its look at TPM, Secure Boot, memory and processor.':
    'Überspringt seinen Blick auf TPM, Secure Boot, Speicher und Prozessor.',
  'Each copy is named like its PC here': 'Jede Kopie heißt wie ihr PC hier',
  'Windows reads the name from what it was started with. Where it cannot, it makes one up.':
    'Windows liest den Namen aus dem, womit es gestartet wurde. Wo das nicht geht, denkt es sich einen aus.',
  'If need be, it may ask this computer for its name': 'Notfalls darf sie diesen Computer nach ihrem Namen fragen',
  'The address {url} is then part of the image.': 'Die Adresse {url} steht dann im Abbild.',
  'Keep a page file': 'Eine Auslagerungsdatei behalten',
  'Only for PCs with less than 8 GB of memory: paging over the network can crash Windows.':
    'Nur für PCs mit weniger als 8 GB Speicher: Auslagern über das Netz kann Windows abstürzen lassen.',
  'It runs Windows: what to do before you copy its drive':
    'Auf ihm läuft Windows: Was zu tun ist, bevor Sie sein Laufwerk kopieren',
  'Do it in this order: it is the one that fails least. Keep the old drive until the PC has started twice.':
    'Tun Sie es in dieser Reihenfolge: Sie scheitert am seltensten. Behalten Sie das alte Laufwerk, bis der PC zweimal gestartet ist.',
  'Install all updates of Windows, and the driver of its network card from its maker.':
    'Installieren Sie alle Updates von Windows und den Treiber der Netzwerkkarte von ihrem Hersteller.',
  'Remove VPN programs, foreign virus scanners, packet capture and virtual network switches.':
    'Entfernen Sie VPN-Programme, fremde Virenscanner, Paketmitschnitt und virtuelle Netzwerk-Switches.',
  'Right-click Start, choose Terminal (Admin), and let this line look. It changes nothing:':
    'Rechtsklick auf Start, Terminal (Administrator) wählen und diese Zeile nachsehen lassen. Sie ändert nichts:',
  'Line that looks': 'Zeile, die nachsieht',
  'This line puts right what it can, and notes what was before. The word undo at its end takes it back.':
    'Diese Zeile bringt in Ordnung, was sie kann, und merkt sich, was vorher war. Das Wort undo an ihrem Ende nimmt es zurück.',
  'Line that puts it right': 'Zeile, die es in Ordnung bringt',
  'If it finds BitLocker, switch it off and wait until it is done. Pausing it is not enough.':
    'Findet sie BitLocker, schalten Sie es aus und warten Sie, bis es fertig ist. Anhalten reicht nicht.',
  'Shut Windows down, then copy the whole drive while it is off, for example with Clonezilla.':
    'Fahren Sie Windows herunter und kopieren Sie dann das ganze Laufwerk, solange es aus ist, zum Beispiel mit Clonezilla.',
  'Let the copy start on the same PC first, with the same network card in the same slot.':
    'Lassen Sie die Kopie zuerst auf demselben PC starten, mit derselben Netzwerkkarte im selben Steckplatz.',
  'Microsoft supports starting over iSCSI for Windows Server. Windows 10 and 11 do it too, as users report.':
    'Microsoft unterstützt das Starten über iSCSI bei Windows Server. Windows 10 und 11 können es auch, wie Anwender berichten.',
  'Remove VPN programs and foreign virus scanners. Use one account only: Store apps that just one of several users has stop sysprep.':
    'Entfernen Sie VPN-Programme und fremde Virenscanner. Verwenden Sie nur ein Konto: Store-Apps, die nur einer von mehreren Benutzern hat, halten Sysprep auf.',
  'Sysprep can be run a limited number of times. This line tells how many are left (“Remaining Windows rearm count”):':
    'Sysprep lässt sich nur begrenzt oft ausführen. Diese Zeile sagt, wie oft noch („Verbleibende Anzahl der Windows-Rearm-Vorgänge“):',
  'Line that counts': 'Zeile, die zählt',
  'If it stops with an error, shut Windows down all the same: the next page reads from its disk why.':
    'Bricht es mit einem Fehler ab, fahren Sie Windows trotzdem herunter: Die nächste Seite liest von seinem Laufwerk, warum.',
  'Sysprep has prepared it for many PCs': 'Sysprep hat es für viele PCs vorbereitet',
  'Sysprep has prepared it for many PCs. Without that it is for one PC at a time':
    'Sysprep hat es für viele PCs vorbereitet. Ohne das ist es jeweils für einen PC',
}
