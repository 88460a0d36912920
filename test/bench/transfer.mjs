/** TFTP of the built engine beside Debian's tftpd-hpa: one reader of our own (tftp-load.c) fetches the same file from both, round
 *  by round, and compares every byte. Then a room of PCs that switch on at once, without and with loss.
 *
 *  Usage: node test/bench/transfer.mjs [--rounds 7] [--mib 32] [--json FILE] [--tftpd PATH]
 *  Needs: gcc, tftpd-hpa, root for its chroot, the built engine. Exit code: 0 measured, 2 a byte was wrong, 3 something is missing. */
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { hasProgram } from '../support/targets.mjs'
import { serveEngine } from '../support/served-engine.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    mib: { type: 'string', default: '32' },
    json: { type: 'string' },
    tftpd: { type: 'string', default: '/usr/sbin/in.tftpd' },
  },
})
const rounds = Number(values.rounds)
const sizeBytes = Number(values.mib) * 2 ** 20
const here = dirname(fileURLToPath(import.meta.url))
const LOADER_BYTES = 2 ** 20
const ROOM = 64
const ROOM_GOAL_SECONDS = 10
/** `goal`: the smallest ratio to tftpd-hpa that is promised. */
const JOBS = [
  { name: 'windowsize 1', window: 1, goal: 1.0 },
  { name: 'windowsize 16', window: 16, goal: 1.0 },
]

function missing(what) {
  console.error(what)
  process.exit(3)
}
if (!hasProgram('gcc')) missing('gcc is not installed')
if (!existsSync(values.tftpd)) missing(`${values.tftpd} is not there: install tftpd-hpa, or name it with --tftpd`)
if (!existsSync(join(here, '../../dist/main/cli.cjs')))
  missing('the engine is not built: node resources/scripts/build.mjs')

const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bootlace-bench-'))
chmodSync(folder, 0o755)
const load = join(folder, 'tftp-load')
const compiled = spawnSync('gcc', ['-O2', '-o', load, join(here, 'tftp-load.c')], { encoding: 'utf8' })
if (compiled.status !== 0) {
  rmSync(folder, { recursive: true })
  missing(`the reader does not compile\n${compiled.stderr}`)
}

/** One run of the reader. Wrong data ends the bench. */
function read(server, name, args = []) {
  const words = ['127.0.0.1', String(server.port), name, join(folder, 'files', name), ...args.map(String)]
  const r = spawnSync(load, words, { encoding: 'utf8', timeout: 300_000 })
  if (r.error) throw new Error(`${server.name}: ${r.error.message}`)
  if (r.status !== 0)
    throw Object.assign(new Error(`${server.name} ${args.join(' ')}: ${r.stderr}${r.stdout}`), {
      wrong: r.status === 2,
    })
  return JSON.parse(r.stdout)
}

