import { join } from 'node:path'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { DhcpMode } from '../api/dhcp.ts'
import { Engine } from '../engine/engine.ts'
import { DEFAULT_PORTS, type EngineOptions } from '../engine/options.ts'
import { errorLine, EXIT, note, say, sayJson } from './output.ts'
import { dataDirOf } from './verb.ts'
import { version } from './version.ts'

interface ServeOptions {
  readonly data?: string
  readonly interface?: string
  readonly dhcp?: DhcpMode
  readonly dhcpRange?: string
  readonly dhcpForce?: boolean
  readonly iscsiPort: number
  readonly httpPort: number
  readonly tftpPort: number
  readonly admin: { readonly host: string; readonly port: number }
  readonly loaders?: string
  readonly logLevel: EngineOptions['logLevel']
  readonly json?: boolean
}

/** SIGTERM must end in time even when something hangs. */
const STOP_LIMIT_MS = 9500

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the engine without a window')
    .option('--data <dir>', 'database, disks, logs (default: your data folder, or $BOOTLACE_DATA)')
    .option('--interface <name|ip>', 'where PCs are served (default: the interface of the default route)')
    .addOption(
      new Option(
        '--dhcp <mode>',
        'proxy never hands out addresses; server does; 4011 answers where another server sends PCs here (default: proxy, or what was chosen in the window)',
      ).choices(DhcpMode.options),
    )
    .option('--dhcp-range <first-last>', 'with --dhcp server: the addresses it hands out')
    .option('--dhcp-force', 'with --dhcp server: hand out addresses even though another server does')
    .addOption(new Option('--iscsi-port <port>').argParser(port).default(DEFAULT_PORTS.iscsi))
    .addOption(new Option('--http-port <port>').argParser(port).default(DEFAULT_PORTS.http))
    .addOption(new Option('--tftp-port <port>').argParser(port).default(DEFAULT_PORTS.tftp))
    .addOption(
      new Option('--admin <host:port>', 'the window for a browser')
        .argParser(parseAdmin)
        .default({ host: '127.0.0.1', port: DEFAULT_PORTS.admin }, `127.0.0.1:${DEFAULT_PORTS.admin}`),
    )
    .option('--loaders <dir>', 'iPXE files (default: the bundled or fetched ones)')
    .addOption(new Option('--log-level <level>').choices(['trace', 'debug', 'info', 'warn', 'error']).default('info'))
    .option('--json', 'print one JSON event a line')
    .addHelpText('after', '\nExample:\n  bootlace serve --interface eth0')
    .action(serve)
}

let isServing = false
/** Whether this process is, or is about to be, the engine. */
export const serving = (): boolean => isServing

async function serve(o: ServeOptions): Promise<void> {
  isServing = true
  let engine: Engine
  // One listener from first to last: a signal that arrives while listeners are exchanged is lost. A signal during the start
  // waits for its end; repeated ones say nothing new (under npm, Ctrl+C arrives twice).
  let stopWanted = false
  const ending: { begin?: () => void } = {}
  const onSignal = (): void => {
    if (stopWanted) return
    stopWanted = true
    ending.begin?.()
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal)
  try {
    engine = await Engine.start({
      dataDir: dataDirOf(o),
      interface: o.interface,
      dhcp: o.dhcp,
      dhcpRange: o.dhcpRange,
      dhcpForce: o.dhcpForce,
      iscsiPort: o.iscsiPort,
      httpPort: o.httpPort,
      tftpPort: o.tftpPort,
      admin: o.admin,
      loadersDir: o.loaders ?? resource('ipxe', 'loaders'),
      uiDir: join(import.meta.dirname ?? __dirname, '..', 'renderer'),
      strict: true,
      logLevel: o.logLevel,
      logToStderr: true,
      version,
    })
  } catch (thrown) {
    note(errorLine(thrown))
    process.exitCode = EXIT.cannotStart
    return
  }
  if (o.json) sayJson(engine.ready)
  else tellReady(engine)
  const unsubscribe = o.json
    ? engine.subscribe((event) => void (event.event === 'timeline' && sayJson(event)))
    : undefined
  ending.begin = () => {
    unsubscribe?.()
    const limit = setTimeout(() => {
      note('bootlace: something did not close in time; everything acknowledged is on disk')
      process.exit(EXIT.failed)
    }, STOP_LIMIT_MS)
    engine.stop().then(
      () => {
        clearTimeout(limit)
        process.exit(EXIT.done)
      },
      (thrown: unknown) => {
        note(errorLine(thrown))
        process.exit(EXIT.failed)
      },
    )
  }
  process.on('uncaughtException', (error) => {
    // One faulty connection must not take the other PCs' disks away.
    engine.logger.error({ component: 'cli.serve', stack: error.stack }, `bug: ${error.message}`)
  })
  if (stopWanted) ending.begin()
}

function tellReady({ ready }: Engine): void {
  say(`Bootlace is serving.\n`)
  if (ready.admin) say(`  Open this in a browser on this computer:\n    ${ready.admin}\n`)
  say(`  Disks    ${ready.iscsi ?? 'off'}`)
  say(`  Scripts  ${ready.http ?? 'off'}`)
  say(`  Loaders  ${ready.tftp ?? 'off'}`)
  say(`  Answers  ${ready.dhcp ?? 'off'}`)
  say(`\nCtrl+C ends it.`)
}

function port(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (!(value <= 65535)) throw new InvalidArgumentError('It is a number from 1 to 65535, or 0 for any free port.')
  return value
}

function parseAdmin(text: string): { host: string; port: number } {
  const match = /^(.+):(\d+)$/.exec(text)
  if (!match || Number(match[2]) > 65535) throw new InvalidArgumentError('It is HOST:PORT, for example 127.0.0.1:8471.')
  return { host: match[1]!.replace(/^\[|\]$/g, ''), port: Number(match[2]) }
}

/** A file beside the program: `resources` lies next to `dist` in a clone and in a package alike. */
const resource = (...parts: string[]): string =>
  join(import.meta.dirname ?? __dirname, '..', '..', 'resources', ...parts)
