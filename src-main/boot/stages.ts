/** What scripts report to /report/<mac>?st=STAGE&err=ERRNO. */

export const REPORT_STAGES = {
  sanboot: 'the disk could not be booted',
  sanhook: 'the disk could not be attached',
  emptyDisk: 'the disk is empty, the PC goes on to its CD or USB stick with the disk attached',
  starting: 'the kernel and the initrd are loaded and take over',
  shell: 'somebody opened the shell of the loader at the PC',
  ownScript: 'your own script did not boot the PC',
  maintenance: 'the script for maintenance could not be run',
  noMaintenance: 'nothing is set for maintenance: give a kernel or a script under Settings',
  passwordWithheld: 'the password of its disk was not told to an address that this PC was not seen to take',
  answersWithheld: 'its answer file for Windows was not told to an address that this PC was not seen to take',
  kernel: 'the kernel of the installer could not be loaded',
  initrd: 'the initrd of the installer could not be loaded',
  boot: 'the installer could not be started',
  medium: 'the installation medium could not be started over HTTP',
  installNeedsMedium:
    'a UEFI PC cannot leave the loader with its disk attached: give it a kernel and an initrd to install from',
  mediumNeedsBios: 'an ISO can be started over HTTP on BIOS PCs only',
  wimboot: 'the file wimboot, which starts Windows Setup, could not be loaded',
  wimbootMissing: 'the file wimboot, which starts Windows Setup, is missing: put it in under Settings',
  winpe: 'a file that Windows Setup is started with could not be loaded',
  bootWim: 'the image of Windows Setup (boot.wim) could not be loaded, the PC may have too little memory',
  startingWindows: 'the files of Windows Setup are loaded and take over',
  bootWindows: 'Windows Setup could not be started',
  peNetwork: 'Windows Setup has its network',
  peNoMedium: 'Windows Setup does not reach its medium over the network and asks for a DVD or USB stick',
  peAttachFailed: 'Windows Setup could not attach its medium in a session of its own',
  peSetup: 'Windows Setup was started from its medium',
  peSetupFailed: 'Windows Setup ended with an error',
  peStopped: 'the start script of Windows Setup stopped and waits at the PC',
  enrolling: 'its disk is being made, the loader asks again in a few seconds',
  noDisk: 'no disk is assigned',
  namesTooLong: 'the names of client and disk are too long for the boot table of a BIOS PC',
  argumentsRefused: 'the kernel arguments cannot be written into a loader script',
  paused: 'new boots are paused, the PC goes on to its own disk',
  local: 'the PC goes on to its own disk',
  unknown: 'the PC is not set up in Bootlace yet',
} as const

export type ReportStage = keyof typeof REPORT_STAGES

/** iPXE errors that have one plain meaning, without their last byte: that one is the platform's own code and differs
 *  between BIOS (0f0a6039) and UEFI (0f0a6095). Source: observed with iPXE of 2019, 1.21 and 2.0 on BIOS; 4c0a6035 by
 *  ipxe.org/err. */
const ERRNO_MEANINGS: ReadonlyMap<string, string> = new Map([
  ['1d8520', 'the disk is blank, which is normal before the first installation'],
  ['348520', 'the names are too long for the boot table'],
  ['1d7040', 'the target has no such disk'],
  ['0f0a60', 'the server refuses the connection, its iSCSI service is not running'],
  ['4c0a60', 'the server does not answer, a firewall may be in the way'],
])

/** A report as one sentence for people; unknown stages keep their name. */
export function describeReport(stage: string, errno: string): string {
  const text = (REPORT_STAGES as Readonly<Record<string, string>>)[stage] ?? `the loader reported ${stage}`
  const code = errno.replace(/^0x/i, '').toLowerCase().padStart(8, '0')
  if (code === '00000000') return text
  const meaning = ERRNO_MEANINGS.get(code.slice(0, -2))
  return meaning ? `${text}: ${meaning} (iPXE error ${code})` : `${text} (iPXE error ${code})`
}
