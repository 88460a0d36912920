import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { ChannelCaller } from '../api/caller.ts'
import { defaultDataDir } from '../platform/folders.ts'
import { connectEngine } from './connect.ts'
import { errorLine, EXIT, exitCodeOf, note, sayJson } from './output.ts'

export interface CommonOptions {
  readonly data?: string
  readonly json?: boolean
}

export const dataDirOf = (o: { readonly data?: string }): string =>
  o.data === undefined ? defaultDataDir() : resolve(o.data)

/** The options every verb has, and an example below its help. */
export function asVerb(command: Command, example: string): Command {
  return command
    .option('--data <dir>', 'data folder of the engine (default: your data folder, or $BOOTLACE_DATA)')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', `\nExample:\n  ${example}`)
}

/** Runs one verb against the running engine: text for people or one JSON document, errors as one line. */
export async function runVerb<T>(
  o: CommonOptions,
  work: (engine: ChannelCaller) => Promise<T>,
  print: (result: T) => void,
): Promise<void> {
  let engine: Awaited<ReturnType<typeof connectEngine>> | undefined
  try {
    engine = await connectEngine(dataDirOf(o))
    const result = await work(engine)
    if (o.json) sayJson(result)
    else print(result)
    process.exitCode = EXIT.done
  } catch (thrown) {
    note(errorLine(thrown))
    process.exitCode = exitCodeOf(thrown)
  } finally {
    engine?.close()
  }
}
