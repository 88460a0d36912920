/** Runs every step in order, each to its end, whatever the earlier ones did: a service that does not close must not keep
 *  the disks from being flushed. Errors: the first one thrown, after the last step. */
export async function runAll(steps: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (thrown) {
      failures.push(thrown)
    }
  }
  if (failures.length > 0) throw failures[0]
}
