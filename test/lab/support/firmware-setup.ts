import type { SerialLine } from './serial.ts'

export const KEY = { enter: '\r', down: '\x1b[B', up: '\x1b[A', space: ' ', f2: '\x1bOQ' } as const

const ROWS = 31
const COLUMNS = 100
/** Where EDK2's forms explain the entry at the cursor, and their own frame around the rest. */
const HELP = { column: 57, end: 79, firstRow: 3, lastRow: 19 }
/** A screen that came to rest: firmware draws in one go, but an emulated PC has pauses on a busy machine. */
const DRAWN_MS = 500
const F2_EVERY_MS = 300
const MOST_F2 = 400
/** A key that changes nothing draws nothing. */
const NO_ANSWER_MS = 4000
/** The lowest line says what keys do. */
const ENTRY_OPEN = /<Enter>=Complete Entry/
const PAGE = /<Enter>=Select Entry/
const MOST_STEPS = 60

/** The setup program of EDK2 on a serial console, worked like a person does: look, press a key, look again. */
export class FirmwareSetup {
  readonly #line: SerialLine
  /** Where the present start of the PC begins. */
  #from = 0

  constructor(line: SerialLine) {
    this.#line = line
  }

  /** Presses F2 until the first page is there. */
  async enter(): Promise<void> {
    this.#from = this.#line.raw.length
    // The firmware looks for the key for a moment only.
    for (let i = 0; i < MOST_F2 && !this.screen().includes('Boot Maintenance Manager'); i++) {
      this.#line.write(KEY.f2)
      await this.#line.drawn(this.#line.raw.length, F2_EVERY_MS, F2_EVERY_MS)
    }
    await this.shows(/Boot Maintenance Manager[^]*<Enter>=Select Entry/)
  }

  async press(key: string): Promise<void> {
    const from = this.#line.raw.length
    this.#line.write(key)
    await this.#line.drawn(from, DRAWN_MS, NO_ANSWER_MS)
  }

  /** Waits until the screen says so. */
  async shows(pattern: RegExp): Promise<void> {
    for (let i = 0; i < MOST_STEPS; i++) {
      if (pattern.test(this.screen())) return
      await this.#line.drawn(this.#line.raw.length, DRAWN_MS, DRAWN_MS)
    }
    throw this.#lost(String(pattern))
  }

  /** Goes to the entry that is explained like this, down and, from the end of the page, up again. A page scrolls before its
   *  cursor moves, so lines cannot be counted. */
  async goTo(explained: RegExp): Promise<void> {
    let key: string = KEY.down
    for (let i = 0; i < MOST_STEPS; i++) {
      if (explained.test(this.help())) return
      const before = this.screen()
      await this.press(key)
      if (this.screen() === before) key = KEY.up
    }
    throw this.#lost(String(explained))
  }

  /** Opens the entry that is explained like this; the page behind it says `then`. */
  async open(explained: RegExp, then: RegExp): Promise<void> {
    await this.goTo(explained)
    await this.press(KEY.enter)
    await this.shows(then)
  }

  /** Fills the entry that is explained like this. */
  async fill(explained: RegExp, text: string): Promise<void> {
    await this.open(explained, ENTRY_OPEN)
    await this.#line.type(text)
    await this.press(KEY.enter)
    await this.shows(PAGE)
  }

  /** Takes another choice of the entry that is explained like this. */
  async choose(explained: RegExp, downs: number): Promise<void> {
    await this.open(explained, ENTRY_OPEN)
    for (let i = 0; i < downs; i++) await this.press(KEY.down)
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
    for (const [, numbers, letter, plain] of this.#line.raw.slice(this.#from).matchAll(parts)) {
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
