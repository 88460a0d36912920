import { utf8Bytes } from '../base/bytes.ts'
import { AppError } from '../base/errors.ts'

/** Scripts as text. They run unchanged on iPXE of 2019, 1.21 and 2.x, on BIOS and UEFI: no params, no https, no command
 *  that a stock build lacks. Everything is said by GET queries over plain HTTP. */

/** Who a script is for and where it finds us. */
export interface ScriptContext {
  readonly server: { readonly ip: string; readonly httpPort: number; readonly iscsiPort: number }
  /** Lower-case colon text. */
  readonly mac: string
}

/** A client with a disk. */
export interface SanContext extends ScriptContext {
  readonly clientName: string
  readonly diskName: string
  readonly initiatorName: string
  readonly targetName: string
  /** What the loader proves, and what it asks of us. */
  readonly password?: LoaderPassword
  /** The system is to find no gateway in the iBFT: Windows would send what it reads and writes through the router. */
  readonly withoutGateway?: boolean
}

/** Names and passwords of CHAP. They go into the iBFT, where the system finds them. */
interface LoaderPassword {
  readonly name: string
  readonly secret: string
  readonly reverse?: { readonly name: string; readonly secret: string }
}

/** Times in the units of the commands they go to: `sleep` seconds, `--timeout` milliseconds. */
export const RETRY_SECONDS = 5
export const FETCH_TIMEOUT_MS = 8000
const REPORT_TIMEOUT_MS = 3000
/** How often a loader that has opened its disk tries to come back to it, 5 s apart and more. Source: iPXE, core/sanboot.c:
 *  10 by itself, one byte. A portal that is named twice would be tried for ever, but the iBFT then tells the system of two
 *  disks, which are one. */
const SAN_RETRIES = 100

/** One word of a script line. iPXE has no quoting: words end at white space, `||`, `&&` and `;` separate commands, `#`
 *  begins a comment, a final backslash joins lines, and `${` expands.
 *  Errors: config.scriptText for text that would be read as something else. */
export function scriptWord(text: string): string {
  const isPlain = /^[\x21-\x7e]+$/.test(text)
  const isOperator = text === '||' || text === '&&' || text === ';'
  if (!isPlain || isOperator || text.startsWith('#') || text.endsWith('\\') || text.includes('${'))
    throw new AppError('config.scriptText', `"${text}" cannot be written into a loader script`, {
      hint: 'Use printable ASCII without a leading #, a final backslash, ${ or the words ||, && and ;.',
    })
  return text
}

/** Words with one space between them. Errors: config.scriptText. */
export const scriptWords = (text: string): string =>
  text.trim() === '' ? '' : text.trim().split(/\s+/).map(scriptWord).join(' ')

/** `http://ip:port/a/b` with each part percent-encoded. */
export function bootUrl(server: ScriptContext['server'], ...parts: readonly string[]): string {
  return `http://${server.ip}:${server.httpPort}/${parts.map(encodePart).join('/')}`
}

