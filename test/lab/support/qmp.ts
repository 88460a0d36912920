import { connect, type Socket } from 'node:net'

/** QEMU's control channel. Source: QEMU documentation, "QMP protocol specification". */
export class Qmp {
  #text = ''
  #answers: ((line: Record<string, unknown>) => void)[] = []
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => this.#take(chunk))
    // QEMU ends: whoever waits learns of that from its process.
    socket.on('error', () => socket.destroy())
  }

  static async open(path: string): Promise<Qmp> {
    const socket = await new Promise<Socket>((resolve, reject) => {
      const made = connect(path, () => resolve(made))
      made.once('error', reject)
    })
    const qmp = new Qmp(socket)
    await qmp.execute('qmp_capabilities')
    return qmp
  }

  execute(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#answers.push((line) =>
        'error' in line ? reject(new Error(`${command}: ${JSON.stringify(line['error'])}`)) : resolve(line['return']),
      )
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: string): void {
    const lines = (this.#text + chunk).split('\n')
    this.#text = lines.pop() ?? ''
    for (const text of lines) {
      const line = JSON.parse(text) as Record<string, unknown>
      // The greeting and events are neither asked for nor needed.
      if ('return' in line || 'error' in line) this.#answers.shift()?.(line)
    }
  }
}
