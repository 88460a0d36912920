import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly deadlineMs?: number
}

/** Runs a program to its end and returns what it said, whatever its exit code. A signal gives code -1. */
export function capture(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = command
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.deadlineMs === undefined ? {} : { timeout: options.deadlineMs, killSignal: 'SIGKILL' }),
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
  })
}

/** Runs a program that must succeed; returns its stdout. */
export async function run(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await capture(command, options)
  if (result.code !== 0) {
    throw new Error(`${command.join(' ')} ended with ${result.code}: ${(result.stderr + result.stdout).trim()}`)
  }
  return result.stdout
}

/** For clearing up, where nothing may be awaited: a worker that ends runs only synchronous code. */
export function captureSync(command: readonly string[]): CommandResult {
  const [program = '', ...args] = command
  const result = spawnSync(program, args, { encoding: 'utf8' })
  return { code: result.status ?? -1, stdout: result.stdout ?? '', stderr: result.stderr ?? '' }
}

/** Start of a process in clock ticks since boot, or undefined when it has ended (whether or not its parent has asked).
 *  With the PID it names a process for good: PIDs are used again. Source: proc(5), /proc/PID/stat, fields 3 and 22. */
export function startOfProcess(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? undefined : fields[18]
  } catch {
    // No such process: the question is whether it exists.
    return undefined
  }
}

/** Blocks this thread; only for clearing up synchronously. */
export function pauseSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
