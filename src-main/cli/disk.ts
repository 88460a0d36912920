import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import type { ChannelCaller } from '../api/caller.ts'
import { EngineError } from '../api/caller.ts'
import type { DiskView, JobView } from '../api/dto.ts'
import { AppError } from '../base/errors.ts'
import { formatSize, parseSize } from '../base/units.ts'
import { formatTime, note, say, table } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

export function addDiskVerbs(program: Command): void {
  const disk = program.command('disk').description('disks that PCs boot from')

  asVerb(disk.command('create <name>'), 'bootlace disk create win11 --size 64G')
    .description('make an empty disk, thin unless --fixed')
    .requiredOption('--size <size>', 'like 64G (64 GiB), 64GB (64·10⁹ bytes) or bytes')
    .addOption(new Option('--format <format>').choices(['raw', 'vhd', 'vhdx']).default('raw'))
    .option('--fixed', 'take all the space now')
    .action((name: string, o: CommonOptions & { size: string; format?: 'raw' | 'vhd' | 'vhdx'; fixed?: boolean }) =>
      runVerb(
        o,
        async (engine) =>
          engine.call('diskCreate', {
            name,
            sizeBytes: parseSize(o.size),
            ...(o.format && { format: o.format }),
            ...(o.fixed && { fixed: true }),
          }),
        (made) => say(`${made.name}: ${formatSize(made.sizeBytes)}, ready as ${made.targetName}`),
      ),
    )

  asVerb(disk.command('import <file>'), 'bootlace disk import debian.img --name debian')
    .description('copy a disk image in (raw, qcow2, VMDK, VHD, ISO); the source is never changed')
    .requiredOption('--name <name>', 'what to call it')
    .option('--format <format>', 'raw')
    .action((file: string, o: CommonOptions & { name: string; format?: 'raw' }) =>
      runVerb(
        o,
        async (engine) => {
          const job = await engine.call('diskImport', {
            file: resolve(file),
            name: o.name,
            ...(o.format && { format: o.format }),
          })
          await followJob(engine, job)
          return findDisk(engine, o.name)
        },
        (made) =>
          say(`${made.name}: ${formatSize(made.sizeBytes)} imported, ${formatSize(made.realBytes)} on this computer`),
      ),
    )

  asVerb(disk.command('list'), 'bootlace disk list --json')
    .description('all disks')
    .action((o: CommonOptions) =>
      runVerb(
        o,
        async (engine) => (await engine.call('snapshot')).disks,
        (disks) =>
          say(
            disks.length === 0
              ? 'No disks yet. Make one: bootlace disk create NAME --size 64G'
              : table(
                  ['NAME', 'SIZE', 'ON THIS COMPUTER', 'FORMAT', 'USED BY', 'HEALTH'],
                  disks.map((d) => [
                    d.name,
                    formatSize(d.sizeBytes),
                    formatSize(d.realBytes),
                    d.format,
                    d.clients.join(', ') || '-',
                    d.problem?.message ?? d.health,
                  ]),
                ),
          ),
      ),
    )

  asVerb(disk.command('show <name>'), 'bootlace disk show win11')
    .description('one disk in full')
    .action((name: string, o: CommonOptions) =>
      runVerb(
        o,
        async (engine) => findDisk(engine, name),
        (d) => say(describeDisk(d)),
      ),
    )

  asVerb(disk.command('seal <name>'), 'bootlace disk seal win11')
    .description('make a disk a golden image: read-only for ever')
    .action((name: string, o: CommonOptions) =>
      runVerb(
        o,
        async (engine) => {
          await followJob(engine, await engine.call('diskSeal', { name }))
          return findDisk(engine, name)
        },
        (sealed) => say(`${sealed.name} is a golden image now (SHA-256 ${sealed.contentHash})`),
      ),
    )

  asVerb(disk.command('clone <image> [names...]'), 'bootlace disk clone win11 --count 9 --prefix pc-')
    .description('disks that hold only what differs from a golden image; instant')
    .option('--count <n>', 'how many', (text) => Number(text))
    .option('--prefix <text>', 'how their names begin', 'pc-')
    .action((image: string, names: string[], o: CommonOptions & { count?: number; prefix: string }) =>
      runVerb(
        o,
        async (engine) => {
          if (names.length > 0 === (o.count !== undefined)) {
            throw new AppError('config.usage', 'give the names of the clones, or how many with --count', {
              hint: 'For example: bootlace disk clone win11 --count 9 --prefix pc-.',
            })
          }
          return engine.call(
            'diskClone',
            names.length > 0 ? { image, names } : { image, count: o.count, prefix: o.prefix },
          )
        },
        (made) => say(`${made.map((d) => d.name).join(', ')}: made from ${image}`),
      ),
    )

  asVerb(disk.command('delete <name>'), 'bootlace disk delete old-disk')
    .description('delete a disk that no PC uses')
    .action((name: string, o: CommonOptions) =>
      runVerb(
        o,
        async (engine) => engine.call('diskDelete', { name }),
        (gone) => say(`${gone.name} is deleted`),
      ),
    )
}

