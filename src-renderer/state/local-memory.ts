/** What this browser keeps between visits; one that keeps nothing is treated as if it had just been opened. */
export const localMemory = {
  get(key: string): string | null {
    try {
      return localStorage.getItem(key)
    } catch {
      // Storage is switched off.
      return null
    }
  },
  set(key: string, value: string): void {
    try {
      localStorage.setItem(key, value)
    } catch {
      // Storage is switched off, or full: it is chosen again the next time.
    }
  },
}
