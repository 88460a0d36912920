import {
  askAgain,
  attachDisk,
  bootKernel,
  bootUrl,
  detached,
  failedBranch,
  FETCH_TIMEOUT_MS,
  imagesFreed,
  initiator,
  leave,
  lines,
  report,
  tooLongOnBios,
  type SanContext,
  type ScriptContext,
} from './ipxe-script.ts'

/** What PCs start for being looked after, by file path on this host: a kernel with its initrd, or a script. */
export interface Maintenance {
  readonly kernel?: string
  readonly initrd?: string
  readonly kernelArgs?: string
  readonly script?: string
  /** The PC's disk is attached before. */
  readonly attachDisk: boolean
}

/** Under /media/: the PC sees no path of this host. */
export const MAINTENANCE_MEDIA = {
  folder: 'maintenance',
  kernel: 'kernel',
  initrd: 'initrd',
  script: 'script.ipxe',
} as const

/** How long the question stays before the server is asked again. Milliseconds. */
const ASK_MS = 30_000

/** Stage `maintenance`. `san`: the disk to attach; without it none is.
 *  Errors: config.scriptText when the arguments cannot be written. */
export function maintenanceScript(o: ScriptContext, what: Maintenance, san: SanContext | undefined): string {
  const url = (file: string): string => bootUrl(o.server, 'media', MAINTENANCE_MEDIA.folder, file)
  const before = san ? [...tooLongOnBios(san), ...initiator(san), ...attachDisk(san)] : []
  const after = san ? detached(san) : []
  const title = 'echo Bootlace: maintenance of this PC'
  if (what.kernel !== undefined) {
    const kernel = {
      kernelUrl: url(MAINTENANCE_MEDIA.kernel),
      ...(what.initrd !== undefined && { initrdUrl: url(MAINTENANCE_MEDIA.initrd) }),
      kernelArgs: what.kernelArgs ?? '',
    }
    return lines(title, ...before, ...bootKernel(o, kernel), ...failedBranch(o, [...imagesFreed, ...after]))
  }
  if (what.script !== undefined) {
    return lines(
      title,
      ...before,
      ...report(o, 'starting', '0'),
      'set bl-stage maintenance',
      `chain --autofree --timeout ${FETCH_TIMEOUT_MS} ${url(MAINTENANCE_MEDIA.script)} || goto failed`,
      'echo Bootlace: the script for maintenance came to its end, going on to the own disk of this PC',
      ...after,
      ...leave(),
      ...failedBranch(o, after),
    )
  }
  return nothingSetScript(o)
}

/** Nothing is set for maintenance: says so, and offers what a person at the PC can do. */
function nothingSetScript(o: ScriptContext): string {
  return lines(
    ...report(o, 'noMaintenance', '0'),
    ':ask',
    'echo',
    'echo Bootlace: nothing is set for maintenance yet.',
    'echo Bootlace: set a kernel or a script for it in Bootlace, under Settings.',
    'menu Nothing is set for maintenance || goto again',
    'item --key a again Ask Bootlace again ||',
    'item --key l local Go on to the own disk of this PC ||',
    'item --key s shell Open the iPXE shell ||',
    `choose --default again --timeout ${ASK_MS} choice || goto again`,
    'goto ${choice}',
    ':shell',
    ...report(o, 'shell', '0'),
    'shell ||',
    'goto ask',
    ':local',
    ...report(o, 'local', '0'),
    ...leave(),
    ...askAgain(o, 'again'),
  )
}
