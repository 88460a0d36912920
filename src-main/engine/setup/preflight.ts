import type { PreflightCheck, PreflightReport } from '../../api/setup.ts'
import { toAppError } from '../../base/errors.ts'
import { lookAtLoaders } from './checks/loaders.ts'
import { lookAtServices } from './checks/services.ts'
import { lookAtSpace } from './checks/space.ts'
import type { SetupNeeds } from './needs.ts'

/** One thing to look at. `title` is what could not be looked at when it fails. */
interface Row {
  readonly id: string
  readonly title: string
  readonly look: (n: SetupNeeds) => readonly PreflightCheck[] | Promise<readonly PreflightCheck[]>
}

/** In the order in which a boot needs them. */
const CHECKS: readonly Row[] = [
  {
    id: 'ports',
    title: 'The services of Bootlace',
    look: ({ services, options }) => lookAtServices(services, options),
  },
  { id: 'loaders', title: 'The loader files', look: ({ network }) => lookAtLoaders(network()?.loaders.names() ?? []) },
  { id: 'space', title: 'The space for disks', look: ({ disks }) => lookAtSpace(disks.hostSpace(), disks.folder) },
]

/** Looks at everything that a boot depends on. */
export class Preflight {
  readonly #n: SetupNeeds
  /** Callers that ask for the same at the same time are told the same: questions on the network are asked once. */
  readonly #running = new Map<boolean, Promise<PreflightReport>>()

  constructor(needs: SetupNeeds) {
    this.#n = needs
  }

  /** Errors: none; what could not be looked at is `unknown`. */
  run(selfTest: boolean): Promise<PreflightReport> {
    const known = this.#running.get(selfTest)
    if (known) return known
    const report = this.#run().finally(() => this.#running.delete(selfTest))
    this.#running.set(selfTest, report)
    return report
  }

  async #run(): Promise<PreflightReport> {
    const found = await Promise.all(CHECKS.map((row) => this.#look(row)))
    return { atMs: this.#n.clock.now(), checks: found.flat() }
  }
  async #look(row: Row): Promise<readonly PreflightCheck[]> {
    try {
      return await row.look(this.#n)
    } catch (thrown) {
      const { message, hint } = toAppError(thrown)
      this.#n.logger.warn({ component: 'engine.preflight', check: row.id }, message)
      return [
        {
          id: row.id,
          severity: 'unknown',
          title: `${row.title} could not be looked at.`,
          detail: message,
          ...(hint !== undefined && { hint }),
        },
      ]
    }
  }
}
