const COUNTER = /\{(n{1,4})\}/i

/** `pc-{nn}` gives pc-01, pc-02 …; without a place for the number it stands at the end, of two digits. As the engine does it. */
export function nameBy(pattern: string, n: number): string {
  const text = pattern.trim().toLowerCase()
  return (COUNTER.test(text) ? text : `${text}{nn}`).replace(COUNTER, (_, digits: string) =>
    String(n).padStart(digits.length, '0'),
  )
}

/** The first `count` that are free. */
export function nextNames(pattern: string, count: number, taken: ReadonlySet<string>): string[] {
  const names: string[] = []
  for (let n = 1; names.length < count; n++) {
    const name = nameBy(pattern, n)
    if (!taken.has(name)) names.push(name)
  }
  return names
}

/** For a field that asks how names begin. */
export const prefixOf = (pattern: string): string => pattern.replace(/\{nn\}$/, '')
