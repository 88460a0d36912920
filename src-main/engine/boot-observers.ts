import type { BootPaths } from '../boot/boot-paths.ts'
import type { BootObservation, BootObserver } from '../boot/boot-planner.ts'
import type { Afterwards } from './afterwards.ts'
import { isProbeMac } from './setup/probe-mac.ts'

/** Where boot services report to. */
export interface BootObservers {
  /** Writes at once, after everything that waits: for services whose next answer depends on it. */
  readonly now: BootObserver
  /** Writes when the answers that are due are out: for DHCP, where firmware waits for less time than a disk may take. The
   *  next answer to the machine knows of it all the same. */
  readonly afterTheAnswer: BootObserver
}

export function bootObservers(o: {
  readonly afterwards: Pick<Afterwards, 'later' | 'drain'>
  readonly paths: Pick<BootPaths, 'heard'>
  readonly macOfIp: (ip: string) => string | undefined
  readonly write: (what: BootObservation) => void
}): BootObservers {
  return {
    now: {
      observe(what) {
        if (isOurOwn(what)) return
        // In the order of the wire: which address a machine has was heard by DHCP.
        o.afterwards.drain()
        o.write(what)
        o.paths.heard(what, o.macOfIp)
      },
    },
    afterTheAnswer: {
      observe(what) {
        if (isOurOwn(what)) return
        o.afterwards.later(() => o.write(what))
        o.paths.heard(what, o.macOfIp)
      },
    },
  }
}

/** What this computer asked itself, to see whether a boot would work: no PC did it. */
const isOurOwn = (what: BootObservation): boolean => 'mac' in what && what.mac !== undefined && isProbeMac(what.mac)
