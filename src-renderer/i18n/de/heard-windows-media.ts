import type { HeardCatalogue } from '../catalogue.ts'

/** What the engine says of a Windows on an ISO. */
export const deHeardWindowsMedia: HeardCatalogue = {
  '{0} To install it all the same, say so in the window, or with --anyway.':
    '{0} Soll es trotzdem installiert werden, sagen Sie es im Fenster oder mit --anyway.',

  'There is no Windows to install on this ISO.': 'Auf diesem ISO ist kein Windows zum Installieren.',
  'It has only what starts (boot.wim): it repairs a PC, or fetches Windows from elsewhere.':
    'Es enthält nur, was startet (boot.wim): Es repariert einen PC oder holt Windows von anderswo.',
  'Take the whole ISO, as Microsoft offers it for download.':
    'Nehmen Sie das ganze ISO, wie Microsoft es zum Herunterladen anbietet.',
  'Bootlace cannot say which Windows this is: {0} is not readable.':
    'Bootlace kann nicht sagen, welches Windows das ist: {0} ist nicht lesbar.',
  'Not readable: {0}.': 'Nicht lesbar: {0}.',
  'Download the ISO again and compare its checksum; the download was probably cut off.':
    'Laden Sie das ISO noch einmal herunter und vergleichen Sie die Prüfsumme; der Download brach wohl ab.',
  'Parts of Windows are missing on this ISO.': 'Auf diesem ISO fehlen Teile von Windows.',
  '{0} is part {1} of {2}, where the first should stand.': '{0} ist Teil {1} von {2}, wo der erste stehen müsste.',
  'Windows lies on it in {0} parts, and these are not there or belong to another: {1}.':
    'Windows liegt darauf in {0} Teilen, und diese fehlen oder gehören zu einem anderen: {1}.',
  'Copy all parts into the folder “sources”, or take the whole ISO.':
    'Kopieren Sie alle Teile in den Ordner „sources“, oder nehmen Sie das ganze ISO.',
  'Windows is packed more tightly than usual (ESD): Setup takes longer.':
    'Windows ist dichter gepackt als üblich (ESD): Das Setup dauert länger.',
  'The files in {0} are packed together. Setup unpacks them; Bootlace reads only what it says of itself.':
    'Die Dateien in {0} sind zusammen gepackt. Das Setup packt sie aus; Bootlace liest nur, was es über sich selbst sagt.',
  'Nothing needs to be done.': 'Es ist nichts zu tun.',
  'This ISO lacks a file that PCs with Secure Boot ask for.':
    'Diesem ISO fehlt eine Datei, die PCs mit Secure Boot verlangen.',
  'An ISO with updates of June 2026 or later must have efi/microsoft/boot/boot.stl; without it such a PC may stop with 0xc0430001.':
    'Ein ISO mit Updates ab Juni 2026 muss efi/microsoft/boot/boot.stl enthalten; ohne sie kann ein solcher PC mit 0xc0430001 stehen bleiben.',
  'Download the ISO from Microsoft again, or switch Secure Boot off in the PC.':
    'Laden Sie das ISO noch einmal von Microsoft, oder schalten Sie Secure Boot im PC aus.',

  'Windows Vista and older are not installed by Bootlace.': 'Windows Vista und ältere installiert Bootlace nicht.',
  'Microsoft ended all support of them, and nothing here was made for them or tried with them.':
    'Microsoft unterstützt sie nicht mehr, und hier ist nichts für sie gemacht oder mit ihnen ausprobiert.',
  'Take Windows 7, Windows Server 2008 R2 or newer.': 'Nehmen Sie Windows 7, Windows Server 2008 R2 oder neuer.',
  'This Windows is for processors that no PC has.': 'Dieses Windows ist für Prozessoren, die kein PC hat.',
  'It is for Itanium or for 32-bit ARM, for which there is no loader of Bootlace that could start it.':
    'Es ist für Itanium oder für ARM mit 32 Bit; dafür hat Bootlace keinen Loader, der es starten könnte.',
  'Take the medium for 64-bit PCs (x64, amd64).': 'Nehmen Sie das Medium für PCs mit 64 Bit (x64, amd64).',
  'This build of Windows starts once from the network, then no more.':
    'Dieser Build von Windows startet einmal über das Netz, dann nicht mehr.',
  'Up to build 26100.7704 and 26200.7704 the second start stops with INACCESSIBLE_BOOT_DEVICE (7B). Update KB5074105 corrects it, in builds 26100.7705 and 26200.7705.':
    'Bis Build 26100.7704 und 26200.7704 endet der zweite Start mit INACCESSIBLE_BOOT_DEVICE (7B). Das Update KB5074105 behebt es, in den Builds 26100.7705 und 26200.7705.',
  'Download a newer ISO from Microsoft (February 2026 or later), or put the update into this one before you install.':
    'Laden Sie ein neueres ISO von Microsoft (Februar 2026 oder später), oder bringen Sie das Update vor der Installation in dieses ein.',
  'This Windows may start only once from the network.': 'Dieses Windows startet vielleicht nur einmal über das Netz.',
  'Builds before 26100.7705 and 26200.7705 do (INACCESSIBLE_BOOT_DEVICE, 7B), and this medium does not say how new it is.':
    'Builds vor 26100.7705 und 26200.7705 tun das (INACCESSIBLE_BOOT_DEVICE, 7B), und dieses Medium sagt nicht, wie neu es ist.',
  'Take an ISO from Microsoft of February 2026 or later.':
    'Nehmen Sie ein ISO von Microsoft vom Februar 2026 oder später.',
  'NexBoot, README: Windows 11 24H2 and 25H2; it names Microsoft KB5074105':
    'NexBoot, README: Windows 11 24H2 und 25H2; es nennt Microsoft KB5074105',
  'Windows Server 2025 before its update of February 2025 may not find its disk.':
    'Windows Server 2025 vor dem Update vom Februar 2025 findet vielleicht sein Laufwerk nicht.',
  'With network cards that are polled (NDIS Poll Mode) a start from iSCSI stops with “boot device inaccessible”. Update KB5051987 corrects it, in build 26100.3194.':
    'Mit Netzwerkkarten, die abgefragt werden (NDIS Poll Mode), endet ein Start von iSCSI mit „boot device inaccessible“. Das Update KB5051987 behebt es, in Build 26100.3194.',
  'Download a newer ISO from Microsoft, or put the update into this one before you install.':
    'Laden Sie ein neueres ISO von Microsoft, oder bringen Sie das Update vor der Installation in dieses ein.',
  'News of February 2025 on Microsoft KB5051987': 'Nachrichten vom Februar 2025 zu Microsoft KB5051987',
  'This Windows is for ARM PCs.': 'Dieses Windows ist für ARM-PCs.',
  'Nobody we know of has started it from an iSCSI disk.':
    'Unseres Wissens hat es noch niemand von einem iSCSI-Laufwerk gestartet.',
  'For a usual PC take the medium for x64.': 'Für einen gewöhnlichen PC nehmen Sie das Medium für x64.',
  'This is a 32-bit Windows.': 'Das ist ein Windows mit 32 Bit.',
  'UEFI PCs do not start it, and nobody we know of has installed it with Bootlace.':
    'UEFI-PCs starten es nicht, und unseres Wissens hat es noch niemand mit Bootlace installiert.',
  'Take the 64-bit medium (x64), unless the PC is a very old one.':
    'Nehmen Sie das Medium mit 64 Bit (x64), außer der PC ist sehr alt.',
  'Windows 7 and Server 2008 R2 are installed from their CD or DVD, and only on PCs of their time.':
    'Windows 7 und Server 2008 R2 werden von ihrer CD oder DVD installiert, und nur auf PCs ihrer Zeit.',
  'They have no drivers for USB 3 (xHCI), where keyboard, mouse and stick stay dead, and none for NVMe; they do not start on UEFI without CSM; and drivers signed with SHA-2 alone are refused until update KB4474419 is there.':
    'Sie haben keine Treiber für USB 3 (xHCI), an dem Tastatur, Maus und Stick tot bleiben, und keine für NVMe; auf UEFI ohne CSM starten sie nicht; und Treiber, die nur mit SHA-2 signiert sind, lehnen sie ab, bis das Update KB4474419 da ist.',
  'Set the PC to BIOS (CSM), use a real DVD drive or the CD drive that Bootlace adds, a USB 2 or PS/2 keyboard, and a network driver made for Windows 7.':
    'Stellen Sie den PC auf BIOS (CSM), nehmen Sie ein echtes DVD-Laufwerk oder das CD-Laufwerk, das Bootlace beigibt, eine Tastatur an USB 2 oder PS/2 und einen Netzwerktreiber für Windows 7.',
  'Windows 8, 8.1 and Server 2012 are installed from their CD or DVD.':
    'Windows 8, 8.1 und Server 2012 werden von ihrer CD oder DVD installiert.',
  'People have installed them on iSCSI disks in this way. Microsoft no longer corrects them.':
    'So wurden sie schon auf iSCSI-Laufwerken installiert. Microsoft bessert sie nicht mehr nach.',
  'Set the PC to BIOS (CSM) and give it the medium as a CD drive or DVD.':
    'Stellen Sie den PC auf BIOS (CSM), und geben Sie ihm das Medium als CD-Laufwerk oder DVD.',
  'ServerFault 477093 (Server 2012, 2013); comments at Microsoft’s article on iSCSI boot (8.1, 2015)':
    'ServerFault 477093 (Server 2012, 2013); Kommentare zu Microsofts Artikel über den Start von iSCSI (8.1, 2015)',
  'Windows 10 and 11 start from iSCSI disks in practice; Microsoft supports it for Windows Server only.':
    'Windows 10 und 11 starten in der Praxis von iSCSI-Laufwerken; Microsoft unterstützt das nur für Windows Server.',
  'Many people run them so. Should it fail, Microsoft will not help.':
    'Viele betreiben sie so. Scheitert es, hilft Microsoft nicht.',
  'Keep a version of the image from before every large update.':
    'Behalten Sie vor jedem großen Update eine Version des Abbilds.',
  'Microsoft’s article on iSCSI boot (2011) and its readers; kentonv/lanparty; CCBoot; NexBoot':
    'Microsofts Artikel über den Start von iSCSI (2011) und seine Leser; kentonv/lanparty; CCBoot; NexBoot',
  'Clones of this Windows need Sysprep before they are made.':
    'Klone dieses Windows brauchen Sysprep, bevor sie gemacht werden.',
  'PCs whose Windows were copied without it no longer sign in to each other (event 6167 of LsaSrv): their machine SID is the same.':
    'PCs, deren Windows ohne Sysprep kopiert wurde, melden sich nicht mehr aneinander an (Ereignis 6167 von LsaSrv): Ihre Maschinen-SID ist dieselbe.',
  'Run Sysprep in the first PC before you seal its disk; Bootlace leads there.':
    'Führen Sie im ersten PC Sysprep aus, bevor Sie sein Laufwerk versiegeln; Bootlace führt dorthin.',
  'Started over the network, Setup of this Windows needs wimboot 2.9.0 or newer.':
    'Über das Netz gestartet braucht das Setup dieses Windows wimboot 2.9.0 oder neuer.',
  'Older ones do not know its boot.stl. With 2.9.0 one person still saw a UEFI PC restart when it was handed over, in a virtual PC; the same ISO as a CD started there.':
    'Ältere kennen dessen boot.stl nicht. Mit 2.9.0 sah noch jemand einen virtuellen UEFI-PC bei der Übergabe neu starten; dasselbe ISO als CD startete dort.',
  'Should that happen, give the PC the ISO as a CD drive, a DVD or a USB stick.':
    'Geschieht das, geben Sie dem PC das ISO als CD-Laufwerk, DVD oder USB-Stick.',
  'wimboot 2.9.0 (2025-11-17); ipxe/wimboot issue 65': 'wimboot 2.9.0 (2025-11-17); ipxe/wimboot, Meldung 65',

  'it is too short to be a WIM': 'es ist zu kurz für eine WIM-Datei',
  'it does not begin as a WIM does': 'es beginnt nicht wie eine WIM-Datei',
  'it is a pipable WIM, which Windows Setup cannot read either':
    'es ist eine WIM-Datei zum Durchreichen, die auch das Windows-Setup nicht lesen kann',
  'its header is of {0} bytes instead of 208': 'sein Kopf hat {0} Bytes statt 208',
  'it is a WIM of version {0}, which is not known': 'es ist eine WIM-Datei der unbekannten Version {0}',
  'whoever wrote it did not finish': 'wer es schrieb, wurde nicht fertig',
  'it says that it is part {0} of {1}': 'es gibt sich als Teil {0} von {1} aus',
  'parts of it lie behind its end; it is probably incomplete':
    'Teile davon liegen hinter seinem Ende; es ist wohl unvollständig',
  'it does not say what is in it': 'es sagt nicht, was darin ist',
  'what it says of itself is compressed, which Windows never does':
    'was es über sich sagt, ist komprimiert, was Windows nie tut',
  'what it says of itself is absurdly long': 'was es über sich sagt, ist unsinnig lang',
  'what it says of itself is not in the letters of Windows (UTF-16)':
    'was es über sich sagt, steht nicht in der Schrift von Windows (UTF-16)',
  'what it says of itself is no proper XML': 'was es über sich sagt, ist kein gültiges XML',
  'what it says of itself begins with <{0}> instead of <WIM>': 'was es über sich sagt, beginnt mit <{0}> statt <WIM>',
  'it says of itself that it has {0} images, and describes {1}': 'es will {0} Abbilder enthalten und beschreibt {1}',
  'it has more than {0} images': 'es hat mehr als {0} Abbilder',
  'its images are not numbered from 1 on': 'seine Abbilder sind nicht ab 1 nummeriert',
}
