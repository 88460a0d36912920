// How smoothly the board of PCs is drawn, and what it costs, with many PCs that all change all the time: the built window in
// Chromium, before an engine that only plays. See README.md.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { silentLogger } from '../../src-main/base/log.ts'
import { openAdminServer } from '../../src-main/engine/admin-server.ts'
import { createRoom, TURNS_A_SECOND } from '../support/room.ts'

const { values: o } = parseArgs({
  options: {
    pcs: { type: 'string', default: '256' },
    seconds: { type: 'string', default: '10' },
    json: { type: 'string' },
  },
})
const pcs = Number(o.pcs)
const seconds = Number(o.seconds)
if (!(pcs > 0) || !(seconds > 0)) {
  console.error('Usage: board.mjs [--pcs N] [--seconds N] [--json FILE]')
  process.exit(64)
}
const uiDir = resolve(import.meta.dirname, '../../dist/renderer')
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(exists)
if (!executablePath || !exists(join(uiDir, 'index.html'))) {
  console.error('Needs Chromium and the built window (node resources/scripts/build.mjs).')
  process.exit(3)
}

const GOALS = { framesPerSecond: 50, corePercent: 15 }

const room = createRoom(pcs)
const server = await openAdminServer(
  { host: '127.0.0.1', port: 0, uiDir, token: 'bench', logger: silentLogger },
  room.face,
)
const beat = setInterval(() => room.turn(), 1000 / TURNS_A_SECOND)
const profile = mkdtempSync(join(tmpdir(), 'bootlace-board-'))
const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  viewport: { width: 1440, height: 900 },
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
})
try {
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(`http://127.0.0.1:${server.port}/#token=bench`)
  await page.getByRole('article', { name: 'pc-001' }).waitFor()
  const cards = await page.getByRole('article').count()
  const cdp = await context.newCDPSession(page)
  await cdp.send('Performance.enable')
  await page.waitForTimeout(2000)

  const results = []
  for (const view of ['Board', 'List']) {
    await page.getByRole('button', { name: view, exact: true }).click()
    await page.waitForTimeout(1000)
    const still = await cost(cdp, profile, seconds)
    const resting = await frames(page, seconds, false)
    const scrolling = await frames(page, seconds, true)
    results.push({ view, ...still, resting, scrolling })
  }
  const report = { pcs, cards, snapshotsPerSecond: TURNS_A_SECOND, seconds, results }
  for (const r of results) {
    console.log(`${r.view}, ${pcs} PCs, all busy, ${TURNS_A_SECOND} snapshots a second`)
    line('frames a second, at rest', r.resting.perSecond, r.resting.perSecond >= GOALS.framesPerSecond)
    line('frames a second, while scrolling', r.scrolling.perSecond, r.scrolling.perSecond >= GOALS.framesPerSecond)
    line('longest frame while scrolling, ms', r.scrolling.longestMs)
    line('main thread busy, % of a core', r.mainThreadPercent, r.mainThreadPercent <= GOALS.corePercent)
    line('  of it scripts', r.scriptPercent)
    line('  of it style and layout', r.layoutPercent)
    line('all processes of the browser, % of a core', r.processPercent)
  }
  if (o.json) writeFileSync(o.json, JSON.stringify(report, null, 2) + '\n')
} finally {
  clearInterval(beat)
  await context.close()
  await server.close()
  rmSync(profile, { recursive: true, force: true })
}

function line(what, value, reached) {
  const goal = reached === undefined ? '' : reached ? '' : '   goal missed'
  console.log(`  ${what.padEnd(44)}${value.toFixed(1).padStart(8)}${goal}`)
}

/** What the page costs while nobody touches it. Percent of one core. */
async function cost(cdp, profileDir, forSeconds) {
  const read = async () =>
    Object.fromEntries((await cdp.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]))
  const [before, ticksBefore, startMs] = [await read(), ticksOf(profileDir), performance.now()]
  await new Promise((done) => setTimeout(done, forSeconds * 1000))
  const [after, ticksAfter] = [await read(), ticksOf(profileDir)]
  const took = (performance.now() - startMs) / 1000
  const share = (...names) => (100 * names.reduce((sum, n) => sum + after[n] - before[n], 0)) / took
  return {
    mainThreadPercent: share('TaskDuration'),
    scriptPercent: share('ScriptDuration'),
    layoutPercent: share('LayoutDuration', 'RecalcStyleDuration'),
    // The clock of the system's own counters ticks a hundred times a second.
    processPercent: (ticksAfter - ticksBefore) / took,
  }
}

/** Frames that the page is given, by requestAnimationFrame; while scrolling, from top to bottom and back. */
function frames(page, forSeconds, scroll) {
  return page.evaluate(
    `new Promise((done) => {
      const [ms, scroll] = [${forSeconds * 1000}, ${scroll}]
      const height = document.documentElement.scrollHeight - innerHeight
      let count = 0, longest = 0, first, last
      const frame = (now) => {
        first ??= now
        if (last !== undefined) { count++; longest = Math.max(longest, now - last) }
        last = now
        if (scroll) scrollTo(0, height * (0.5 - 0.5 * Math.cos(((now - first) / ms) * Math.PI * 2)))
        if (now - first < ms) requestAnimationFrame(frame)
        else done({ perSecond: (count * 1000) / (now - first), longestMs: longest })
      }
      requestAnimationFrame(frame)
    })`,
  )
}

/** Time that all processes of this browser have had, in hundredths of a second. */
function ticksOf(profileDir) {
  let sum = 0
  const mine = new Set()
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  for (const pid of processes) {
    const [command, stat] = [text(`/proc/${pid}/cmdline`), text(`/proc/${pid}/stat`)]
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // Its helpers are its children, or children of those.
    if (!command.includes(profileDir) && !mine.has(fields[1])) continue
    mine.add(pid)
    sum += Number(fields[11]) + Number(fields[12])
  }
  return sum
}
function text(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It ended meanwhile.
    return ''
  }
}
function exists(path) {
  try {
    readFileSync(path, { flag: 'r' }).subarray(0, 1)
    return true
  } catch {
    // Not there, or not to be read.
    return false
  }
}
