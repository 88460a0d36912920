import type { SerialLine } from './serial.ts'

export const KEY = { enter: '\r', down: '\x1b[B', space: ' ', f2: '\x1bOQ' } as const

const ROWS = 31
const COLUMNS = 100
/** Where EDK2's forms explain the entry at the cursor, and their own frame around the rest. */
const HELP = { column: 57, end: 79, firstRow: 3, lastRow: 19 }
const DRAWN_MS = 400
/** The lowest line says what keys do. */
const ENTRY_OPEN = /<Enter>=Complete Entry/
const PAGE = /<Enter>=Select Entry/
const MOST_STEPS = 40

/** The setup program of EDK2 on a serial console, worked like a person does: look, press a key, look again. */
export class FirmwareSetup {
  readonly #line: SerialLine

  constructor(line: SerialLine) {
    this.#line = line
  }

  /** Presses F2 until the first page is there. */
  async enter(): Promise<void> {
    for (let i = 0; i < MOST_STEPS && !this.screen().includes('Device Manager'); i++) await this.press(KEY.f2)
    await this.#line.quiet(5 * DRAWN_MS)
    if (!this.screen().includes('Boot Maintenance Manager')) throw this.#lost('the first page')
  }

  async press(key: string): Promise<void> {
    this.#line.write(key)
    await this.#line.quiet(DRAWN_MS)
  }

  /** Waits until the screen says so. */
  async shows(pattern: RegExp): Promise<void> {
    for (let i = 0; i < MOST_STEPS; i++) {
      if (pattern.test(this.screen())) return
      await this.#line.quiet(DRAWN_MS)
    }
    throw this.#lost(String(pattern))
  }

  /** Goes down to the entry that is explained like this. A page scrolls before its cursor moves, so lines cannot be counted. */
  async goTo(explained: RegExp): Promise<void> {
    for (let i = 0; i < MOST_STEPS; i++) {
      if (explained.test(this.help())) return
      await this.press(KEY.down)
    }
    throw this.#lost(String(explained))
  }

  /** Fills the entry at the cursor. */
  async type(text: string): Promise<void> {
    await this.press(KEY.enter)
    await this.shows(ENTRY_OPEN)
    // A serial console of 115200 baud drops what comes too fast.
    for (const letter of text) {
      this.#line.write(letter)
      await this.#line.quiet(40)
    }
    await this.press(KEY.enter)
    await this.shows(PAGE)
  }

  help(): string {
    return this.screen()
      .split('\n')
      .slice(HELP.firstRow, HELP.lastRow)
      .map((row) => row.slice(HELP.column, HELP.end).trim())
      .join(' ')
      .replace(/\s+/g, ' ')
      .trim()
  }

  /** What a terminal would show. */
  screen(): string {
    const cells = Array.from({ length: ROWS }, () => Array<string>(COLUMNS).fill(' '))
    let [row, column] = [0, 0]
    const parts = /\x1b\[([0-9;?=]*)([A-Za-z])|\x1b.|([^\x1b])/gs // eslint-disable-line no-control-regex
    for (const [, numbers, letter, plain] of this.#line.raw.matchAll(parts)) {
      if (letter === 'H') {
        const [r = 1, c = 1] = (numbers ?? '').split(';').map(Number)
        ;[row, column] = [Math.min(ROWS, r || 1) - 1, Math.min(COLUMNS, c || 1) - 1]
      } else if (letter === 'J') for (const line of cells) line.fill(' ')
      else if (plain === '\r') column = 0
      else if (plain === '\n') row = Math.min(ROWS - 1, row + 1)
      else if (plain === '\b') column = Math.max(0, column - 1)
      else if (plain !== undefined && plain >= ' ') {
        cells[row]![column] = plain
        column = Math.min(COLUMNS - 1, column + 1)
      }
    }
    return cells.map((line) => line.join('').trimEnd()).join('\n')
  }

  #lost(what: string): Error {
    return new Error(`the firmware's setup shows no ${what}, but:\n${this.screen()}`)
  }
}
