/** Serial number arithmetic on 32 bits for CmdSN, StatSN and DataSN. Source: RFC 1982, RFC 7143 §4.2.2.1. */

export const serialAdd = (a: number, n: number): number => (a + n) >>> 0
/** Distance from `b` to `a`, -2^31 … 2^31-1. */
export const serialDiff = (a: number, b: number): number => (a - b) | 0
export const serialLess = (a: number, b: number): boolean => serialDiff(a, b) < 0
export const serialLessOrEqual = (a: number, b: number): boolean => serialDiff(a, b) <= 0
