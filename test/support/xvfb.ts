import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

export const hasXvfb = existsSync('/usr/bin/Xvfb')

/** A display nobody sees, on a free number. */
export async function openDisplay(): Promise<{ display: string; close(): Promise<void> }> {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const number = await new Promise<string>((done, failed) => {
    child.stdio[3]!.on('data', (text) => done(String(text).trim()))
    child.on('error', failed)
    child.on('exit', (code) => failed(new Error(`Xvfb ended with ${code}`)))
  })
  return {
    display: `:${number}`,
    close() {
      const ended = new Promise<void>((done) => child.on('exit', () => done()))
      child.kill()
      return ended
    },
  }
}
