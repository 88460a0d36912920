import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { NewMedium } from '../api/medium.ts'
import { formatSize } from '../base/units.ts'
import { say } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

export function addMediaVerbs(program: Command): void {
  const media = program.command('media').description('what PCs start from where the network cannot start them')

  asVerb(media.command('create <file>'), 'bootlace media create bootlace.iso --client pc-01')
    .description('write a CD (.iso) or USB stick image (.img) that starts PCs from here, BIOS and UEFI')
    .option('--client <name>', 'for this PC only, whatever network card it has')
    .option('--address <ip>', 'an address for the PC, where there is no DHCP')
    .option('--netmask <mask>', 'with --address (default: that of the served network)')
    .option('--gateway <ip>', 'with --address: the router, when this computer is on another network')
    .action((file: string, { client, address, netmask, gateway, ...o }: CommonOptions & Omit<NewMedium, 'file'>) =>
      runVerb(
        o,
        async (engine) =>
          engine.call('mediumCreate', {
            file: resolve(file),
            ...(client !== undefined && { client }),
            ...(address !== undefined && { address }),
            ...(netmask !== undefined && { netmask }),
            ...(gateway !== undefined && { gateway }),
          }),
        (made) => {
          say(`${made.file}: ${formatSize(made.sizeBytes)}, for ${made.client ?? 'any PC'}; it asks ${made.asks}`)
          say(`Onto a USB stick, whose contents are lost: sudo dd if=${made.file} of=/dev/sdX bs=4M conv=fsync`)
          say('Secure Boot must be off in the firmware settings of the PC.')
        },
      ),
    )
}
