import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { IscsiAuditor } from '../../support/iscsi-auditor/auditor.ts'
import { PcapStream } from '../../support/iscsi-auditor/pcap-stream.ts'
import { TcpStreams } from '../../support/iscsi-auditor/tcp-streams.ts'

const ISCSI_PORT = 3260
/** For the kernel's buffer: what passes while this process does something else. KiB. */
const BUFFER_KIB = 128 * 1024

export interface IscsiRecorder {
  /** Ends the recording, once everything that was recorded is judged. */
  stop(): Promise<IscsiAuditor>
}

/** Listens at the server's card, where nothing is changed for the PCs, and shows the auditor the streams of all connections.
 *  They are judged as they pass: a boot's gigabyte is kept nowhere. */
export async function recordIscsi(inside: (command: readonly string[]) => string[]): Promise<IscsiRecorder> {
  const auditor = new IscsiAuditor()
  const streams = new TcpStreams(auditor, ISCSI_PORT)
  const pcap = new PcapStream((segment) => streams.segment(segment))
  const [program = '', ...args] = inside([
    ...['tcpdump', '-i', 'eth0', '--immediate-mode', '-U', '-n', '-s', '0', '-B', String(BUFFER_KIB), '-w', '-'],
    `tcp port ${ISCSI_PORT}`,
  ])
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.on('data', (bytes: Buffer) => pcap.push(bytes))
  const ended = once(child, 'close')
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      if (said.includes('listening on')) resolve()
    })
    child.once('exit', (code) => reject(new Error(`the recorder of iSCSI ended with ${code}: ${said}`)))
  })
  return {
    async stop() {
      child.kill('SIGINT')
      await ended
      return auditor
    },
  }
}
