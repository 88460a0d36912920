/** Bootlace and tgt side by side: both serve a file in memory, the same libiscsi client loads them in turn, round by
 *  round, so that what else the machine does hits both. Only ratios mean anything.
 *
 *  Usage: node test/bench/run.mjs [--rounds 5] [--seconds 1] [--only NAME,…] [--json FILE] [--size-mib 512]
 *  Needs: tgt, gcc, libiscsi-dev. Exit code: 0 measured, 3 something is missing. */
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { randomFillSync } from 'node:crypto'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { hasProgram, startBootlace, startTgt } from '../support/targets.mjs'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    only: { type: 'string' },
    json: { type: 'string' },
    'size-mib': { type: 'string', default: '512' },
  },
})
const rounds = Number(values.rounds)
const sizeBytes = Number(values['size-mib']) * 2 ** 20
/** Goal: smallest ratio to tgt that is promised. */
const JOBS = [
  { name: '4k read QD1', load: ['read', 4096, 1, 'random'], goal: 0.9 },
  { name: '4k read QD32', load: ['read', 4096, 32, 'random'], goal: 1.2 },
  { name: '4k write QD32', load: ['write', 4096, 32, 'random'], goal: 0.9 },
  { name: '64k read QD16', load: ['read', 65536, 16, 'random'], goal: 1.0 },
  { name: '1M read QD8', load: ['read', 1048576, 8, 'sequential'], goal: 1.3 },
  { name: '1M write QD8', load: ['write', 1048576, 8, 'sequential'], goal: 1.2 },
].filter((job) => !values.only || values.only.split(',').includes(job.name))

for (const program of ['tgtd', 'gcc']) {
  if (!hasProgram(program)) {
    console.error(`${program} is not installed: nothing to compare with`)
    process.exit(3)
  }
}
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const folder = mkdtempSync(join(memory, 'bootlace-bench-'))
const load = join(folder, 'load')
const source = join(dirname(fileURLToPath(import.meta.url)), 'load.c')
const compiled = spawnSync('gcc', ['-O2', '-o', load, source, '-liscsi'], { encoding: 'utf8' })
if (compiled.status !== 0) {
  console.error(`the load program does not compile (is libiscsi-dev installed?)\n${compiled.stderr}`)
  rmSync(folder, { recursive: true })
  process.exit(3)
}

/** Holes would be read without touching memory: the file is full. */
function fullFile(path) {
  const fd = openSync(path, 'w')
  const chunk = randomFillSync(Buffer.alloc(2 ** 20))
  for (let at = 0; at < sizeBytes; at += chunk.length) writeSync(fd, chunk)
  closeSync(fd)
  return path
}

const TICKS_PER_SECOND = 100
/** Seconds of processor time of a process and its threads. Source: proc_pid_stat(5), fields 14 and 15. */
function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
const residentMib = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024

function measure(target, job) {
  const [operation, bytes, depth, order] = job.load
  const before = cpuSeconds(target.pid)
  const args = [target.url, operation, bytes, depth, values.seconds, order, sizeBytes].map(String)
  const r = spawnSync(load, args, { encoding: 'utf8' })
  if (r.status !== 0) throw new Error(`${job.name}: ${r.stderr}`)
  const out = JSON.parse(r.stdout)
  return { iops: out.iops, mbps: out.mbps, cpuMicros: ((cpuSeconds(target.pid) - before) * 1e6) / out.ios }
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) / 2)]
const spread = (list) => (Math.max(...list) - Math.min(...list)) / median(list)

const targets = {}
try {
  targets.bootlace = await startBootlace(fullFile(join(folder, 'bootlace.img')))
  targets.tgt = await startTgt(fullFile(join(folder, 'tgt.img')))
  const samples = JOBS.map(() => ({ bootlace: [], tgt: [] }))
  for (let round = 0; round < rounds; round++) {
    JOBS.forEach((job, i) => {
      // Who goes first changes by round.
      for (const name of round % 2 === 0 ? ['bootlace', 'tgt'] : ['tgt', 'bootlace']) {
        samples[i][name].push(measure(targets[name], job))
      }
    })
  }
  const rows = JOBS.map((job, i) => {
    const of = (name, field) => samples[i][name].map((s) => s[field])
    const ratios = samples[i].bootlace.map((s, r) => s.iops / samples[i].tgt[r].iops)
    return {
      name: job.name,
      goal: job.goal,
      bootlaceIops: median(of('bootlace', 'iops')),
      tgtIops: median(of('tgt', 'iops')),
      bootlaceMbps: median(of('bootlace', 'mbps')),
      tgtMbps: median(of('tgt', 'mbps')),
      ratio: median(ratios),
      ratioSpread: spread(ratios),
      bootlaceCpuMicros: median(of('bootlace', 'cpuMicros')),
      tgtCpuMicros: median(of('tgt', 'cpuMicros')),
    }
  })
  const memoryMib = { bootlace: residentMib(targets.bootlace.pid), tgt: residentMib(targets.tgt.pid) }
  console.log(`${rounds} rounds of ${values.seconds} s, medians; ratio above 1: Bootlace is faster\n`)
  console.log('job             bootlace/s      tgt/s   MB/s    tgt  ratio spread  goal  us/op  tgt us/op')
  for (const r of rows) {
    console.log(
      r.name.padEnd(14),
      ...[
        [r.bootlaceIops, 11, 0],
        [r.tgtIops, 10, 0],
        [r.bootlaceMbps, 6, 0],
        [r.tgtMbps, 6, 0],
        [r.ratio, 6, 2],
        [r.ratioSpread, 6, 2],
        [r.goal, 5, 1],
        [r.bootlaceCpuMicros, 6, 1],
        [r.tgtCpuMicros, 10, 1],
      ].map(([n, width, digits]) => n.toFixed(digits).padStart(width)),
      r.ratio >= r.goal ? '' : 'BELOW GOAL',
    )
  }
  console.log(`\nresident memory: Bootlace ${memoryMib.bootlace.toFixed(0)} MiB, tgt ${memoryMib.tgt.toFixed(0)} MiB`)
  if (values.json) {
    const result = { rounds, seconds: Number(values.seconds), node: process.version, rows, memoryMib }
    writeFileSync(values.json, JSON.stringify(result, null, 2))
  }
} finally {
  for (const target of Object.values(targets)) await target.stop()
  rmSync(folder, { recursive: true, force: true })
}
