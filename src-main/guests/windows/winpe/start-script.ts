import { AppError } from '../../../base/errors.ts'

/** What Windows Setup's own small Windows (WinPE) runs first, in place of Setup: a batch file, because WinPE on the media
 *  has no PowerShell. None of it was run on Windows here; what its commands take is documented by Microsoft, except where
 *  a comment says otherwise. */

/** Files below `SYSTEM32` are those that wimboot puts there; it knows no folders. */
export const SYSTEM32 = 'X:\\Windows\\System32'
export const START_SCRIPT = 'bootlace.cmd'
export const SHELL_INI = 'winpeshl.ini'
export const ANSWERS = 'unattend.xml'
/** Where drivers lie once the start script has put them in order; exists whether there are drivers or not. */
export const DRIVERS_FOLDER = 'X:\\bootlace\\drivers'

/** Runs in place of Setup, which WinPE would start otherwise. Source: Microsoft, “Winpeshl.ini reference”;
 *  ipxe.org/howto/winpe. */
export const SHELL_INI_TEXT = ['[LaunchApps]', `"${START_SCRIPT}"`, ''].join('\r\n')

/** A file of a driver as it comes, and where it belongs. */
export interface WinPeDriverFile {
  /** Its name in `SYSTEM32`. */
  readonly delivered: string
  /** Below `DRIVERS_FOLDER`, with backslashes: `1\\e1d.inf`. */
  readonly path: string
}

export interface StartScript {
  readonly server: { readonly ip: string; readonly httpPort: number; readonly iscsiPort: number }
  /** As paths of boot HTTP have it. */
  readonly hyphenMac: string
  /** The target that has nothing but the medium, as its LUN 0. */
  readonly mediumTarget: string
  readonly initiatorName: string
  readonly password?: {
    readonly name: string
    readonly secret: string
    readonly reverse?: { readonly secret: string }
  }
  readonly drivers: readonly WinPeDriverFile[]
  readonly hasAnswers: boolean
}

/** How often the network and the medium are looked for, a second or two apart. */
const TRIES = 45
/** The file that only media of Windows have, in whatever form. */
const IMAGES = ['install.wim', 'install.esd', 'install.swm']

/** Errors: config.winpeText for words that a batch file would read as something else. */
export function startScript(o: StartScript): string {
  const lines = [
    '@echo off',
    'setlocal',
    'title Bootlace',
    'rem Written by Bootlace for this PC. It changes no disk: what is installed where is asked by Setup or said in its answers.',
    `set "BL_REPORT=http://${word(o.server.ip)}:${o.server.httpPort}/report/${word(o.hyphenMac)}"`,
    'set "BL_MEDIUM="',
    `if not exist "${DRIVERS_FOLDER}" mkdir "${DRIVERS_FOLDER}"`,
    'echo.',
    'echo Bootlace: preparing Windows Setup. This takes about a minute.',
    ...drivers(o.drivers),
    'echo Bootlace: starting the network.',
    'wpeinit',
    'wpeutil InitializeNetwork >nul 2>&1',
    'wpeutil WaitForNetwork >nul 2>&1',
    'set BL_TRY=0',
    ':network',
    // An address of its own is enough: many servers answer no ping. Windows gives itself 169.254 where nobody gives one.
    'ipconfig | find "IPv4" | find /v "169.254." >nul 2>&1',
    'if not errorlevel 1 goto online',
    'set /a BL_TRY+=1 >nul',
    'call :pause2',
    `if %BL_TRY% lss ${TRIES} goto network`,
    'echo.',
    'echo Bootlace: this Windows has no network.',
    'echo The network card of this PC probably has no driver in it. Give the image a folder with',
    'echo the older, NDIS kind of driver of the maker of the card in Bootlace, then start this PC again.',
    'goto prompt',
    '',
    ':online',
    'call :report peNetwork',
    'echo Bootlace: looking for the installation medium.',
    'set BL_TRY=0',
    ':look',
    'call :find',
    'if defined BL_MEDIUM goto setup',
    'set /a BL_TRY+=1 >nul',
    `if %BL_TRY% geq ${TRIES} goto ask`,
    // The session of the disk shows the medium by itself, a little after the network is there.
    'if %BL_TRY%==10 call :attach',
    'call :pause2',
    'goto look',
    '',
    ':ask',
    'call :report peNoMedium',
    ':askAgain',
    'echo.',
    'echo Bootlace: the installation medium could not be reached over the network.',
    'echo Put the DVD or the USB stick of this Windows into the PC, then press a key.',
    'pause >nul',
    'call :find',
    'if not defined BL_MEDIUM goto askAgain',
    '',
    ':setup',
    'echo Bootlace: the medium is drive %BL_MEDIUM%',
    'call :report peSetup',
    ...(o.hasAnswers ? [`"%BL_MEDIUM%\\setup.exe" /unattend:${SYSTEM32}\\${ANSWERS}`] : ['"%BL_MEDIUM%\\setup.exe"']),
    'if not errorlevel 1 goto done',
    'call :report peSetupFailed',
    'echo.',
    'echo Bootlace: Windows Setup ended with an error. Its own notes are in X:\\Windows\\Panther\\setuperr.log',
    'goto prompt',
    '',
    ':prompt',
    'call :report peStopped',
    'echo.',
    'echo Nothing was changed on any disk by Bootlace. Type exit to start this PC anew.',
    'cmd.exe /k',
    ':done',
    'endlocal',
    'exit /b 0',
    '',
    'rem The drive that has the files of Setup: a CD drive of Bootlace, a second drive with a copy of them, a DVD or a USB stick.',
    ':find',
    `for %%d in (C D E F G H I J K L M N O P Q R S T U V W Y Z) do if exist "%%d:\\setup.exe" call :isMedium %%d:`,
    'exit /b 0',
    ':isMedium',
    'if defined BL_MEDIUM exit /b 0',
    ...IMAGES.map((name) => `if exist "%~1\\sources\\${name}" set "BL_MEDIUM=%~1"`),
    'exit /b 0',
    '',
    ...attach(o),
    '',
    ':pause2',
    'ping -n 3 127.0.0.1 >nul 2>&1',
    'exit /b 0',
    '',
    'rem Tells Bootlace how far it is, where this Windows has curl. One that has not installs just as well.',
    ':report',
    `if not exist "${SYSTEM32}\\curl.exe" exit /b 0`,
    `"${SYSTEM32}\\curl.exe" -s -m 5 -o nul "%BL_REPORT%?st=%~1&err=0" >nul 2>&1`,
    'exit /b 0',
    '',
  ]
  return lines.join('\r\n')
}

