/** Resolves when all of these have ended; undefined when there are none. */
export function together(works: readonly (Promise<void> | undefined)[]): Promise<void> | undefined {
  const working = works.filter((work) => work !== undefined)
  return working.length === 0 ? undefined : Promise.all(working).then(() => {})
}
