import type { Problem, ServiceId, ServiceView } from '../api/dto.ts'
import { type AppError, toAppError } from '../base/errors.ts'

const TEXTS: Record<ServiceId, { title: string; purpose: string }> = {
  iscsi: { title: 'Disks', purpose: 'Gives each PC its disk over the network (iSCSI).' },
  dhcp: { title: 'Boot answers', purpose: 'Tells PCs that start where to boot from, beside your router (proxy-DHCP).' },
  tftp: { title: 'Loader files', purpose: 'Hands the first small program to a PC that starts (TFTP).' },
  http: { title: 'Boot scripts', purpose: 'Tells the loader what to start, and serves installation files (HTTP).' },
  admin: { title: 'Browser window', purpose: 'Shows this window in a browser on this computer.' },
}

/** What runs, where it listens, and what to do when it cannot start. */
export class Services {
  readonly #states = new Map<ServiceId, Pick<ServiceView, 'state' | 'address' | 'problem'>>()

  readonly #notes = new Map<ServiceId, Problem>()

  readonly #purposes = new Map<ServiceId, string>()

  constructor() {
    for (const id of Object.keys(TEXTS) as ServiceId[]) this.#states.set(id, { state: 'off' })
  }

  list(): ServiceView[] {
    return [...this.#states].map(([id, state]) => {
      const note = this.#notes.get(id)
      const purpose = this.#purposes.get(id) ?? TEXTS[id].purpose
      return { id, title: TEXTS[id].title, purpose, ...state, ...(note && { problem: note }) }
    })
  }
  running(id: ServiceId, address: string): void {
    this.#states.set(id, { state: 'running', address })
  }
  /** Something that reduces a service without stopping it; undefined when that is over. */
  note(id: ServiceId, thrown: unknown): void {
    if (thrown === undefined) this.#notes.delete(id)
    else this.#notes.set(id, problemOf(toAppError(thrown)))
  }
  /** What a service does that can work in several ways. */
  purpose(id: ServiceId, text: string): void {
    this.#purposes.set(id, text)
  }
  failed(id: ServiceId, thrown: unknown): AppError {
    const error = toAppError(thrown)
    this.#states.set(id, { state: 'failed', problem: problemOf(error) })
    return error
  }
  off(id: ServiceId): void {
    this.#states.set(id, { state: 'off' })
  }
}

export function problemOf(error: AppError): Problem {
  return { code: error.code, message: error.message, ...(error.hint !== undefined && { hint: error.hint }) }
}
