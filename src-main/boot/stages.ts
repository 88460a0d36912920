/** What scripts report to /report/<mac>?st=STAGE&err=ERRNO. */

export const REPORT_STAGES = {
  sanboot: 'the disk could not be booted',
  sanhook: 'the disk could not be attached',
  emptyDisk: 'the disk is empty, the PC goes on to its CD or USB stick with the disk attached',
  kernel: 'the kernel of the installer could not be loaded',
  initrd: 'the initrd of the installer could not be loaded',
  boot: 'the installer could not be started',
  medium: 'the installation medium could not be started over HTTP',
  installNeedsMedium:
    'a UEFI PC cannot leave the loader with its disk attached: give it a kernel and an initrd to install from',
  mediumNeedsBios: 'an ISO can be started over HTTP on BIOS PCs only',
  noDisk: 'no disk is assigned',
  namesTooLong: 'the names of client and disk are too long for the boot table of a BIOS PC',
  argumentsRefused: 'the kernel arguments cannot be written into a loader script',
  local: 'the PC goes on to its own disk',
  unknown: 'the PC is not set up in Bootlace yet',
} as const

export type ReportStage = keyof typeof REPORT_STAGES

/** iPXE errors that have one plain meaning. Source: seen with iPXE built from 0ab2277c4 and 1.21 (facts of the reference
 *  lab): blank LUN, iBFT without room. */
const ERRNO_MEANINGS: ReadonlyMap<string, string> = new Map([
  ['1d852039', 'the disk is blank, which is normal before the first installation'],
  ['34852006', 'the names are too long for the boot table'],
  ['1d704039', 'the target has no such disk'],
])

/** A report as one sentence for people; unknown stages keep their name. */
export function describeReport(stage: string, errno: string): string {
  const text = (REPORT_STAGES as Readonly<Record<string, string>>)[stage] ?? `the loader reported ${stage}`
  const code = errno.replace(/^0x/, '').toLowerCase()
  if (code === '' || /^0+$/.test(code)) return text
  const meaning = ERRNO_MEANINGS.get(code)
  return meaning ? `${text}: ${meaning} (iPXE error ${code})` : `${text} (iPXE error ${code})`
}
