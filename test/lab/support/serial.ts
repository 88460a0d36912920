import { appendFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'

/** Cursor movements and colours that firmware writes; the words are what is looked for. */
const ESCAPES = /\x1b(?:\[[0-9;?=]*[A-Za-z]|[()][A-Z0-9]|[=>78])/g // eslint-disable-line no-control-regex
const UNFINISHED = /\x1b(?:\[[0-9;?=]*)?$/ // eslint-disable-line no-control-regex

const LETTER_DRAWN_MS = 40
/** One that draws nothing. */
const LETTER_SILENT_MS = 1000

interface Waiter {
  readonly pattern: RegExp
  readonly from: number
  readonly settle: (found: RegExpExecArray | Error) => void
}

/** One serial port of a virtual PC. QEMU connects to it, so not a byte is lost. */
export class SerialLine {
  readonly path: string
  #text = ''
  #raw = ''
  #drawing: { readonly forMs: number; timer: NodeJS.Timeout; readonly done: () => void } | undefined
  #unfinished = ''
  #socket: Socket | undefined
  #waiters = new Set<Waiter>()
  #fatal: RegExp | undefined
  readonly #server: Server
  readonly #log: string

  private constructor(path: string, log: string, fatal: RegExp | undefined) {
    this.path = path
    this.#log = log
    this.#fatal = fatal
    this.#server = createServer((socket) => {
      this.#socket = socket
      socket.setEncoding('latin1')
      socket.on('data', (chunk: string) => this.#take(chunk))
      socket.on('error', () => socket.destroy())
    })
  }

  /** `fatal`: a text after which nothing that is waited for can come. */
  static async listen(path: string, log: string, fatal?: RegExp): Promise<SerialLine> {
    const line = new SerialLine(path, log, fatal)
    await new Promise<void>((resolve, reject) => {
      line.#server.once('error', reject)
      line.#server.listen(path, resolve)
    })
    return line
  }

  /** A place in what has been said, for `waitFor`: only later text counts. */
  mark(): number {
    return this.#text.length
  }

  textSince(from: number): string {
    return this.#text.slice(from)
  }

  /** Everything that came, cursor movements included. */
  get raw(): string {
    return this.#raw
  }

  /** Resolves when something has come since `from`, a place in `raw`, and then nothing more for `forMs`: a screen is drawn. When
   *  nothing comes at all, after `mostMs`. */
  drawn(from: number, forMs: number, mostMs: number): Promise<void> {
    return new Promise((done) => {
      this.#drawing = { forMs, timer: setTimeout(done, this.#raw.length > from ? forMs : mostMs), done }
    })
  }

  /** Types like a person: a serial console drops what comes too fast, so each letter waits for what it draws. */
  async type(text: string): Promise<void> {
    for (const letter of text) {
      const from = this.#raw.length
      this.write(letter)
      await this.drawn(from, LETTER_DRAWN_MS, LETTER_SILENT_MS)
    }
  }

  write(text: string): void {
    this.#socket?.write(text, 'latin1')
  }

  /** Resolves with the first match after `from`; rejects after the deadline, with the last lines said. */
  waitFor(pattern: RegExp, deadlineMs: number, from = 0): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        pattern,
        from,
        settle: (found) => {
          clearTimeout(timer)
          this.#waiters.delete(waiter)
          if (found instanceof Error) reject(found)
          else resolve(found)
        },
      }
      const timer = setTimeout(
        () => waiter.settle(this.#failure(`${pattern} did not come within ${deadlineMs / 1000} s`)),
        deadlineMs,
      )
      this.#waiters.add(waiter)
      this.#look(waiter)
    })
  }

  /** Ends all waiting: the PC is off. */
  fail(reason: string): void {
    for (const waiter of [...this.#waiters]) waiter.settle(this.#failure(`${reason}; ${waiter.pattern} had not come`))
  }

  close(): void {
    this.fail('the serial line was closed')
    this.#socket?.destroy()
    this.#server.close()
  }

  #take(chunk: string): void {
    appendFileSync(this.#log, chunk, 'latin1')
    this.#raw += chunk
    if (this.#drawing) {
      clearTimeout(this.#drawing.timer)
      this.#drawing.timer = setTimeout(this.#drawing.done, this.#drawing.forMs)
    }
    const raw = this.#unfinished + chunk
    this.#unfinished = UNFINISHED.exec(raw)?.[0] ?? ''
    const whole = this.#unfinished === '' ? raw : raw.slice(0, -this.#unfinished.length)
    this.#text += whole.replace(ESCAPES, '').replaceAll('\r', '')
    for (const waiter of [...this.#waiters]) this.#look(waiter)
  }

  #look(waiter: Waiter): void {
    const text = this.#text.slice(waiter.from)
    const found = waiter.pattern.exec(text)
    if (found) return waiter.settle(found)
    const dead = this.#fatal?.exec(text)
    if (dead) waiter.settle(this.#failure(`"${dead[0]}" instead of ${waiter.pattern}`))
  }

  #failure(what: string): Error {
    return new Error(`${what}. The end of ${this.#log}:\n${this.#text.split('\n').slice(-40).join('\n')}`)
  }
}
