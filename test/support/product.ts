import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const projectDir = resolve(import.meta.dirname, '../..')
const NODE = join(projectDir, 'node_modules/.bin/node')
const CLI = join(projectDir, 'dist/main/cli.cjs')

/** One line of `serve --json`. */
export type EngineEvent = Readonly<Record<string, unknown>> & { readonly event: string }

export interface ProductOptions {
  readonly dataDir: string
  /** Name or address of the interface where PCs are served. */
  readonly interface: string
  /** Further words after `serve`. */
  readonly args?: readonly string[]
  /** Wraps command lines, for instance to run in a network namespace. */
  readonly inside?: (command: readonly string[]) => string[]
  /** File that the engine's messages are appended to. */
  readonly log?: string
}

/** What a verb answered. */
export interface VerbResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The built program as a user runs it: one engine in the foreground, and verbs that speak to it. */
export class Product {
  readonly ready: EngineEvent
  readonly events: EngineEvent[]
  readonly #options: ProductOptions
  readonly #process: ChildProcess
  readonly #ended: Promise<number>
  readonly #listeners: Set<(event: EngineEvent) => void>

  private constructor(
    options: ProductOptions,
    process: ChildProcess,
    ready: EngineEvent,
    events: EngineEvent[],
    listeners: Set<(event: EngineEvent) => void>,
    ended: Promise<number>,
  ) {
    this.#options = options
    this.#process = process
    this.ready = ready
    this.events = events
    this.#listeners = listeners
    this.#ended = ended
  }

  /** Starts `serve` and resolves when it says that it is ready. */
  static start(options: ProductOptions, deadlineMs = 60_000): Promise<Product> {
    const [program = '', ...args] = wrap(options, [
      ...['serve', '--data', options.dataDir, '--interface', options.interface, '--json'],
      ...(options.args ?? []),
    ])
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let messages = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      messages = (messages + text).slice(-4000)
      if (options.log !== undefined) appendFileSync(options.log, text)
    })
    // Not 'close': a process that the engine started and left behind could hold its output open.
    const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1)))
    const events: EngineEvent[] = []
    const listeners = new Set<(event: EngineEvent) => void>()
    return new Promise((resolve, reject) => {
      const fail = (why: string) => {
        clearTimeout(timer)
        child.kill('SIGKILL')
        reject(new Error(`the engine ${why}: ${messages.trim()}`))
      }
      const timer = setTimeout(() => fail(`was not ready within ${deadlineMs / 1000} s`), deadlineMs)
      child.once('error', (error) => fail(`did not start (${error.message})`))
      void ended.then((code) => fail(`ended with ${code}`))
      let rest = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines.filter((each) => each !== '')) {
          const event = JSON.parse(line) as EngineEvent
          events.push(event)
          for (const listener of [...listeners]) listener(event)
          if (event.event !== 'ready') continue
          clearTimeout(timer)
          resolve(new Product(options, child, event, events, listeners, ended))
        }
      })
    })
  }

  /** Runs a verb that must succeed and returns its JSON document. */
  async verb<T>(...words: readonly string[]): Promise<T> {
    const result = await this.tryVerb(...words)
    if (result.code !== 0) throw new Error(`${words.join(' ')} ended with ${result.code}: ${result.stderr.trim()}`)
    return JSON.parse(result.stdout) as T
  }

  /** Runs a verb, whatever its exit code. */
  tryVerb(...words: readonly string[]): Promise<VerbResult> {
    const [program = '', ...args] = wrap(this.#options, [...words, '--data', this.#options.dataDir, '--json'])
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      let stdout = ''
      let stderr = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
      child.once('error', reject)
      child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
    })
  }

  /** Resolves with the first event, past ones included, that `wanted` accepts. */
  waitForEvent(wanted: (event: EngineEvent) => boolean, deadlineMs: number): Promise<EngineEvent> {
    const past = this.events.find(wanted)
    if (past !== undefined) return Promise.resolve(past)
    return new Promise((resolve, reject) => {
      const listener = (event: EngineEvent) => {
        if (!wanted(event)) return
        clearTimeout(timer)
        this.#listeners.delete(listener)
        resolve(event)
      }
      const timer = setTimeout(() => {
        this.#listeners.delete(listener)
        const seen = this.events.map((event) => JSON.stringify(event)).join('\n')
        reject(new Error(`the event did not come within ${deadlineMs / 1000} s. There were:\n${seen}`))
      }, deadlineMs)
      this.#listeners.add(listener)
    })
  }

  /** Asks the engine to end, as a service manager would; returns its exit code. */
  async stop(): Promise<number> {
    this.#process.kill('SIGTERM')
    return this.#ended
  }

  /** `kill -9`: no goodbye. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#ended
  }
}

function wrap(options: ProductOptions, words: readonly string[]): string[] {
  const command = [NODE, CLI, ...words]
  return options.inside?.(command) ?? command
}
