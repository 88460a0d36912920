import type { Command } from 'commander'
import type { AllowedInitiator } from '../api/access.ts'
import { AppError } from '../base/errors.ts'
import { say } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

type Options = CommonOptions & { readonly disk?: string; readonly revoke?: boolean }

export function addClientAllow(client: Command): void {
  asVerb(client.command('allow <initiator>'), 'bootlace client allow iqn.1991-05.com.microsoft:pc --disk win11')
    .description('let an initiator that was turned away in: firmware, an adapter, another system')
    .option('--disk <name>', 'the disk that it is to get')
    .option('--revoke', 'do not let it in any more')
    .action((initiator: string, o: Options) =>
      o.revoke
        ? runVerb(
            o,
            async (engine) => engine.call('clientDisallow', { initiator }),
            (r) => say(`${r.initiator} is not let in any more`),
          )
        : runVerb(
            o,
            async (engine) => engine.call('clientAllow', { initiator, disk: diskOf(o) }),
            (r) => say(inWords(r)),
          ),
    )
}

function diskOf(o: Options): string {
  if (o.disk !== undefined) return o.disk
  throw new AppError('config.usage', 'it is not said which disk', { hint: 'Add --disk NAME, or --revoke.' })
}

function inWords(r: AllowedInitiator): string {
  if (r.client === undefined)
    return `${r.disk} is kept for nobody: every initiator may use it. Its target name is ${r.targetName}`
  const password = r.password ? `; it must give that PC's password (bootlace client secret ${r.client})` : ''
  return `${r.initiator} is let in as ${r.client}, and gets ${r.disk} (${r.targetName})${password}`
}
