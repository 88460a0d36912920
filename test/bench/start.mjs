/** How long a double-click takes: from the start of the process to the engine serving, and to the first thing painted.
 *  The window runs in the Electron that can be had (see README.md beside this file), under Xvfb where there is no display.
 *
 *  Usage: node test/bench/start.mjs [--rounds 5] [--disks 40] [--json FILE]
 *  Exit code: 0 measured, whatever the figures are; 3 no Electron or no display; 64 wrong usage. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { electronProgram } from '../../resources/scripts/electron.mjs'
import { hasXvfb, openDisplay } from '../support/xvfb.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    disks: { type: 'string', default: '40' },
    json: { type: 'string' },
  },
})
const rounds = Number(values.rounds)
const disks = Number(values.disks)
if (!(rounds > 0) || !(disks >= 0)) {
  console.error('--rounds and --disks are numbers')
  process.exit(64)
}
const root = resolve(import.meta.dirname, '../..')
const cli = join(root, 'dist/main/cli.cjs')
const PAINT_GOAL_MS = 1000
const READY_GOAL_MS = 1500

const electron = await electronProgram()
const display = process.env.DISPLAY ? undefined : hasXvfb ? await openDisplay() : undefined
if (!electron || (!process.env.DISPLAY && !display)) {
  console.error('no Electron or no display here')
  process.exit(3)
}

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
/** Asked again until it answers; the program under test has no event for outsiders. */
async function until(what, limitMs = 30_000) {
  const end = Date.now() + limitMs
  for (;;) {
    const found = await what()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error('it did not come')
    await new Promise((done) => setTimeout(done, 20))
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'bootlace-start-'))
/** A household as it is after a while: disks to open before the first PC may come. */
function furnish() {
  const engine = spawn(process.execPath, [cli, 'serve', ...quiet], { stdio: 'ignore' })
  const verb = (...words) => {
    const { status, stderr } = spawnSync(process.execPath, [cli, ...words, '--data', dataDir], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`)
  }
  return until(() => (existsSync(join(dataDir, 'engine.pid')) ? tryStatus() : undefined)).then(async () => {
    if (disks > 0) {
      verb('disk', 'create', 'image', '--size', '40G')
      verb('disk', 'seal', 'image')
      verb('disk', 'clone', 'image', '--count', String(disks), '--prefix', 'pc-')
    }
    const ended = new Promise((done) => engine.once('exit', done))
    engine.kill('SIGTERM')
    await ended
  })
}
const quiet = [
  ...['--data', dataDir, '--interface', '127.0.0.1', '--dhcp', 'off', '--iscsi-port', '0', '--http-port', '0'],
  ...['--tftp-port', '0', '--admin', '127.0.0.1:0'],
]
const tryStatus = () =>
  spawnSync(process.execPath, [cli, 'status', '--data', dataDir]).status === 0 ? true : undefined

/** When the engine of this start said that it serves; ms since 1970. */
function servingSince(afterMs) {
  const file = join(dataDir, 'logs/engine.log')
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const line = lines.map((text) => JSON.parse(text)).findLast((entry) => / serves PCs on /.test(entry.msg))
  return line && line.time >= afterMs ? line.time : undefined
}

/** ms since 1970, or null. */
const PAINTED_AT = `(() => {
  const paint = performance.getEntriesByName('first-contentful-paint')[0]
  return paint ? performance.timeOrigin + paint.startTime : null
})()`
const HAS_PAGE = `document.querySelector('nav') !== null`

const pageAt = (port) =>
  fetch(`http://127.0.0.1:${port}/json/list`)
    .then((answer) => answer.json())
    .then((targets) => targets.find((target) => target.type === 'page'))
    .catch(() => undefined)

/** The DevTools protocol, as far as a question needs it. */
async function openPage(url) {
  const socket = new WebSocket(url)
  await new Promise((done, failed) => {
    socket.addEventListener('open', done)
    socket.addEventListener('error', failed)
  })
  const waiting = new Map()
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(data)
    waiting.get(id)?.(result)
    waiting.delete(id)
  })
  let next = 0
  return {
    evaluate: (expression) =>
      new Promise((done) => {
        waiting.set(++next, (result) => done(result.result.value))
        socket.send(JSON.stringify({ id: next, method: 'Runtime.evaluate', params: { expression } }))
      }),
    close: () => socket.close(),
  }
}

async function oneStart() {
  const port = await freePort()
  const startedMs = Date.now()
  const child = spawn(
    electron.command,
    [...electron.args, `--remote-debugging-port=${port}`, `--user-data-dir=${join(dataDir, 'electron')}`, root],
    {
      stdio: 'ignore',
      env: {
        ...process.env,
        ...electron.env,
        ...(display && { DISPLAY: display.display }),
        BOOTLACE_DATA: dataDir,
        BOOTLACE_INTERFACE: '127.0.0.1',
        BOOTLACE_DHCP: 'off',
        BOOTLACE_ISCSI_PORT: '0',
        BOOTLACE_HTTP_PORT: '0',
        BOOTLACE_TFTP_PORT: '0',
      },
    },
  )
  try {
    const readyMs = await until(() => servingSince(startedMs))
    const target = await until(() => pageAt(port))
    const page = await openPage(target.webSocketDebuggerUrl)
    const paintedMs = await until(async () => (await page.evaluate(PAINTED_AT)) ?? undefined)
    await until(async () => (await page.evaluate(HAS_PAGE)) || undefined)
    page.close()
    return { readyMs: readyMs - startedMs, paintedMs: Math.round(paintedMs - startedMs) }
  } finally {
    const ended = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    await ended
  }
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
try {
  await furnish()
  const starts = []
  // The first start fills the page cache and the program's own caches; people start it more than once.
  await oneStart()
  for (let round = 0; round < rounds; round++) starts.push(await oneStart())
  const painted = median(starts.map((s) => s.paintedMs))
  const ready = median(starts.map((s) => s.readyMs))
  const say = (what, value, all, goal) =>
    console.log(
      `  ${what.padEnd(32)}${String(value).padStart(6)} ms  ${value <= goal ? `(goal: ${goal})` : `ABOVE GOAL ${goal}`}  ${Math.min(...all)} to ${Math.max(...all)}`,
    )
  console.log(`start of the desktop app with ${disks} clones, median of ${rounds}`)
  say(
    'first paint',
    painted,
    starts.map((s) => s.paintedMs),
    PAINT_GOAL_MS,
  )
  say(
    'engine serves',
    ready,
    starts.map((s) => s.readyMs),
    READY_GOAL_MS,
  )
  if (values.json) writeFileSync(values.json, JSON.stringify(starts, undefined, 2))
} finally {
  await display?.close()
  rmSync(dataDir, { recursive: true, force: true })
}
