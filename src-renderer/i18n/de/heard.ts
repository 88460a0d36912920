import type { HeardCatalogue } from '../catalogue.ts'
import { deHeardBootPath } from './heard-boot-path.ts'
import { deHeardChecks } from './heard-checks.ts'
import { deHeardIso } from './heard-iso.ts'
import { deHeardMedia } from './heard-media.ts'
import { deHeardDhcp } from './heard-dhcp.ts'
import { deHeardWindows } from './heard-windows.ts'
import { deHeardStart } from './heard-start.ts'
import { deHeardWindowsMedia } from './heard-windows-media.ts'

/** Sentences that the engine says, with `{0}` … for what stands between. Order of the engine's files. */
export const deHeard: HeardCatalogue = {
  // What PCs do.
  'Switched off, or not seen since Bootlace started.': 'Ausgeschaltet, oder seit dem Start von Bootlace nicht gesehen.',
  'Switched on and asking the network for a boot.': 'Eingeschaltet, fragt im Netz nach einem Start.',
  'Was told to fetch {0}.': 'Soll {0} holen.',
  'The loader asked what to do and got its instructions.':
    'Der Lader fragte, was zu tun ist, und bekam seine Anweisungen.',
  'Fetched the loader {0}.': 'Holte den Lader {0}.',
  'Fetched {0}.': 'Holte {0}.',
  'Fetching {0} broke off: {1}.': 'Das Holen von {0} brach ab: {1}.',
  'The loader opened the disk.': 'Der Lader hat das Laufwerk geöffnet.',
  'The system opened its disk again.': 'Das System hat sein Laufwerk wieder geöffnet.',
  'The operating system took its disk over: it is running.':
    'Das Betriebssystem hat sein Laufwerk übernommen: Es läuft.',
  'The system let go of its disk: switched off or restarting.':
    'Das System hat sein Laufwerk losgelassen: ausgeschaltet, oder es startet neu.',
  'Asked for the disk {0} as {1} and was refused: {2}.': 'Wollte das Laufwerk {0} als {1} und wurde abgewiesen: {2}.',
  'Its disk was reset{0} before this start{1}.': 'Sein Laufwerk wurde vor diesem Start zurückgesetzt{0}{1}.',
  ' and moved to {0}': ' und auf {0} gebracht',
  '; what it was is restore point {0}': '; was es war, ist Wiederherstellungspunkt {0}',
  'Its disk could not be reset before this start: {0}.':
    'Sein Laufwerk konnte vor diesem Start nicht zurückgesetzt werden: {0}.',

  // What loaders report.
  'new boots are paused, the PC goes on to its own disk':
    'neue Starts sind angehalten, der PC macht mit seinem eigenen Laufwerk weiter',
  'the disk could not be booted': 'vom Laufwerk konnte nicht gestartet werden',
  'the disk could not be attached': 'das Laufwerk konnte nicht angehängt werden',
  'the disk is empty, the PC goes on to its CD or USB stick with the disk attached':
    'das Laufwerk ist leer, der PC macht mit CD oder USB-Stick weiter und behält das Laufwerk',
  'the kernel of the installer could not be loaded':
    'der Kernel des Installationsprogramms konnte nicht geladen werden',
  'the initrd of the installer could not be loaded':
    'die Initrd des Installationsprogramms konnte nicht geladen werden',
  'the installer could not be started': 'das Installationsprogramm konnte nicht gestartet werden',
  'the installation medium could not be started over HTTP':
    'das Installationsmedium konnte nicht über HTTP gestartet werden',
  'a UEFI PC cannot leave the loader with its disk attached: give it a kernel and an initrd to install from':
    'ein UEFI-PC kann den Lader nicht mit angehängtem Laufwerk verlassen: Geben Sie ihm Kernel und Initrd zum Installieren',
  'an ISO can be started over HTTP on BIOS PCs only': 'ein ISO kann nur auf BIOS-PCs über HTTP gestartet werden',
  'its disk is being made, the loader asks again in a few seconds':
    'sein Laufwerk wird gerade gemacht, das Startprogramm fragt in einigen Sekunden wieder',
  'no disk is assigned': 'kein Laufwerk ist zugewiesen',
  'the names of client and disk are too long for the boot table of a BIOS PC':
    'die Namen von PC und Laufwerk sind zu lang für die Starttabelle eines BIOS-PCs',
  'the kernel arguments cannot be written into a loader script':
    'die Kernel-Argumente lassen sich nicht in ein Lader-Skript schreiben',
  'the PC goes on to its own disk': 'der PC macht mit seiner eigenen Festplatte weiter',
  'the PC is not set up in Bootlace yet': 'der PC ist in Bootlace noch nicht eingerichtet',
  'the loader reported {0}': 'der Lader meldete {0}',
  '{0}.': '{0}.',
  '{0}: {1} (iPXE error {2})': '{0}: {1} (iPXE-Fehler {2})',
  '{0} (iPXE error {1})': '{0} (iPXE-Fehler {1})',
  'the disk is blank, which is normal before the first installation':
    'das Laufwerk ist leer, was vor der ersten Installation so sein soll',
  'the names are too long for the boot table': 'die Namen sind zu lang für die Starttabelle',
  'the target has no such disk': 'ein solches Laufwerk gibt es nicht',
  'the server refuses the connection, its iSCSI service is not running':
    'der Server lehnt die Verbindung ab, sein iSCSI-Dienst läuft nicht',
  'the server does not answer, a firewall may be in the way':
    'der Server antwortet nicht, vielleicht ist eine Firewall im Weg',

  // Services.
  Disks: 'Laufwerke',
  'Gives each PC its disk over the network (iSCSI).': 'Gibt jedem PC sein Laufwerk über das Netz (iSCSI).',
  'Boot answers': 'Startantworten',
  'Tells PCs that start where to boot from, beside your router (proxy-DHCP).':
    'Sagt startenden PCs, wovon sie starten sollen, neben Ihrem Router (Proxy-DHCP).',
  'Loader files': 'Lader-Dateien',
  'Hands the first small program to a PC that starts (TFTP).':
    'Gibt einem startenden PC das erste kleine Programm (TFTP).',
  'Boot scripts': 'Startskripte',
  'Tells the loader what to start, and serves installation files (HTTP).':
    'Sagt dem Lader, was zu starten ist, und liefert Installationsdateien (HTTP).',
  'Browser window': 'Fenster im Browser',
  'Shows this window in a browser on this computer.': 'Zeigt dieses Fenster in einem Browser auf diesem Computer.',

  // Warnings.
  'The folder of the disks, {0}, cannot be reached.': 'Der Ordner der Laufwerke, {0}, ist nicht erreichbar.',
  'Is the drive that it is on still connected?': 'Ist die Festplatte, auf der er liegt, noch angeschlossen?',
  'Disk {0} has nearly used up its limit of {1}.': 'Laufwerk {0} hat seine Grenze von {1} fast erreicht.',
  'Raise it (bootlace disk set {0} --quota 40G), or reset the disk.':
    'Heben Sie sie an (bootlace disk set {0} --quota 40G), oder setzen Sie das Laufwerk zurück.',
  '{0}: {1}.': '{0}: {1}.',
  '{0} {1} no disk.': '{0}: kein Laufwerk.',
  'Give {0} one with “Change”, or: bootlace client set {1} --disk NAME.':
    'Geben Sie eines mit „Ändern“, oder: bootlace client set {1} --disk NAME.',
  'Disk {0} cannot be used: {1}.': 'Laufwerk {0} ist nicht benutzbar: {1}.',
  '{0} {1} from the golden image {2}, which is read-only.': '{0}: Start vom Abbild {2}, das nur lesbar ist.',
  'Most systems do not start from a disk they cannot write to: give a disk of its own.':
    'Die meisten Systeme starten nicht von einem Laufwerk, auf das sie nicht schreiben können: Geben Sie ein eigenes.',
  '{0} have the same disk, {1}.': '{0} haben dasselbe Laufwerk, {1}.',
  'Only one of them can run at a time: give each a disk of its own.':
    'Nur einer davon kann zur selben Zeit laufen: Geben Sie jedem ein eigenes Laufwerk.',
  "{0}{1} % of this computer's disk are in use, {2} are free.{3}":
    '{0}{1} % der Festplatte dieses Computers sind belegt, {2} sind frei.{3}',
  'Almost full: ': 'Fast voll: ',
  "Almost full: {0} % of this computer's disk are in use, {1} are free.{2}":
    'Fast voll: {0} % der Festplatte dieses Computers sind belegt, {1} sind frei.{2}',
  ' At the rate of the last days it is full in {0} days.': ' Geht es so weiter, ist sie in {0} Tagen voll.',
  'Look at what can go: restore points, old versions of images, disks that nobody uses.':
    'Sehen Sie nach, was weg kann: Wiederherstellungspunkte, alte Abbild-Versionen, Laufwerke, die niemand benutzt.',
  'Free some space: when it runs out, PCs cannot save anything until there is some again.':
    'Schaffen Sie Platz: Ist er aufgebraucht, können PCs nichts speichern, bis wieder welcher da ist.',

  ...deHeardStart,
  ...deHeardBootPath,
  ...deHeardChecks,
  ...deHeardIso,
  ...deHeardWindowsMedia,
  ...deHeardMedia,
  ...deHeardDhcp,
  ...deHeardWindows,
}
