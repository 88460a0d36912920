import {
  attachDisk,
  attempt,
  bootUrl,
  detached,
  failedBranch,
  hyphenMac,
  initiator,
  lines,
  report,
  scriptWord,
  title,
  tooLongOnBios,
  type SanContext,
} from './ipxe-script.ts'

/** What wimboot is given to start Windows Setup. */
export interface WindowsPe {
  /** Files of ours, by their names below /winpe/MAC/. wimboot puts them into \Windows\System32. */
  readonly own: readonly string[]
  /** Files inside the ISO, by the names that wimboot knows them by; `boot.wim` is not among them. */
  readonly boot: readonly { readonly name: string; readonly path: string }[]
  /** `boot.wim` inside the ISO. */
  readonly image: string
  /** Among `own` is an answer file, which may hold a password. */
  readonly hasAnswers: boolean
  /** What the PC should have at least. */
  readonly memoryMib: number
}

/** wimboot and its files stay under these names, so that a second try does not find two of each. */
const WIMBOOT = 'wimboot'
const IMAGE = 'boot.wim'

/** Stage `install` from an ISO of Windows, the same on BIOS and UEFI. wimboot is given no arguments: one that it does not
 *  know ends it. UEFI names a file by its `--name` and BIOS by the word after its address, so both say the same. The image
 *  comes last: wimboot takes the boot manager out of it only if there is none yet. Source: ipxe.org/wimboot; ipxe/wimboot,
 *  src/main.c, src/efifile.c, src/cmdline.c. */
export function windowsPeScript(o: SanContext, pe: WindowsPe): string {
  const own = (file: string): string => bootUrl(o.server, 'winpe', hyphenMac(o.mac), file)
  const inside = (path: string): string => bootUrl(o.server, 'media', hyphenMac(o.mac), 'iso', ...path.split('/'))
  const give = (name: string, url: string): string => `initrd --name ${scriptWord(name)} ${url} ${scriptWord(name)}`
  const names = [...pe.own, ...pe.boot.map(({ name }) => name), IMAGE]
  return lines(
    title(o),
    ...tooLongOnBios(o),
    ...initiator(o),
    'set keep-san 1',
    ...attachDisk(o),
    `echo Bootlace: starting Windows Setup. This PC needs at least ${pe.memoryMib} MB of memory, it has \${memsize} MB`,
    ...attempt('wimboot', `kernel --name ${WIMBOOT} ${own(WIMBOOT)}`),
    ...pe.own.flatMap((name) => attempt('winpe', give(name, own(name)))),
    ...pe.boot.flatMap(({ name, path }) => attempt('winpe', give(name, inside(path)))),
    'echo Bootlace: loading the image of Windows Setup, some hundred MB',
    ...attempt('bootWim', give(IMAGE, inside(pe.image))),
    ...report(o, 'startingWindows', '0'),
    ...attempt('bootWindows', 'boot'),
    'goto failed',
    ...failedBranch(o, [
      ...[WIMBOOT, ...names].map((name) => `imgfree ${name} ||`),
      'clear keep-san ||',
      ...detached(o),
    ]),
  )
}

/** Shown where the file `wimboot` is missing. */
export const WITHOUT_WIMBOOT = [
  'Windows is installed over the network with a file called wimboot, which is missing.',
  'Put it in under Settings in Bootlace. A BIOS PC can also start from its own DVD or USB stick:',
  'give it no medium in Bootlace, and its disk stays attached.',
] as const
