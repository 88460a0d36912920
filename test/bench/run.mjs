/** Bootlace beside tgt, and istgt where it is installed: each serves a file in memory, the same libiscsi client loads them in
 *  turn, round by round, so that what else the machine does hits all. Only ratios mean anything; README.md says how to read them.
 *
 *  Usage: node test/bench/run.mjs [--rounds 5] [--seconds 1] [--only NAME,…] [--json FILE] [--size-mib 512] [--portal-only]
 *  Needs: tgt, gcc, libiscsi-dev, the built engine. Exit code: 0 measured, 2 a byte was wrong, 3 something is missing. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { hasProgram, startBootlace, startIstgt, startProduct, startTgt } from '../support/targets.mjs'
import { table } from './table.mjs'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    only: { type: 'string' },
    json: { type: 'string' },
    'size-mib': { type: 'string', default: '512' },
    // The target without the engine around it.
    'portal-only': { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
const sizeBytes = Number(values['size-mib']) * 2 ** 20
const here = dirname(fileURLToPath(import.meta.url))

const KIB = 1024
const MIB = 1024 * KIB
/** `goal`: the smallest ratio to tgt that is promised; `cpuGoal`: the largest share of tgt's processor time per operation. */
const JOBS = [
  { name: '4k read QD1', load: ['read', 4 * KIB, 1, 'random', 1], goal: 1.0, cpuGoal: 0.6 },
  { name: '4k read QD32', load: ['read', 4 * KIB, 32, 'random', 1], goal: 1.2, cpuGoal: 0.6 },
  { name: '4k write QD32', load: ['write', 4 * KIB, 32, 'random', 1], goal: 1.1, cpuGoal: 0.8 },
  { name: '64k read QD16', load: ['read', 64 * KIB, 16, 'random', 1], goal: 1.2 },
  { name: '1M read QD8', load: ['read', MIB, 8, 'sequential', 1], goal: 1.3, cpuGoal: 0.8 },
  { name: '1M write QD8', load: ['write', MIB, 8, 'sequential', 1], goal: 1.3 },
  { name: '1 session', load: ['read', 64 * KIB, 4, 'random', 1] },
  { name: '8 sessions', load: ['read', 64 * KIB, 4, 'random', 8] },
  { name: '32 sessions', load: ['read', 64 * KIB, 4, 'random', 32], goal: 1.5 },
  { name: '128 sessions', load: ['read', 64 * KIB, 4, 'random', 128] },
].filter((job) => !values.only || values.only.split(',').includes(job.name))
const IDLE = { sessions: 100, seconds: 5, goalPercent: 1 }
const RESIDENT_GOAL_MIB = 150
const LOADED = '32 sessions'
/** A peer that answers no more has no figures in that job. */
const STUCK_MS = 60_000

function missing(what) {
  console.error(what)
  process.exit(3)
}
for (const program of ['tgtd', 'gcc']) {
  if (!hasProgram(program)) missing(`${program} is not installed: nothing to compare with`)
}
if (!values['portal-only'] && !existsSync(join(here, '../../dist/main/cli.cjs'))) {
  missing('the engine is not built: node resources/scripts/build.mjs')
}
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const folder = mkdtempSync(join(memory, 'bootlace-bench-'))
const load = join(folder, 'load')
const compiled = spawnSync('gcc', ['-O3', '-o', load, join(here, 'load.c'), '-liscsi'], { encoding: 'utf8' })
if (compiled.status !== 0) {
  rmSync(folder, { recursive: true })
  missing(`the load program does not compile (is libiscsi-dev installed?)\n${compiled.stderr}`)
}

/** One run of the load program. Wrong data ends the bench: a target that is fast and wrong has no figures. */
function run(args) {
  const r = spawnSync(load, args.map(String), { encoding: 'utf8', timeout: STUCK_MS })
  if (r.error) throw new Error(`${args.join(' ')}: ${r.error.message}`)
  if (r.status !== 0) throw Object.assign(new Error(`${args.join(' ')}: ${r.stderr}`), { wrong: r.status === 2 })
  return r.stdout ? JSON.parse(r.stdout) : undefined
}
/** A full file: holes would be read without touching memory. */
function fullFile(name) {
  const path = join(folder, name)
  run(['fill', path, sizeBytes])
  return path
}
function measure(target, [operation, bytes, depth, order, sessions]) {
  const out = run([operation, target.url, target.pid, bytes, depth, values.seconds, order, sizeBytes, sessions])
  return { ...out, cpuMicros: (out.cpuSeconds * 1e6) / out.ios }
}

