import { bootUrl, type ScriptContext } from './ipxe-script.ts'

/** The name under which TFTP has the script for gPXE; it ends like all scripts, so that it counts as one. */
export const GPXE_SCRIPT = 'gpxe.ipxe'

/** For gPXE, which ended in 2010: it has no `goto`, no `isset`, no menu and no `sanhook`, and an image's scripts must begin
 *  with its own name. It does what it can do well: it loads iPXE, which then asks as itself. A script ends at its first
 *  failing command, and gPXE goes on to the next boot device. */
export const gpxeScript = (server: ScriptContext['server']): string =>
  [
    '#!gpxe',
    'echo Bootlace: this is gPXE, loading iPXE',
    `chain ${bootUrl(server, 'loader', 'undionly.kpxe')}`,
    '',
  ].join('\n')
