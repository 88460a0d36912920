export type Direction = 'left' | 'right' | 'up' | 'down' | 'first' | 'last'

interface Place {
  readonly left: number
  readonly top: number
}

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
}
export const directionOf = (key: string): Direction | undefined =>
  Object.hasOwn(DIRECTIONS, key) ? DIRECTIONS[key] : undefined

/** Places in one row may differ by this. Pixels. */
const SAME_ROW = 4

/** Which of the places on the screen an arrow key leads to; the same one where there is nothing further. @param places in
 *  reading order. */
export function moved(places: readonly Place[], from: number, direction: Direction): number {
  const last = places.length - 1
  const here = places[from]
  if (!here) return Math.min(Math.max(from, 0), last)
  switch (direction) {
    case 'left':
      return Math.max(0, from - 1)
    case 'right':
      return Math.min(last, from + 1)
    case 'first':
      return 0
    case 'last':
      return last
    default:
      return inNextRow(places, from, direction === 'down' ? 1 : -1)
  }
}

/** The one in the next row that is nearest to the side. */
function inNextRow(places: readonly Place[], from: number, step: 1 | -1): number {
  const here = places[from]!
  let best = from
  let row: number | undefined
  for (let i = from + step; i >= 0 && i < places.length; i += step) {
    const { left, top } = places[i]!
    if (Math.abs(top - here.top) <= SAME_ROW) continue
    row ??= top
    if (Math.abs(top - row) > SAME_ROW) break
    if (best === from || Math.abs(left - here.left) < Math.abs(places[best]!.left - here.left)) best = i
  }
  return best
}
