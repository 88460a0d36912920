import { AppError, CodecError } from '../../../src-main/base/errors.ts'
import { MemoryFile } from '../memory-file.ts'
import { seededRandom, type SeededRandom } from '../random.ts'
import type { SparseBytes } from '../sparse-bytes.ts'
import { peakBytes } from './peak.ts'
import { foreignSubjects } from './foreign.ts'
import { probed, probeSubject } from './probe.ts'
import { damage, type Subject } from './subject.ts'
import { vhdSubjects } from './vhd.ts'
import { vhdxSubjects } from './vhdx.ts'

/** Run as a process of its own, so that its memory is the images' alone: tries damaged images, and prints a report as JSON
 *  on its last line. Arguments: seed, cases of a usual subject, optionally the name of one subject and the number of one
 *  case, to see that alone. */

/** What one case may read before it counts as hung: the largest table that is taken, and its log. */
export const MOST_READS = 4000
export const MOST_READ_BYTES = 200 * 2 ** 20

export interface SubjectReport {
  readonly name: string
  readonly cases: number
  readonly opened: number
  /** How often each error was the answer. */
  readonly codes: Readonly<Record<string, number>>
  readonly mostReads: number
  readonly mostReadBytes: number
  /** What must not be, and how to see it again. */
  readonly violations: readonly string[]
}
export interface MalformedReport {
  readonly subjects: readonly SubjectReport[]
  readonly peakBytes: number
}

/** Ends a case that reads on and on. It is no AppError, so that nobody takes it for an answer. */
class Hung extends Error {}

class WatchedFile extends MemoryFile {
  override read(position: number, into: Uint8Array): void | Promise<void> {
    if (this.reads > MOST_READS || this.readBytes > MOST_READ_BYTES)
      throw new Hung(`${this.reads} reads, ${this.readBytes} bytes`)
    return super.read(position, into)
  }
}

/** Opens, reads, writes. Returns the code of the error that ended it. */
async function use(subject: Subject, file: WatchedFile, random: SeededRandom): Promise<string> {
  const into = new Uint8Array(16 * 4096)
  let stage = 'opened'
  try {
    probed(file)
    if (subject.inspect && random.below(6) === 0) await subject.inspect(file)
    const device = await subject.open(file)
    if (!Number.isSafeInteger(device.blockCount) || device.blockCount < 1)
      throw new Error(`it has ${device.blockCount} blocks`)
    const blocks = Math.min(16, device.blockCount)
    const last = device.blockCount - blocks
    const any = Math.floor((random.below(2 ** 32) / 2 ** 32) * last)
    const part = into.subarray(0, blocks * device.blockSize)
    for (const lba of [0, any, last]) await device.read(lba, part)
    if (device.readOnly) return stage
    stage = 'written'
    const data = new Uint8Array(device.blockSize).fill(0x5a)
    await device.zero(any, blocks)
    await device.write(last, [data])
    await device.write(any, [data])
    await device.flush()
    if (random.below(2) === 0) await device.close()
    const again = await subject.open(new WatchedFile(file.bytes))
    await again.read(any, part)
    const [first, second] = [part[device.blockSize - 1], part[device.blockSize]]
    if (first !== 0x5a || (blocks > 1 && any + 1 < last && second !== 0)) throw new Error('what was written is lost')
    return stage
  } catch (e) {
    if (!(e instanceof AppError)) throw e
    if (e.code === 'bug' || (stage === 'written' && e.code !== 'disk.full')) throw e
    if (!/\w+ \w+/.test(e.message)) throw new Error(`no sentence: ${e.code} ${e.message}`, { cause: e })
    if (!(e instanceof CodecError) && !e.hint) throw new Error(`no hint: ${e.code} ${e.message}`, { cause: e })
    return e.code
  }
}

/** What a case needs is to be measured, not when the collector of a busy machine comes round to the garbage of thousands. */
const COLLECTED_EVERY = 100

async function runSubject(subject: Subject, seed: number, only?: number): Promise<SubjectReport> {
  const codes: Record<string, number> = {}
  const violations: string[] = []
  let opened = 0
  let mostReads = 0
  let mostReadBytes = 0
  for (let i = only ?? 0; i < (only === undefined ? subject.cases : only + 1); i++) {
    const random = seededRandom(seed + Math.imul(i + 1, 0x9e3779b1))
    const bytes: SparseBytes = subject.image.copy()
    if (!subject.own?.(bytes, random)) damage(subject, bytes, random)
    const readOnly = !subject.writable || random.below(3) === 0
    const file = new WatchedFile(bytes, { path: 'fuzzed', readOnly })
    try {
      const code = await use(subject, file, random)
      if (code === 'opened' || code === 'written') opened++
      else codes[code] = (codes[code] ?? 0) + 1
    } catch (e) {
      if (only !== undefined) console.error(e)
      violations.push(`seed ${seed}, ${subject.name}, case ${i}: ${String(e)}`)
    }
    if (i % COLLECTED_EVERY === 0) globalThis.gc?.()
    mostReads = Math.max(mostReads, file.reads)
    mostReadBytes = Math.max(mostReadBytes, file.readBytes)
  }
  const cases = only === undefined ? subject.cases : 1
  return { name: subject.name, cases, opened, codes, mostReads, mostReadBytes, violations: violations.slice(0, 20) }
}

async function main(): Promise<void> {
  if (!globalThis.gc) throw new Error('run with --expose-gc: memory is measured')
  const [seed, cases, name, only] = process.argv.slice(2)
  const count = Number(cases)
  const known = [...(await vhdSubjects(count)), ...(await vhdxSubjects(count)), ...foreignSubjects(count)]
  const subjects: SubjectReport[] = []
  for (const subject of [...known, probeSubject(count, known)]) {
    if (name !== undefined && subject.name !== name) continue
    subjects.push(await runSubject(subject, Number(seed), only === undefined ? undefined : Number(only)))
  }
  const report: MalformedReport = { subjects, peakBytes: peakBytes() }
  console.log(JSON.stringify(report))
}

if (import.meta.filename === process.argv[1]) await main()
