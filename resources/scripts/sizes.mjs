/** What a package may weigh, in MiB. Electron is about two thirds of it and Node a fifth; a package that grows past its line took
 *  something in that nobody chose. */
const BUDGET = { '.deb': 130, '.tar.gz': 180, '.AppImage': 180, '.exe': 150 }

const MIB = 2 ** 20

/** Undefined when the file keeps to its budget (or has none), else one sentence. */
export function overBudget(name, bytes) {
  const kind = Object.keys(BUDGET).find((suffix) => name.endsWith(suffix))
  if (kind === undefined || bytes <= BUDGET[kind] * MIB) return undefined
  return `${name} has ${(bytes / MIB).toFixed(1)} MiB, and a ${kind} may have ${BUDGET[kind]}`
}

export const inMiB = (bytes) => `${(bytes / MIB).toFixed(1)} MiB`
