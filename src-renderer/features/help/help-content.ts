import { t } from '../../i18n/i18n.svelte.ts'

/** What the help says, in the reader's language. Functions, so that a change of language changes it. */

/** What a PC shows, why, and what to do about it. */
export interface ScreenText {
  /** As it stands on the screen; not translated. */
  readonly shown: readonly string[]
  readonly meaning: string
  readonly remedy: string
}
export interface Word {
  readonly word: string
  readonly meaning: string
}

export const screenTexts = (): readonly ScreenText[] => [
  {
    shown: ['PXE-E51', 'PXE-E53', 'PXE-E16', 'No boot filename received', 'No DHCP or proxyDHCP offers were received'],
    meaning: t('The PC did not hear an answer from Bootlace, or no router gave it an address.'),
    remedy: t(
      'Is it on the same switch as this computer, by cable? Look under Services whether the boot answers run, and let UDP ports 67 and 4011 through the firewall of this computer.',
    ),
  },
  {
    shown: ['PXE-E18', 'PXE-E32', 'PXE-E99', 'TFTP open timeout', 'NBP filesize is 0 Bytes'],
    meaning: t('The PC was told what to fetch, but the file did not arrive.'),
    remedy: t(
      'Let UDP port 69 through the firewall of this computer. Under Services, the loader files must be running.',
    ),
  },
  {
    shown: ['Security Violation', 'Access Denied', 'Verification failed', 'NBP file downloaded successfully.'],
    meaning: t('The PC fetched the loader and refused to start it, most likely because Secure Boot is on.'),
    remedy: t(
      'Switch Secure Boot off in the firmware settings of that PC. If it is off already, choose another loader for this PC under PCs, “Change”.',
    ),
  },
  {
    shown: ['Boot from SAN device failed', 'Could not boot from SAN device'],
    meaning: t('The disk could not be started from. While it is still empty, that is as it should be.'),
    remedy: t(
      'During an installation: do nothing, the PC goes on to its CD or USB stick and keeps the disk. Otherwise: install a system onto the disk first, or choose the right disk for this PC.',
    ),
  },
  {
    shown: ['Bootlace: a disk that is still empty cannot boot, that is expected now'],
    meaning: t('The installation goes as planned: the empty disk is attached.'),
    remedy: t('Do nothing. The PC goes on to its CD or USB stick.'),
  },
  {
    shown: ['Bootlace: this PC is not set up in Bootlace yet.'],
    meaning: t('The PC reached Bootlace, which does not know it and leaves it alone.'),
    remedy: t('Add it under PCs: it is listed there with its address (MAC). Then start it again.'),
  },
  {
    shown: ['does not answer yet', 'Connection timed out', 'error 4c0a60'],
    meaning: t('The loader runs, but the network between it and Bootlace does not.'),
    remedy: t(
      'Is Bootlace running? Let TCP ports 3260 and 8470 through the firewall of this computer. The PC keeps trying by itself.',
    ),
  },
  {
    shown: ['Bootlace: no router gave this PC an address', 'Bootlace: no network card of this PC reaches it'],
    meaning: t('The PC started from a boot stick or CD, and its network cable leads nowhere useful.'),
    remedy: t(
      'Look at the cable. Where no router gives addresses, make a stick that gives the PC one: under Services, “Make a boot stick or CD”.',
    ),
  },
  {
    shown: ['Bootlace: is Bootlace running, and does its computer still have this address?'],
    meaning: t('The boot stick or CD asks a computer that does not answer.'),
    remedy: t(
      'Compare the address on the screen with the one under Services. If they differ, make another stick; if not, let TCP port 8470 through the firewall of this computer.',
    ),
  },
  {
    shown: ['No configuration methods succeeded', 'Configuring (net0) ... failed', 'No ProxyDHCP response'],
    meaning: t(
      'The loader cannot use the network card of this PC, or the cable is in another port than the one it tries.',
    ),
    remedy: t(
      'Choose another loader for this PC under PCs, “Change”. Unplug what the PC has of further network cards.',
    ),
  },
  {
    shown: ['Operation not permitted', 'Permission denied', 'No such device', 'error 1d7040'],
    meaning: t('The PC asked for a disk that is not its own, or that is not there.'),
    remedy: t('Look under Activity what it asked for, and give the PC its disk under PCs, “Change”.'),
  },
  {
    shown: ['iPXE initialising devices', 'again and again'],
    meaning: t('The loader starts itself over and over: another server tells it to.'),
    remedy: t('Look in the settings of your router for “network boot”, “PXE” or “option 67”, and empty that field.'),
  },
  {
    shown: ["Windows Setup: We couldn't find any drives"],
    meaning: t(
      'Windows Setup does not see the disk: it has no driver for the network card, or the disk was let go before.',
    ),
    remedy: t(
      'Put the driver of the network card on a USB stick and load it in Setup. Start the PC by network boot, not from the CD directly.',
    ),
  },
  {
    shown: ["Windows Setup: Windows can't be installed on drive", 'hardware may not support booting to this disk'],
    meaning: t('Setup sees the disk, but the PC did not come to Setup through network boot in the same mode.'),
    remedy: t('Start CD and network boot both as BIOS or both as UEFI, unplug other disks, or try another loader.'),
  },
  {
    shown: ['INACCESSIBLE_BOOT_DEVICE', '0x0000007B'],
    meaning: t('Windows started and then lost its disk: its network card does not work early enough.'),
    remedy: t(
      'Check the image under Disks, “Will it start over the network?”: it names drivers that start too late. Start the PC through the same network port as when it was installed.',
    ),
  },
  {
    shown: ['0xc00000e9', '0xc000000f'],
    meaning: t('The boot manager of Windows could not read what it needs.'),
    remedy: t('Check the disk under Disks. If it is whole, look at cable and switch, and start the PC again.'),
  },
  {
    shown: ['connection1:0: detected conn error (1011)', 'conn error (1020)', 'conn error (1022)'],
    meaning: t('A running Linux lost its connection for a moment and takes it up again by itself.'),
    remedy: t(
      'Once is harmless. If it comes again and again, look at cable and switch, and whether this computer sleeps.',
    ),
  },
  {
    shown: [
      'Give root password for maintenance',
      'Unable to mount root fs',
      'ALERT! … does not exist. Dropping to a shell!',
    ],
    meaning: t('Linux started and did not find its disk: its start files lack iSCSI.'),
    remedy: t(
      'Check the image under Disks, “Will it start over the network?”, and do what it says in the running system.',
    ),
  },
]

