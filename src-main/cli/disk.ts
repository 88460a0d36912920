import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { AppError } from '../base/errors.ts'
import { formatSize, parseSize } from '../base/units.ts'
import { describeDisk, findDisk, followJob, imageText, lookBeforeSealing } from './disk-output.ts'
import { addDiskLifeVerbs, pointNumber } from './disk-life.ts'
import { say, table } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

export function addDiskVerbs(program: Command): void {
  const disk = program.command('disk').description('disks that PCs boot from')

  asVerb(disk.command('create <name>'), 'bootlace disk create win11 --size 64G')
    .description('make an empty disk, thin unless --fixed')
    .requiredOption('--size <size>', 'like 64G (64 GiB), 64GB (64·10⁹ bytes) or bytes')
    .addOption(new Option('--format <format>').choices(['vhdx', 'vhd', 'raw']).default('vhdx'))
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
    .description('copy a disk image in (raw, VHD, VHDX, qcow2, VMDK, ISO); the source is never changed')
    .requiredOption('--name <name>', 'what to call it')
    .addOption(new Option('--format <format>', 'what it becomes (default: vhdx)').choices(['vhdx', 'vhd', 'raw']))
    .action((file: string, o: CommonOptions & { name: string; format?: 'raw' | 'vhd' | 'vhdx' }) =>
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
                  ['NAME', 'SIZE', 'ON THIS COMPUTER', 'FORMAT', 'MADE FROM', 'USED BY', 'HEALTH'],
                  disks.map((d) => [
                    d.name,
                    formatSize(d.sizeBytes),
                    formatSize(d.realBytes),
                    d.format,
                    d.image ? imageText(d) : (d.parent ?? '-'),
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
    .description('make a disk a golden image: read-only for ever; looks into it first')
    .option('--anyway', 'also when PCs made from it would not start')
    .action((name: string, o: CommonOptions & { anyway?: boolean }) =>
      runVerb(
        o,
        async (engine) => {
          if (!(await findDisk(engine, name)).sealed) await lookBeforeSealing(engine, name, o.anyway === true)
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

  addDiskLifeVerbs(disk)

  asVerb(disk.command('delete <name>'), 'bootlace disk delete old-disk')
    .description('delete a disk that no PC uses, or one of its restore points')
    .option('--point <n>', 'only this restore point; the disk stays as it is')
    .action((name: string, o: CommonOptions & { point?: string }) =>
      runVerb(
        o,
        async (engine) => {
          if (o.point === undefined) return engine.call('diskDelete', { name })
          await followJob(engine, await engine.call('diskDeletePoint', { name, point: pointNumber(o.point) }))
          return { name: `restore point ${o.point} of ${name}` }
        },
        (gone) => say(`${gone.name} is deleted`),
      ),
    )
}
