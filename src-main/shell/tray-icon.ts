import type { TrayIconState } from './tray-menu.ts'

/** The tray icon as pixels: a drive, and in it how many PCs run from here. Drawn in code, so that every number and both
 *  kinds of panel have one. */

/** Four bytes a pixel: red, green, blue, opacity; row by row from the upper left. */
export interface Picture {
  readonly size: number
  readonly rgba: Uint8Array
}

type Colour = readonly [red: number, green: number, blue: number]

export const INK: Readonly<Record<'dark' | 'light', Colour>> = { dark: [42, 36, 32], light: [245, 240, 234] }
export const ALERT: Colour = [224, 74, 32]

/** Digits of 3 × 5 pixels, a row a number. */
const DIGITS: readonly (readonly number[])[] = [
  [0b111, 0b101, 0b101, 0b101, 0b111],
  [0b010, 0b110, 0b010, 0b010, 0b111],
  [0b111, 0b001, 0b111, 0b100, 0b111],
  [0b111, 0b001, 0b011, 0b001, 0b111],
  [0b101, 0b101, 0b111, 0b001, 0b001],
  [0b111, 0b100, 0b111, 0b001, 0b111],
  [0b111, 0b100, 0b111, 0b101, 0b111],
  [0b111, 0b001, 0b010, 0b010, 0b010],
  [0b111, 0b101, 0b111, 0b101, 0b111],
  [0b111, 0b101, 0b111, 0b001, 0b111],
]
const GRID = 16

/** On a grid of 16 × 16, each of its squares `scale` pixels wide.
 *  - nobody connected: the outline of a drive with its light;
 *  - PCs connected: the drive is full, their number (at most 99) is cut out;
 *  - paused: the drive stays an outline, with the number, or two bars when nobody is connected;
 *  - something needs attention: a dot in the lower right corner. */
export function drawTrayIcon(state: TrayIconState, ink: 'dark' | 'light', scale: number): Picture {
  const size = GRID * scale
  const rgba = new Uint8Array(4 * size * size)
  const fill = (x: number, y: number, colour: Colour | undefined) => {
    for (let dy = 0; dy < scale; dy++) {
      for (let dx = 0; dx < scale; dx++) {
        const at = 4 * ((y * scale + dy) * size + x * scale + dx)
        rgba.set(colour ? [...colour, 255] : [0, 0, 0, 0], at)
      }
    }
  }
  const full = state.count > 0 && !state.paused
  for (let y = 1; y < GRID - 1; y++) {
    for (let x = 0; x < GRID; x++) {
      const isCorner = (x === 0 || x === GRID - 1) && (y === 1 || y === GRID - 2)
      const isEdge = x === 0 || x === GRID - 1 || y === 1 || y === GRID - 2
      if (!isCorner && (isEdge || full)) fill(x, y, INK[ink])
    }
  }
  if (state.count > 0) drawNumber(state.count, (x, y) => fill(x, y, full ? undefined : INK[ink]))
  else if (state.paused) {
    for (let y = 4; y < 12; y++) for (const x of [5, 6, 9, 10]) fill(x, y, INK[ink])
  } else {
    for (let x = 3; x < 13; x++) fill(x, 9, INK[ink])
    fill(11, 11, INK[ink])
    fill(12, 11, INK[ink])
  }
  if (state.alert) {
    for (let y = 10; y < GRID; y++) {
      for (let x = 10; x < GRID; x++) {
        const isRim = y === 10 || x === 10
        const isCorner = (x === 11 || x === 15) && (y === 11 || y === 15)
        fill(x, y, isRim || isCorner ? undefined : ALERT)
      }
    }
  }
  return { size, rgba }
}

/** Every dot of a digit takes 2 × 2 squares, so that it can be read on a panel of 16 pixels. */
function drawNumber(count: number, dot: (x: number, y: number) => void): void {
  const digits = [...String(Math.min(count, 99))].map(Number)
  const width = 2
  const gap = digits.length === 1 ? 0 : 1
  const total = digits.length * 3 * width + gap
  const left = Math.floor((GRID - total) / 2)
  digits.forEach((digit, i) => {
    DIGITS[digit]!.forEach((row, y) => {
      for (let x = 0; x < 3; x++) {
        if ((row & (0b100 >> x)) === 0) continue
        for (const dy of [0, 1])
          for (const dx of [0, 1]) dot(left + i * (3 * width + gap) + width * x + dx, 3 + 2 * y + dy)
      }
    })
  })
}

/** What Electron's bitmaps want: blue first, colours multiplied by opacity (here opacity is all or nothing). */
export function toBgra({ rgba }: Picture): Uint8Array {
  const out = new Uint8Array(rgba.length)
  for (let at = 0; at < rgba.length; at += 4) {
    out[at] = rgba[at + 2]!
    out[at + 1] = rgba[at + 1]!
    out[at + 2] = rgba[at]!
    out[at + 3] = rgba[at + 3]!
  }
  return out
}

/** Which ink a panel needs. GNOME's is black whatever the windows' theme is. */
export function panelInk(o: {
  readonly platform: NodeJS.Platform
  readonly desktop: string | undefined
  readonly isDark: boolean
}): 'dark' | 'light' {
  // A template picture on macOS: only its opacity counts.
  if (o.platform === 'darwin') return 'dark'
  if (o.platform === 'linux' && /gnome|unity/i.test(o.desktop ?? '')) return 'light'
  return o.isDark ? 'light' : 'dark'
}
