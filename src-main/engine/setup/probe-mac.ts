/** Addresses of our own questions to the network: locally administered, with `b0:07` behind, then the end of the served
 *  card's address. The same on every run, so that a router that keeps addresses for who asked keeps one at most. */
const PREFIX = '02:b0:07:'

export const probeMacOf = (servedMac: string): string => PREFIX + servedMac.toLowerCase().slice(-8)

/** True for this program's questions, also those of another computer that runs it: they are no PC. */
export const isProbeMac = (mac: string): boolean => mac.startsWith(PREFIX)
