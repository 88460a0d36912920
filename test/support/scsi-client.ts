import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './served-engine.ts'
import { hasProgram } from './targets.mjs'

/** libiscsi as a client that sends any CDB; compiled where it is wanted. */
export const canCompileScsiClient = (): boolean => hasProgram('gcc') && existsSync('/usr/include/iscsi/iscsi.h')

export interface ScsiAnswer {
  readonly status: number
  readonly key: number
  /** ASC and ASCQ. */
  readonly asc: number
  /** Hex. */
  readonly data: string
}

export class ScsiClient {
  readonly #program: string

  /** @param folder where the program is put. */
  constructor(folder: string) {
    this.#program = join(folder, 'scsi-client')
    const source = join(root, 'test/interop/scsi-client.c')
    const r = spawnSync('gcc', ['-O1', '-o', this.#program, source, '-liscsi'], { encoding: 'utf8' })
    if (r.status !== 0) throw new Error(`scsi-client.c: ${r.stderr}`)
  }
  /** @param commands `in CDB LENGTH`, `out CDB DATA`, `none CDB`, one after the other. */
  send(url: string, initiator: string, ...commands: string[]): ScsiAnswer[] {
    const words = commands.flatMap((command) => command.split(' '))
    const r = spawnSync(this.#program, [url, initiator, ...words], { encoding: 'utf8', timeout: 20_000 })
    if (r.status !== 0) throw new Error(`scsi-client ended with ${r.status}: ${r.stderr}`)
    const lines = r.stdout.trim().split('\n')
    return lines.map((line) => JSON.parse(line) as ScsiAnswer)
  }
  read(url: string, initiator: string, blockSize: number, blocks: number): Buffer {
    const words = [url, initiator, 'read', String(blockSize), String(blocks)]
    const r = spawnSync(this.#program, words, { maxBuffer: 2 ** 30, timeout: 60_000 })
    if (r.status !== 0) throw new Error(`scsi-client ended with ${r.status}: ${String(r.stderr)}`)
    return r.stdout
  }
}
