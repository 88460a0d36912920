import { InvalidArgumentError, Option, type Command } from 'commander'
import type { ChannelCaller } from '../api/caller.ts'
import type { Snapshot, TimelineEntry } from '../api/dto.ts'
import type { Latency, Metrics } from '../api/metrics.ts'
import { formatSize } from '../base/units.ts'
import { errorLine, EXIT, exitCodeOf, formatTime, note, say, sayJson, table } from './output.ts'
import { connectEngine } from './connect.ts'
import { asVerb, dataDirOf, runVerb, type CommonOptions } from './verb.ts'

export function addStatusVerbs(program: Command): void {
  asVerb(program.command('status'), 'bootlace status')
    .description('services, sessions, throughput, warnings')
    .action((o: CommonOptions) =>
      runVerb(
        o,
        async (engine) => {
          const { points, ...metrics } = await engine.call('metrics', {})
          const last = points.at(-1)
          return { ...(await engine.call('snapshot')), metrics: { ...metrics, ...(last && { last }) } }
        },
        (s) => say([describeStatus(s), describeMetrics(s.metrics)].join('\n\n')),
      ),
    )

  asVerb(program.command('events'), 'bootlace events --follow --client pc-01')
    .description('what happened, PC by PC')
    .option('--follow', 'go on until Ctrl+C')
    .option('--client <pc>', 'only this PC, by name or MAC')
    .addOption(new Option('--limit <n>', 'how many of the newest').argParser(count).default(200))
    .action(events)
}

function count(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It is a number from 1.')
  return value
}

async function events(o: CommonOptions & { follow?: boolean; client?: string; limit: number }): Promise<void> {
  const print = (entry: TimelineEntry) => (o.json ? sayJson(entry) : say(describeEvent(entry)))
  if (!o.follow) {
    await runVerb(
      o,
      async (engine) =>
        engine.call('timeline', { limit: o.limit, ...(o.client !== undefined && { client: o.client }) }),
      (list) => list.forEach(print),
    )
    return
  }
  let engine: Awaited<ReturnType<typeof connectEngine>> | undefined
  try {
    engine = await connectEngine(dataDirOf(o))
    await follow(engine, o, print)
    process.exitCode = EXIT.done
  } catch (thrown) {
    note(errorLine(thrown))
    process.exitCode = exitCodeOf(thrown)
  } finally {
    engine?.close()
  }
}

/** Prints what there is and what comes, until Ctrl+C. Errors: engine.gone, client.unknown. */
function follow(
  engine: ChannelCaller,
  o: { client?: string; limit: number },
  print: (entry: TimelineEntry) => void,
): Promise<void> {
  const query = o.client === undefined ? {} : { client: o.client }
  let lastId = 0
  const show = (list: readonly TimelineEntry[]) => {
    for (const entry of list) {
      lastId = entry.id
      print(entry)
    }
  }
  return new Promise<void>((resolve, reject) => {
    engine.onLost(reject)
    process.once('SIGINT', resolve)
    // Listening begins before the first question, so that nothing falls between the two; one question at a time keeps the
    // order. Filtering stays in the engine, which knows names and MACs: an event only says that there is something new.
    let asking = Promise.resolve()
    const ask = (input: { limit: number; afterId?: () => number }) => {
      asking = asking
        .then(() =>
          engine.call('timeline', {
            ...query,
            limit: input.limit,
            ...(input.afterId && { afterId: input.afterId() }),
          }),
        )
        .then(show)
      asking.catch(reject)
    }
    engine.subscribe((event) => {
      if (event.event === 'timeline') ask({ limit: 5000, afterId: () => lastId })
    })
    ask({ limit: o.limit })
  })
}

const describeEvent = (e: TimelineEntry): string =>
  `${formatTime(e.atMs)}  ${(e.client ?? e.mac).padEnd(17)}  ${e.text}`

const latency = (what: string, l: Latency): string =>
  `${what}: half within ${l.p50} µs, 95 % within ${l.p95} µs, 99 % within ${l.p99} µs`

/** Throughput of the last second, latencies of the last minute, and what the cache spared. */
function describeMetrics(m: Omit<Metrics, 'points'> & { readonly last?: Metrics['points'][number] }): string {
  const { last, cache } = m
  const looked = cache.hits + cache.misses
  return [
    `In the last second: ${formatSize(last?.readBytesPerSecond ?? 0)} read, ${formatSize(last?.writeBytesPerSecond ?? 0)} written, ${last?.commandsPerSecond ?? 0} commands.`,
    ...(m.reads || m.writes
      ? [
          `In the last minute, ${[m.reads && latency('reads', m.reads), m.writes && latency('writes', m.writes)].filter(Boolean).join('; ')}.`,
        ]
      : []),
    `Cache of images: ${looked === 0 ? 'nothing was read yet' : `${Math.floor((100 * cache.hits) / looked)} % of ${looked} pages were at hand`}; it holds ${formatSize(cache.heldBytes)} of ${formatSize(cache.maximumBytes)}.`,
  ].join('\n')
}

function describeStatus(s: Snapshot): string {
  const parts = [
    `Bootlace ${s.engine.version} on ${s.engine.interfaceName} (${s.engine.address}), data in ${s.engine.dataDir}`,
    table(
      ['SERVICE', 'STATE', 'WHERE'],
      s.services.map((v) => [
        v.title,
        v.state,
        v.problem ? `${v.problem.message}. ${v.problem.hint ?? ''}` : (v.address ?? '-'),
      ]),
    ),
  ]
  const busy = s.clients.filter((c) => c.live.sessions > 0)
  parts.push(
    busy.length === 0
      ? `No PC is running from here (${s.clients.length} known).`
      : table(
          ['PC', 'STATE', 'READS', 'WRITES'],
          busy.map((c) => [
            c.name,
            c.live.stage,
            `${formatSize(c.live.readBytesPerSecond)}/s`,
            `${formatSize(c.live.writeBytesPerSecond)}/s`,
          ]),
        ),
  )
  if (s.settings.bootsPaused) parts.push('New boots are paused. Answer them again with: bootlace resume')
  if (s.unknown.length > 0)
    parts.push(
      `Asked for a boot and have no name yet: ${s.unknown
        .slice(0, 10)
        .map((u) => u.mac)
        .join(', ')}`,
    )
  const { space } = s
  parts.push(
    `Disks take ${formatSize(space.realBytes)} here, PCs see ${formatSize(space.logicalBytes)}; sharing images saves ${formatSize(space.savedBytes)}. ${formatSize(space.freeBytes)} free of ${formatSize(space.totalBytes)}.`,
  )
  for (const w of s.warnings) parts.push(`Warning: ${w.message} ${w.hint ?? ''}`)
  return parts.join('\n\n')
}
