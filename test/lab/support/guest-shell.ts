import type { SerialLine } from './serial.ts'

export interface GuestResult {
  readonly code: number
  readonly output: string
}

/** Runs commands in the Debian guest, over its second serial port: it needs no network and survives its loss.
 *  The other end is guest/lab-shell. */
export class GuestShell {
  readonly #line: SerialLine
  #next = 1

  constructor(line: SerialLine) {
    this.#line = line
  }

  /** For `ready`: only a system started later counts. */
  mark(): number {
    return this.#line.mark()
  }

  /** Resolves when a started system takes commands. */
  async ready(deadlineMs: number, from = 0): Promise<void> {
    await this.#line.waitFor(/LAB-SHELL ready\n/, deadlineMs, from)
  }

  /** Runs a bash script; `output` is its stdout and stderr together. */
  async run(script: string, deadlineMs = 60_000): Promise<GuestResult> {
    const id = this.#next++
    const from = this.#line.mark()
    this.#line.write(`RUN ${id} ${Buffer.from(script).toString('base64')}\n`)
    const found = await this.#line.waitFor(new RegExp(`LAB-RESULT ${id} (\\d+) (\\S+)\\n`), deadlineMs, from)
    const [, code = '', text = ''] = found
    return { code: Number(code), output: text === '-' ? '' : Buffer.from(text, 'base64').toString() }
  }

  /** Runs a script that must succeed; returns its output without the last line end. */
  async must(script: string, deadlineMs = 60_000): Promise<string> {
    const result = await this.run(script, deadlineMs)
    if (result.code !== 0) throw new Error(`in the guest, "${script}" ended with ${result.code}: ${result.output}`)
    return result.output.trimEnd()
  }

  /** For a command after which the shell is gone, such as a reboot. */
  send(script: string): void {
    this.#line.write(`RUN ${this.#next++} ${Buffer.from(script).toString('base64')}\n`)
  }

  close(): void {
    this.#line.close()
  }
}