/** RFC 3986 §2.3: unreserved characters stay, everything else is encoded; `$`, `#` and `;` can then not reach a line. */
function encodePart(part: string): string {
  let text = ''
  for (const byte of utf8Bytes(part)) {
    const char = String.fromCharCode(byte)
    text += /[A-Za-z0-9._~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}

export const hyphenMac = (mac: string): string => mac.replaceAll(':', '-')

/** Root path of a target's LUN 0: `iscsi:<server>:<protocol>:<port>:<LUN>:<target name>`, protocol left empty.
 *  Source: RFC 4173 §5. */
export const rootPath = (o: SanContext): string =>
  scriptWord(`iscsi:${o.server.ip}::${o.server.iscsiPort}:0:${o.targetName}`)

/** What the strings of the boot table take. */
export interface IbftBudget {
  readonly usedBytes: number
  readonly limitBytes: number
  readonly fits: boolean
}

/** BIOS iPXE keeps the iBFT in 768 bytes: the fixed blocks leave 256 bytes for strings with one or two paths, 80 with
 *  three, and nothing for more. Each string counts with its NUL; a target string counts once per path.
 *  Source: measured, 256 bytes pass and 257 fail with errno 34852006. */
export function ibftBudget(o: {
  readonly initiatorName: string
  readonly targetNames: readonly string[]
  readonly password?: LoaderPassword | undefined
  /** The name the router gives the PC; unknown to us, so its longest usual length is counted. */
  readonly hostNameBytes?: number
}): IbftBudget {
  const paths = o.targetNames.length
  const limitBytes = paths <= 2 ? 256 : paths === 3 ? 80 : 0
  const { name, secret, reverse } = o.password ?? {}
  // Like the target's name, those of CHAP stand beside each path.
  const perPath = [name, secret, reverse?.name, reverse?.secret].filter((text) => text !== undefined)
  const strings = [o.initiatorName, ...o.targetNames.flatMap((target) => [target, ...perPath])].map(
    (text) => utf8Bytes(text).length + 1,
  )
  const usedBytes = strings.reduce((sum, bytes) => sum + bytes, (o.hostNameBytes ?? 15) + 1)
  return { usedBytes, limitBytes, fits: usedBytes <= limitBytes }
}

/** The script every machine starts with: gets an address, then asks for its own script until a server answers. */
export function firstScript(server: ScriptContext['server']): string {
  const own = `http://${server.ip}:${server.httpPort}/client/\${netX/mac:hexhyp}/boot.ipxe`
  // A setting that a build or a board lacks becomes empty text.
  const query =
    'p=${platform}&a=${buildarch}&u=${uuid}&v=${version:uristring}&m=${manufacturer:uristring}&d=${product:uristring}&n=${netX/busid:hexhyp}'
  return lines(
    '# Bootlace: the first script, the same for every PC',
    ':start',
    'isset ${netX/ip} && goto ask ||',
    'dhcp || goto wait',
    ':ask',
    `chain --replace --autofree --timeout ${FETCH_TIMEOUT_MS} ${own}?${query} ||`,
    ':wait',
    `echo Bootlace: ${server.ip} does not answer yet (error \${errno}), trying again`,
    `sleep ${RETRY_SECONDS}`,
    'goto start',
  )
}

/** Stage `run`: boots the disk, for ever trying again. */
export function runScript(o: SanContext): string {
  return lines(title(o), ...tooLongOnBios(o), ...initiator(o), ...bootDisk(o), ...failedBranch(o, detached(o)))
}

/** Stage `install` without a medium: BIOS keeps the disk and goes on to the PC's CD or USB stick. Under UEFI leaving the
 *  loader with a disk attached hangs, so the script says so and waits to be given another one. */
export function installFromPcScript(o: SanContext): string {
  return lines(
    title(o),
    'iseq ${platform} pcbios || goto uefi',
    ...tooLongOnBios(o),
    ...initiator(o),
    'set keep-san 1',
    ...attachDisk(o),
    'echo Bootlace: a disk that is still empty cannot boot, that is expected now',
    'sanboot --drive 0x80 --keep ||',
    'set bl-err ${errno}',
    'echo Bootlace: the disk stays attached, going on to the CD or USB stick of this PC',
    ...report(o, 'emptyDisk', '${bl-err}'),
    'exit',
    ':uefi',
    ...waiting(o, 'installNeedsMedium', [
      'this UEFI PC cannot go on to its CD or USB stick with the disk attached.',
      'Give it a kernel and an initrd of the installer in Bootlace; it starts them by itself.',
    ]),
    ...failedBranch(o, detached(o)),
  )
}

/** Stage `install` with a kernel and initrd over HTTP; the same on BIOS and UEFI.
 *  Errors: config.scriptText when the arguments cannot be written. */
export function installKernelScript(o: SanContext & KernelToBoot): string {
  return lines(
    title(o),
    ...tooLongOnBios(o),
    ...initiator(o),
    ...attachDisk(o),
    ...bootKernel(o, o),
    ...failedBranch(o, [...imagesFreed, ...detached(o)]),
  )
}

/** Stage `install` with an ISO: BIOS only, and only the ISO's own boot loader reads it over HTTP; a system that starts
 *  from it must find its medium by itself. */
export function installMediumScript(
  o: SanContext & {
    readonly mediumUrl: string
    readonly onUefi?: { readonly stage: string; readonly says: readonly string[] }
  },
): string {
  return lines(
    title(o),
    'iseq ${platform} pcbios || goto uefi',
    ...tooLongOnBios(o),
    ...initiator(o),
    ...attachDisk(o),
    'echo Bootlace: starting the ISO over HTTP. The loader on it can read it;',
    'echo Bootlace: the system it starts may ask for its medium, because BIOS drives end there.',
    ...attempt('medium', `sanboot --no-describe --drive 0x81 ${scriptWord(o.mediumUrl)}`),
    'goto failed',
    ':uefi',
    ...waiting(
      o,
      o.onUefi?.stage ?? 'mediumNeedsBios',
      o.onUefi?.says ?? [
        'an ISO can be started over HTTP on BIOS PCs only.',
        'Give this PC a kernel and an initrd of the installer in Bootlace.',
      ],
    ),
    ...failedBranch(o, detached(o)),
  )
}

/** Stage `local`: leaves to the PC's own disk. */
export function localScript(o: ScriptContext): string {
  return lines('echo Bootlace: going on to the own disk of this PC', ...report(o, 'local', '0'), ...leave())
}

/** A machine nobody has set up: shows its MAC and goes on. */
export function unknownScript(o: ScriptContext): string {
  return lines(
    'echo',
    'echo Bootlace: this PC is not set up in Bootlace yet.',
    `echo Its address (MAC) is ${scriptWord(o.mac)}: add it there, then start this PC again.`,
    'echo',
    ...report(o, 'unknown', '0'),
    `sleep ${RETRY_SECONDS}`,
    ...leave(),
  )
}

/** While new boots are paused, for a machine that is in the loader already: says so and goes on. */
export function pausedScript(o: ScriptContext): string {
  return lines(
    'echo',
    'echo Bootlace: new boots are paused. Resume them in Bootlace, then start this PC again.',
    'echo Bootlace: going on to the own disk of this PC',
    'echo',
    ...report(o, 'paused', '0'),
    `sleep ${RETRY_SECONDS}`,
    ...leave(),
  )
}

/** A client that cannot be booted as it is set up: says why, and asks again until it is changed. */
export function waitScript(o: ScriptContext, stage: string, sentences: readonly string[]): string {
  return lines(...waiting(o, stage, sentences))
}

export const lines = (...text: readonly string[]): string => ['#!ipxe', ...text, ''].join('\n')

export const title = (o: SanContext): string =>
  `echo Bootlace: ${scriptWords(o.clientName)} and its disk ${scriptWords(o.diskName)} on ${o.server.ip}`

/** What an earlier script of this same start has set must not stay: with a password of ours to check, iPXE takes no login
 *  without one. */
export function initiator(o: SanContext): string[] {
  const setting = (name: string, value: string | undefined): string =>
    value === undefined ? `isset \${${name}} && clear ${name} ||` : `set ${name} ${scriptWord(value)}`
  return [
    `set initiator-iqn ${scriptWord(o.initiatorName)}`,
    setting('username', o.password?.name),
    setting('password', o.password?.secret),
    setting('reverse-username', o.password?.reverse?.name),
    setting('reverse-password', o.password?.reverse?.secret),
  ]
}

/** Sets the stage that the failure branch reports, then runs the command. */
export const attempt = (stage: string, command: string): string[] => [
  `set bl-stage ${stage}`,
  `${command} || goto failed`,
]

/** The disk becomes drive 80h, under the gateway and the names that its system is to find. */
export const attachDisk = (o: SanContext): string[] => [
  ...(o.withoutGateway ? ['set netX/gateway 0.0.0.0 ||'] : []),
  ...attempt('sanhook', `sanhook --drive 0x80 ${rootPath(o)}`),
]

/** Takes back what `attachDisk` and `bootDisk` did. Without its gateway the PC might not reach us again. */
export const detached = (o: SanContext): string[] => [
  'sanunhook --drive 0x80 ||',
  'isset ${san-retries} && clear san-retries ||',
  ...(o.withoutGateway ? ['clear netX/gateway ||'] : []),
]

/** A command that comes back has not booted, whatever it returned. A disk that cannot be opened must be told of soon; one
 *  that was open is worth waiting for: this computer may be restarting. */
const bootDisk = (o: SanContext): string[] => [
  ...attachDisk(o),
  `set san-retries ${SAN_RETRIES} ||`,
  ...attempt('sanboot', 'sanboot --drive 0x80'),
  'goto failed',
]

/** A system that the loader starts by itself. */
export interface KernelToBoot {
  readonly kernelUrl: string
  readonly initrdUrl?: string
  readonly kernelArgs: string
}

/** The report comes last: what follows takes the loader's place and can say nothing any more. */
export function bootKernel(o: ScriptContext, { kernelUrl, initrdUrl, kernelArgs }: KernelToBoot): string[] {
  const args = scriptWords(kernelArgs)
  const named = initrdUrl === undefined ? '' : ' initrd=initrd'
  return [
    ...attempt('kernel', `kernel --name kernel ${scriptWord(kernelUrl)}${named}${args ? ` ${args}` : ''}`),
    ...(initrdUrl === undefined ? [] : attempt('initrd', `initrd --name initrd ${scriptWord(initrdUrl)}`)),
    ...report(o, 'starting', '0'),
    ...attempt('boot', 'boot'),
    'goto failed',
  ]
}
export const imagesFreed = ['imgfree kernel ||', 'imgfree initrd ||'] as const

/** UEFI firmware opens its menu after a plain `exit`; a failure makes it go on to the next boot device. */
export const leave = (): string[] => ['iseq ${platform} efi && goto leave-efi ||', 'exit', ':leave-efi', 'exit 1']

/** Tells the server; a server that cannot be told is no reason to stop. The answer must not stay behind as an image:
 *  a BIOS kernel would take it for an initrd. */
export const report = (o: ScriptContext, stage: string, errno: string): string[] => [
  `imgfetch --name bl-report --timeout ${REPORT_TIMEOUT_MS} ${reportUrl(o)}?st=${stage}&err=${errno} ||`,
  'imgfree bl-report ||',
]

const reportUrl = (o: ScriptContext): string => bootUrl(o.server, 'report', hyphenMac(o.mac))

/** Where the PC asks what to do. */
export const ownScriptUrl = (o: ScriptContext): string =>
  `${bootUrl(o.server, 'client', hyphenMac(o.mac), 'boot.ipxe')}?p=\${platform}&a=\${buildarch}&u=\${uuid}`

export const askAgain = (o: ScriptContext, label: string): string[] => [
  `:${label}`,
  `sleep ${RETRY_SECONDS}`,
  `chain --replace --autofree --timeout ${FETCH_TIMEOUT_MS} ${ownScriptUrl(o)} ||`,
  `goto ${label}`,
]

/** Every failed command ends here: report, one sentence, then the script anew, which may be another one by then. */
export const failedBranch = (o: ScriptContext, cleanUp: readonly string[] = []): string[] => [
  ':failed',
  'set bl-err ${errno}',
  ...cleanUp,
  'echo',
  `echo Bootlace: it did not work at the step \${bl-stage} (error \${bl-err}), trying again in ${RETRY_SECONDS} seconds`,
  ...report(o, '${bl-stage}', '${bl-err}'),
  ...askAgain(o, 'again'),
]

export const waiting = (o: ScriptContext, stage: string, sentences: readonly string[]): string[] => [
  'echo',
  ...sentences.map((sentence) => `echo Bootlace: ${scriptWords(sentence)}`),
  ...report(o, stage, '0'),
  ...askAgain(o, `wait-${stage}`),
]

/** On BIOS, names that do not fit the iBFT end in an error nobody understands: say it before. */
export function tooLongOnBios(o: SanContext): string[] {
  const { initiatorName, targetName, password } = o
  const budget = ibftBudget({ initiatorName, targetNames: [targetName], password })
  if (budget.fits) return []
  return [
    'iseq ${platform} pcbios || goto names-fit',
    ...waiting(o, 'namesTooLong', [
      `the names of this client and its disk need ${budget.usedBytes} bytes, a BIOS PC has ${budget.limitBytes}.`,
      'Give one of them a shorter name in Bootlace.',
    ]),
    ':names-fit',
  ]
}