/** istgt stops answering with a hundred sessions, now and then. */
const canServe = (name, sessions) => name !== 'istgt' || sessions < 100

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) / 2)]
const spread = (list) => (Math.max(...list) - Math.min(...list)) / median(list)

const targets = {}
try {
  const file = fullFile('bootlace.img')
  targets.bootlace = values['portal-only'] ? await startBootlace(file) : await startProduct(file, folder)
  if (!values['portal-only']) rmSync(file)
  targets.tgt = await startTgt(fullFile('tgt.img'))
  if (hasProgram('istgt')) targets.istgt = await startIstgt(fullFile('istgt.img'))
  const names = Object.keys(targets)
  const samples = JOBS.map(() => Object.fromEntries(names.map((name) => [name, []])))
  for (let round = 0; round < rounds; round++) {
    JOBS.forEach((job, i) => {
      // Who goes first changes by round.
      const turn = round % names.length
      for (const name of [...names.slice(turn), ...names.slice(0, turn)]) {
        if (canServe(name, job.load[4])) samples[i][name].push(measure(targets[name], job.load))
      }
    })
  }
  const rows = JOBS.map((job, i) => {
    const of = (name, field) => median(samples[i][name].map((s) => s[field]))
    const ratios = samples[i].bootlace.map((s, r) => s.iops / samples[i].tgt[r].iops)
    const cpuRatios = samples[i].bootlace.map((s, r) => s.cpuMicros / samples[i].tgt[r].cpuMicros)
    return {
      name: job.name,
      ...(job.goal !== undefined && { goal: job.goal }),
      ...(job.cpuGoal !== undefined && { cpuGoal: job.cpuGoal }),
      ratio: median(ratios),
      ratioSpread: spread(ratios),
      cpuRatio: median(cpuRatios),
      targets: Object.fromEntries(
        names
          .filter((name) => canServe(name, job.load[4]))
          .map((name) => [
            name,
            {
              iops: of(name, 'iops'),
              mbps: of(name, 'mbps'),
              cpuMicros: of(name, 'cpuMicros'),
              // Of the first round: memory that more sessions took once is not given back to the system.
            residentMib: samples[i][name][0].residentMib,
            },
          ]),
      ),
    }
  })
  const idle = Object.fromEntries(
    names
      .filter((name) => canServe(name, IDLE.sessions))
      .map((name) => {
        const out = run([
          'idle',
          targets[name].url,
          targets[name].pid,
          4096,
          1,
          IDLE.seconds,
          'random',
          sizeBytes,
          IDLE.sessions,
        ])
        return [name, (100 * out.cpuSeconds) / out.seconds]
      }),
  )
  const loaded = rows.find((row) => row.name === LOADED)
  console.log(`${rounds} rounds of ${values.seconds} s, medians; every byte read was checked, every write read back\n`)
  console.log(table(rows, names))
  if (loaded) {
    const mib = names.map((name) => `${name} ${loaded.targets[name].residentMib.toFixed(0)} MiB`).join(', ')
    console.log(`\nresident memory with ${LOADED}: ${mib} (goal: ${RESIDENT_GOAL_MIB})`)
  }
  const percents = Object.keys(idle)
    .map((name) => `${name} ${idle[name].toFixed(2)} %`)
    .join(', ')
  console.log(`processor with ${IDLE.sessions} idle sessions: ${percents} (goal: under ${IDLE.goalPercent})`)
  if (values.json) {
    const machine = { node: process.version, processors: cpus().length, model: cpus()[0]?.model }
    const result = { rounds, seconds: Number(values.seconds), machine, rows, idlePercent: idle, samples }
    writeFileSync(values.json, JSON.stringify(result, null, 2))
  }
} catch (e) {
  console.error(e.message)
  process.exitCode = e.wrong ? 2 : 1
} finally {
  for (const target of Object.values(targets)) await target.stop()
  rmSync(folder, { recursive: true, force: true })
}
