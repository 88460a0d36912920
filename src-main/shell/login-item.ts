import { join } from 'node:path'

/** Starting with the user's session. Windows and macOS have calls for it; Linux desktops read a file. */

/** Said by the start with the session, so that no window comes up unasked. */
export const HIDDEN_ARGUMENT = '--hidden'

/** Source: Desktop Application Autostart Specification 0.5. */
export const autostartFile = (env: NodeJS.ProcessEnv, home: string): string =>
  join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'autostart', 'bootlace.desktop')

/** @param command program and arguments, as they are started. */
export const autostartText = (command: readonly string[]): string =>
  [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Bootlace',
    'Comment=Makes this computer the disk of your other PCs',
    `Exec=${command.map(quoted).join(' ')}`,
    'Icon=bootlace',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')

/** In double quotes `"`, backquote, `$` and `\` take a backslash, which a string value doubles again; `%` begins a field code.
 *  Source: Desktop Entry Specification 1.5, "The Exec key". */
function quoted(word: string): string {
  const text = word.replaceAll('%', '%%')
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  return `"${text.replace(/["`$\\]/g, '\\$&').replaceAll('\\', '\\\\')}"`
}

/** What starts this program again. An AppImage runs from a mount that is gone by then: its own file is meant. */
export function ownCommand(o: {
  readonly execPath: string
  readonly isPackaged: boolean
  readonly appPath: string
  readonly env: NodeJS.ProcessEnv
}): string[] {
  const program = o.env['APPIMAGE'] ?? o.execPath
  return [program, ...(o.isPackaged ? [] : [o.appPath]), HIDDEN_ARGUMENT]
}
