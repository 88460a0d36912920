import { writeFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { InvalidArgumentError, Option, type Command } from 'commander'
import type { AnswerFileQuery } from '../api/setup.ts'
import { AppError } from '../base/errors.ts'
import { describeFindings, readAnswerText } from './answer-text.ts'
import { describeInstallAnswers, installAnswerWords } from './install-answers.ts'
import { EXIT, say } from './output.ts'
import { asVerb, runVerb, type CommonOptions } from './verb.ts'

/** Answers to what Windows Setup and sysprep ask: made here, or a file of one's own looked over. */
export function addAnswerVerbs(program: Command): void {
  asVerb(program.command('answer-file'), 'bootlace answer-file --firmware UEFI --language en-US --out autounattend.xml')
    .description('write the answers to what Windows Setup, or sysprep, asks')
    .addOption(
      new Option('--kind <kind>', 'for an installation medium, or for sysprep')
        .choices(['install', 'generalize'])
        .default('install'),
    )
    .addOption(
      new Option('--firmware <firmware>', 'default: UEFI; with --for as the PC was seen to ask').choices([
        'BIOS',
        'UEFI',
      ]),
    )
    .option('--language <language>', 'like en-US or de-DE', 'en-US')
    .option('--user <name>', 'the account that is made')
    .option('--time-zone <name>', 'as Windows calls it, like "W. Europe Standard Time"')
    .addOption(new Option('--architecture <name>', 'of the Windows').choices(['amd64', 'x86', 'arm64']))
    .option('--medium <iso>', 'the ISO that the edition is on; it tells processor and build too (see medium show)')
    .addOption(
      new Option('--edition <n|name>', 'its number on the medium from 1, or its name there').argParser(editionOf),
    )
    .option('--product-key <key>', 'five times five characters (default: Setup asks)')
    .addOption(new Option('--build <n>', 'of the Windows, like 26100').argParser(whole))
    .option('--skip-checks', 'Windows 11 installs where its Setup would refuse (reported by users; not tried here)')
    .option('--drivers <folder...>', 'with network drivers, as the installer sees it, like X:\\drivers')
    .option('--no-drive-encryption', 'Setup leaves the encryption of drives in the PC alone')
    .addOption(
      new Option('--page-file <where>', 'default: none, for paging over the network can crash Windows').choices([
        'none',
        'automatic',
      ]),
    )
    .addOption(
      new Option('--computer-name <kind>', 'as the PC is called in Bootlace, or one that Windows makes up').choices([
        'client',
        'random',
      ]),
    )
    .option('--server <url>', 'clones may ask here for their name, like http://192.168.1.10:8470')
    .option('--for <pc>', 'give it to this PC for its installation over the network, at once')
    .option('--out <file>', 'where to write it (default: print it)')
    .action(writeAnswerFile)

  const answer = program.command('answer').description('answer files for Windows')
  asVerb(answer.command('check <file>'), 'bootlace answer check autounattend.xml')
    .description('find what Windows would stumble over in an answer file; exits with 1 when there is something')
    .action(check)
}

function whole(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It is a number.')
  return Number(text)
}

const editionOf = (text: string): Pick<AnswerFileQuery, 'editionIndex' | 'editionName'> =>
  /^\d{1,3}$/.test(text) ? { editionIndex: Number(text) } : { editionName: text }

interface AnswerOptions
  extends
    CommonOptions,
    Pick<
      AnswerFileQuery,
      'kind' | 'language' | 'timeZone' | 'architecture' | 'productKey' | 'pageFile' | 'computerName'
    > {
  readonly firmware?: 'BIOS' | 'UEFI'
  readonly for?: string
  readonly user?: string
  readonly medium?: string
  readonly edition?: Pick<AnswerFileQuery, 'editionIndex' | 'editionName'>
  readonly build?: number
  readonly skipChecks?: boolean
  readonly drivers?: string[]
  /** False when `--no-drive-encryption` was typed. */
  readonly driveEncryption: boolean
  readonly server?: string
  readonly out?: string
}

function writeAnswerFile(o: AnswerOptions): Promise<void> {
  return runVerb(
    o,
    async (engine) => {
      if (!/^[a-z]{2,3}-[A-Z]{2}$/.test(o.language)) {
        throw new AppError('config.usage', `"${o.language}" is not a language`, {
          hint: 'Write it with its country, like en-US or de-DE.',
        })
      }
      if (o.for !== undefined && o.kind !== 'install')
        throw new AppError('config.usage', 'a PC that installs has no use for a file for sysprep', {
          hint: 'Leave --kind away, or --for.',
        })
      const pc = o.for === undefined ? undefined : await installAnswerWords(engine, o.for, o)
      const file = await engine.call('answerFile', {
        kind: o.kind,
        firmware: pc?.firmware ?? o.firmware ?? 'UEFI',
        language: o.language,
        userName: o.user,
        timeZone: o.timeZone,
        architecture: o.architecture,
        medium: o.medium === undefined ? pc?.medium : resolve(o.medium),
        ...o.edition,
        productKey: o.productKey,
        buildNumber: o.build,
        skipChecks: o.skipChecks,
        driverPaths: pc ? [...pc.driverPaths, ...(o.drivers ?? [])] : o.drivers,
        noDriveEncryption: !o.driveEncryption,
        pageFile: o.pageFile,
        computerName: o.computerName,
        serverUrl: o.server,
      })
      if (o.out !== undefined) writeFileSync(resolve(o.out), file.text)
      return pc ? engine.call('installAnswersPut', { client: pc.client, text: file.text }) : file
    },
    (file) => {
      if ('client' in file) return say(describeInstallAnswers(file))
      return o.out === undefined
        ? process.stdout.write(file.text)
        : say(
            `${o.out} is written; ${o.kind === 'install' ? 'put it as autounattend.xml on the installation medium' : 'give it to sysprep: sysprep /generalize /oobe /shutdown /unattend:unattend.xml'}`,
          )
    },
  )
}

async function check(file: string, o: CommonOptions): Promise<void> {
  let stops = false
  await runVerb(
    o,
    async (engine) => {
      const findings = await engine.call('answerCheck', { text: readAnswerText(file) })
      stops = findings.some((f) => f.severity === 'problem')
      return findings
    },
    (findings) => say(describeFindings(basename(file), findings)),
  )
  if (stops) process.exitCode = EXIT.failed
}
