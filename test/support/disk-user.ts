import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** QEMU's own initiator, to write to a disk as a PC would. */
export const qemuIo = ['/usr/bin/qemu-io'].find((path) => existsSync(path))

/** Runs commands of qemu-io (reads and writes) on a disk and stays logged in until the returned function is called, which resolves when the
 *  program has ended. Resolves when all commands are done. */
export async function useDisk(portal: string, disk: string, commands: readonly string[]): Promise<() => Promise<void>> {
  const file = {
    driver: 'iscsi',
    transport: 'tcp',
    portal,
    target: `iqn.2026-11.app.bootlace:${disk}`,
    lun: 0,
    'initiator-name': `iqn.2026-11.app.bootlace:client.${disk}`,
  }
  // Its answers are to come when they are given, not when it ends.
  const child = spawn('stdbuf', ['-oL', qemuIo!, '-n', `json:${JSON.stringify({ driver: 'raw', file })}`], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text) => (said += String(text)))
  const ended = new Promise<void>((done) => child.on('exit', () => done()))
  const ready = new Promise<void>((done, failed) => {
    // Every command ends with a line about its speed.
    let left = commands.length
    createInterface({ input: child.stdout }).on('line', (line) => {
      said += `${line}\n`
      if (line.includes(' ops; ') && --left === 0) done()
    })
    void ended.then(() => failed(new Error(`qemu-io ended: ${said}`)))
  })
  child.stdin.write([...commands, ''].join('\n'))
  await ready
  return async () => {
    child.stdin.end('quit\n')
    await ended
  }
}
