import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import type { Output } from '../api/contract.ts'
import { AppError } from '../base/errors.ts'
import { formatSize, parseSize } from '../base/units.ts'
import { describeReport, findDisk, followJob, imageText } from './disk-output.ts'
import { say } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

/** Errors: config.usage. */
export function pointNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new AppError('config.usage', `"${text}" is no number of a restore point`, {
    hint: 'See bootlace disk show NAME.',
  })
}

/** What happens to a disk after it was made: restore points, its image, versions, the way out. */
export function addDiskLifeVerbs(disk: Command): void {
  asVerb(disk.command('snapshot <name>'), 'bootlace disk snapshot pc-01 --note "before the new driver"')
    .description('keep a disk as it is, to come back to')
    .option('--note <text>', 'what to remember it by')
    .action((name: string, o: CommonOptions & { note?: string }) =>
      runVerb(
        o,
        async (engine) => engine.call('diskSnapshot', { name, ...(o.note !== undefined && { note: o.note }) }),
        (point) => say(`${name}: restore point ${point.id} (${point.note})`),
      ),
    )

  asVerb(disk.command('revert <name>'), 'bootlace disk revert pc-01 --to 3')
    .description('give a disk back as it was at a restore point: the one it stands on, or another')
    .option('--to <n>', 'which restore point')
    .option('--discard', 'throw away what it holds instead of keeping that as a restore point')
    .action((name: string, o: CommonOptions & { to?: string; discard?: boolean }) =>
      runVerb(
        o,
        async (engine) =>
          engine.call('diskRevert', {
            name,
            ...(o.to !== undefined && { point: pointNumber(o.to) }),
            ...(o.discard && { discard: true }),
          }),
        (done) => say(`${name} is as it was at restore point ${currentPoint(done)}${keptText(name, done)}`),
      ),
    )

  asVerb(disk.command('reset <name>'), 'bootlace disk reset pc-01')
    .description('make a disk an untouched clone of its image again, in the version that its PC is to have')
    .option('--image <name>', 'another image or version, like debian@2')
    .option('--discard', 'throw away what it holds instead of keeping that as a restore point')
    .option('--at-next-boot', 'when its PC starts the next time')
    .action((name: string, o: CommonOptions & { image?: string; discard?: boolean; atNextBoot?: boolean }) =>
      runVerb(
        o,
        async (engine) =>
          engine.call('diskReset', {
            name,
            ...(o.image !== undefined && { image: o.image }),
            ...(o.discard && { discard: true }),
            ...(o.atNextBoot && { atNextBoot: true }),
          }),
        (done) =>
          say(
            done.disk.resetAtBoot
              ? `${name} goes back to its image when its PC starts the next time`
              : `${name} is ${done.disk.parent} again${keptText(name, done)}`,
          ),
      ),
    )

  asVerb(disk.command('merge <name>'), 'bootlace disk merge pc-01 --note "updates of November"')
    .description('make the next version of its image from a disk; PCs are given it at their next start')
    .option('--as <name>', 'what to call the new version')
    .option('--note <text>', 'what is new in it')
    .option('--production', 'for everybody at once; else for PCs with --channel test, until it is promoted')
    .action((name: string, o: CommonOptions & { as?: string; note?: string; production?: boolean }) =>
      runVerb(
        o,
        async (engine) => {
          const job = await engine.call('diskMerge', {
            name,
            ...(o.as !== undefined && { as: o.as }),
            ...(o.note !== undefined && { note: o.note }),
            channel: o.production ? 'production' : 'test',
          })
          await followJob(engine, job)
          const { parent } = await findDisk(engine, name)
          return findDisk(engine, parent!)
        },
        (made) => say(`${made.name}: ${imageText(made)}`),
      ),
    )

  asVerb(disk.command('promote <image>'), 'bootlace disk promote debian-v2')
    .description('give a version of an image to everybody')
    .addOption(new Option('--to <channel>', 'for whom').choices(['production', 'test', 'none']).default('production'))
    .option('--everyone', 'PCs that keep what they write, too; what they wrote stays as a restore point')
    .action((name: string, o: CommonOptions & { to: 'production' | 'test' | 'none'; everyone?: boolean }) =>
      runVerb(
        o,
        async (engine) => engine.call('diskPromote', { name, channel: o.to, ...(o.everyone && { everyone: true }) }),
        (done) => {
          say(`${done.disk.name}: ${imageText(done.disk)}`)
          if (done.moving.length > 0) say(`At their next start go over to it: ${done.moving.join(', ')}`)
          if (done.staying.length > 0) {
            say(`Stay with what they have, because they keep what they write: ${done.staying.join(', ')}`)
            say(`Move them with --everyone, or one by one: bootlace disk reset ${done.staying[0]} --at-next-boot`)
          }
        },
      ),
    )

  asVerb(disk.command('export <name> <file>'), 'bootlace disk export win11 /mnt/usb/win11.vhdx')
    .description('write all of a disk into one file (.vhdx, .vhd, .img, .qcow2) that other programs open')
    .addOption(new Option('--format <format>', 'else by the name of the file').choices(['vhdx', 'vhd', 'raw', 'qcow2']))
    .action((name: string, file: string, o: CommonOptions & { format?: 'vhdx' | 'vhd' | 'raw' | 'qcow2' }) =>
      runVerb(
        o,
        async (engine) => {
          const job = await engine.call('diskExport', {
            name,
            file: resolve(file),
            ...(o.format && { format: o.format }),
          })
          return followJob(engine, job)
        },
        (job) => say(job.result!),
      ),
    )

  asVerb(disk.command('check <name>'), 'bootlace disk check win11')
    .description('read a disk from end to end, check its structures, and a golden image against its hash')
    .action((name: string, o: CommonOptions) =>
      runVerb(
        o,
        async (engine) => followJob(engine, await engine.call('diskCheck', { name })),
        (job) => say(job.result!),
      ),
    )

  asVerb(disk.command('inspect [name]'), 'bootlace disk inspect --file old-pc.vhdx')
    .description('look into a disk, or into an image of a PC, and say what it lacks for starting over the network')
    .option('--file <file>', 'an image file instead: raw, VHD, VHDX, qcow2, VMDK; nothing in it is changed')
    .option('--as-image', 'look also for what PCs made from it would have alike')
    .action((name: string | undefined, o: CommonOptions & { file?: string; asImage?: boolean }) =>
      runVerb(
        o,
        async (engine) =>
          engine.call('diskInspect', {
            ...(o.asImage && { asImage: true }),
            ...(name !== undefined && { name }),
            ...(o.file !== undefined && { file: resolve(o.file) }),
          }),
        (report) => say(describeReport(report)),
      ),
    )

  asVerb(disk.command('set <name>'), 'bootlace disk set pc-01 --quota 20G')
    .description('limit what a disk may take on this computer')
    .requiredOption('--quota <size>', 'like 20G, or none')
    .action((name: string, o: CommonOptions & { quota: string }) =>
      runVerb(
        o,
        async (engine) => engine.call('diskSet', { name, quotaBytes: o.quota === 'none' ? null : parseSize(o.quota) }),
        (d) =>
          say(`${d.name}: ${d.quotaBytes === undefined ? 'no limit' : `at most ${formatSize(d.quotaBytes)} here`}`),
      ),
    )
}

type Kept = Output<'diskReset'>

const currentPoint = ({ disk }: Kept): string => {
  const point = disk.restorePoints.find((p) => p.current)!
  return `${point.id} (${point.note})`
}
const keptText = (name: string, { kept }: Kept): string =>
  kept ? `; what it held is restore point ${kept.id} (bootlace disk delete ${name} --point ${kept.id})` : ''
