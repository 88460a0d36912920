import type { InstallAnswersView } from '../../api/windows.ts'
import { AppError } from '../../base/errors.ts'
import type { ClientRegistry } from '../../clients/registry.ts'
import type { WindowsStore } from '../../clients/stores.ts'
import { checkAnswerFile } from '../../guests/windows/answer-schema.ts'
import { DRIVERS_FOLDER } from '../../guests/windows/winpe/start-script.ts'
import type { WindowsInstall } from './install-desk.ts'
import type { WimbootFile } from './wimboot-file.ts'

interface Needs {
  readonly desk: Pick<WindowsInstall, 'mediumOf'>
  readonly wimboot: Pick<WimbootFile, 'current'>
  readonly store: Pick<WindowsStore, 'installAnswersOf' | 'putInstallAnswers'>
  readonly registry: Pick<ClientRegistry, 'find' | 'machine'>
}

/** The answer file that each PC has for its installation over the network. */
export const installAnswers = ({ desk, wimboot, store, registry }: Needs) => ({
  async view(id: string): Promise<InstallAnswersView> {
    const client = registry.find(id)
    const text = store.installAnswersOf(client.mac)
    const medium = await desk.mediumOf(client)
    const firmware = registry.machine(client.mac)?.firmware
    return {
      client: client.name,
      present: text !== undefined,
      findings: text === undefined ? [] : checkAnswerFile(text),
      ...(medium !== undefined && { medium }),
      wimboot: wimboot.current !== undefined,
      ...((firmware === 'BIOS' || firmware === 'UEFI') && { firmware }),
      driverPaths: [DRIVERS_FOLDER],
    }
  },

  /** Errors: config.answerFile for what is no XML. What else is wrong with it is said, and left to its writer: the table of
   *  settings does not know all that Windows does. */
  put(id: string, text: string | undefined): void {
    const { mac } = registry.find(id)
    const broken = text === undefined ? undefined : checkAnswerFile(text).find(({ rule }) => rule === 'xml')
    if (broken) {
      const { line, text: why } = broken
      throw new AppError(
        'config.answerFile',
        `this answer file is no well-formed XML: line ${line}: ${stripped(why)}`,
        {
          hint: 'Correct that line, or make the file anew.',
          data: { line },
        },
      )
    }
    store.putInstallAnswers(mac, text === undefined ? undefined : asUtf8(text))
  },
})

/** A sentence as a part of another one. */
const stripped = (sentence: string): string => sentence.replace(/^./, (first) => first.toLowerCase()).replace(/\.$/, '')

/** It is handed out as UTF-8, and a file that says otherwise of itself is refused by Windows. */
const asUtf8 = (text: string): string =>
  text
    .replace(/^\ufeff/, '')
    .replace(/^(<\?xml[^?>]*?\sencoding\s*=\s*)(?:"[^"]*"|'[^']*')/, (_, before: string) => `${before}"utf-8"`)
