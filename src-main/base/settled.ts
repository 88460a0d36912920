/** Waits until all are over, then throws what the first of them that failed threw: whoever lent a buffer to all may have it back
 *  only then. */
export async function settled(all: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(all)
  for (const o of outcomes) if (o.status === 'rejected') throw o.reason
}
