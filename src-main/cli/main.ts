import { Command, CommanderError } from 'commander'
import { addAnswerVerbs } from './answers.ts'
import { addBootVerbs } from './boot.ts'
import { addClientVerbs } from './client.ts'
import { addDiskVerbs } from './disk.ts'
import { addDhcpVerbs } from './dhcp.ts'
import { addMediaVerbs } from './media.ts'
import { EXIT, tolerateClosedPipes } from './output.ts'
import { addServe, serving } from './serve.ts'
import { addIsoVerbs } from './iso.ts'
import { addSettingsVerbs } from './settings.ts'
import { addSetupVerbs } from './setup.ts'
import { addStatusVerbs } from './status.ts'
import { version } from './version.ts'
import { addWakeVerbs } from './wake.ts'
import { addWindowsVerbs } from './windows.ts'

function usageErrors(command: Command): void {
  command.exitOverride()
  for (const child of command.commands) usageErrors(child)
}

async function main(): Promise<void> {
  const program = new Command('bootlace').description('Makes this PC the disk of your other PCs.').version(version)
  // PCs keep their disks when nobody reads what the engine says; a verb has nobody left to answer.
  tolerateClosedPipes(() => (serving() ? undefined : process.exit(EXIT.done)))
  addServe(program)
  addDiskVerbs(program)
  addClientVerbs(program)
  addIsoVerbs(program)
  addDhcpVerbs(program)
  addMediaVerbs(program)
  addStatusVerbs(program)
  addBootVerbs(program)
  addWakeVerbs(program)
  addSettingsVerbs(program)
  addSetupVerbs(program)
  addWindowsVerbs(program)
  addAnswerVerbs(program)
  usageErrors(program)
  try {
    await program.parseAsync()
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    // Asking for help or the version is not a mistake.
    process.exitCode = thrown.exitCode === 0 ? EXIT.done : EXIT.usage
  }
}

void main()
