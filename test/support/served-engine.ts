import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

export const root = resolve(import.meta.dirname, '..', '..')
export const cliPath = join(root, 'dist', 'main', 'cli.cjs')

export interface Ready {
  readonly admin: string
  readonly iscsi: string
  readonly http: string
  readonly tftp: string
  readonly dhcp: string | null
}

/** `bootlace serve` as a process of its own, on loopback and free ports, without DHCP. */
export interface ServedEngine {
  readonly dataDir: string
  readonly ready: Ready
  readonly process: ChildProcess
  /** Runs a verb with --data and --json; output parsed when it is JSON. */
  verb(...args: string[]): { code: number; json: unknown; stderr: string }
  /** Sends the signal and waits for the end. Returns the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>
  /** Ends it and removes its data folder. */
  remove(): Promise<void>
}

export const newDataDir = (): string => mkdtempSync(join(tmpdir(), 'bootlace-data-'))

export async function serveEngine(dataDir = newDataDir(), extra: readonly string[] = []): Promise<ServedEngine> {
  const child = spawn(
    process.execPath,
    [
      cliPath,
      'serve',
      '--data',
      dataDir,
      '--interface',
      '127.0.0.1',
      '--dhcp',
      'off',
      '--iscsi-port',
      '0',
      '--http-port',
      '0',
      '--tftp-port',
      '0',
      '--admin',
      '127.0.0.1:0',
      '--json',
      ...extra,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let errors = ''
  child.stderr.on('data', (text) => (errors += String(text)))
  const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)))
  const ready = await new Promise<Ready>((done, failed) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as Ready & { event: string }
      if (event.event === 'ready') done(event)
    })
    void ended.then((code) => failed(new Error(`serve ended with ${code}: ${errors}`)))
  })
  const end = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    return ended
  }
  return {
    dataDir,
    ready,
    process: child,
    verb: (...args) => runCli([...args, '--data', dataDir, '--json']),
    end,
    async remove() {
      await end()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** One run of the command line. */
export function runCli(args: readonly string[]): { code: number; json: unknown; stdout: string; stderr: string } {
  const result = spawnSync(process.execPath, [cliPath, ...args], { encoding: 'utf8', timeout: 60_000 })
  let json: unknown
  try {
    json = JSON.parse(result.stdout)
  } catch {
    // Text for people; the test reads stdout.
    json = undefined
  }
  return { code: result.status ?? -1, json, stdout: result.stdout, stderr: result.stderr }
}
