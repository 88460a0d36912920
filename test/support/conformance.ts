/** Tests of libiscsi's conformance program (1.19) that a disk of ours does not run, each with its reason. What is skipped and
 *  not listed here fails the run. NoMedia and two of StartStopUnit want a removable disk, too, and pass without saying so. */

const REMOVABLE = 'needs a removable disk (RMB); ours are fixed drives, and Windows installs on no other'
const ATOMIC =
  'WRITE ATOMIC(16) promises that a loss of power leaves all or nothing of up to 128 KiB; a file of the host cannot'
const ONLY_OVERWRITE =
  'wants SANITIZE OVERWRITE, which is not offered: where a second write goes is up to file system and medium'

export const ALLOWED_SKIPS: Readonly<Record<string, string>> = {
  'PreventAllow.Simple': REMOVABLE,
  'PreventAllow.Eject': REMOVABLE,
  'PreventAllow.ITNexusLoss': REMOVABLE,
  'PreventAllow.Logout': REMOVABLE,
  'PreventAllow.WarmReset': REMOVABLE,
  'PreventAllow.ColdReset': REMOVABLE,
  'PreventAllow.LUNReset': REMOVABLE,
  'PreventAllow.2ITNexuses': REMOVABLE,
  'StartStopUnit.Simple': REMOVABLE,
  'ReadOnly.ReadOnlySBC': 'needs a write-protected disk; it runs against one in a test of its own',
  'WriteAtomic16.Simple': ATOMIC,
  'WriteAtomic16.BeyondEol': ATOMIC,
  'WriteAtomic16.ZeroBlocks': ATOMIC,
  'WriteAtomic16.WriteProtect': ATOMIC,
  'WriteAtomic16.DpoFua': ATOMIC,
  'WriteAtomic16.VPD': ATOMIC,
  'Sanitize.CryptoErase': 'no disk of ours is encrypted, so there is no key to throw away',
  'Sanitize.Overwrite': ONLY_OVERWRITE,
  'Sanitize.Readonly': ONLY_OVERWRITE,
  'Sanitize.Reservations': ONLY_OVERWRITE,
  'Sanitize.Reset': ONLY_OVERWRITE,
}
