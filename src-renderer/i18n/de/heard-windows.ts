import type { HeardCatalogue } from '../catalogue.ts'

/** What the engine says of installing Windows over the network, with `{0}` … for what stands between. */
export const deHeardWindows: HeardCatalogue = {
  'the file wimboot, which starts Windows Setup, could not be loaded':
    'die Datei wimboot, die das Windows-Setup startet, ließ sich nicht laden',
  'the file wimboot, which starts Windows Setup, is missing: put it in under Settings':
    'die Datei wimboot, die das Windows-Setup startet, fehlt: Übernehmen Sie sie unter Einstellungen',
  'its answer file for Windows was not told to an address that this PC was not seen to take':
    'seine Antwortdatei für Windows ging nicht an eine Adresse, die dieser PC nicht sichtbar genommen hat',
  'Its answer file for Windows was asked for from {0} and was not given: {1}.':
    'Seine Antwortdatei für Windows wurde von {0} aus verlangt und nicht herausgegeben: {1}.',
  'this answer file is no well-formed XML: line {0}: {1}':
    'diese Antwortdatei ist kein wohlgeformtes XML: Zeile {0}: {1}',
  'Correct that line, or make the file anew.': 'Berichtigen Sie diese Zeile, oder erzeugen Sie die Datei neu.',
  'a file that Windows Setup is started with could not be loaded':
    'eine Datei, mit der das Windows-Setup gestartet wird, ließ sich nicht laden',
  'the image of Windows Setup (boot.wim) could not be loaded, the PC may have too little memory':
    'das Abbild des Windows-Setups (boot.wim) ließ sich nicht laden, vielleicht hat der PC zu wenig Arbeitsspeicher',
  'the files of Windows Setup are loaded and take over': 'die Dateien des Windows-Setups sind geladen und übernehmen',
  'Windows Setup could not be started': 'das Windows-Setup ließ sich nicht starten',
  'Windows Setup has its network': 'das Windows-Setup hat sein Netz',
  'Windows Setup does not reach its medium over the network and asks for a DVD or USB stick':
    'das Windows-Setup erreicht sein Medium nicht über das Netz und fragt nach einer DVD oder einem USB-Stick',
  'Windows Setup could not attach its medium in a session of its own':
    'das Windows-Setup konnte sein Medium nicht in einer eigenen Sitzung verbinden',
  'Windows Setup was started from its medium': 'das Windows-Setup wurde von seinem Medium gestartet',
  'Windows Setup ended with an error': 'das Windows-Setup endete mit einem Fehler',
  'the start script of Windows Setup stopped and waits at the PC':
    'das Startskript des Windows-Setups ist stehen geblieben und wartet am PC',
  'this file cannot start Windows Setup: {0}': 'diese Datei kann das Windows-Setup nicht starten: {0}',
  'it has not the size of a wimboot': 'sie hat nicht die Größe eines wimboot',
  'it is not a wimboot for BIOS and UEFI': 'sie ist kein wimboot für BIOS und UEFI',
  'it is not a program of UEFI': 'sie ist kein Programm für UEFI',
  'it is not the one for 64-bit PCs': 'sie ist nicht die für 64-Bit-PCs',
  'it does not call itself wimboot': 'sie nennt sich nicht wimboot',
  'its version {0} is older than {1} and fails on newer media':
    'ihre Version {0} ist älter als {1} und versagt bei neueren Medien',
  'Take the file “wimboot” of the release: {0}': 'Nehmen Sie die Datei „wimboot“ der Veröffentlichung: {0}',
  'the file {0} is much too large for a wimboot': 'die Datei {0} ist für ein wimboot viel zu groß',
  'the folder {0} does not exist or is not a folder': 'den Ordner {0} gibt es nicht, oder er ist kein Ordner',
  'the folder {0} cannot be read': 'der Ordner {0} lässt sich nicht lesen',
  'Give the path of a folder on the computer that runs Bootlace.':
    'Geben Sie den Pfad eines Ordners auf dem Computer an, auf dem Bootlace läuft.',
  '{0} has more than {1} files': '{0} hat mehr als {1} Dateien',
  'Choose the folder of one driver package, with the INF files in it.':
    'Wählen Sie den Ordner eines einzelnen Treiberpakets, mit den INF-Dateien darin.',
  'it is for the network card of the PC ({0})': 'er ist für die Netzwerkkarte des PCs ({0})',
  'it is for boards of certain makers with the network card of the PC ({0})':
    'er ist für Hauptplatinen bestimmter Hersteller mit der Netzwerkkarte des PCs ({0})',
  'it is for other network cards than that of the PC ({0})': 'er ist für andere Netzwerkkarten als die des PCs ({0})',
  'the network card of the PC is not known yet': 'die Netzwerkkarte des PCs ist noch nicht bekannt',
  'it is not a driver for network cards': 'er ist kein Treiber für Netzwerkkarten',
  'it names no network card': 'er nennt keine Netzwerkkarte',
  'it is for {0} only, not for 64-bit PCs': 'er ist nur für {0}, nicht für 64-Bit-PCs',
  'its file {0} is missing in the folder': 'seine Datei {0} fehlt im Ordner',
  'its files are larger than {0} MB': 'seine Dateien sind größer als {0} MB',
  'its file name “{0}” has characters that no batch file can hold':
    'sein Dateiname „{0}“ hat Zeichen, die in keiner Batchdatei stehen können',
  'it is larger than any INF file of a driver': 'sie ist größer als jede INF-Datei eines Treibers',
  'the file has no sections, so it is not an INF file': 'die Datei hat keine Abschnitte, ist also keine INF-Datei',
  'it has no section [Version]': 'sie hat keinen Abschnitt [Version]',
  '{0} is built on NetAdapterCx. Windows cannot start from an iSCSI disk with a driver of NetAdapterCx (documented by Microsoft). Take the older NDIS driver of the same maker':
    '{0} baut auf NetAdapterCx auf. Mit einem solchen Treiber kann Windows nicht von einem iSCSI-Laufwerk starten (so dokumentiert Microsoft es). Nehmen Sie den älteren NDIS-Treiber desselben Herstellers',
  '{0}. Windows cannot start from an iSCSI disk with a driver of NetAdapterCx (documented by Microsoft). Take the older NDIS driver of the same maker':
    'er ist einer für NetAdapterCx ({0}). Mit einem solchen Treiber kann Windows nicht von einem iSCSI-Laufwerk starten (so dokumentiert Microsoft es). Nehmen Sie den älteren NDIS-Treiber desselben Herstellers',
  'it says “{0}”, which only drivers of NetAdapterCx do': 'er sagt „{0}“, was nur Treiber für NetAdapterCx tun',
  'it names NetAdapterCx': 'er nennt NetAdapterCx',
  'its driver “{0}” is one of the framework KMDF with “cx” in its name':
    'sein Treiber „{0}“ ist einer für KMDF mit „cx“ im Namen',
}