/** Drivers come as files of plain names in one folder. Each driver gets a folder of its own, with the names that its INF
 *  file says. */
function drivers(files: readonly WinPeDriverFile[]): string[] {
  if (files.length === 0) return []
  const folders = [...new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf('\\'))))]
  return [
    'echo Bootlace: loading the drivers for the network card.',
    ...folders.map((folder) => `mkdir "${DRIVERS_FOLDER}\\${pathWord(folder)}" >nul 2>&1`),
    ...files.flatMap(({ delivered, path }) => {
      const target = `${DRIVERS_FOLDER}\\${pathWord(path)}`
      return [
        `copy /b /y "${SYSTEM32}\\${word(delivered)}" "${target}" >nul`,
        `if not exist "${target}" echo Bootlace: the file ${word(delivered)} did not come with it`,
      ]
    }),
    ...files
      .filter(({ path }) => /\.inf$/i.test(path))
      .map(
        ({ path }) =>
          `drvload "${DRIVERS_FOLDER}\\${pathWord(path)}" || echo Bootlace: this driver could not be loaded`,
      ),
  ]
}

/** The medium over a session of its own, for a Windows that shows LUN 0 of its boot session only. Its target has nothing
 *  but the medium: a second session to that of the disk would show the disk twice. The service does not start everywhere
 *  in WinPE while the key MiniNT says that this is WinPE; Setup needs the key back. Source: the help of iscsicli, 10.0
 *  build 17763; the key: reported by others. */
function attach(o: StartScript): string[] {
  const { password } = o
  const secret = password ? `${word(password.name)} ${word(password.secret)} ${password.reverse ? 2 : 1}` : '* * *'
  const portal = `${word(o.server.ip)} ${o.server.iscsiPort}`
  const miniNt = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\MiniNT'
  return [
    ':attach',
    `if not exist "${SYSTEM32}\\iscsicli.exe" exit /b 1`,
    'echo Bootlace: attaching the installation medium.',
    'net start msiscsi >nul 2>&1',
    'if not errorlevel 1 goto started',
    `reg delete ${miniNt} /f >nul 2>&1`,
    'net start msiscsi >nul 2>&1',
    `reg add ${miniNt} /f >nul 2>&1`,
    ':started',
    `iscsicli NodeName ${word(o.initiatorName)} >nul 2>&1`,
    ...(password?.reverse ? [`iscsicli CHAPSecret ${word(password.reverse.secret)} >nul 2>&1`] : []),
    // Between the port and the name stand nine values that are left to Windows.
    `iscsicli AddTargetPortal ${portal} * * * * * * * * * ${secret} >nul 2>&1`,
    `iscsicli LoginTarget ${word(o.mediumTarget)} T ${portal} * * * * * * * * * ${secret} * 0 >nul 2>&1`,
    'if errorlevel 1 call :report peAttachFailed',
    'exit /b 0',
  ]
}

/** Text that stands for itself in a batch file, quoted or not. Errors: config.winpeText. */
function word(text: string): string {
  if (/^[A-Za-z0-9._:-]{1,223}$/.test(text)) return text
  throw new AppError('config.winpeText', `"${text}" cannot be written into the start script of Windows Setup`, {
    hint: 'Use letters, digits, dots and hyphens.',
  })
}

/** A path that may stand between quotes. Errors: config.winpeText. */
function pathWord(path: string): string {
  if (isPlainPath(path)) return path
  throw new AppError('config.winpeText', `the file name "${path}" cannot be written into a batch file`)
}

/** Whether a path of a driver can be used as it is: no drive, no way up, nothing that a batch file expands. */
export const isPlainPath = (path: string): boolean =>
  path.length <= 120 &&
  path.split('\\').every((part) => /^[A-Za-z0-9_(][A-Za-z0-9 ._()+~-]*$/.test(part) && !/[. ]$/.test(part))