/** Processor time of a process, seconds. tftpd-hpa forks for each file, so it has no figure. Source: proc(5), stat fields 14, 15. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return fields.slice(11, 13).reduce((sum, ticks) => sum + Number(ticks), 0) / 100
}

async function freeUdpPort() {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  await new Promise((done) => socket.close(done))
  return port
}

async function startBootlace() {
  const engine = await serveEngine(mkdtempSync(join(folder, 'data-')), ['--loaders', join(folder, 'files')])
  const port = Number(engine.ready.tftp.split(':').at(-1))
  return { name: 'bootlace', port, pid: engine.process.pid, stop: () => engine.remove() }
}

async function startTftpd() {
  const port = await freeUdpPort()
  const args = ['-L', '-4', '-a', `127.0.0.1:${port}`, '-u', 'root', '-s', join(folder, 'files')]
  const child = spawn(values.tftpd, args, { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const server = {
    name: 'tftpd-hpa',
    port,
    pid: child.pid,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
  return server
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) / 2)]
const spread = (list) => (Math.max(...list) - Math.min(...list)) / median(list)
const servers = []
try {
  mkdirSync(join(folder, 'files'))
  writeFileSync(join(folder, 'files', 'loader.efi'), randomBytes(LOADER_BYTES))
  // Not a multiple of a block: the end is told from the middle.
  writeFileSync(join(folder, 'files', 'large.efi'), randomBytes(sizeBytes + 1))
  servers.push(await startBootlace())
  servers.push(await startTftpd())
  // tftpd-hpa does not say when it is ready; the reader asks until it answers.
  for (const server of servers) read(server, 'loader.efi')
  const samples = JOBS.map(() => Object.fromEntries(servers.map(({ name }) => [name, []])))
  for (let round = 0; round < rounds; round++) {
    JOBS.forEach((job, i) => {
      // Who goes first changes by round.
      for (const server of round % 2 === 0 ? servers : [...servers].reverse()) {
        const before = cpuSeconds(server.pid)
        const out = read(server, 'large.efi', ['-w', job.window])
        samples[i][server.name].push({
          ...out,
          cpu: cpuSeconds(server.pid) - before,
          mbps: out.bytes / out.seconds / 1e6,
        })
      }
    })
  }
  const rows = JOBS.map((job, i) => {
    const ours = samples[i].bootlace
    const theirs = samples[i]['tftpd-hpa']
    const ratios = ours.map((sample, r) => sample.mbps / theirs[r].mbps)
    const of = (list) => ({
      mbps: median(list.map((s) => s.mbps)),
      cpuMicrosPerBlock: median(list.map((s) => (s.cpu * 1e6) / s.datagrams)),
      window: list[0].window,
    })
    return { ...job, ratio: median(ratios), spread: spread(ratios), bootlace: of(ours), 'tftpd-hpa': of(theirs) }
  })
  console.log(`${rounds} rounds of ${values.mib} MiB, blocks of 1468 bytes, medians; every byte was compared\n`)
  console.log('job              Bootlace MB/s  tftpd-hpa MB/s    ratio   spread  Bootlace µs/block')
  for (const row of rows) {
    const { bootlace: b, 'tftpd-hpa': t } = row
    const number = (n, width, digits) => n.toFixed(digits).padStart(width)
    const notes = [
      ...(row.ratio < row.goal ? [`BELOW GOAL ${row.goal.toFixed(1)}`] : []),
      ...(t.window < row.window ? [`tftpd-hpa grants no window: compared with its blocks one by one`] : []),
    ]
    console.log(
      `${row.name.padEnd(14)}${number(b.mbps, 16, 1)}${number(t.mbps, 16, 1)}${number(row.ratio, 9, 2)}${number(row.spread, 9, 2)}` +
        `${number(b.cpuMicrosPerBlock, 19, 1)}  ${notes.join(', ')}`,
    )
  }
  const [ours] = servers
  const room = { clients: ROOM, bytes: LOADER_BYTES }
  const together = ['-c', ROOM, '-a', '127.0.1.1']
  for (const [name, window, lossPercent] of [
    ['room', 1, 0],
    ['roomWindow', 16, 0],
    ['roomLossy', 1, 5],
    ['roomLossyWindow', 16, 5],
  ])
    room[name] = read(ours, 'loader.efi', [...together, '-w', window, '-l', lossPercent, '-s', 7]).slowest
  const late = Math.max(room.room, room.roomWindow) > ROOM_GOAL_SECONDS ? ' ABOVE GOAL' : ''
  console.log(
    `\n${ROOM} PCs fetch 1 MiB at once: the last has it after ${room.room.toFixed(1)} s one by one, ${room.roomWindow.toFixed(1)} s with windowsize 16 (goal: ${ROOM_GOAL_SECONDS})${late}`,
  )
  console.log(
    `with 5 % of the datagrams lost both ways: all have it, the last after ${room.roomLossy.toFixed(0)} s, ${room.roomLossyWindow.toFixed(0)} s with windowsize 16`,
  )
  if (values.json) {
    const machine = { node: process.version, processors: cpus().length, model: cpus()[0]?.model }
    writeFileSync(
      values.json,
      JSON.stringify({ rounds, mib: Number(values.mib), machine, rows, room, samples }, null, 2),
    )
  }
} catch (e) {
  console.error(e.message)
  process.exitCode = e.wrong ? 2 : 1
} finally {
  for (const server of servers) await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
