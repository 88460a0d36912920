import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { ClientIdentity, UserData } from '../api/identity.ts'
import { AppError } from '../base/errors.ts'
import { parseMac } from '../base/units.ts'
import { say, table } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

/** What tells PCs of one image apart: names of many, and what cloud-init is told. */
export function addIdentityVerbs(client: Command, program: Command): void {
  asVerb(
    client.command('add-many <macs...>'),
    'bootlace client add-many 52:54:00:12:34:56 52:54:00:12:34:57 --pattern pc-{nn} --image debian',
  )
    .description('let several PCs boot from here, with the next free names; all of them or none')
    .option('--pattern <text>', 'how they are called, like pc-{nn} or pc-01 (default: that of the settings)')
    .option('--image <name>', 'each gets a disk made from it')
    .option('--group <name>', 'the room or purpose they are shown under')
    .action((macs: string[], o: CommonOptions & { pattern?: string; image?: string; group?: string }) =>
      runVerb(
        o,
        (engine) =>
          engine.call('clientAddMany', {
            macs: macs.map((mac) => parseMac(mac)),
            ...(o.pattern !== undefined && { pattern: o.pattern }),
            ...(o.image !== undefined && { image: o.image }),
            ...(o.group !== undefined && { group: o.group }),
          }),
        (clients) =>
          say(
            table(
              ['NAME', 'MAC', 'DISK'],
              clients.map((c) => [c.name, c.mac, c.disk ?? '-']),
            ),
          ),
      ),
    )

  asVerb(program.command('user-data'), 'bootlace user-data --image debian --file user-data.yaml')
    .description('what cloud-init of a PC, or of all PCs of an image, is told; shows it without --file or --usual')
    .option('--client <pc>', 'of one PC')
    .option('--image <name>', 'of all PCs of an image that have nothing of their own')
    .option('--file <file>', 'take it from there; it may hold passwords')
    .option('--usual', 'take away what was written')
    .action((o: CommonOptions & { client?: string; image?: string; file?: string; usual?: true }) =>
      runVerb(
        o,
        (engine) => {
          const whose = {
            ...(o.client !== undefined && { id: o.client }),
            ...(o.image !== undefined && { image: o.image }),
          }
          if (o.file !== undefined && o.usual)
            throw new AppError('config.usage', 'give --file or --usual, not both', { hint: 'Leave one of them out.' })
          if (o.usual) return engine.call('userDataSet', { ...whose, text: null })
          return o.file === undefined
            ? engine.call('userData', whose)
            : engine.call('userDataSet', { ...whose, text: readText(o.file) })
        },
        ({ text, from }: UserData) => {
          say(`${FROM[from]}:`)
          process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
        },
      ),
    )
}

const FROM: Readonly<Record<UserData['from'], string>> = {
  client: 'Written for this PC',
  image: 'Written for the image',
  usual: 'Nothing was written; cloud-init is told',
}

function readText(file: string): string {
  try {
    return readFileSync(resolve(file), 'utf8')
  } catch (thrown) {
    throw new AppError('client.file', `${file} cannot be read: ${(thrown as Error).message}`, {
      hint: 'Name a file that you may read.',
    })
  }
}

/** Rows of `client show`. */
export const identityRows = (i: ClientIdentity): [string, string | undefined][] => [
  ['initiator', i.initiatorName],
  ['host name', `${i.hostName} (Linux with the kit takes it at every start)`],
  ['machine-id', i.machineId && `${i.machineId} (Linux with the kit; stays when its disk is reset)`],
  ['SSH keys', 'its own; made anew when its disk is reset'],
  ['UUID', i.uuid],
  ['cloud-init', i.seedUrl],
  ['user-data', { client: 'written for this PC', image: 'written for its image', usual: undefined }[i.userDataFrom]],
]
