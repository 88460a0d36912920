import { Argument, type Command } from 'commander'
import { BootStage, type ClientView } from '../api/dto.ts'
import { say } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

/** What is said to PCs about their next start. */
export function addClientStartVerbs(client: Command): void {
  const next = client
    .command('next <pc>')
    .addArgument(new Argument('<stage>', 'what its next start is for').choices([...BootStage.options, 'none']))
  asVerb(next, 'bootlace client next pc-01 maintenance')
    .description('what the next start is for, once; it is used up when the PC has gone on with it')
    .action((id: string, stage: ClientView['stage'] | 'none', o: CommonOptions) =>
      runVerb(
        o,
        (engine) => engine.call('clientSet', { id, next: stage === 'none' ? null : stage }),
        (c) =>
          say(
            c.next === undefined
              ? `${c.name}: its next start is for ${c.stage}, as usual`
              : `${c.name}: its next start is for ${c.next}, then for ${c.stage} again`,
          ),
      ),
    )
}