export const dailyUse = (): readonly string[] => [
  t('Switch PCs on and off as you like. This computer must be on, and must not sleep, while they run.'),
  t('Closing the window changes nothing for the PCs: Bootlace goes on in the tray. Quitting asks first.'),
  t('Before you try something risky on a PC, keep a restore point: Disks, the PC’s disk, “Keep a restore point”.'),
  t('A PC that is to begin afresh every time: PCs, “Change”, “What it writes”.'),
  t(
    'To update all PCs: change one of them, shut it down, make a new image version of its disk, try it on one PC, then give it to everybody.',
  ),
  t('Watch the space on this computer under Disks. Bootlace warns at 70, 85 and 95 %.'),
]

export const words = (): readonly Word[] => [
  { word: t('Disk'), meaning: t('what a PC sees as its drive; a file on this computer') },
  { word: t('Image'), meaning: t('a disk that never changes any more, and that others are made from') },
  { word: t('Version'), meaning: t('an image that takes the place of an older one') },
  { word: t('Restore point'), meaning: t('a disk as it was, to go back to') },
  { word: t('Network boot (PXE)'), meaning: t('the PC asks the network what to start, instead of its own disk') },
  { word: t('Loader'), meaning: t('the small program (iPXE) that a PC fetches first; it attaches the disk') },
  { word: t('MAC'), meaning: t('the number of a network card, e.g. 52:54:00:12:34:56; Bootlace knows PCs by it') },
  { word: t('BIOS, UEFI'), meaning: t('the two kinds of program that a PC starts with, older and newer') },
  { word: t('iSCSI, target, LUN'), meaning: t('how disks travel over the network; you need none of these words here') },
]

const plain = (text: string) =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** Whether every word of the search occurs in these texts; nothing searched occurs in all. */
export function hasAllWords(texts: readonly string[], search: string): boolean {
  const text = plain(texts.join(' '))
  return plain(search)
    .split(' ')
    .every((word) => text.includes(word))
}

/** Entries in which every word of the search occurs. */
export const found = (all: readonly ScreenText[], search: string): readonly ScreenText[] =>
  all.filter((entry) => hasAllWords([...entry.shown, entry.meaning, entry.remedy], search))
