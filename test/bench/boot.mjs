/** How long PCs that are switched on at once wait for our answers.
 *
 *  Usage: node test/bench/boot.mjs [--only dhcp] [--rounds 100] [--pcs 64] [--json FILE]
 *  Exit code: 0 measured, whatever the figures are; 3 this system cannot bind a socket to an interface; 64 wrong usage. */
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { decodePacket, encodePacket } from '../../src-main/dhcp/packet.ts'
import { nativeCalls } from '../../src-main/platform/native.ts'
import { clientDatagrams } from '../support/dhcp-fixtures.ts'

const SECTIONS = ['dhcp']
/** iPXE waits 2 s for an offer, old ROMs less. */
const GOAL_MS = 200
/** Between two rounds, so that what was heard is written down. */
const PAUSE_MS = 500

let values
try {
  ;({ values } = parseArgs({
    options: {
      only: { type: 'string', default: SECTIONS.join(',') },
      rounds: { type: 'string', default: '100' },
      pcs: { type: 'string', default: '64' },
      json: { type: 'string' },
    },
  }))
} catch (thrown) {
  console.error(thrown.message)
  process.exit(64)
}
const only = values.only.split(',')
const rounds = Number(values.rounds)
const pcs = Number(values.pcs)
if (!(rounds > 0) || !(pcs > 0 && pcs <= 250) || !only.every((name) => SECTIONS.includes(name))) {
  console.error(`--rounds and --pcs (up to 250) are numbers, --only is one of ${SECTIONS.join(', ')}`)
  process.exit(64)
}
if (process.platform !== 'linux' || !nativeCalls().available) {
  console.error('this system cannot bind a socket to an interface')
  process.exit(3)
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
const figuresOf = (times) => {
  const sorted = [...times].sort((a, b) => a - b)
  return { answers: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) }
}

async function bound(port = 0) {
  const socket = createSocket('udp4')
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

/** Everybody asks at once; ms until each is answered. A request without an answer counts as lost. */
async function ask(socket, from, port, packets) {
  const sentAt = new Map()
  const times = []
  let missing = packets.length
  const all = new Promise((done) => {
    const heard = (bytes) => {
      const { xid } = decodePacket(Uint8Array.from(bytes))
      if (!sentAt.has(xid)) return
      times.push(performance.now() - sentAt.get(xid))
      sentAt.delete(xid)
      if (--missing === 0) {
        socket.off('message', heard)
        done()
      }
    }
    socket.on('message', heard)
  })
  const encoded = packets.map((packet) => [packet.xid, encodePacket(packet)])
  for (const [xid, bytes] of encoded) {
    sentAt.set(xid, performance.now())
    from.send(bytes, port, '127.0.0.1')
  }
  await Promise.race([all, pause(3000)])
  return { times, lost: missing }
}

async function dhcp() {
  const folder = mkdtempSync(join(tmpdir(), 'bootlace-boot-'))
  const relay = await bound()
  const asker = await bound()
  const server = spawn(
    process.execPath,
    [join(import.meta.dirname, 'serve-dhcp.ts'), folder, String(relay.address().port)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  try {
    const [line] = await once(createInterface(server.stdout), 'line')
    const ports = JSON.parse(line)
    const [discover, , boot] = clientDatagrams('ovmf-pxe-snponly-efi').map((d) => decodePacket(d.payload))
    let xid = 1
    const of = (packet, round) =>
      Array.from({ length: pcs }, (_, i) => {
        // PCs that were never seen: each is a row in the database.
        const chaddr = Uint8Array.from([0x02, 0, 0, round >> 8, round & 255, i + 1, ...new Array(10).fill(0)])
        return { ...packet, chaddr, xid: xid++ }
      })
    const offers = { times: [], lost: 0 }
    const boots = { times: [], lost: 0 }
    const add = (sum, { times, lost }) => {
      sum.times.push(...times)
      sum.lost += lost
    }
    for (let round = 0; round < rounds; round++) {
      add(offers, await ask(relay, asker, ports.dhcp, of({ ...discover, giaddr: '127.0.0.1' }, round)))
      // Straight on: what was heard before is being written down meanwhile.
      add(boots, await ask(asker, asker, ports.pxe, of(boot, round)))
      await pause(PAUSE_MS)
    }
    return [
      { name: `offers to ${pcs} PCs at once`, ...figuresOf(offers.times), lost: offers.lost },
      { name: `port 4011, right after that`, ...figuresOf(boots.times), lost: boots.lost },
    ]
  } finally {
    server.stdin.end()
    await once(server, 'exit')
    relay.close()
    asker.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const result = {}
if (only.includes('dhcp')) {
  result.dhcp = await dhcp()
  console.log('dhcp'.padEnd(32), ...['answers', 'lost', 'p50 ms', 'p99 ms', 'max ms'].map((w) => w.padStart(9)))
  for (const row of result.dhcp) {
    const ms = [row.p50, row.p99, row.max].map((n) => n.toFixed(2).padStart(9))
    const missed = row.p99 > GOAL_MS || row.lost > 0 ? '  BELOW GOAL' : ''
    console.log(row.name.padEnd(32), String(row.answers).padStart(9), String(row.lost).padStart(9), ...ms, missed)
  }
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
