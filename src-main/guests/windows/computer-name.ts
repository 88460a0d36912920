/** How a clone gets its own name while it starts for the first time: the initiator name that the loader put into the boot
 *  table (iBFT) ends with the PC's name here, and Windows tells the name of its boot session. So nothing about the server need
 *  stand in the image.
 *
 *  Source: MSIscsiInitiator_SessionClass.InitiatorName (iscsidsc.mof), MSiSCSI_InitiatorSessionInfo.SessionsList[]
 *  .InitiatoriSCSIName and MSiSCSI_BootConfiguration.InitiatorNode (mgmt.mof, config.mof), all in root\wmi, as Microsoft
 *  describes them. Which of them a boot session shows up in was not tried, so all three are asked. Setup writes the name of the
 *  answer file after such a command has run; that the new one is written again and again until the restart is how the
 *  generator of C. Schneegans does it, and users report that it holds. */

const REGISTRY_KEYS = [
  ['HKLM:\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName', ['ComputerName']],
  ['HKLM:\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters', ['Hostname', 'NV Hostname']],
] as const

/** Where the two scripts lie in the image. */
export const NAME_SCRIPT = 'C:\\Windows\\Temp\\bootlace-name.ps1'
const KEEP_SCRIPT = 'C:\\Windows\\Temp\\bootlace-keep.ps1'

/** Finds the name and hands it to the other script. Windows PowerShell 2 to 5.1; no double quotes and no percent signs, for it
 *  is written by `echo`. */
export const nameScript = (serverUrl?: string): readonly string[] => [
  "$ErrorActionPreference = 'SilentlyContinue'",
  'Start-Service -Name MSiSCSI',
  '$found = @()',
  "$found += @(Get-WmiObject -Namespace 'root\\wmi' -Class 'MSIscsiInitiator_SessionClass' | ForEach-Object { $_.InitiatorName })",
  "$infos = @(Get-WmiObject -Namespace 'root\\wmi' -Class 'MSiSCSI_InitiatorSessionInfo')",
  'foreach ($info in $infos) { $found += @($info.SessionsList | ForEach-Object { $_.InitiatoriSCSIName }) }',
  "$found += @(Get-WmiObject -Namespace 'root\\wmi' -Class 'MSiSCSI_BootConfiguration' | ForEach-Object { $_.InitiatorNode })",
  "$names = @($found | Where-Object { $_ -match ':client[.]([a-z0-9-]+)$' } | ForEach-Object { $_ -replace '^.*:client[.]', '' })",
  ...(serverUrl === undefined ? [] : askServer(serverUrl)),
  "$name = @($names | Where-Object { $_.Length -le 15 -and $_ -notmatch '^[0-9]+$' })[0]",
  'if ($name) {',
  `  $arguments = '-NoProfile -ExecutionPolicy Bypass -File ${KEEP_SCRIPT} ' + $name`,
  "  Start-Process -FilePath 'powershell.exe' -ArgumentList $arguments -WindowStyle Hidden",
  '  Start-Sleep -Seconds 10',
  '}',
]

const askServer = (serverUrl: string): readonly string[] => [
  'if ($names.Count -eq 0) {',
  "  $cards = @(Get-WmiObject -Class 'Win32_NetworkAdapterConfiguration' | Where-Object { $_.IPEnabled -and $_.MACAddress })",
  '  foreach ($card in $cards) {',
  `    $address = '${serverUrl}/client/' + $card.MACAddress.ToLower() + '/identity'`,
  '    $answer = (New-Object -TypeName Net.WebClient).DownloadString($address)',
  "    if ($answer -match '(?m)^name=([A-Za-z0-9-]+)') { $names += $Matches[1].ToLower() }",
  '  }',
  '}',
]

/** Writes the name until the restart that ends the pass. */
export const keepScript = (): readonly string[] => [
  'param([string] $name)',
  '$ErrorActionPreference = ' + "'SilentlyContinue'",
  "if ($name -notmatch '^[A-Za-z0-9-]{1,15}$') { exit 1 }",
  'for ($turn = 0; $turn -lt 12000; $turn++) {',
  ...REGISTRY_KEYS.flatMap(([key, values]) =>
    values.map((value) => `  Set-ItemProperty -LiteralPath '${key}' -Name '${value}' -Value $name -Force`),
  ),
  '  Start-Sleep -Milliseconds 50',
  '}',
]

/** Commands of the specialize pass, each short enough for Setup. */
export const nameCommands = (serverUrl?: string): string[] => [
  ...writeFile(NAME_SCRIPT, nameScript(serverUrl)),
  ...writeFile(KEEP_SCRIPT, keepScript()),
  `powershell.exe -NoProfile -ExecutionPolicy Bypass -File ${NAME_SCRIPT}`,
]

/** Lines of text into a file by cmd. They hold no double quotes, so every sign that cmd reads is written with a caret. */
export function writeFile(file: string, lines: readonly string[]): string[] {
  return lines.map((line, i) => `cmd /c ${i === 0 ? '>' : '>>'}${file} echo ${line.replace(/[\^&|<>()]/g, '^$&')}`)
}
