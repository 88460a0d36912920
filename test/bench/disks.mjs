/** What disks cost: clones, chains, the cache of images, and the formats side by side. Needs nothing but Node.
 *
 *  Usage: node test/bench/disks.mjs [--only clones,chains,cache,formats] [--rounds 7] [--clones 256] [--json FILE]
 *  Exit code: 0 measured, whatever the figures are; 64 wrong usage. Times depend on what else the machine does: of those
 *  only ratios mean anything; bytes and calls are exact. See README.md beside this file. */
import { existsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { measureCache } from './disks/cache.ts'
import { measureChains } from './disks/chains.ts'
import { measureClones } from './disks/clones.ts'
import { measureFormats } from './disks/formats.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    clones: { type: 'string', default: '256' },
    json: { type: 'string' },
  },
})
const rounds = Number(values.rounds)
const count = Number(values.clones)
/** The host's disk, and memory where there is a file system in it. */
const folders = existsSync('/dev/shm') ? [tmpdir(), '/dev/shm'] : [tmpdir()]
const memory = folders.at(-1)

const SECTIONS = {
  async clones() {
    const rows = []
    for (const folder of folders)
      for (const format of ['vhd', 'vhdx']) rows.push(...(await measureClones(folder, count, format)))
    return rows
  },
  chains: () => measureChains(memory, rounds),
  cache: () => measureCache(memory, rounds),
  formats: () => measureFormats(folders[0], memory, rounds),
}
const wanted = values.only ? values.only.split(',') : Object.keys(SECTIONS)
for (const name of wanted) {
  if (SECTIONS[name]) continue
  console.error(`there is no section ${name}; there are ${Object.keys(SECTIONS).join(', ')}`)
  process.exit(64)
}

const rows = []
let section = ''
for (const name of wanted) {
  for (const row of await SECTIONS[name]()) {
    rows.push(row)
    if (row.section !== section) console.log(`\n${row.section}`)
    section = row.section
    const digits = Math.abs(row.value) >= 100 ? 0 : Math.abs(row.value) >= 10 ? 1 : 2
    console.log(
      `  ${row.what.padEnd(58)}${row.value.toFixed(digits).padStart(10)} ${row.unit.padEnd(8)}`,
      row.atMost === undefined
        ? ''
        : row.value <= row.atMost
          ? `(goal: ${Number(row.atMost.toFixed(2))})`
          : `ABOVE GOAL ${row.atMost}`,
      row.note ?? '',
    )
  }
}
if (values.json) writeFileSync(values.json, JSON.stringify({ node: process.version, rounds, memory, rows }, null, 2))
