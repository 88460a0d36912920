import { basename } from 'node:path'
import { Option, type Command } from 'commander'
import type { ChannelCaller } from '../api/caller.ts'
import type { InstallAnswersView } from '../api/windows.ts'
import { AppError } from '../base/errors.ts'
import { describeFindings, readAnswerText } from './answer-text.ts'
import { say } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

/** The answer file that a PC has for its installation over the network. */
export function addInstallAnswersVerb(windows: Command): void {
  asVerb(windows.command('answers <pc>'), 'bootlace windows answers pc-01 --file autounattend.xml')
    .description('the answer file that Windows Setup is given on this PC over the network: show, put or take away')
    .option('--file <file>', 'put this one (make one: bootlace answer-file --for PC)')
    .addOption(new Option('--none', 'take it away: Setup asks').conflicts('file'))
    .action((client: string, o: CommonOptions & { readonly file?: string; readonly none?: boolean }) =>
      runVerb(
        o,
        (engine) => {
          if (o.none) return engine.call('installAnswersPut', { client, text: null })
          return o.file === undefined
            ? engine.call('installAnswers', { client })
            : engine.call('installAnswersPut', { client, text: readAnswerText(o.file) })
        },
        (view) => say(describeInstallAnswers(view, o.file === undefined ? undefined : basename(o.file))),
      ),
    )
}

/** What an answer file for this PC says that nobody has to type. Errors: config.firmware. */
export async function installAnswerWords(
  engine: ChannelCaller,
  id: string,
  said: { readonly firmware?: 'BIOS' | 'UEFI' },
): Promise<Pick<InstallAnswersView, 'client' | 'driverPaths' | 'medium'> & { readonly firmware: 'BIOS' | 'UEFI' }> {
  const view = await engine.call('installAnswers', { client: id })
  const firmware = said.firmware ?? view.firmware
  if (firmware === undefined) {
    throw new AppError('config.firmware', `whether ${view.client} starts by BIOS or UEFI was not seen yet`, {
      hint: 'Start it once from the network, or say it: --firmware UEFI.',
    })
  }
  return { ...view, firmware }
}

export function describeInstallAnswers(view: InstallAnswersView, name = 'answer file'): string {
  if (!view.present)
    return `${view.client} has no answer file: Windows Setup asks. Make one: bootlace answer-file --for ${view.client}`
  return [
    `${view.client} has an answer file. Windows Setup takes it at each start for the installation, from the next one on.`,
    ...(view.medium === undefined
      ? [`Its medium is not an ISO of Windows yet: bootlace client set ${view.client} --stage install --medium ISO`]
      : []),
    ...(view.wimboot
      ? []
      : ['wimboot is missing, so nothing of Windows starts over the network: bootlace windows wimboot']),
    describeFindings(name, view.findings),
    'How sure: put together from documents; no Windows was installed with it here.',
  ].join('\n')
}
