import { spawn, spawnSync } from 'node:child_process'

/** True when the program is on the path. */
export const hasProgram = (name: string): boolean =>
  spawnSync('sh', ['-c', `command -v "$1"`, 'sh', name], { stdio: 'ignore' }).status === 0

export interface ProgramResult {
  readonly code: number | null
  readonly out: string
}

/** Runs a foreign program to its end; killed after `timeoutMs`. */
export function runProgram(
  command: string,
  args: readonly string[],
  o: { readonly cwd?: string; readonly timeoutMs?: number } = {},
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: o.cwd, timeout: o.timeoutMs ?? 60_000 })
    let out = ''
    child.stdout.on('data', (data: Buffer) => (out += data.toString('utf8')))
    child.stderr.on('data', (data: Buffer) => (out += data.toString('utf8')))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out }))
  })
}
