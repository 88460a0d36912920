import type { MenuEntry, WholeMenu } from '../clients/boot-menu.ts'
import {
  askAgain,
  bootUrl,
  FETCH_TIMEOUT_MS,
  hyphenMac,
  leave,
  lines,
  ownScriptUrl,
  report,
  RETRY_SECONDS,
  scriptWords,
  type ScriptContext,
} from './ipxe-script.ts'

/** What an entry says, and the key that chooses it. */
const ENTRIES: Readonly<Record<MenuEntry, { readonly key: string; readonly text: string }>> = {
  disk: { key: 'd', text: 'Boot from the disk' },
  second: { key: '2', text: 'Boot from the second disk' },
  local: { key: 'l', text: 'Go on to the own disk of this PC' },
  install: { key: 'i', text: 'Install a system' },
  maintenance: { key: 'm', text: 'Maintenance' },
  scripts: { key: 'o', text: 'Own scripts' },
  shell: { key: 's', text: 'Open the iPXE shell' },
}

/** Name that goes with the password of the menu: HTTP wants one (RFC 7617 §2). */
export const MENU_USER = 'menu'

/** Stage `menu`: asks at the PC, and goes on with the preset when nobody answers. What was chosen is asked of the server, so
 *  that the menu itself holds no password, and one for an entry is compared there.
 *  iPXE has nothing that could hide that password from the network on every build: no params, no HTTPS and no digest on
 *  BIOS. HTTP's own way (RFC 7617) keeps it at least from the screen and from logs. `login` is the one question that shows
 *  no letters; it asks for a name too, which does not count. */
export function menuScript(
  o: ScriptContext & {
    readonly clientName: string
    readonly menu: WholeMenu
    /** What is named beside an entry: its disk. */
    readonly names: Readonly<Partial<Record<MenuEntry, string>>>
  },
): string {
  const { menu } = o
  const item = (entry: MenuEntry): string => {
    const { key, text } = ENTRIES[entry]
    const name = o.names[entry] === undefined ? '' : ` ${scriptWords(o.names[entry])}`
    return `item --key ${key} ${entry} ${text}${name}${menu.locked.includes(entry) ? ' (password)' : ''} ||`
  }
  const timeout = menu.timeoutSeconds === 0 ? '' : ` --timeout ${1000 * menu.timeoutSeconds}`
  return lines(
    ...forgetCredentials,
    ':menu',
    `menu ${scriptWords(menu.title ?? `Bootlace: ${o.clientName}`) || 'Bootlace'} || goto ${menu.preset}`,
    ...menu.entries.map(item),
    `choose --default ${menu.preset}${timeout} choice || goto ${menu.preset}`,
    'goto ${choice}',
    ...menu.entries.flatMap((entry) => (menu.locked.includes(entry) ? locked(o, entry) : open(entry))),
    ':open',
    `chain --replace --autofree --timeout ${FETCH_TIMEOUT_MS} ${ownScriptUrl(o)}&e=\${bl-entry} ||`,
    `echo Bootlace: ${o.server.ip} does not answer (error \${errno}), trying again`,
    `sleep ${RETRY_SECONDS}`,
    'goto open',
  )
}

/** iPXE offers in its question what is set, and a shell shows it. */
const forgetCredentials = ['username', 'password', 'reverse-username', 'reverse-password'].map(
  (name) => `isset \${${name}} && clear ${name} ||`,
)

const open = (entry: MenuEntry): string[] => [`:${entry}`, `set bl-entry ${entry}`, 'goto open']

function locked(o: ScriptContext, entry: MenuEntry): string[] {
  const url = ownScriptUrl(o).replace('http://', `http://${MENU_USER}:\${password:uristring}@`)
  return [
    `:${entry}`,
    'echo Bootlace: this entry asks for the password of the menu. Any user name will do.',
    'login || goto menu',
    `chain --replace --autofree --timeout ${FETCH_TIMEOUT_MS} ${url}&e=${entry} ||`,
    'set bl-err ${errno}',
    ...forgetCredentials,
    'echo Bootlace: that password was not accepted (error ${bl-err})',
    'sleep 2',
    'goto menu',
  ]
}

/** The entry `shell`: iPXE's own prompt, and the menu again after it. */
export function shellScript(o: ScriptContext): string {
  return lines(
    ...forgetCredentials,
    ...report(o, 'shell', '0'),
    'echo Bootlace: type exit to come back to the menu',
    'shell ||',
    ...askAgain(o, 'again'),
  )
}

/** Starts a script of the user's. One that comes back has not booted; then the PC goes on to its own disk. */
export function userScript(o: ScriptContext, file: string): string {
  const name = scriptWords(file)
  return lines(
    ...forgetCredentials,
    `echo Bootlace: starting your script ${name}`,
    'set bl-stage ownScript',
    `set bootlace-url ${bootUrl(o.server, 'scripts')}/`,
    `chain --autofree --timeout ${FETCH_TIMEOUT_MS} ${bootUrl(o.server, 'scripts', ...file.split('/'))} || goto failed`,
    'echo Bootlace: your script came to its end, going on to the own disk of this PC',
    ...report(o, 'local', '0'),
    ...leave(),
    ':failed',
    'set bl-err ${errno}',
    'echo',
    `echo Bootlace: your script ${name} ended with error \${bl-err}, trying again in ${RETRY_SECONDS} seconds`,
    ...report(o, 'ownScript', '${bl-err}'),
    ...askAgain(o, 'again'),
  )
}

/** A PC whose password is not told to the address that asks. Asking the router again for an address is what makes it
 *  known: nobody here has seen it since this computer started. */
export const passwordWithheldScript = (o: ScriptContext): string => withheldScript(o, 'passwordWithheld', 'a password')
/** The same of its answer file. */
export const answersWithheldScript = (o: ScriptContext): string =>
  withheldScript(o, 'answersWithheld', 'an answer file for Windows')

function withheldScript(o: ScriptContext, stage: 'passwordWithheld' | 'answersWithheld', what: string): string {
  return lines(
    'echo',
    `echo Bootlace: this PC has ${what}, and this computer has not seen it take the address \${netX/ip}.`,
    `echo Bootlace: asking the router for the address again (${hyphenMac(o.mac)})`,
    ...report(o, stage, '0'),
    'dhcp ||',
    ...askAgain(o, 'again'),
  )
}
