import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { targetNameOf } from '../../src-main/boot/names.ts'
import { seededRandom } from '../support/random.ts'
import { newDataDir, serveEngine, type ServedEngine } from '../support/served-engine.ts'
import { SocketInitiator } from '../support/socket-initiator.ts'

/** kill -9 of the engine under load, again and again: what it called safe must be there, and every disk must open. The
 *  nightly run does more cycles: BOOTLACE_KILL_CYCLES. */
const CYCLES = Number(process.env['BOOTLACE_KILL_CYCLES'] ?? 200)
const SEED = 20_261_121
const GRAIN = 4096
const GRAINS = 2048
const SIZE_MIB = (GRAINS * GRAIN) / 2 ** 20
const AT_ONCE = 8
const random = seededRandom(SEED)

/** What one disk was told, grain by grain: the number of the last write that is safe, and of the last that was sent. */
class Told {
  readonly safe = new Uint32Array(GRAINS)
  readonly sent = new Uint32Array(GRAINS)
  #number = 0

  next(): number {
    return ++this.#number
  }
  /** The number that a grain shows, or a reason why it is neither old nor new. */
  judge(grain: number, bytes: Buffer): string | undefined {
    const shown = bytes.readUInt32LE(0)
    for (let at = 0; at < GRAIN; at += 8) {
      if (bytes.readUInt32LE(at) !== shown || bytes.readUInt32LE(at + 4) !== (shown === 0 ? 0 : grain)) {
        return `grain ${grain} is torn at byte ${at}: it begins with write ${shown}`
      }
    }
    if (shown < this.safe[grain]!)
      return `grain ${grain} shows write ${shown}, but write ${this.safe[grain]} was called safe`
    if (shown > this.sent[grain]!) return `grain ${grain} shows write ${shown}, which was never sent`
    // What a restart showed stays.
    this.safe[grain] = shown
    return undefined
  }
}

function contentOf(grain: number, write: number): Buffer {
  const bytes = Buffer.alloc(GRAIN)
  for (let at = 0; at < GRAIN; at += 8) {
    bytes.writeUInt32LE(write, at)
    bytes.writeUInt32LE(grain, at + 4)
  }
  return bytes
}

/** Writes until the connection is lost. `acknowledged` is told of every answer; the kill may also meet a login. */
async function load(
  where: string,
  disk: string,
  told: Told,
  o: { readonly acknowledged: () => void; readonly isKilled: () => boolean },
): Promise<void> {
  const initiator = await SocketInitiator.login(where, targetNameOf(disk)).catch((e: unknown) => {
    if (!o.isKilled()) throw e
  })
  if (!initiator) return
  const lane = async (): Promise<void> => {
    while (!initiator.lost) {
      const kind = random.below(10)
      if (kind === 0) {
        // Everything that was answered before this command was sent.
        const before = answered.splice(0)
        if ((await initiator.synchronizeCache()) !== 0) throw new Error(`${disk}: SYNCHRONIZE CACHE failed`)
        for (const [grain, write] of before) told.safe[grain] = Math.max(told.safe[grain]!, write)
      } else {
        const grain = random.below(GRAINS)
        if (busy.has(grain)) continue
        busy.add(grain)
        const write = told.next()
        told.sent[grain] = write
        const fua = kind < 4
        const status = await initiator.write((grain * GRAIN) / 512, contentOf(grain, write), { fua })
        busy.delete(grain)
        if (status !== 0) throw new Error(`${disk}: a write ended with status ${status}`)
        if (fua) told.safe[grain] = write
        else answered.push([grain, write])
      }
      o.acknowledged()
    }
  }
  const busy = new Set<number>()
  const answered: [number, number][] = []
  const lanes = Array.from({ length: AT_ONCE }, () =>
    lane().catch((e: unknown) => {
      if (!initiator.lost) throw e
    }),
  )
  await Promise.all(lanes)
}

async function problemsOf(where: string, disk: string, told: Told): Promise<string[]> {
  const initiator = await SocketInitiator.login(where, targetNameOf(disk))
  const perRead = 65536 / GRAIN
  const problems: string[] = []
  for (let grain = 0; grain < GRAINS; grain += perRead) {
    const bytes = Buffer.from(await initiator.read((grain * GRAIN) / 512, 128))
    for (let i = 0; i < perRead; i++) {
      const problem = told.judge(grain + i, bytes.subarray(i * GRAIN, (i + 1) * GRAIN))
      if (problem) problems.push(`${disk}: ${problem}`)
    }
  }
  initiator.close()
  return problems
}

let dataDir: string
let engine: ServedEngine
const disks = new Map<string, Told>()

beforeAll(async () => {
  dataDir = newDataDir()
  engine = await serveEngine(dataDir)
  for (const format of ['vhdx', 'vhd', 'raw']) {
    engine.verb('disk', 'create', `own-${format}`, '--size', `${SIZE_MIB}M`, '--format', format)
    engine.verb('disk', 'create', `image-${format}`, '--size', `${SIZE_MIB}M`, '--format', format)
    engine.verb('disk', 'seal', `image-${format}`)
    expect(engine.verb('disk', 'clone', `image-${format}`, `clone-${format}`).code).toBe(0)
    for (const name of [`own-${format}`, `clone-${format}`]) disks.set(name, new Told())
  }
})
afterAll(async () => {
  await engine.end()
  rmSync(dataDir, { recursive: true })
})

test(
  `${CYCLES} times kill -9 under load lose nothing that was called safe, and every disk opens (seed ${SEED})`,
  {
    timeout: 60_000 + CYCLES * 5000,
  },
  async () => {
    let acknowledged = 0
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      const until = acknowledged + 20 + random.below(400)
      let kill!: () => void
      let isKilled = false
      const killed = new Promise<void>((done) => (kill = done)).then(() => void (isKilled = true))
      const count = () => {
        if (++acknowledged === until) kill()
      }
      const o = { acknowledged: count, isKilled: () => isKilled }
      const loads = [...disks].map(([name, told]) => load(engine.ready.iscsi, name, told, o))
      const ended = Promise.all(loads)
      await Promise.race([killed, ended])
      await engine.end('SIGKILL')
      await ended
      engine = await serveEngine(dataDir)
      const problems: string[] = []
      for (const [name, told] of disks) problems.push(...(await problemsOf(engine.ready.iscsi, name, told)))
      expect(problems, `cycle ${cycle}`).toEqual([])
      // Now and then a restore point or a new clone under it all.
      if (cycle % 20 === 19) {
        for (const name of ['own-raw', 'clone-vhdx', 'clone-vhd']) {
          expect(engine.verb('disk', 'snapshot', name, '--note', `cycle ${cycle}`).code).toBe(0)
          const points = (engine.verb('disk', 'show', name).json as { restorePoints: { id: number }[] }).restorePoints
          if (points.length < 3) continue
          for (const { id } of points.reverse()) {
            expect(engine.verb('disk', 'delete', name, '--point', String(id)).code).toBe(0)
          }
        }
      }
    }
    expect(acknowledged).toBeGreaterThan(CYCLES * 20)
  },
)