async function findDisk(engine: ChannelCaller, name: string): Promise<DiskView> {
  const { disks } = await engine.call('snapshot')
  const found = disks.find((d) => d.name === name.trim().toLowerCase())
  if (found) return found
  throw new EngineError({
    code: 'disk.unknown',
    message: `there is no disk "${name}"`,
    hint:
      disks.length > 0
        ? `There are: ${disks.map((d) => d.name).join(', ')}.`
        : 'Make one first: bootlace disk create NAME --size 64G.',
  })
}

function describeDisk(d: DiskView): string {
  return [
    `name      ${d.name}`,
    `size      ${formatSize(d.sizeBytes)} (${d.sizeBytes} bytes)`,
    `real      ${formatSize(d.realBytes)} on this computer`,
    `format    ${d.format}`,
    `parent    ${d.parent ?? '-'}`,
    `file      ${d.file}`,
    `target    ${d.targetName}`,
    `serial    ${d.serial}`,
    `used by   ${d.clients.join(', ') || '-'} (${d.sessions} sessions open)`,
    `made      ${formatTime(d.createdMs)}`,
    `image     ${d.sealed ? `sealed, SHA-256 ${d.contentHash}` : 'no'}`,
    `health    ${d.problem ? `${d.problem.message}. ${d.problem.hint ?? ''}` : d.health}`,
  ].join('\n')
}

/** Waits for a job's end, telling its progress on stderr. Ctrl+C cancels it. Errors: the job's own. */
function followJob(engine: ChannelCaller, job: JobView): Promise<void> {
  return new Promise((resolve, reject) => {
    let lastPercent = -1
    const settle = (fn: () => void) => {
      unsubscribe()
      process.off('SIGINT', cancel)
      fn()
    }
    const cancel = () => {
      note('bootlace: cancelling')
      engine.call('jobCancel', { id: job.id }).catch(reject)
    }
    process.on('SIGINT', cancel)
    const unsubscribe = engine.subscribe((event) => {
      if (event.event !== 'snapshot') return
      const now = event.snapshot.jobs.find((j) => j.id === job.id)
      if (!now) return
      const percent = Math.floor((100 * now.doneBytes) / now.totalBytes)
      if (percent !== lastPercent && now.state === 'running') {
        lastPercent = percent
        note(`${job.title}: ${percent} % of ${formatSize(now.totalBytes)}`)
      }
      if (now.state === 'done') settle(resolve)
      else if (now.state !== 'running') {
        settle(() =>
          reject(new EngineError(now.problem ?? { code: 'job.cancelled', message: 'the job was cancelled' })),
        )
      }
    })
    // Last: it may be lost already.
    engine.onLost((error) => settle(() => reject(error)))
  })
}
